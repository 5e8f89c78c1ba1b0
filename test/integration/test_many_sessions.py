"""Thousands of sessions that speak now and then: each gets its own bytes, in order, soon."""

import heapq
import random
import selectors
import time

import pytest

from support.config import config
from support.peers import CrowdServer
from support.settings import SCALE, scaled

MESSAGE = 100
SESSIONS = scaled(2_000, 100)
SECONDS = max(3.0, 20.0 * SCALE)
MEAN_INTERVAL = 0.6
PATIENCE = 5.0


class Talker:
    """One client: what it has sent, and that it comes back in order."""

    def __init__(self, number: int, connection):
        self.number = number
        self.connection = connection
        self.sent = 0
        self.sent_at = []
        self.received = bytearray()
        self.answered = 0

    def message(self, count: int) -> bytes:
        return b"session %d message %d " % (self.number, count) + b"." * MESSAGE

    def speak(self):
        self.connection.sendall(self.message(self.sent)[:MESSAGE])
        self.sent_at.append(time.monotonic())
        self.sent += 1

    def hear(self) -> float:
        """Takes what has come; answers how long the slowest of it was under way."""
        part = self.connection.recv(1 << 16)
        assert part, f"session {self.number} was ended"
        self.received += part
        longest = 0.0
        while len(self.received) >= MESSAGE:
            assert self.received[:MESSAGE] == self.message(self.answered)[:MESSAGE]
            del self.received[:MESSAGE]
            longest = max(longest, time.monotonic() - self.sent_at[self.answered])
            self.answered += 1
        return longest


@pytest.mark.deadline(90)
def test_short_messages_at_random_over_many_sessions_all_come_back(tidegate, peers):
    echo_server = peers(CrowdServer)
    daemon = tidegate(config(echo_server, threads=2, maxconn=SESSIONS + 100))
    rng = random.Random(7)
    selector = selectors.DefaultSelector()
    turns = []
    talkers = [Talker(i, daemon.connect()) for i in range(SESSIONS)]
    begin = time.monotonic()
    for talker in talkers:
        selector.register(talker.connection, selectors.EVENT_READ, talker)
        heapq.heappush(turns, (begin + rng.uniform(0, 2 * MEAN_INTERVAL), talker.number))

    slowest = 0.0
    end = begin + SECONDS
    while turns or any(talker.answered < talker.sent for talker in talkers):
        now = time.monotonic()
        assert now < end + PATIENCE, f"{sum(t.answered < t.sent for t in talkers)} sessions are stuck"
        while turns and turns[0][0] <= now:
            due, number = heapq.heappop(turns)
            talkers[number].speak()
            if due < end:
                heapq.heappush(turns, (due + rng.uniform(0, 2 * MEAN_INTERVAL), number))
        wait = min(0.05, turns[0][0] - time.monotonic()) if turns else 0.05
        for key, _ in selector.select(max(0.0, wait)):
            slowest = max(slowest, key.data.hear())

    assert echo_server.error is None
    assert all(talker.answered == talker.sent for talker in talkers)
    assert sum(talker.sent for talker in talkers) > SESSIONS
    assert slowest < PATIENCE
    for talker in talkers:
        talker.connection.close()
