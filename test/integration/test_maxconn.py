"""Limits of sessions: who is over the limit waits outside, and no free slot is left unused."""

import threading

import pytest

from support.config import config, with_probe
from support.peers import CrowdServer, Server, echo, says
from support.settings import scaled
from support.sockets import quiet, read_exactly
from support.streams import in_background
from support.wait import AT_ONCE, Stopwatch


def converse(client, text: bytes = b"hello") -> bytes:
    client.sendall(text)
    return read_exactly(client, len(text))


@pytest.mark.parametrize("where", ["frontend", "process"])
def test_a_client_over_the_limit_is_served_when_another_leaves(tidegate, echo_server, workers, where):
    limit = {"frontend": {"maxconn": 2}} if where == "frontend" else {"maxconn": 2}
    daemon = tidegate(config(echo_server, threads=workers, **limit))
    first, second = daemon.connect(), daemon.connect()
    converse(first)
    converse(second)

    third = daemon.connect()
    third.sendall(b"waiting")
    for _ in range(100):
        converse(first)
        converse(second)
    assert echo_server.accepted == 2
    assert quiet(third)
    second.close()

    assert read_exactly(third, 7) == b"waiting"
    assert converse(first) == b"hello"


def test_the_limit_of_one_frontend_does_not_hold_up_another(tidegate, echo_server, peers):
    plain = with_probe(config(echo_server, frontend={"maxconn": 1}), peers(Server, says(b"probe")))
    daemon = tidegate(plain)
    held, waiting = daemon.connect(), daemon.connect()
    converse(held)

    assert [daemon.ask("probe") for _ in range(20)] == [b"probe"] * 20

    assert quiet(waiting)


@pytest.mark.deadline(60)
@pytest.mark.parametrize("where", ["frontend", "process"])
def test_one_slot_and_two_workers_serve_clients_one_after_another(tidegate, echo_server, where):
    limit = {"frontend": {"maxconn": 1}} if where == "frontend" else {"maxconn": 1}
    daemon = tidegate(config(echo_server, threads=2, **limit))
    times = []

    for _ in range(200):
        watch = Stopwatch()
        with daemon.connect() as client:
            converse(client)
        times.append(watch.elapsed())

    # Three may be late for want of a processor; who waits beside a free slot waits until his read times out.
    assert sorted(times)[-4] < 1.0, "clients waited beside a free slot"
    assert max(times) < AT_ONCE
    assert len(daemon.access(200)) == 200


@pytest.mark.deadline(60)
@pytest.mark.parametrize("where", ["frontend", "process"])
def test_one_slot_and_two_workers_serve_a_crowd(tidegate, peers, where):
    lock = threading.Lock()
    now = most = 0

    def serve(connection):
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        connection.recv(1)
        with lock:
            now -= 1  # before the answer, after which the client may leave
        connection.sendall(b"x")
        connection.recv(1)

    limit = {"frontend": {"maxconn": 1}} if where == "frontend" else {"maxconn": 1}
    daemon = tidegate(config(peers(Server, serve), threads=2, **limit))
    watch = Stopwatch()

    def one_client():
        with daemon.connect(timeout=50) as client:
            return converse(client, b"x")

    answers = [in_background(one_client) for _ in range(scaled(200, 50))]

    assert all(answer.result(50) == b"x" for answer in answers)
    assert most == 1
    assert watch.elapsed() < 20.0


def test_a_thousand_sessions_are_held_at_once(tidegate, peers, workers):
    count = scaled(1_000, 100)
    daemon = tidegate(config(peers(CrowdServer), threads=workers, maxconn=count))

    clients = [daemon.connect() for _ in range(count)]
    for client in clients:
        client.sendall(b"x")

    assert all(client.recv(1) == b"x" for client in clients)


def test_the_limit_given_by_the_command_line_wins(tidegate, peers):
    daemon = tidegate(config(peers(Server, echo), maxconn=100), "-n", "7")

    assert daemon.err.matching(r"maxconn 7\b")
