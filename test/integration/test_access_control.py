"""Who may connect, and how often at once; who may not costs nothing and no server hears of him."""

import pytest

from support.config import config
from support.peers import CrowdServer, Server, says
from support.sockets import connect, read_all
from support.wait import wait_until

ME, OTHER = "127.0.0.1", "127.0.0.2"


def served(daemon, source: str) -> bool:
    return served_at(daemon.address(), source=source)


def served_at(endpoint, **options) -> bool:
    """Who is turned away may be reset as early as in connect()."""
    try:
        with connect(endpoint, **options) as client:
            return read_all(client) == b"hello"
    except ConnectionResetError:
        return False


@pytest.fixture
def greeter(peers):
    return peers(Server, says(b"hello"))


def test_only_who_is_allowed_is_served(tidegate, greeter, workers):
    daemon = tidegate(config(greeter, frontend={"allow": ["127.0.0.2/32"]}, threads=workers))

    assert not served(daemon, ME)
    assert served(daemon, OTHER)
    assert not served(daemon, "127.0.0.3")
    assert greeter.accepted == 1


def test_who_is_denied_is_not_served(tidegate, greeter):
    daemon = tidegate(config(greeter, frontend={"deny": ["127.0.0.2"]}))

    assert served(daemon, ME)
    assert not served(daemon, OTHER)
    assert greeter.accepted == 1


def test_deny_wins_over_allow(tidegate, greeter):
    daemon = tidegate(config(greeter, frontend={"allow": ["127.0.0.0/8"], "deny": ["127.0.0.2/31"]}))

    assert served(daemon, ME)
    assert not served(daemon, OTHER)
    assert not served(daemon, "127.0.0.3")


def test_networks_are_read_from_a_file(tidegate, greeter, tmp_path):
    networks = tmp_path / "allow.txt"
    networks.write_text("# who may\n\n127.0.0.2\n10.0.0.0/8\n")
    daemon = tidegate(config(greeter, frontend={"allow": [f"file:{networks}"]}))

    assert not served(daemon, ME)
    assert served(daemon, OTHER)


def test_ipv6_clients_are_matched_too(tidegate, greeter):
    plain = config(greeter, bind=["127.0.0.1:0", "[::1]:0"], frontend={"allow": ["::1/128"]})
    daemon = tidegate(plain)
    v4, v6 = daemon.addresses()

    assert served_at(v6)
    assert not served_at(v4)


def test_a_crowd_that_is_denied_does_not_disturb_who_is_allowed(tidegate, greeter):
    daemon = tidegate(config(greeter, frontend={"deny": [OTHER]}, maxconn=10))

    for _ in range(100):
        assert not served(daemon, OTHER)

    assert served(daemon, ME)
    assert greeter.accepted == 1


def test_one_source_has_so_many_sessions_and_no_more(tidegate, peers, workers):
    daemon = tidegate(config(peers(CrowdServer), frontend={"max_per_source": 2}, threads=workers))

    def admitted(source: str):
        try:
            client = daemon.connect(source=source)
            client.sendall(b"x")
            return client if client.recv(1) == b"x" else None
        except OSError:
            return None

    first, second = admitted(ME), admitted(ME)
    assert first and second
    assert not any(admitted(ME) for _ in range(10))
    assert admitted(OTHER)

    first.close()
    assert wait_until(lambda: admitted(ME), what="the slot of the first is free again")
    assert second.fileno() >= 0
