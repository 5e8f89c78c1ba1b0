"""The demonstration uses the ordinary path: three servers, a frontend, and what a user would try."""

import http.client
import re
import signal
import socket

import pytest

from support.daemon import ended_by
from support.sockets import read_all
from support.wait import wait_until


def get(endpoint, path: str = "/") -> bytes:
    connection = http.client.HTTPConnection(*endpoint, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    assert answer.status == 200
    body = answer.read()
    connection.close()
    return body


def test_calls_reach_all_three_servers_in_turn(start):
    daemon = start(None, "demo").wait_ready()

    answers = [get(daemon.address()) for _ in range(6)]

    assert len(set(answers[:3])) == 3
    assert answers[:3] == answers[3:]
    daemon.access(6)


def test_lines_are_answered_by_one_server_as_long_as_the_session_lives(start):
    daemon = start(None, "demo").wait_ready()

    with daemon.connect() as client:
        client.sendall(b"one\n")
        first = client.recv(1000)
        client.sendall(b"two\n")
        second = client.recv(1000)
        client.shutdown(socket.SHUT_WR)
        read_all(client)

    assert b"one" in first
    assert first.replace(b"one", b"two") == second


def test_a_screen_says_what_runs_and_what_to_try(start):
    daemon = start(None, "demo").wait_ready()

    host, port = daemon.address()

    daemon.out.wait_for(rf"curl http://{host}:{port}/")
    for name in ("s1", "s2", "s3"):
        daemon.out.wait_for(rf"\b{name}\b.*127\.0\.0\.1:\d+")


def test_a_second_demo_finds_another_port(start):
    first = start(None, "demo").wait_ready()
    second = start(None, "demo").wait_ready()

    assert first.address() != second.address()
    assert get(second.address())


@pytest.mark.deadline(60)
def test_a_server_that_is_made_to_fail_is_found_and_left_and_comes_back_little_by_little(start):
    daemon = start(None, "demo").wait_ready()
    name = re.match(rb"Server (s\d) fails for 8s", get(daemon.address(), "/fail"))[1]

    daemon.out.wait_for(f"alert: Server app/{name.decode()} is DOWN, reason: Layer4 connection problem")
    assert not any(name in get(daemon.address()) for _ in range(12))
    daemon.out.wait_for(f"notice: Server app/{name.decode()} is UP", deadline=30)

    assert sum(name in get(daemon.address()) for _ in range(30)) < 8
    wait_until(lambda: sum(name in get(daemon.address()) for _ in range(30)) >= 9, deadline=30)


def test_ctrl_c_stops_it(start):
    daemon = start(None, "demo").wait_ready()

    assert ended_by(daemon.stop(signal.SIGINT), signal.SIGINT)


@pytest.mark.parametrize("balance", ["leastconn", "source", "hash", "random", "maglev", "peak-ewma", "sticky-source",
                                     "static-rr", "first"])
def test_every_algorithm_can_be_seen(start, balance):
    daemon = start(None, "demo", "--balance", balance).wait_ready()

    daemon.out.wait_for(rf"backend app \({balance}\)")
    shares = daemon.out.wait_for(r"s1 gets (\d+)  s2 gets (\d+)  s3 gets (\d+)")
    assert sum(int(share) for share in shares.groups()) == 1000
    assert get(daemon.address())
