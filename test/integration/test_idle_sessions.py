"""A session in which nobody speaks holds no buffer: thousands of them cost little memory and no time."""

import time

import pytest

from support.config import config
from support.peers import CrowdServer
from support.settings import sanitized, scaled

SESSIONS = scaled(4_000, 200)
MOST_BYTES = 1024  # of user memory for each, everything included


@pytest.mark.deadline(60)
def test_idle_sessions_cost_at_most_a_kilobyte_each_and_no_time(tidegate, peers):
    daemon = tidegate(config(peers(CrowdServer), maxconn=SESSIONS + 100))
    memory = daemon.anonymous_memory()
    clients = [daemon.connect() for _ in range(SESSIONS)]
    for client in clients:
        client.sendall(b"x")
    assert all(client.recv(1) == b"x" for client in clients)

    growth = daemon.anonymous_memory() - memory
    cpu = daemon.cpu_seconds()
    time.sleep(2)

    assert daemon.cpu_seconds() - cpu < (0.5 if sanitized() else 0.1)
    assert sanitized() or growth / SESSIONS <= MOST_BYTES, f"{growth / SESSIONS:.0f} bytes a session"
    for client in clients:
        client.close()
