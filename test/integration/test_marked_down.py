"""What a server that goes down or comes up means for sessions: through tidegate, and through HAProxy."""

import pytest

from support.peers import Lamp, Listener
from support.sockets import established, exchange, read_all
from support.termination import assert_tells, joined

CHECK = {"interval": "100ms", "rise": 1, "fall": 1}


@pytest.fixture
def lamp(peers) -> Lamp:
    """By which the server is checked: the server itself goes on."""
    return peers(Lamp)


def watched(server, lamp, **keys) -> dict:
    return {"address": server.address, "check": {**CHECK, "port": lamp.port}, **keys}


def test_sessions_end_with_the_server_where_that_is_asked_for(proxy, server, lamp):
    daemon = proxy({"s1": watched(server, lamp, on_marked_down="shutdown_sessions")})
    client, connection = established(daemon, server)

    lamp.off()

    assert read_all(client) == read_all(connection) == b""
    assert_tells(daemon, "app/s1 ~1/~0/~0 5 D- 1/1/0/0/0 0/0")


def test_sessions_go_on_otherwise(proxy, server, lamp):
    daemon = proxy({"s1": watched(server, lamp)})
    client, connection = established(daemon, server)

    lamp.off()

    daemon.wait_states("DOWN")
    exchange(client, connection)
    client.close()
    assert read_all(connection) == b""
    connection.close()
    assert_tells(daemon, "app/s1 ~1/~0/~0 10 -- 1/1/0/0/0 0/0")


def test_sessions_of_backups_end_when_a_better_server_comes_up(proxy, server, peers, lamp):
    better = peers(Listener)
    lamp.off()
    daemon = proxy({"s1": watched(better, lamp, on_marked_up="shutdown_backup_sessions"),
                    "b1": {"address": server.address, "backup": True}})
    daemon.wait_states("DOWN")
    client, connection = established(daemon, server)

    lamp.on()

    assert read_all(client) == read_all(connection) == b""
    assert_tells(daemon, "app/b1 ~1/~0/~0 5 U- 1/1/0/0/0 0/0")
    established(daemon, better)


def test_sessions_of_backups_go_on_otherwise(proxy, server, peers, lamp):
    better = peers(Listener)
    lamp.off()
    daemon = proxy({"s1": watched(better, lamp), "b1": {"address": server.address, "backup": True}})
    daemon.wait_states("DOWN")
    client, connection = established(daemon, server)

    lamp.on()

    daemon.wait_states("DOWN", "UP")
    established(daemon, better)
    exchange(client, connection)


def test_the_last_server_that_goes_down_leaves_a_prompt_close(proxy, server, lamp):
    daemon = proxy({"s1": watched(server, lamp)})
    lamp.off()
    daemon.wait_states("DOWN")
    daemon.out.wait_for(r"^(\[\S+\] emerg: )?backend app has no server available!$")

    assert daemon.ask() == b""

    assert_tells(daemon, "app/<NOSRV> -1/-1/~0 0 SC 1/1/0/0/0 0/0")
    lamp.on()
    daemon.wait_states("DOWN", "UP")
    established(daemon, server)


def test_a_server_goes_and_comes_with_the_one_it_tracks(proxy, server, peers, lamp):
    other = peers(Listener)
    daemon = proxy({"s1": watched(server, lamp), "s2": {"address": other.address, "track": "s1"}})

    lamp.off()
    daemon.wait_states("DOWN", server="app/s2")
    assert daemon.ask() == b""
    lamp.on()
    daemon.wait_states("DOWN", "UP", server="app/s2")

    told = [match[1] for match in daemon.out.matching(r"^(?:\[\S+\] [a-z]+: )?(Server app/s2 is .*)")]
    assert told == ["Server app/s2 is DOWN via app/s1. 0 active and 0 backup servers left. 0 sessions active, "
                    "0 requeued, 0 remaining in queue.",
                    "Server app/s2 is UP via app/s1. 2 active and 0 backup servers online. 0 sessions requeued, "
                    "0 total in queue."]
    established(daemon, server)
    established(daemon, other)


def test_who_waits_goes_on_to_a_server_that_is_left(proxy, server, peers, lamp):
    """One slot each, both taken: the client that waits gets the slot of the server that stays."""
    other = peers(Listener)
    daemon = proxy({"s1": watched(server, lamp, maxconn=1), "s2": {"address": other.address, "maxconn": 1}})
    held, connection = established(daemon, server)
    freed, gone = established(daemon, other)
    waiting = joined(daemon)

    lamp.off()
    daemon.wait_states("DOWN")
    freed.close()
    gone.close()

    exchange(waiting, other.accept())
    exchange(held, connection)
