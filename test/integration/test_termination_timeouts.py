"""How a session is told in which nothing moved any more: by tidegate, and by HAProxy."""

import pytest

from support.peers import Listener
from support.sockets import at_end, established, finish, read_all, sides, still_silent
from support.termination import assert_tells, close_at_end, fill


@pytest.mark.parametrize("timeouts, code", [
    pytest.param({"client": "500ms"}, "cD", id="client"),
    pytest.param({"server": "500ms"}, "sD", id="server"),
    pytest.param({"client": "500ms", "server": "500ms"}, "cD", id="both"),
])
def test_a_silent_session(proxy, server, timeouts, code):
    """HAProxy ends one direction and waits for the rest, so both peers follow the FIN."""
    daemon = proxy(server, timeouts=timeouts)
    client, connection = established(daemon, server)

    close_at_end(client)
    close_at_end(connection)

    assert_tells(daemon, f"app/s1 ~1/~0/~500 5 {code} 1/1/0/0/0 0/0")


def test_a_client_that_takes_nothing(proxy, server):
    daemon = proxy(server, timeouts={"client": "1s"})
    _client, connection = established(daemon, server)

    fill(connection)
    close_at_end(connection)

    assert_tells(daemon, "app/s1 ~1/~0/~1000 * cD 1/1/0/0/0 0/0")


def test_a_server_that_takes_nothing(proxy, peers):
    server = peers(Listener, receive_buffer=1 << 14)
    daemon = proxy(server, timeouts={"server": "1s"})
    client, _connection = established(daemon, server)

    fill(client)
    close_at_end(client)

    assert_tells(daemon, "app/s1 ~1/~0/~1000 5 sD 1/1/0/0/0 0/0")


@pytest.mark.parametrize("late, bytes_to_client", [("server", 9), ("client", 5)])
def test_the_timeout_of_a_side_that_has_ended_does_not_cut_the_other_short(proxy, server, late, bytes_to_client):
    ended = "client" if late == "server" else "server"
    daemon = proxy(server, timeouts={ended: "500ms"})
    leaving, staying = sides(*established(daemon, server), ended)
    finish(leaving)
    assert at_end(staying)

    assert still_silent(leaving, for_seconds=1.0)
    staying.sendall(b"late")
    staying.close()

    assert read_all(leaving) == b"late"
    assert_tells(daemon, f"app/s1 ~1/~0/~1000 {bytes_to_client} -- 1/1/0/0/0 0/0")


def test_a_client_that_takes_nothing_after_its_fin(proxy, server):
    daemon = proxy(server, timeouts={"client": "1s"})
    client, connection = established(daemon, server)
    finish(client)
    assert at_end(connection)

    fill(connection)
    close_at_end(connection)

    assert_tells(daemon, "app/s1 ~1/~0/~1000 * cD 1/1/0/0/0 0/0")
