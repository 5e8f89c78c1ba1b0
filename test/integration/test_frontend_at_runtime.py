"""A frontend disabled, enabled and shut down by command: who waits is served, nobody is reset."""

import signal
import socket

import pytest

from support.admin import ask
from support.callers import call_until_refused
from support.config import config, with_probe
from support.peers import CrowdServer, Server, says
from support.settings import scaled
from support.sockets import established, exchange, quiet, read_all, read_exactly, refused, talk
from support.streams import in_background
from support.wait import wait_until

ANSWER = b"served"


@pytest.fixture
def order(tmp_path):
    """order(command) has it done; order.socket is for the configuration."""
    def order(command: str):
        assert ask(order.socket, command.encode() + b"\n") == b"\n"

    order.socket = str(tmp_path / "admin.sock")
    return order


def test_clients_of_a_disabled_frontend_wait_and_are_served_when_it_is_enabled(tidegate, server, workers, order):
    daemon = tidegate(config(server, threads=workers, admin={"socket": order.socket}))
    client, connection = established(daemon, server)

    order("disable frontend web")
    waiting = [daemon.connect() for _ in range(10)]
    for one in waiting:
        one.sendall(b"waits")
    exchange(client, connection)
    assert server.waiting() == 0 and all(quiet(one) for one in waiting)
    order("enable frontend web")

    for one in waiting:
        taken = server.accept()
        taken.sendall(read_exactly(taken, 5))
    assert all(read_exactly(one, 5) == b"waits" for one in waiting)


def test_a_disabled_frontend_leaves_a_free_slot_to_others(tidegate, echo_server, peers, workers, order):
    plain = config(echo_server, threads=workers, maxconn=1, admin={"socket": order.socket})
    daemon = tidegate(with_probe(plain, peers(Server, says(b"probe"))))
    for _ in range(10):
        held = daemon.connect()
        held.sendall(b"x")
        assert held.recv(1) == b"x"
        waiting = [daemon.connect() for _ in range(4)]
        # At one of the workers, while those of the other frontend wait at both.
        other = daemon.connect("probe")

        order("disable frontend web")
        held.close()

        with other:
            assert read_all(other) == b"probe"
        assert all(quiet(one) for one in waiting)
        order("enable frontend web")
        served = [in_background(talk, one) for one in waiting]
        assert [one.result(20) for one in served] == [None] * 4


@pytest.mark.deadline(60)
def test_a_shutdown_resets_nobody_who_connects_in_that_moment(tidegate, peers, workers, order):
    for number in range(scaled(5, 2)):
        backend = peers(CrowdServer, lambda _: ANSWER, last=True)
        daemon = tidegate(config(backend, threads=workers, admin={"socket": order.socket}))

        callers = call_until_refused(daemon.address(), lambda: order("shutdown frontend web"),
                                     stop_after=0.2 + 0.003 * number, rate=1000)

        connected = [caller for caller in callers if caller.connected]
        assert {caller.answer for caller in connected} == {ANSWER}
        assert len(connected) > 40
        wait_until(lambda: refused(daemon.address()), what="nobody listens any more")
        assert daemon.stop(signal.SIGUSR1) == 0


def test_a_process_goes_on_when_every_frontend_was_shut_down(tidegate, server, workers, order):
    daemon = tidegate(config(server, threads=workers, admin={"socket": order.socket}))
    client, connection = established(daemon, server)

    order("shutdown frontend web")
    wait_until(lambda: refused(daemon.address()), what="nobody listens any more")

    exchange(client, connection)
    assert daemon.process.poll() is None
    client.close()
    connection.close()
    assert daemon.stop(signal.SIGUSR1) == 0
    assert set(daemon.held().values()) == {0}


@pytest.mark.parametrize("what", ["frontend", "process"])
def test_who_waits_at_a_disabled_frontend_is_served_when_it_stops(tidegate, echo_server, workers, order, what):
    daemon = tidegate(config(echo_server, threads=workers, admin={"socket": order.socket}))
    order("disable frontend web")
    waiting = [daemon.connect() for _ in range(10)]

    if what == "frontend":
        order("shutdown frontend web")
    else:
        daemon.send_signal(signal.SIGUSR1)

    for one in waiting:
        talk(one)
    wait_until(lambda: refused(daemon.address()), what="nobody listens any more")


def test_a_rate_that_is_lifted_amid_a_shutdown_does_not_hold_it_up(tidegate, echo_server, workers, order):
    daemon = tidegate(config(echo_server, threads=workers, admin={"socket": order.socket}))
    order("set rate-limit sessions global 1")
    clients = [daemon.connect() for _ in range(10)]

    assert ask(order.socket, b"shutdown frontend web; set rate-limit sessions global 0\n") == b"\n\n"

    for client in clients:
        talk(client)
    wait_until(lambda: refused(daemon.address()), what="nobody listens any more")


def test_a_shutdown_removes_a_unix_path_and_leaves_alone_who_takes_it_then(tidegate, echo_server, tmp_path, order):
    path = str(tmp_path / "web.sock")
    daemon = tidegate(config(echo_server, threads=2, bind=["127.0.0.1:0", f"unix:{path}"],
                             admin={"socket": order.socket}))
    clients = [daemon.connect() for _ in range(4)]
    order("shutdown frontend web")
    assert refused(path)

    with socket.socket(socket.AF_UNIX) as next_one:
        next_one.bind(path)
        next_one.listen()
        for client in clients:
            talk(client)
        assert daemon.stop(signal.SIGUSR1) == 0
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)
