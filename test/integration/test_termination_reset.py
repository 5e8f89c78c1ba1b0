"""How a session is told whose client or server was reset while data passed: by tidegate, and by HAProxy."""

import pytest

from support.peers import Listener
from support.sockets import at_end, established, finish, read_all, reset, sides, unacknowledged, was_reset
from support.termination import assert_differs, assert_tells, fill, settled
from support.wait import wait_until


@pytest.mark.parametrize("resetting, code", [("client", "CD"), ("server", "SD")])
def test_a_reset(proxy, server, resetting, code):
    daemon = proxy(server)
    leaving, staying = sides(*established(daemon, server), resetting)

    reset(leaving)

    read_all(staying)
    assert_tells(daemon, f"app/s1 ~1/~0/~0 5 {code} 1/1/0/0/0 0/0")


@pytest.mark.parametrize("resetting, code", [("client", "CD"), ("server", "SD")])
def test_a_reset_after_the_others_fin(proxy, server, resetting, code):
    daemon = proxy(server)
    leaving, staying = sides(*established(daemon, server), resetting)
    finish(staying)
    assert at_end(leaving)

    reset(leaving)

    assert_tells(daemon, f"app/s1 ~1/~0/~0 5 {code} 1/1/0/0/0 0/0")


@pytest.mark.parametrize("resetting, code", [("client", "CD"), ("server", "SD")])
def test_a_reset_behind_the_fin_of_the_same_side(proxy, server, resetting, code):
    """HAProxy does not look at a side that has sent its FIN."""
    daemon = proxy(server)
    leaving, staying = sides(*established(daemon, server), resetting)
    finish(leaving)
    assert at_end(staying)

    reset(leaving)
    settled(daemon)
    staying.close()

    assert_differs(daemon, tidegate=f"app/s1 ~1/~0/~0 5 {code} 1/1/0/0/0 0/0",
                   haproxy="app/s1 ~1/~0/~0 5 -- 1/1/0/0/0 0/0")


@pytest.mark.parametrize("resetting, code", [("client", "CD"), ("server", "SD")])
def test_a_reset_before_what_was_sent_is_delivered(proxy, peers, resetting, code):
    server = peers(Listener, receive_buffer=1 << 14)
    daemon = proxy(server)
    leaving, staying = sides(*established(daemon, server, receive_buffer=1 << 14), resetting)
    fill(leaving)

    reset(leaving)
    settled(daemon)

    read_all(staying)
    assert_tells(daemon, f"app/s1 ~1/~0/~0 {'5' if resetting == 'client' else '*'} {code} 1/1/0/0/0 0/0")


def test_a_client_that_closes_amid_its_download(proxy, server):
    daemon = proxy(server)
    client, connection = established(daemon, server)
    fill(connection)

    client.close()  # with bytes unread, so this resets

    assert was_reset(connection)
    assert_tells(daemon, "app/s1 ~1/~0/~0 * CD 1/1/0/0/0 0/0")


def test_a_server_that_answers_and_closes_amid_an_upload(proxy, peers):
    server = peers(Listener, receive_buffer=1 << 14)
    daemon = proxy(server)
    client, connection = established(daemon, server)
    fill(client)

    connection.sendall(b"answer")
    wait_until(lambda: unacknowledged(connection) == 0)
    connection.close()  # with bytes unread, so this resets

    assert read_all(client) == b"answer"
    client.close()
    assert_tells(daemon, "app/s1 ~1/~0/~0 11 SD 1/1/0/0/0 0/0")
