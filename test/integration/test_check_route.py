"""Where a check goes, how it introduces itself, and what a server is before it: beside HAProxy where that has it."""

import re

import pytest

from support.config import config
from support.peers import Listener, Refuser, Server, echo, says
from support.sockets import talk

REDIS = {"kind": "redis", "interval": "100ms"}
PING = b"*1\r\n$4\r\nPING\r\n"


@pytest.mark.parametrize("route", [{"port": True}, {"address": True}, {"port": True, "address": True}],
                         ids=["port", "address", "both"])
def test_a_check_may_go_elsewhere(proxy, peers, route):
    server = peers(Server, echo)
    elsewhere = peers(Listener, host="127.0.0.2" if "address" in route else "127.0.0.1",
                      port=0 if "port" in route else server.port)
    keys = {"port": elsewhere.port, "address": "127.0.0.2"}
    daemon = proxy({"s1": {"address": server.address, "check": {key: keys[key] for key in route}}},
                   backend={"check": REDIS})

    with elsewhere.accept() as check:
        assert check.recv(100) == PING
        assert server.accepted == 0
        talk(daemon.connect())
        assert server.accepted == 1


# ---- a header before it

V1 = rb"PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 (?P<source>\d+) (?P<target>\d+)\r\n"
V2_LOCAL = re.escape(b"\r\n\r\n\0\r\nQUIT\n" + bytes([0x20, 0, 0, 0]))


@pytest.mark.parametrize("sessions, check, header", [
    (None, {}, b""),
    (None, {"send_proxy": True}, V1),
    ("v1", {}, V1),
    ("v2", {}, V2_LOCAL),
    ("v1", {"port": True}, b""),
    ("v2", {"port": True}, b""),
    ("v1", {"port": True, "send_proxy": True}, V1),
    ("v2", {"port": True, "send_proxy": True}, V2_LOCAL),
])
def test_a_check_introduces_itself_as_the_sessions_or_as_it_is_told(proxy, server, sessions, check, header):
    keys = {**check, **({"port": server.port} if "port" in check else {})}
    proxy({"s1": {"address": server.address, **({"send_proxy": sessions} if sessions else {}),
                  **({"check": keys} if keys else {})}}, backend={"check": REDIS})

    with server.accept() as connection:
        heard = b""
        while not heard.endswith(PING):
            part = connection.recv(100)
            assert part, heard
            heard += part

    match = re.fullmatch(header + re.escape(PING), heard)
    assert match, heard
    if header == V1:
        assert (int(match["source"]), int(match["target"])) == (server.peer[1], server.port)


# ---- before the first check


@pytest.mark.parametrize("well", [True, False], ids=["well", "refusing"])
@pytest.mark.parametrize("init_state, after_one, lines", [
    ("up", {True: "2/2 UP", False: "0/2 DOWN"}, {True: 1, False: 1}),
    ("fully-up", {True: "2/2 UP", False: "1/2 UP"}, {True: 1, False: 2}),
    ("down", {True: "2/2 UP", False: "0/2 DOWN"}, {True: 1, False: 1}),
    ("fully-down", {True: "1/2 DOWN", False: "0/2 DOWN"}, {True: 2, False: 1}),
])
def test_a_server_is_before_its_first_check_what_it_is_told(tidegate, peers, well, init_state, after_one, lines):
    """HAProxy has this from 3.1 on."""
    server = peers(Listener) if well else peers(Refuser)
    daemon = tidegate(config(server, backend={"log_health_checks": True, "check": {
        "kind": "tcp", "interval": "100ms", "rise": 2, "fall": 2, "init_state": init_state}}))

    told = daemon.out.wait_for_count(r"Health check for server app/s1 .*, status: (.*)\.$", lines[well])

    assert told[0][1] == after_one[well]
    assert told[-1][1] == ("2/2 UP" if well else "0/2 DOWN")


def test_a_server_that_is_down_at_first_gets_nobody_before_its_check(tidegate, peers):
    server, other = peers(Server, says(b"first")), peers(Server, says(b"other"))
    held = peers(Listener)
    check = {"kind": "redis", "interval": "1m", "port": held.port, "init_state": "down", "rise": 1}
    daemon = tidegate(config({"s1": {"address": server.address, "check": check}, "s2": other.address}))

    with held.accept() as connection:
        assert [daemon.ask() for _ in range(4)] == [b"other"] * 4
        connection.sendall(b"+PONG\r\n")
        daemon.wait_states("UP")

    assert sorted(daemon.ask() for _ in range(4)) == [b"first"] * 2 + [b"other"] * 2
