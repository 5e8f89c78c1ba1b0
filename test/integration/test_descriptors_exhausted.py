"""Without descriptors accepting pauses; nothing spins, nothing crashes, service resumes."""

import resource
import selectors

import pytest

from support.config import config
from support.peers import CrowdServer
from support.sockets import connect, quiet, read_exactly
from support.wait import wait_until

CLIENTS = 500


def serve_all(clients):
    """Ends each client once it was answered; answers how many ended without an answer."""
    selector = selectors.DefaultSelector()
    for client in clients:
        selector.register(client, selectors.EVENT_READ)
    turned_away = 0
    while selector.get_map():
        ready = selector.select(10)
        assert ready, f"{len(selector.get_map())} clients are stuck"
        for key, _ in ready:
            try:
                turned_away += key.fileobj.recv(1) != b"x"
            except ConnectionResetError:
                turned_away += 1
            selector.unregister(key.fileobj)
            key.fileobj.close()
    return turned_away


@pytest.mark.deadline(60)
def test_two_hundred_descriptors_serve_five_hundred_clients(tidegate, peers, workers):
    daemon = tidegate(config(peers(CrowdServer), threads=workers), descriptors=200)
    clients = [daemon.connect() for _ in range(CLIENTS)]

    for client in clients:
        client.sendall(b"x")

    assert serve_all(clients) == 0
    daemon.access(CLIENTS)
    assert daemon.stop() in (-15, 143)
    assert daemon.loop_turns() < 20_000


@pytest.mark.deadline(60)
def test_when_descriptors_run_out_open_sessions_go_on_and_service_resumes(tidegate, peers, workers):
    daemon = tidegate(config(peers(CrowdServer), threads=workers, maxconn=2_000))
    held = [daemon.connect() for _ in range(20)]
    for client in held:
        client.sendall(b"x")
        assert client.recv(1) == b"x"
    used = daemon.open_files() + 3
    resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (used + 41, used + 41))
    cpu = daemon.cpu_seconds()

    crowd = [connect(daemon.address()) for _ in range(CLIENTS)]
    wait_until(lambda: daemon.open_files() + 3 >= used + 39, what="the descriptors are used up")
    for i in range(200):
        client = held[i % len(held)]
        client.sendall(b"%03d" % i)
        assert read_exactly(client, 3) == b"%03d" % i
    assert quiet(crowd[-1])
    for client in crowd:
        client.sendall(b"x")
    turned_away = serve_all(crowd)

    assert daemon.cpu_seconds() - cpu < 3.0
    assert turned_away <= 2 * workers, "only who got the last descriptor may be turned away"
    with daemon.connect() as client:
        client.sendall(b"x")
        assert client.recv(1) == b"x"
    for client in held:
        client.sendall(b"y")
        assert client.recv(1) == b"y"
    told = daemon.err.matching(r"(?i)descriptor|too many open files")
    assert 1 <= len(told) < 20
    daemon.stop()
    assert daemon.loop_turns() < 40_000
