"""A session in which nobody speaks ends after its timeout, never before."""

import time

import pytest

from support.config import config
from support.sockets import at_end, read_all, read_exactly, sides
from support.streams import drain, in_background
from support.wait import Stopwatch, assert_fired


@pytest.mark.parametrize("side, code", [("client", "cD"), ("server", "sD")])
def test_a_silent_session_ends_after_the_timeout_of_either_side(tidegate, server, workers, side, code):
    daemon = tidegate(config(server, timeouts={side: "1s"}, threads=workers))
    watch = Stopwatch()
    client = daemon.connect()
    connection = server.accept()

    at_server = in_background(read_all, connection)
    read_all(client)

    assert_fired(watch.elapsed(), 1.0)
    at_server.result(2)
    (line,) = daemon.access()
    assert line.code == code
    assert 1000 <= line.total < 3000


def test_the_idle_key_sets_both_sides(tidegate, server):
    plain = config(server)
    plain["defaults"]["timeouts"] = {"connect": "5s", "idle": "1s"}
    daemon = tidegate(plain)
    watch = Stopwatch()
    client = daemon.connect()
    _connection = server.accept()

    read_all(client)

    assert_fired(watch.elapsed(), 1.0)


@pytest.mark.parametrize("speaker", ["client", "server"])
def test_activity_of_either_side_keeps_the_session(tidegate, server, speaker):
    daemon = tidegate(config(server, timeouts={"client": "1s", "server": "1s"}))
    client = daemon.connect()
    connection = server.accept()
    sender, reader = sides(client, connection, speaker)

    for _ in range(6):
        last = Stopwatch()
        sender.sendall(b"x")
        assert read_exactly(reader, 1) == b"x"
        time.sleep(0.5)  # half the timeout, three seconds in all

    assert read_all(client) == b""
    assert_fired(last.elapsed(), 1.0)


def test_an_infinite_timeout_never_fires(tidegate, server):
    daemon = tidegate(config(server, timeouts={"client": "infinite", "server": "infinite"}))
    client = daemon.connect()
    connection = server.accept()

    time.sleep(2)

    client.sendall(b"still here")
    assert read_exactly(connection, 10) == b"still here"


def test_a_timed_out_session_delivers_what_was_sent_before(tidegate, server):
    daemon = tidegate(config(server, timeouts={"client": "1s", "server": "1s"}))
    client = daemon.connect()
    connection = server.accept()
    connection.sendall(b"y" * 100_000)

    assert drain(client)[0] == 100_000

    assert at_end(connection)
    assert daemon.access()[0].bytes == 100_000


@pytest.mark.deadline(60)
def test_a_thousand_silent_sessions_all_end_in_time(tidegate, server):
    daemon = tidegate(config(server, timeouts={"client": "3s"}, threads=2))
    clients = []
    for _ in range(500):
        watch = Stopwatch()
        clients.append((daemon.connect(), server.accept(), watch))

    for client, _, watch in clients:
        read_all(client)
        assert watch.elapsed() >= 3.0

    assert clients[-1][2].elapsed() < 5.0
    assert {line.code for line in daemon.access(500)} == {"cD"}
