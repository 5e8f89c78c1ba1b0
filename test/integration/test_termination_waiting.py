"""How a session is told that waited for a server to take it: by tidegate, and by HAProxy."""

import pytest

from support.peers import FullBacklog, Refuser
from support.sockets import at_end, established, finish, read_all, reset
from support.termination import assert_differs, assert_tells, joined, settled


def test_a_client_that_ends_while_connecting(proxy, peers):
    daemon = proxy(peers(FullBacklog))
    client = joined(daemon)

    finish(client)

    assert_tells(daemon, "app/s1 ~1/-1/~0 0 CC 1/1/0/0/0 0/0")


@pytest.mark.parametrize("data", [b"", b"question"], ids=["silent", "after bytes"])
def test_a_client_that_resets_while_connecting(proxy, peers, data):
    daemon = proxy(peers(FullBacklog))
    client = joined(daemon, data)

    reset(client)

    assert_tells(daemon, "app/s1 ~1/-1/~0 0 CD 1/1/0/0/0 0/0")


@pytest.mark.parametrize("leave", [finish, lambda client: client.close()], ids=["half-close", "close"])
@pytest.mark.parametrize("family", ["tcp", "unix"])
def test_a_client_that_speaks_and_ends_while_connecting_is_served(proxy, peers, tmp_path, family, leave):
    busy = peers(FullBacklog)
    daemon = proxy(busy, bind="127.0.0.1:0" if family == "tcp" else f"unix:{tmp_path}/s")
    client = joined(daemon, b"question")
    leave(client)
    settled(daemon)

    busy.open()
    connection = busy.accept()
    assert read_all(connection) == b"question"
    connection.close()

    assert_tells(daemon, "app/s1 ~1/~0/~0 0 -- 1/1/0/0/0 0/0")


def test_a_client_that_speaks_and_ends_while_connecting_leaves_with_abort_on_close(proxy, peers):
    daemon = proxy(peers(FullBacklog), backend={"abort_on_close": True})
    client = joined(daemon, b"question")

    finish(client)

    assert_tells(daemon, "app/s1 ~1/-1/~0 0 CC 1/1/0/0/0 0/0")


@pytest.mark.parametrize("leave, code", [(finish, "CC"), (reset, "CD")], ids=["fin", "reset"])
def test_a_client_that_leaves_between_two_attempts(proxy, peers, leave, code):
    daemon = proxy(peers(Refuser))
    client = joined(daemon)

    leave(client)

    assert_tells(daemon, f"app/s1 ~1/-1/~0 0 {code} 1/1/0/0/1 0/0")


def test_a_server_that_refuses(proxy, peers):
    daemon = proxy(peers(Refuser), retries=0)

    assert daemon.ask() == b""

    assert_tells(daemon, "app/s1 ~1/-1/~0 0 SC 1/1/0/0/0 0/0")


def test_a_server_that_refuses_every_attempt(proxy, peers):
    """The pauses between the attempts count as waiting."""
    daemon = proxy(peers(Refuser), retries=3, timeouts={"connect": "200ms"})

    assert daemon.ask() == b""

    assert_tells(daemon, "app/s1 ~601/-1/~600 0 SC 1/1/0/0/3 0/0")


def test_several_servers_that_refuse(proxy, peers):
    daemon = proxy([peers(Refuser), peers(Refuser)], retries=3)

    assert daemon.ask() == b""

    assert_tells(daemon, "app/s2 ~1/-1/~0 0 SC 1/1/0/0/+3 0/0")


def test_no_usable_server(proxy, server):
    daemon = proxy({"s1": {"address": server.address, "disabled": True}})

    assert daemon.ask() == b""

    assert_tells(daemon, "app/<NOSRV> -1/-1/~0 0 SC 1/1/0/0/0 0/0")


def test_a_source_address_that_cannot_be_used(proxy, server):
    """HAProxy's manual says R for want of a local resource, its binary blames the server; it does not pause either."""
    daemon = proxy(server, backend={"source": "192.0.2.1"}, retries=3, timeouts={"connect": "200ms"})

    assert daemon.ask() == b""

    assert_differs(daemon, tidegate="app/s1 ~601/-1/~600 0 RC 1/1/0/0/3 0/0",
                   haproxy="app/s1 ~1/-1/~0 0 SC 1/1/0/0/3 0/0")


def test_a_refused_attempt_goes_to_another_server(proxy, peers, server):
    daemon = proxy([peers(Refuser), server])
    client, connection = established(daemon, server)

    client.close()
    connection.close()

    assert_tells(daemon, "app/s2 ~1/~0/~0 5 -- 1/1/0/0/+1 0/0")


def test_an_attempt_without_answer_goes_to_another_server(proxy, peers, server):
    daemon = proxy([peers(FullBacklog), server], timeouts={"connect": "500ms"})
    client, connection = established(daemon, server)

    client.close()
    connection.close()

    assert_tells(daemon, "app/s2 ~501/~0/~500 5 -- 1/1/0/0/+1 0/0")


def test_an_attempt_at_the_same_server_comes_after_a_pause(proxy, peers):
    """The pause counts as waiting, not as connecting."""
    late = peers(Refuser)
    daemon = proxy(late)
    client = joined(daemon)

    late.open()
    connection = late.accept()
    connection.close()
    assert at_end(client)
    client.close()

    assert_tells(daemon, "app/s1 ~1001/~0/~1000 0 -- 1/1/0/0/1 0/0")


def test_a_server_that_does_not_answer(proxy, peers):
    daemon = proxy(peers(FullBacklog), retries=0, timeouts={"connect": "500ms"})

    assert daemon.ask() == b""

    assert_tells(daemon, "app/s1 ~1/-1/~500 0 sC 1/1/0/0/0 0/0")


def test_a_server_that_does_not_answer_any_attempt(proxy, peers):
    """Attempts before the last count as waiting."""
    daemon = proxy(peers(FullBacklog), retries=2, timeouts={"connect": "300ms"})

    assert daemon.ask() == b""

    assert_tells(daemon, "app/s1 ~601/-1/~900 0 sC 1/1/0/0/2 0/0")


def test_a_client_timeout_while_connecting(proxy, peers):
    """HAProxy acts on it only when the attempt is over."""
    daemon = proxy(peers(FullBacklog), retries=0, timeouts={"connect": "2s", "client": "500ms"})

    assert daemon.ask() == b""

    assert_differs(daemon, tidegate="app/s1 ~1/-1/~500 0 cC 1/1/0/0/0 0/0",
                   haproxy="app/s1 ~1/-1/~2000 0 cC 1/1/0/0/0 0/0")


def test_a_client_timeout_between_two_attempts(proxy, peers):
    daemon = proxy(peers(Refuser), timeouts={"client": "500ms"})

    assert daemon.ask() == b""

    assert_tells(daemon, "app/s1 ~1/-1/~500 0 cC 1/1/0/0/1 0/0")
