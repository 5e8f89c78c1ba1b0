"""A server goes down with thousands of sessions: they end, and the others do not wait for that."""

import pytest

from support.config import config, with_probe
from support.peers import CrowdServer, Server, says
from support.settings import scaled
from support.sockets import read_exactly
from support.streams import in_background

SESSIONS = scaled(5_000, 200)


@pytest.mark.deadline(90)
def test_thousands_of_sessions_end_with_their_server_and_others_go_on(tidegate, peers, workers):
    server, checked = peers(CrowdServer), peers(Server, says(b""))
    plain = config({"s1": {"address": server.address, "on_marked_down": "shutdown_sessions",
                           "check": {"port": checked.port, "interval": "50ms", "fall": 1}}},
                   threads=workers, maxconn=SESSIONS + 100)
    daemon = tidegate(with_probe(plain, peers(CrowdServer)))
    clients = [daemon.connect() for _ in range(SESSIONS)]
    for client in clients:
        client.sendall(b"x")
    for client in clients:
        read_exactly(client, 1)
    other = daemon.connect("probe")

    checked.close()
    ended = in_background(lambda: [client.recv(1) for client in clients])
    while not ended.done():
        other.sendall(b"still here")
        assert read_exactly(other, 10) == b"still here"

    assert ended.result() == [b""] * SESSIONS
    lines = daemon.access(SESSIONS, deadline=30)
    assert {line.code for line in lines} == {"D-"}
    (told,) = daemon.out.matching(r"Server app/s1 is DOWN, .* (\d+) sessions active")
    assert int(told[1]) == SESSIONS
    for client in clients:
        client.close()
