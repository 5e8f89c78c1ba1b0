"""How a session that ended in order is told: by tidegate, and by HAProxy."""

import pytest

from support.peers import Listener, UnixListener
from support.sockets import at_end, established, finish, read_exactly, sides
from support.termination import assert_tells


@pytest.mark.parametrize("first", ["client", "server"])
def test_a_clean_end(proxy, server, first):
    daemon = proxy(server)
    leaving, staying = sides(*established(daemon, server), first)

    leaving.close()
    assert at_end(staying)
    staying.close()

    assert_tells(daemon, "app/s1 ~1/~0/~0 5 -- 1/1/0/0/0 0/0")


@pytest.mark.parametrize("first, bytes_to_client", [("client", 9), ("server", 5)])
def test_a_half_close_before_the_end(proxy, server, first, bytes_to_client):
    daemon = proxy(server)
    leaving, staying = sides(*established(daemon, server), first)

    finish(leaving)
    assert at_end(staying)
    staying.sendall(b"more")
    assert read_exactly(leaving, 4) == b"more"
    staying.close()
    assert at_end(leaving)

    assert_tells(daemon, f"app/s1 ~1/~0/~0 {bytes_to_client} -- 1/1/0/0/0 0/0")


def test_a_unix_client_is_named_by_its_bind(proxy, server, tmp_path):
    daemon = proxy(server, bind=f"unix:{tmp_path}/s")
    client, connection = established(daemon, server)

    client.close()
    assert at_end(connection)
    connection.close()

    assert_tells(daemon, "app/s1 ~1/~0/~0 5 -- 1/1/0/0/0 0/0")
    assert daemon.access()[0].client == "unix:1"


def test_a_unix_server(proxy, peers, tmp_path):
    server = peers(UnixListener, tmp_path / "server")
    daemon = proxy(server)
    client, connection = established(daemon, server)

    client.close()
    assert at_end(connection)
    connection.close()

    assert_tells(daemon, "app/s1 ~1/~0/~0 5 -- 1/1/0/0/0 0/0")


def test_the_sessions_open_when_one_ends(proxy, peers):
    """ac and fc count the one that ends, bc and sc do not."""
    first, second = peers(Listener), peers(Listener)
    daemon = proxy([first, second])
    open_now = [established(daemon, server) for server in (first, second, first)]

    for ended, (client, connection) in enumerate(open_now, 1):
        client.close()
        connection.close()
        daemon.access(ended)

    assert_tells(daemon, "app/s1 ~1/~0/~0 5 -- 3/3/2/1/0 0/0", "app/s2 ~1/~0/~0 5 -- 2/2/1/0/0 0/0",
                 "app/s1 ~1/~0/~0 5 -- 1/1/0/0/0 0/0")
