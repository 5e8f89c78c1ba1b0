"""Limits and rates changed by command: who waits is let in at once, nobody who is in is sent away."""

import signal
import time

import pytest

from support.admin import ask
from support.config import config, with_probe
from support.peers import Server, says
from support.sockets import quiet, read_exactly, talk
from support.wait import AT_ONCE, Stopwatch, wait_until


@pytest.fixture
def order(tmp_path):
    """order(command) has it done; order.socket is for the configuration."""
    def order(command: str):
        assert ask(order.socket, command.encode() + b"\n") == b"\n"

    order.socket = str(tmp_path / "admin.sock")
    return order


def converse(client):
    client.sendall(b"hello")
    assert read_exactly(client, 5) == b"hello"


@pytest.mark.parametrize("where", ["frontend", "process"])
def test_a_raised_limit_lets_in_who_waits_at_once(tidegate, echo_server, workers, order, where):
    limit = {"frontend": {"maxconn": 2}} if where == "frontend" else {"maxconn": 100}
    daemon = tidegate(config(echo_server, threads=workers, admin={"socket": order.socket}, **limit))
    which = "frontend web" if where == "frontend" else "global"
    order(f"set maxconn {which} 2")
    held = [daemon.connect() for _ in range(2)]
    for client in held:
        converse(client)
    waiting = [daemon.connect() for _ in range(8)]

    order(f"set maxconn {which} 6")
    for client in waiting:
        client.sendall(b"hello")
    let_in = wait_until(lambda: (found := [one for one in waiting if not quiet(one)]) and len(found) == 4 and found)
    assert all(quiet(one) for one in waiting if one not in let_in)

    order(f"set maxconn {which} 10")
    assert all(read_exactly(one, 5) == b"hello" for one in waiting)
    for client in held:
        converse(client)


@pytest.mark.parametrize("where", ["frontend", "process"])
def test_a_lowered_limit_ends_no_session_and_holds_for_the_next(tidegate, echo_server, workers, order, where):
    daemon = tidegate(config(echo_server, threads=workers, maxconn=100, admin={"socket": order.socket}))
    held = [daemon.connect() for _ in range(4)]
    for client in held:
        converse(client)

    order(f"set maxconn {'frontend web' if where == 'frontend' else 'global'} 2")
    next_one = daemon.connect()
    next_one.sendall(b"hello")
    for client in held:
        converse(client)
    held[0].close()
    held[1].close()
    for client in held[2:]:
        converse(client)
    daemon.access(2)
    assert quiet(next_one)

    held[2].close()
    assert read_exactly(next_one, 5) == b"hello"


def test_a_limit_of_none_lets_nobody_in_and_holds_up_no_stop(tidegate, echo_server, workers, order):
    daemon = tidegate(config(echo_server, threads=workers, admin={"socket": order.socket}))
    order("set maxconn frontend web 0")
    first = daemon.connect()
    first.sendall(b"hello")
    order("set maxconn frontend web 1")
    assert read_exactly(first, 5) == b"hello"
    order("set maxconn frontend web 0")
    first.close()
    daemon.access(1)
    waits = daemon.connect()
    assert quiet(waits)

    assert daemon.stop(signal.SIGUSR1) == 0


@pytest.mark.parametrize("what", ["connections", "sessions"])
def test_all_frontends_together_keep_the_rate_of_the_process_and_lose_nobody(
        tidegate, echo_server, peers, workers, order, what):
    plain = config(echo_server, threads=workers, admin={"socket": order.socket})
    daemon = tidegate(with_probe(plain, peers(Server, says(b"probe"))))
    order(f"set rate-limit {what} global 50")
    started = time.monotonic()

    for _ in range(20):
        talk(daemon.connect())
        assert daemon.ask("probe") == b"probe"

    # 6 at once, the other 34 one after the other.
    assert time.monotonic() - started >= 0.6


def test_who_waits_for_a_rate_is_let_in_when_it_is_lifted(tidegate, echo_server, workers, order):
    daemon = tidegate(config(echo_server, threads=workers, admin={"socket": order.socket}))
    order("set rate-limit sessions global 1")
    watch = Stopwatch()
    clients = [daemon.connect() for _ in range(40)]

    order("set rate-limit sessions global 0")
    for client in clients:
        talk(client)

    assert watch.elapsed() < AT_ONCE  # of some 40 s
