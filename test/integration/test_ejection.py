"""Servers that nobody checks: what sessions meet there puts a server out, and a trial brings it back."""

from collections import Counter

import pytest

from support.config import config
from support.peers import Listener, Refuser, Server, says
from support.sockets import at_end, read_all, read_exactly
from support.wait import wait_until

LIMIT = 3
WELL = b"well"


def observed(servers, **backend) -> dict:
    return config(servers, retries=0, backend={
        "server_defaults": {"observe": "layer4", "error_limit": LIMIT}, "ejection_time": "1h", "longest_ejection": "1h", **backend})


@pytest.fixture
def others(peers) -> list:
    """Two servers that are well."""
    return [peers(Server, says(WELL)) for _ in range(2)]


def fail(daemon, server: str):
    """Sessions go on until the server is out, and the others do not feel it."""
    wait_until(lambda: daemon.ask() is not None and daemon.out.matching(f"Server app/{server} is DOWN, ejected for"))


def answers(daemon, count: int = 12) -> Counter:
    return Counter(daemon.ask() for _ in range(count))


def test_a_server_whose_sessions_fail_is_put_out_and_nobody_goes_there(tidegate, peers, others, workers):
    plain = observed([peers(Refuser), *others])
    plain["global"]["threads"] = workers
    daemon = tidegate(plain)

    fail(daemon, "s1")

    daemon.out.wait_for(r"alert: Server app/s1 is DOWN, ejected for 3600000ms, reason: 3 sessions in a row have failed\. "
                        r"2 active and 0 backup servers left\.")
    assert answers(daemon) == {WELL: 12}


def test_it_comes_back_on_trial_with_one_session_at_a_time(tidegate, peers, others):
    sick = peers(Refuser)
    daemon = tidegate(observed([sick, *others], ejection_time="50ms"))
    fail(daemon, "s1")
    sick.open()
    daemon.out.wait_for("notice: Server app/s1 is UP, on trial: it gets one session at a time until one goes well")

    trial = wait_until(lambda: held_by(daemon, sick), what="the trial session")
    assert answers(daemon) == {WELL: 12}
    assert sick.waiting() == 0

    client, connection = trial
    connection.sendall(b"better")
    assert read_exactly(client, 6) == b"better"
    daemon.out.wait_for("notice: Server app/s1 is trusted again, its trial session went well")
    two = [wait_until(lambda: held_by(daemon, sick)) for _ in range(2)]
    assert all(two)


def held_by(daemon, server: Listener):
    """(client, connection) of a new session if that server got it; one of another ends at once."""
    client = daemon.connect()
    wait_until(lambda: server.waiting() or client_was_served(client))
    return (client, server.accept()) if server.waiting() else None


def client_was_served(client) -> bool:
    client.settimeout(0.02)
    try:
        return read_all(client) == WELL
    except TimeoutError:
        return False
    finally:
        client.settimeout(10)


def test_a_trial_that_fails_puts_it_out_for_twice_the_time(tidegate, peers, others):
    daemon = tidegate(observed([peers(Refuser), *others], ejection_time="20ms", longest_ejection="100ms"))

    for time, why in (("20ms", "3 sessions in a row have failed"), ("40ms", "its trial session has failed"),
                      ("80ms", "its trial session has failed"), ("100ms", "its trial session has failed")):
        wait_until(lambda: daemon.ask() is not None and
                   daemon.out.matching(f"Server app/s1 is DOWN, ejected for {time}, reason: {why}"), what=time)


def test_no_more_servers_are_out_than_max_ejected_allows(tidegate, peers):
    daemon = tidegate(observed([peers(Refuser) for _ in range(4)], max_ejected="50%"))

    for _ in range(4 * LIMIT):
        assert daemon.ask() == b""
    wait_until(lambda: daemon.ask() == b"" and len(daemon.out.matching("max_ejected lets no more go")) == 2)

    assert len(daemon.out.matching("is DOWN, ejected for")) == 2
    assert not daemon.out.matching("has no server available")


def test_that_no_more_may_go_is_told_once_and_not_with_every_few_sessions(tidegate, peers):
    daemon = tidegate(observed([peers(Refuser)]))

    for _ in range(10 * LIMIT):
        assert daemon.ask() == b""
    daemon.access(10 * LIMIT)

    daemon.out.wait_for("warning: Server app/s1 would be ejected, 3 sessions in a row have failed there, but")
    assert len(daemon.out.matching("would be ejected")) == 1


@pytest.mark.parametrize("other", ["none", "in-maintenance", "ejected", "down"])
def test_the_last_server_is_never_ejected(tidegate, peers, other):
    servers = {"s1": peers(Refuser).address}
    if other == "in-maintenance":
        servers["s2"] = {"address": "127.0.0.1:9", "disabled": True}
    if other == "ejected":
        servers["s2"] = peers(Refuser).address
    if other == "down":
        servers["s2"] = {"address": peers(Refuser).address, "check": {"interval": "10ms", "fall": 1}}
    daemon = tidegate(observed(servers, max_ejected="100%"))
    if other == "down":
        daemon.out.wait_for("Server app/s2 is DOWN, reason: Layer4 connection problem")

    wait_until(lambda: daemon.ask() == b"" and daemon.out.matching("would be ejected"))

    assert len(daemon.out.matching("is DOWN, ejected for")) == (other == "ejected")
    assert daemon.access(LIMIT)[-1].server != "<NOSRV>"


def test_a_trial_brings_back_a_server_that_takes_sessions_and_says_nothing_before_the_client_has_gone(tidegate, peers,
                                                                                                       others):
    """An end in good order is a session that went well, though the server never said a word."""
    sick = peers(Refuser)
    daemon = tidegate(observed([sick, *others], ejection_time="50ms"))
    fail(daemon, "s1")
    sick.open()
    client, connection = wait_until(lambda: held_by(daemon, sick))

    client.close()
    assert at_end(connection)
    connection.close()

    daemon.out.wait_for("Server app/s1 is trusted again")
