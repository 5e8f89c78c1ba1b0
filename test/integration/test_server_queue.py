"""Clients that are bound to a full server wait for it, no more than its maxqueue, and none beyond its limit."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.config import config
from support.peers import Server, says
from support.settings import scaled
from support.sockets import finish, quiet, read_all
from support.wait import wait_until


def bound(servers, **settings) -> dict:
    one_slot = {name: {"address": server.address, "maxconn": 1, **settings} for name, server in servers.items()}
    return config(one_slot, backend={"balance": "source"})


def test_a_bound_client_waits_for_its_server_while_the_other_is_free(tidegate, peers):
    servers = {"s1": peers(Server, says(b"s1")), "s2": peers(Server, says(b"s2"))}
    daemon = tidegate(bound(servers))
    first = daemon.connect()
    name = first.recv(2).decode()

    second = daemon.connect()
    assert quiet(second)
    first.close()

    assert read_all(second) == name.encode()
    second.close()
    lines = daemon.access(2)
    assert {line.server for line in lines} == {name}
    assert sorted((line.server_queue, line.backend_queue) for line in lines) == [(0, 0), (1, 0)]


@pytest.mark.parametrize("redispatch", [1, 0])
def test_beyond_maxqueue_a_client_goes_elsewhere_or_is_turned_away(tidegate, server, peers, redispatch):
    plain = bound({"s1": server, "s2": server}, maxqueue=1)
    plain["backends"]["app"]["redispatch"] = redispatch
    daemon = tidegate(plain)
    first = daemon.connect()
    server.accept()
    second = daemon.connect()
    assert quiet(second)

    third = daemon.connect()

    if redispatch:
        server.accept()
    else:
        assert read_all(third) == b""
        (line,) = daemon.access()
        assert (line.code, line.server_queue) == ("SQ", 0)
        assert line.server in ("s1", "s2")
    for client in (first, second, third):
        client.close()


class Counting:
    """Counts the connections that one server has open, and the most there ever were."""

    def __init__(self):
        self.lock = threading.Lock()
        self.open = self.most = self.total = 0

    def __call__(self, connection):
        with self.lock:
            self.open += 1
            self.total += 1
            self.most = max(self.most, self.open)
        read_all(connection)
        with self.lock:
            self.open -= 1
        connection.sendall(b"done")


@pytest.mark.deadline(120)
@pytest.mark.parametrize("balance", ["roundrobin", "leastconn", "source"])
def test_over_four_workers_a_limit_is_never_exceeded_and_everybody_is_served(tidegate, peers, balance):
    counts = [Counting(), Counting()]
    servers = {f"s{i}": {"address": peers(Server, count).address, "maxconn": 3} for i, count in enumerate(counts)}
    daemon = tidegate(config(servers, threads=4, backend={"balance": balance}))
    clients = scaled(1000, 200)

    def visit(_):
        with daemon.connect() as client:
            client.sendall(b"hello")
            finish(client)
            return read_all(client)

    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(visit, range(clients)))

    assert answers == [b"done"] * clients
    assert max(count.most for count in counts) <= 3
    assert sum(count.total for count in counts) == clients
    wait_until(lambda: len(daemon.access(clients)) >= clients)
