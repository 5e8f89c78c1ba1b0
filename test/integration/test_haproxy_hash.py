"""Each client has the server that HAProxy would give it, whatever is hashed and however."""

import contextlib
import ipaddress
import random
from dataclasses import dataclass

import pytest

from support.netns import Host
from support.pair import IN_USE, Pair
from support.settings import scaled
from support.sockets import connect, read_all, read_exactly

FUNCTIONS = ["sdbm", "djb2", "wt6", "crc32"]
SOME = scaled(500, 50)


@dataclass(frozen=True)
class Hash:
    """One way to choose, in both languages."""

    by: str
    type: str
    avalanche: bool = False
    function: str = "sdbm"
    factor: int = 0

    @property
    def name(self) -> str:
        return "-".join([self.by, self.type, self.function, *["avalanche"] * self.avalanche])

    def spreads(self) -> bool:
        """Whether it does with such clients: without an avalanche they are neighbours on the ring."""
        return self.type == "map-based" or self.avalanche

    def as_haproxy(self) -> list[str]:
        return [f"balance {'source' if self.by == 'source' else 'hash src'}",
                " ".join(["hash-type", self.type, self.function, *["avalanche"] * self.avalanche]),
                *[f"hash-balance-factor {self.factor}"] * bool(self.factor)]

    def as_yaml(self) -> dict:
        balance = {"by": self.by, "hash_type": self.type, "avalanche": self.avalanche}
        if self.by == "hash":
            balance |= {"function": self.function, "key": "source"}
        if self.factor:
            balance["balance_factor"] = self.factor
        return balance


def every_hash(by: str, function: str = "sdbm") -> list[Hash]:
    return [Hash(by, type_, avalanche, function) for type_ in ("map-based", "consistent") for avalanche in (False, True)]


def addresses(network: str, count: int) -> list[str]:
    """The same ones in every run."""
    block = ipaddress.ip_network(network)
    dice = random.Random(count)
    return [str(block[dice.randrange(1, block.num_addresses - 1)]) for _ in range(count)]


def servers_of(endpoint, clients: list[str]) -> dict[str, str]:
    """Which server each client has there."""
    found = {}
    for client in clients:
        with connect(endpoint, source=client) as session:
            found[client] = read_all(session).decode()
    return found


def check_all_alike(pair: Pair, clients: list[str], host: str | None = None):
    """They connect to `host`, or to the address that is bound."""
    def at(endpoint):
        return host or endpoint[0], endpoint[1]

    for way in pair.ways:
        expected = servers_of(at(pair.haproxy[way.name]), clients)
        if way.spreads():
            assert set(expected.values()) == IN_USE, way.name
        assert servers_of(at(pair.tidegate[way.name]), clients) == expected, way.name


@pytest.mark.deadline(120)
def test_clients_have_haproxys_server_by_their_source(tidegate, peers, tmp_path):
    pair = Pair(tidegate, peers, tmp_path, every_hash("source"))

    check_all_alike(pair, addresses("127.0.0.0/8", SOME))


@pytest.mark.deadline(120)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_clients_have_haproxys_server_by_a_hash_of_their_source(tidegate, peers, tmp_path, function):
    pair = Pair(tidegate, peers, tmp_path, every_hash("hash", function))

    check_all_alike(pair, addresses("127.0.0.0/8", SOME))


@pytest.mark.deadline(120)
def test_ipv6_clients_have_haproxys_server(tidegate, peers, tmp_path):
    host = peers(Host, 1)
    host.ip("-6", "route", "add", "local", "fd00:203::/64", "dev", "lo")
    host.tune("ipv6.ip_nonlocal_bind", 1)
    ways = [*every_hash("source"), Hash("hash", "map-based"), Hash("hash", "consistent", True, "wt6"),
            Hash("hash", "consistent", False, "crc32")]

    with host.inside():
        pair = Pair(tidegate, peers, tmp_path, ways, bind="::1")
        check_all_alike(pair, addresses("fd00:203::/64", 100))


@pytest.mark.deadline(120)
def test_ipv4_clients_of_an_ipv6_bind_have_haproxys_server(tidegate, peers, tmp_path):
    ways = [*every_hash("source"), Hash("hash", "map-based"), Hash("hash", "consistent", True, "wt6"),
            Hash("hash", "map-based", False, "crc32")]
    pair = Pair(tidegate, peers, tmp_path, ways, bind="::")

    check_all_alike(pair, addresses("127.0.0.0/8", 100), host="127.0.0.1")


def says_and_stays(text: bytes):
    def serve(connection):
        connection.sendall(text)
        connection.recv(1)
    return serve


@pytest.mark.deadline(120)
@pytest.mark.parametrize("factor", [101, 125, 300])
def test_clients_who_stay_are_spread_as_haproxy_bounds_the_load(tidegate, peers, tmp_path, factor):
    way = Hash("source", "consistent", True, factor=factor)
    pair = Pair(tidegate, peers, tmp_path, [way], serve=says_and_stays)

    def spread(endpoint) -> list[str]:
        """In the order of their coming."""
        found = []
        with contextlib.ExitStack() as stay:
            for client in addresses("127.0.0.0/8", 200):
                session = stay.enter_context(connect(endpoint, source=client))
                found.append(read_exactly(session, 2).decode())
        return found

    expected = spread(pair.haproxy[way.name])
    assert spread(pair.tidegate[way.name]) == expected
