"""A session may get so old and no older: then it is closed in a good moment, and soon in any."""

import select
import time

import pytest

from support.config import config
from support.peers import CrowdServer
from support.settings import scaled
from support.sockets import read_all, read_exactly
from support.wait import assert_fired, wait_until


@pytest.fixture
def aging(tidegate, peers, workers):
    """aging(age) -> a daemon before a server that echoes, whose sessions may get so old."""
    def start(age, **options):
        return tidegate(config([peers(CrowdServer)], threads=workers, backend={"max_session_age": age, **options}))
    return start


def test_a_session_that_is_old_and_quiet_is_closed(aging):
    daemon = aging("1s")
    begin = time.monotonic()
    clients = [daemon.connect() for _ in range(scaled(50, 10))]
    for client in clients:
        client.sendall(b"x")
        assert read_exactly(client, 1) == b"x"

    for client in clients:
        assert read_all(client) == b""
        client.close()

    assert_fired(time.monotonic() - begin, 1.0)
    lines = daemon.access(len(clients))
    assert {line.code for line in lines} == {"K-"}
    assert all(line.total >= 1000 for line in lines)


def test_sessions_that_came_together_do_not_end_together(aging):
    daemon = aging({"limit": "1s", "jitter": "100%"})
    clients = [daemon.connect() for _ in range(20)]

    while clients:
        for client in select.select(clients, [], [], 20)[0]:
            assert client.recv(1) == b""
            client.close()
            clients.remove(client)

    ages = sorted(line.total for line in daemon.access(20))
    assert ages[0] >= 1000
    assert ages[-1] - ages[0] > 300


def test_one_that_is_never_quiet_ends_as_well(aging):
    """The client speaks all the time, faster than any quiet time."""
    daemon = aging({"limit": "1s", "jitter": "none"})
    begin = time.monotonic()
    with daemon.connect() as client:
        client.settimeout(20)

        def closed() -> bool:
            client.sendall(b"x")
            return client.recv(1) == b""

        wait_until(closed, 20)

    assert_fired(time.monotonic() - begin, 1.0)
    assert [line.code for line in daemon.access(1)] == ["K-"]


def test_a_client_that_waits_for_its_answer_is_closed_last(tidegate, server):
    """Half of the window is left for the answer to come."""
    daemon = tidegate(config([server], backend={"max_session_age": {"limit": "2s", "jitter": "none"}}))
    with daemon.connect() as client:
        client.sendall(b"question")
        behind = server.accept()
        assert read_exactly(behind, 8) == b"question"

        assert read_all(client) == b""

    (line,) = daemon.access(1)
    assert line.code == "K-"
    assert line.total >= 2100
