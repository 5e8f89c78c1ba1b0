"""Clients that ask, think and ask again, on a connection until it ends, and reconnect: what has each request met?"""

import asyncio
import random
import threading
import time
from dataclasses import dataclass, field

from support.wait import wait_until


@dataclass
class Outcome:
    answered: int = 0
    cut: list = field(default_factory=list)  # numbers of those whose answer ended in the middle
    unanswered: list = field(default_factory=list)  # of those that met an end before the first byte of an answer
    refused: int = 0  # connections that were never answered at all
    cut_at: dict = field(default_factory=dict)  # when, by time.monotonic()


class AskingClients:
    """So many of them in a thread, until stop()."""

    def __init__(self, endpoint, count: int, think: float, *, largest: int = 100_000, slowest: int = 200,
                 longest_pause: int = 20, seed: int = 1, first: int = 0):
        self._endpoint, self._count, self._think = endpoint, count, think
        self._largest, self._slowest, self._longest_pause = largest, slowest, longest_pause
        self._random = random.Random(seed)
        self._number = first  # one more is the first request's
        self._stopping = False
        self._loop = self._woken = None
        self.outcome = Outcome()
        self.open = 0
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()

    def stop(self) -> Outcome:
        """Each request that has been sent has its end; who thinks about the next one stops at once."""
        wait_until(lambda: self._woken is not None)
        self._stopping = True
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._woken.set)
        self._thread.join()
        return self.outcome

    async def _run(self):
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()
        await asyncio.gather(*(self._client() for _ in range(self._count)))

    async def _client(self):
        while not self._stopping:
            try:
                reader, writer = await asyncio.open_connection(*self._endpoint)
            except OSError:
                self.outcome.refused += 1
                await asyncio.sleep(0.01)  # else nobody else gets on
                continue
            self.open += 1
            try:
                await self._converse(reader, writer)
            finally:
                self.open -= 1
                writer.close()

    async def _converse(self, reader, writer):
        while not self._stopping:
            try:
                await asyncio.wait_for(self._woken.wait(), self._pause())
            except asyncio.TimeoutError:
                pass
            if self._stopping or reader.at_eof():
                return
            number, size, parts = self._next()
            writer.write(b"%d %d %d %d %d\n" % (number, size, self._random.randint(1, self._slowest), parts,
                                                 self._random.randint(1, self._longest_pause)))
            try:
                head = await reader.readline()
            except ConnectionError:
                head = b""
            if not head:
                self.outcome.unanswered.append(number)
                return
            try:
                assert head == b"%d %d\n" % (number, size)
                await reader.readexactly(size)
            except (AssertionError, asyncio.IncompleteReadError, ConnectionError):
                self.outcome.cut.append(number)
                self.outcome.cut_at[number] = time.monotonic()
                return
            self.outcome.answered += 1

    def _pause(self) -> float:
        return self._random.expovariate(1 / self._think) if self._think else 0

    def _next(self):
        self._number += 1
        size = int(1000 * (self._largest / 1000) ** self._random.random())
        return self._number, size, self._random.randint(1, 4)
