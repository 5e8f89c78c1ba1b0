"""Clients of a full server wait their turn, for as long as the queue timeout lets them."""

import pytest

from support.config import config, with_probe
from support.peers import CrowdServer, Server, says
from support.sockets import at_end, finish, quiet, read_all, read_exactly, reset
from support.wait import Stopwatch, assert_fired, wait_until


@pytest.fixture
def full(tidegate, server, peers):
    """full(...) -> a daemon whose only server, with one slot, is taken by (client, connection)."""
    def make(timeouts=None, **backend):
        one_slot = {"s1": {"address": server.address, "maxconn": 1}}
        plain = config(one_slot, timeouts=timeouts, backend=backend)
        daemon = tidegate(with_probe(plain, peers(Server, says(b"probe"))))
        client = daemon.connect()
        return daemon, client, server.accept()
    return make


def join_queue(daemon, data: bytes = b""):
    client = daemon.connect()
    client.sendall(data)
    assert daemon.ask("probe") == b"probe"
    return client


def nobody_was_sent_to(server) -> bool:
    return server.waiting() == 0


def test_waiting_clients_get_the_slot_in_order_of_arrival(full, server):
    daemon, first, connection = full()
    waiting = [join_queue(daemon, b"%d" % i) for i in range(3)]
    assert nobody_was_sent_to(server)
    assert all(quiet(client) for client in waiting)

    connection.close()
    first.close()
    for i in range(3):
        connection = server.accept()
        assert read_exactly(connection, 1) == b"%d" % i
        assert nobody_was_sent_to(server)
        connection.close()
        waiting[i].close()

    lines = daemon.access(4)
    assert [line.backend_queue for line in lines] == [0, 1, 2, 3]
    assert {(line.server, line.code) for line in lines} == {("s1", "--")}


def test_a_client_that_waits_too_long_is_closed(full):
    daemon, *_held = full(timeouts={"queue": "1s"})
    watch = Stopwatch()

    with daemon.connect() as client:
        assert read_all(client) == b""

    assert_fired(watch.elapsed(), 1.0)
    (line,) = daemon.access()
    assert (line.server, line.connect, line.code, line.bytes) == ("<NOSRV>", -1, "sQ", 0)
    assert 1000 <= line.queue < 3000


@pytest.mark.parametrize("leave, code", [(finish, "CQ"), (reset, "CD")], ids=["fin", "reset"])
def test_a_client_that_leaves_the_queue_loses_its_place_to_the_next(full, server, leave, code):
    daemon, first, connection = full()
    leaving = join_queue(daemon)
    staying = join_queue(daemon, b"staying")

    leave(leaving)
    (line,) = daemon.access(deadline=2)
    connection.close()
    first.close()

    assert line.code == code
    assert line.server == "<NOSRV>"
    connection = server.accept()
    assert read_exactly(connection, 7) == b"staying"
    assert staying.fileno() >= 0


def test_a_fin_without_a_byte_is_answered_with_a_fin(full):
    daemon, *_held = full()
    client = join_queue(daemon)

    finish(client)

    assert at_end(client)


def test_a_fin_after_bytes_keeps_its_place(full, server):
    daemon, first, connection = full()
    client = join_queue(daemon, b"question")
    finish(client)
    assert daemon.ask("probe") == b"probe"

    connection.close()
    first.close()

    connection = server.accept()
    assert read_exactly(connection, 8) == b"question"
    assert at_end(connection)
    connection.sendall(b"answer")
    connection.close()
    assert read_all(client) == b"answer"


def test_a_fin_after_bytes_leaves_the_queue_with_abort_on_close(full):
    daemon, *_held = full(abort_on_close=True)
    client = join_queue(daemon, b"question")

    finish(client)

    read_all(client)
    assert daemon.access(deadline=2)[0].code == "CQ"


def test_a_free_server_is_used_before_anybody_waits(tidegate, peers, server):
    other = peers(Server, says(b"s2"))
    daemon = tidegate(config({"s1": {"address": server.address, "maxconn": 1}, "s2": other.address}))
    held = daemon.connect()
    connection = server.accept()

    assert [daemon.ask() for _ in range(5)] == [b"s2"] * 5

    held.close()
    connection.close()


def test_one_slot_serves_a_crowd_one_at_a_time(tidegate, peers, workers):
    at_once = []
    open_now = set()

    def serve(connection):
        open_now.add(connection)
        at_once.append(len(open_now))
        connection.sendall(b"served")
        connection.recv(1)  # the client's end
        open_now.discard(connection)

    one = peers(Server, serve)
    daemon = tidegate(config({"s1": {"address": one.address, "maxconn": 1}}, threads=workers))
    clients = [daemon.connect() for _ in range(100)]

    unserved = set(clients)
    while unserved:
        ready = wait_until(lambda: [client for client in unserved if not quiet(client)], 5, "a slot is given on")
        for client in ready:
            assert read_exactly(client, 6) == b"served"
            client.close()
            unserved.discard(client)

    assert max(at_once) == 1
    assert len(daemon.access(100)) == 100


def test_a_slot_lost_to_a_refused_connect_is_given_on(tidegate, peers, server, workers):
    """The crowd passes through one slot although every session ends by a reset."""
    crowd = peers(CrowdServer)
    daemon = tidegate(config({"s1": {"address": crowd.address, "maxconn": 1}}, threads=workers))

    for _ in range(100):
        client = daemon.connect()
        client.sendall(b"x")
        assert client.recv(1) == b"x"
        reset(client)

    assert len(daemon.access(100)) == 100
