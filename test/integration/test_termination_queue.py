"""How a session is told that waited for a slot, its place included: by tidegate, and by HAProxy.

Not here: sessions in HAProxy's server queue (sq), which it uses only for those that are bound to one server.
"""

import pytest

from support.sockets import at_end, established, finish, quiet, read_all, read_exactly, reset
from support.streams import in_background
from support.termination import assert_differs, assert_tells, joined, one_slot, settled


@pytest.mark.parametrize("data", [b"", b"question"], ids=["silent", "after bytes"])
@pytest.mark.parametrize("leave, code", [(finish, "CQ"), (reset, "CD")], ids=["fin", "reset"])
def test_a_client_that_leaves_the_queue(proxy, server, leave, code, data):
    daemon = proxy(one_slot(server), backend={"abort_on_close": True})
    _held = established(daemon, server)
    client = joined(daemon, data)

    leave(client)

    assert_tells(daemon, f"app/<NOSRV> ~1/-1/~0 0 {code} 2/2/1/0/0 0/1")


def test_a_client_that_speaks_and_ends_in_the_queue_is_served(proxy, server):
    daemon = proxy(one_slot(server))
    held, connection = established(daemon, server)
    client = joined(daemon, b"question")
    finish(client)
    settled(daemon)

    held.close()
    connection.close()
    connection = server.accept()
    assert read_all(connection) == b"question"
    daemon.access()
    connection.sendall(b"answer")
    connection.close()

    assert read_all(client) == b"answer"
    assert_tells(daemon, "app/s1 ~1/~0/~0 5 -- 2/2/1/0/0 0/0", "app/s1 ~1/~0/~0 6 -- 1/1/0/0/0 0/1")


def test_a_queue_timeout(proxy, server):
    daemon = proxy(one_slot(server), timeouts={"queue": "500ms"})
    _held = established(daemon, server)

    assert daemon.ask() == b""

    assert_tells(daemon, "app/<NOSRV> ~501/-1/~500 0 sQ 2/2/1/0/0 0/1")


def test_a_client_timeout_in_the_queue(proxy, server):
    """HAProxy forgets how long that client has waited."""
    daemon = proxy(one_slot(server), timeouts={"client": "1s"})
    held, connection = established(daemon, server)
    client = joined(daemon)

    def keep_busy():
        while quiet(client):
            connection.sendall(b"x")
            held.recv(1)

    in_background(keep_busy).result(10)

    assert_differs(daemon, tidegate="app/<NOSRV> ~1001/-1/~1000 0 cQ 2/2/1/0/0 0/1",
                   haproxy="app/<NOSRV> -1/-1/~1000 0 cQ 2/2/1/0/0 0/1")


def test_a_waiter_counts_as_a_session_of_the_backend(proxy, server):
    daemon = proxy(one_slot(server))
    held, connection = established(daemon, server)
    waiting = joined(daemon)

    held.close()
    connection.close()
    next_one = server.accept()
    daemon.access()
    next_one.close()
    assert at_end(waiting)
    waiting.close()

    assert_tells(daemon, "app/s1 ~1/~0/~0 5 -- 2/2/1/0/0 0/0", "app/s1 ~1/~0/~0 0 -- 1/1/0/0/0 0/1")


def test_places_in_the_queue_when_all_are_served(proxy, server):
    daemon = proxy(one_slot(server))
    held, connection = established(daemon, server)
    waiting = [joined(daemon, b"%d" % i) for i in range(3)]

    held.close()
    connection.close()
    for ended, client in enumerate(waiting, 2):
        connection = server.accept()
        read_exactly(connection, 1)
        daemon.access(ended - 1)
        connection.close()
        client.close()

    assert_tells(daemon, "app/s1 * 5 -- 4/4/3/0/0 0/0".replace("*", "~1/~0/~0"),
                 "app/s1 ~1/~0/~0 0 -- 3/3/2/0/0 0/1", "app/s1 ~1/~0/~0 0 -- 2/2/1/0/0 0/2",
                 "app/s1 ~1/~0/~0 0 -- 1/1/0/0/0 0/3")


def test_places_in_the_queue_when_the_first_leaves(proxy, server):
    """Only who is served before counts, so everybody behind a leaver moves up."""
    daemon = proxy(one_slot(server))
    held, connection = established(daemon, server)
    leaving, staying = joined(daemon), joined(daemon, b"question")

    finish(leaving)
    daemon.access()
    held.close()
    connection.close()
    connection = server.accept()
    assert read_exactly(connection, 8) == b"question"
    daemon.access(2)
    connection.close()
    staying.close()

    assert_tells(daemon, "app/<NOSRV> ~1/-1/~0 0 CQ 3/3/2/0/0 0/1", "app/s1 ~1/~0/~0 5 -- 2/2/1/0/0 0/0",
                 "app/s1 ~1/~0/~0 0 -- 1/1/0/0/0 0/1")
