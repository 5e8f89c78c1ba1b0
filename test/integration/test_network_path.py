"""A network between the proxy and its peers that is narrow, breaks and mends, or swallows a peer for good."""

import socket

import pytest

from support.config import config
from support.netns import Network
from support.peers import Listener
from support.settings import scaled
from support.sockets import established, exchange, finish, was_reset
from support.streams import drain, in_background, pour
from support.wait import wait_until

BULK = scaled(64 << 20, 4 << 20)
MORE_THAN_FITS = 64 << 20  # into all the buffers on the way
SIDES = ["client", "server"]


@pytest.fixture
def network(peers, request) -> Network:
    return peers(Network, **getattr(request, "param", {}))


class Path:
    """A session whose client or server is on the far host; everybody else is on the near one."""

    def __init__(self, tidegate, network, peers, far: str, ipv6: bool = False, **keys):
        self.near, self.far = network.near, network.far
        client_host, server_host = (self.far, self.near) if far == "client" else (self.near, self.far)
        name = "ipv6" if ipv6 else "ipv4"
        with server_host.inside():
            self._server = peers(Listener, host=getattr(server_host, name))
        bind = getattr(self.near, name)
        with self.near.inside():
            self.daemon = tidegate(config(self._server, bind=f"[{bind}]:0" if ipv6 else f"{bind}:0", **keys))
        with client_host.inside():
            self.client, self.server = established(self.daemon, self._server)
        self.gone, self.stays = (self.client, self.server) if far == "client" else (self.server, self.client)

    def end(self):
        finish(self.client)
        self.server.close()
        self.client.close()
        assert self.code() == "--"

    def code(self) -> str:
        (line,) = self.daemon.access()
        return line.code


def segment_size(connection) -> int:
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)


def tries_in_vain(connection) -> int:
    """How often its patience was doubled: it repeats itself, or asks whether it may go on, and may not."""
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)[4]


@pytest.mark.deadline(60)
@pytest.mark.parametrize("far", SIDES)
@pytest.mark.parametrize("network, ipv6", [({"mtu": 576}, False), ({"mtu": 1280}, True), ({"mtu": 9000}, False)],
                         ids=["576", "1280-ipv6", "9000"], indirect=["network"])
def test_bulk_crosses_a_path_of_another_mtu(tidegate, network, peers, far, ipv6, workers):
    path = Path(tidegate, network, peers, far, ipv6, threads=workers)

    up = in_background(pour, path.client, BULK, 1)
    down = in_background(pour, path.server, BULK, 2)
    at_server = in_background(drain, path.server, BULK)
    at_client = in_background(drain, path.client, BULK)

    assert at_server.result(50) == (BULK, up.result(10))
    assert at_client.result(50) == (BULK, down.result(10))
    assert segment_size(path.gone) < segment_size(path.stays), "the narrow path was not taken"
    path.end()


@pytest.mark.deadline(60)
@pytest.mark.parametrize("far, splice", [("client", False), ("server", True)], ids=["client-copy", "server-splice"])
def test_a_cable_that_is_pulled_for_a_moment_loses_nothing(tidegate, network, peers, far, splice):
    path = Path(tidegate, network, peers, far, tcp={"splice": splice})
    for sender, reader in ((path.gone, path.stays), (path.stays, path.gone)):
        reading = in_background(drain, reader, 1 << 20)
        checksum = pour(sender, 1 << 20)
        assert reading.result(10) == (1 << 20, checksum)

        path.far.pull_the_cable()
        sent = in_background(pour, sender, MORE_THAN_FITS, 7)
        # On this side of the proxy it is the proxy that stops reading: the window closes.
        wait_until(lambda: tries_in_vain(sender) >= 2, what="the sender has tried twice in vain")
        path.far.put_it_back()

        assert drain(reader, MORE_THAN_FITS) == (MORE_THAN_FITS, sent.result(10))
    path.end()


@pytest.mark.parametrize("far", SIDES)
def test_user_timeout_ends_the_session_of_a_peer_that_vanished_with_bytes_under_way(tidegate, network, peers, far):
    path = Path(tidegate, network, peers, far, tcp={"user_timeout": "1s", "keepalive": False})

    path.far.pull_the_cable()
    path.stays.sendall(b"anybody there?")

    assert was_reset(path.stays)
    assert path.code() == ("CD" if far == "client" else "SD")


@pytest.mark.parametrize("far", SIDES)
def test_keepalive_ends_the_session_of_a_peer_that_vanished_while_idle(tidegate, network, peers, far):
    for name, value in (("time", 1), ("intvl", 1), ("probes", 2)):
        network.near.tune(f"ipv4.tcp_keepalive_{name}", value)
    path = Path(tidegate, network, peers, far, tcp={"user_timeout": "infinite"})

    path.far.pull_the_cable()
    path.stays.settimeout(25)  # a young session's server has no keepalive yet

    assert was_reset(path.stays)
    assert path.code() == ("CD" if far == "client" else "SD")


def test_a_peer_that_comes_back_before_the_user_timeout_keeps_its_session(tidegate, network, peers):
    path = Path(tidegate, network, peers, "client", tcp={"user_timeout": "20s"})

    path.far.pull_the_cable()
    path.server.sendall(b"hello")
    path.client.sendall(b"hello")
    wait_until(lambda: tries_in_vain(path.client) >= 3, what="the client has tried three times in vain")
    path.far.put_it_back()

    assert path.client.recv(5) == b"hello"
    assert path.server.recv(5) == b"hello"
    exchange(path.client, path.server)
    path.end()
