"""The whole process stands still for a while: what its peers have done in time meanwhile is no failure of theirs."""

import signal
import subprocess
import time

from support.config import config
from support.peers import FullBacklog
from support.settings import scaled
from support.sockets import read_all
from support.wait import wait_until

CLIENTS = scaled(600, 600)  # more than one turn tells of


def connecting(port: int) -> int:
    told = subprocess.run(["ss", "-Htn", "state", "syn-sent", f"( dport = :{port} )"], capture_output=True, text=True,
                          check=True)
    return len(told.stdout.splitlines())


def test_servers_that_were_reached_in_time_are_not_given_up(tidegate, peers):
    server = peers(FullBacklog)
    daemon = tidegate(config(server, timeouts={"connect": "8s"}, retries=0, maxconn=CLIENTS + 10))
    clients = [daemon.connect() for _ in range(CLIENTS)]
    wait_until(lambda: connecting(server.port) == CLIENTS, what="all attempts are under way")
    begun = time.monotonic()

    daemon.send_signal(signal.SIGSTOP)
    server.open()
    wait_until(lambda: server.waiting() == CLIENTS, what="all have been reached")
    assert time.monotonic() < begun + 8
    wait_until(lambda: time.monotonic() > begun + 9, what="the end of the connect timeout")
    daemon.send_signal(signal.SIGCONT)

    for _ in range(CLIENTS):
        with server.accept() as connection:
            connection.sendall(b"here")
    assert [read_all(client) for client in clients] == [b"here"] * CLIENTS
    for client in clients:
        client.close()
    assert {line.code for line in daemon.access(CLIENTS)} == {"--"}
