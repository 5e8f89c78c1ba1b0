"""Requests whose numbers the servers print: `requests`, `no-think` and `stop`."""

import bisect
import contextlib
from collections import Counter
from pathlib import Path

from support.asking_clients import AskingClients
from support.wait import wait_until

from .measures import Measures, by_grade, say
from .servers import Servers

DEADLINE = 5
WHOLE, SMALL = {0.05: 100, 1.0: 100}, {0.05: 20, 1.0: 20}  # clients by think time


class Load:
    """Clients of some think times."""

    def __init__(self, endpoint, population: dict[float, int]):
        self._clients = [
            AskingClients(endpoint, count, think, largest=1_000_000, seed=1 + number, first=number * 10_000_000)
            for number, (think, count) in enumerate(population.items())]
        wait_until(lambda: all(one.outcome.answered > 20 for one in self._clients), 60, "requests are answered")

    def stop(self, servers: Servers) -> tuple[Counter, list[float]]:
        """What the requests have met, and when answers were cut."""
        outcomes = [one.stop() for one in self._clients]
        got, paused = servers.told()
        cut = [number for one in outcomes for number in one.cut]
        unanswered = [number for one in outcomes for number in one.unanswered]
        lost = [number for number in unanswered if number in got]
        met = Counter({"answered": sum(one.answered for one in outcomes), "cut": len(cut), "lost": len(lost),
                       "raced": len(unanswered) - len(lost), "refused": sum(one.refused for one in outcomes),
                       "stalled": len(paused.intersection(cut))})
        return met, sorted(when for one in outcomes for when in one.cut_at.values())


def told(met: Counter) -> Measures:
    found = Measures()
    found.tell("requests answered", met["answered"])
    found.tell("failed: answer cut; no answer; raced", met["cut"], met["lost"], met["raced"])
    if met["stalled"]:
        say(f"  of those cut, whose server had paused for 30 ms by itself: {met['stalled']}")
    return found


def drained(rival, directory: Path, population: dict[float, int], drains: int) -> Measures:
    with contextlib.ExitStack() as ends:
        servers = Servers(ends)
        proxy = rival(directory, servers.addresses)
        ends.callback(proxy.close)
        load = Load(proxy.endpoint, population)
        closed, begun = proxy.drain_in_turn(drains, DEADLINE)
        met, cut_at = load.stop(servers)
    for when in cut_at:
        drain = bisect.bisect(begun, when)
        say(f"  {proxy.name}: an answer was cut {when - begun[drain - 1]:.2f} s after the begin of drain {drain}")
    found = told(met)
    found.figures["sessions closed"] = by_grade(closed)
    # Who is never quiet for long has to go at the end, with or without its answer.
    had = sum(count for grade, count in closed.items() if grade != "quiet")
    failed = met["cut"] + met["lost"] - met["stalled"]
    found.promise(failed <= had, f"{failed} requests failed, though only {had} sessions had to go")
    found.promise(met["refused"] == 0, f"{met['refused']} connections were refused")
    return found


def requests(rival, directory: Path, quick: bool) -> Measures:
    return drained(rival, directory, SMALL if quick else WHOLE, 1 if quick else 20)


def no_think(rival, directory: Path, quick: bool) -> Measures:
    return drained(rival, directory, {0: 10 if quick else 50}, 1 if quick else 20)


def stop(rival, directory: Path, quick: bool) -> Measures:
    """Several runs together."""
    total, statuses = Counter(), Counter()
    for number in range(1 if quick else 5):
        with contextlib.ExitStack() as ends:
            servers = Servers(ends)
            (directory / str(number)).mkdir()
            proxy = rival(directory / str(number), servers.addresses, DEADLINE)
            ends.callback(proxy.close)
            load = Load(proxy.endpoint, SMALL if quick else WHOLE)
            status = proxy.stop(DEADLINE)
            met, _ = load.stop(servers)
        say(f"  {proxy.name}: stop {number + 1}: status {status}, {dict(met)}")
        statuses[status] += 1
        total.update(met)
    found = told(total)
    found.figures["exit status"] = "; ".join(f"{status}, {count} times" for status, count in statuses.items())
    found.promise(set(statuses) == {0}, f"exit status {dict(statuses)}")
    failed = total["cut"] + total["lost"] - total["stalled"]
    found.promise(failed <= statuses.total(), f"{failed} requests failed in {statuses.total()} stops")
    return found
