"""When do 2,000 long sessions end that have 20 s to do so, and what do their requests meet?"""

import asyncio
import contextlib
import random
import threading
import time
from pathlib import Path

from support.wait import wait_until

from .measures import Measures, say
from .servers import Servers

SIZE = 100


class LongSession(asyncio.Protocol):
    """Asks once, and once a second where sessions do, until its end comes."""

    def __init__(self, number: int, asks: bool):
        self._number, self._asks, self._got = number, asks, b""
        self.asked = self.answered = 0
        self.ended = None

    def connection_made(self, transport):
        self._transport = transport
        self._ask()

    def _ask(self):
        if self._transport.is_closing():
            return
        if self.answered == self.asked:
            self.asked += 1
            self._transport.write(b"%d %d 5 1 1\n" % (self.request(), SIZE))
        if self._asks:
            asyncio.get_running_loop().call_later(random.uniform(0.5, 1.5), self._ask)

    def request(self) -> int:
        """The number of the latest."""
        return self._number * 10_000 + self.asked

    def data_received(self, data):
        self._got += data
        if len(self._got) == len(b"%d %d\n" % (self.request(), SIZE)) + SIZE:
            self.answered, self._got = self.answered + 1, b""

    def connection_lost(self, error):
        self.ended = time.monotonic()

    def cut(self) -> bool:
        return self._got != b""

    def unanswered(self) -> bool:
        return not self._got and self.answered < self.asked


class LongSessions:
    """So many in a thread, which ends with the last of them."""

    def __init__(self, endpoint, count: int, asks: bool):
        self.all = [LongSession(number + 1, asks) for number in range(count)]
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(endpoint)), daemon=True)
        self._thread.start()

    async def _run(self, endpoint):
        for one in self.all:
            await asyncio.get_running_loop().create_connection(lambda one=one: one, *endpoint)
        while self.left():
            await asyncio.sleep(0.1)

    def begun(self) -> bool:
        return all(one.answered for one in self.all)

    def left(self) -> int:
        return sum(one.ended is None for one in self.all)

    def join(self):
        self._thread.join()


def one_drain(rival, directory: Path, count: int, deadline: float, asks: bool, found: Measures):
    with contextlib.ExitStack() as ends:
        servers = Servers(ends)
        proxy = rival(directory, servers.addresses)
        ends.callback(proxy.close)
        proxy.shut_out("s2")
        sessions = LongSessions(proxy.endpoint, count, asks)
        wait_until(sessions.begun, 120, "every session has had an answer")
        proxy.state("s2", "ready")
        begin = time.monotonic()
        closed = proxy.drain("s1", deadline)
        wait_until(lambda: not sessions.left(), 30, "every client knows")
        sessions.join()
        got, _ = servers.told()
    times = [one.ended - begin for one in sessions.all]
    shares = [100 * sum(tenth <= 10 * at / deadline < tenth + 1 for at in times) / count for tenth in range(10)]
    late = sum(at >= deadline for at in times)
    unanswered = [one.request() for one in sessions.all if one.unanswered()]
    lost = sum(number in got for number in unanswered)
    which = "a request a second" if asks else "idle"
    say(f"  {proxy.name}, {which}: {closed}")
    found.figures[f"{which}: % closed in each tenth, and later"] = " ".join(
        f"{share:.0f}" for share in [*shares, 100 * late / count])
    found.figures[f"{which}: the last after"] = f"{max(times):.1f} s"
    failed = lost + sum(one.cut() for one in sessions.all)
    if asks:
        found.tell(f"{which}: answered", sum(one.answered for one in sessions.all))
        found.tell(f"{which}: failed; raced", failed, len(unanswered) - lost)
    found.promise(failed == 0, f"{which}: {failed} failed")
    found.promise(max(shares) <= 15, f"{which}: {max(shares):.1f} % in a tenth of the time")
    found.promise(late == 0, f"{which}: {late} at the deadline or later")


def paced(rival, directory: Path, quick: bool) -> Measures:
    found = Measures()
    for asks in (False, True):
        inside = directory / str(asks)
        inside.mkdir()
        one_drain(rival, inside, 200 if quick else 2_000, 8 if quick else 20, asks, found)
    return found
