"""Clients of real protocols: a thread for each, which asks and thinks until it is stopped."""

import contextlib
import random
import threading
import time
from collections import Counter
from pathlib import Path

from support.wait import wait_until

from .measures import say

DEADLINE = 5


class Gone(Exception):
    """The connection ended before the first byte of an answer. Nothing else may be tried once more."""


class Client:
    """One of them. `counts` is its own until it has ended."""

    def __init__(self, endpoint, number: int):
        self.endpoint, self.number = endpoint, number
        self.random = random.Random(number)
        self.counts = Counter()
        self.failures = []  # when, what

    def turn(self):
        """Asks once, however often it takes."""
        raise NotImplementedError

    def close(self):
        pass

    def failed(self, what: str):
        self.counts[what] += 1
        self.failures.append((time.monotonic(), what))


class Crowd:
    """All clients of a run."""

    def __init__(self, clients: list[Client], think: float):
        self.clients, self._think = clients, think
        self._stopping = False
        self._threads = [threading.Thread(target=self._run, args=(client,), daemon=True) for client in clients]
        for thread in self._threads:
            thread.start()

    def _run(self, client: Client):
        while not self._stopping:
            time.sleep(client.random.expovariate(1 / self._think))
            client.turn()
        client.close()

    def answered(self, what: str) -> int:
        return sum(client.counts[what] for client in self.clients)

    def stop(self) -> Counter:
        self._stopping = True
        for thread in self._threads:
            thread.join()
        total = Counter()
        for client in self.clients:
            total.update(client.counts)
        return total


def drained(rival, directory: Path, server, crowd, what: str, drains: int):
    """Drains of s1 and s2, which are one server. The answer: what it counted, by grade, the failures, when drains began."""
    with contextlib.ExitStack() as ends:
        real = server()
        ends.callback(real.close)
        proxy = rival(directory, [real.address] * 2)
        ends.callback(proxy.close)
        clients = crowd(proxy.endpoint)
        wait_until(lambda: clients.answered(what) > 50, 60, what)
        closed, begun = proxy.drain_in_turn(drains, DEADLINE)
        counts = clients.stop()
    failures = sorted(failure for client in clients.clients for failure in client.failures)
    for when, text in failures[:20]:
        say(f"  {rival.name}: {text}, {when - max([at for at in begun if at <= when], default=when):.2f} s into a drain")
    return counts, closed, failures, begun
