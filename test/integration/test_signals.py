"""What each signal does, and with which status the process ends."""

import signal

import pytest

from support.config import config
from support.daemon import ended_by
from support.sockets import at_end, exchange, read_all, refused
from support.wait import AT_ONCE, Stopwatch, wait_until


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_term_and_int_stop_at_once(tidegate, server, workers, number):
    daemon = tidegate(config(server, threads=workers))
    client = daemon.connect()
    connection = server.accept()
    exchange(client, connection)
    watch = Stopwatch()

    status = daemon.stop(number)

    assert ended_by(status, number)
    assert watch.elapsed() < AT_ONCE
    assert read_all(client) == read_all(connection) == b""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1])
def test_an_idle_process_stops_at_once(tidegate, server, workers, number):
    daemon = tidegate(config(server, threads=workers))
    watch = Stopwatch()

    status = daemon.stop(number)

    assert status == 0 if number == signal.SIGUSR1 else ended_by(status, number)
    assert watch.elapsed() < AT_ONCE


def test_usr1_lets_sessions_finish_and_accepts_nothing_new(tidegate, server, workers):
    daemon = tidegate(config(server, threads=workers))
    endpoint = daemon.address()
    sessions = [(daemon.connect(), server.accept()) for _ in range(4)]
    names = {"%s:%d" % client.getsockname() for client, _ in sessions}

    daemon.send_signal(signal.SIGUSR1)
    wait_until(lambda: refused(endpoint), what="new connections are refused")

    for client, connection in sessions:
        exchange(client, connection)
        client.close()
        assert at_end(connection)
        assert daemon.process.poll() is None
        connection.close()
    assert daemon.wait() == 0
    assert names <= {line.client for line in daemon.access(4)}


def test_usr1_unlinks_unix_paths(tidegate, server, tmp_path):
    path = tmp_path / "web.sock"
    daemon = tidegate(config(server, bind=f"unix:{path}"))
    client = daemon.connect()
    connection = server.accept()

    daemon.send_signal(signal.SIGUSR1)
    wait_until(lambda: not path.exists(), what="the path is gone")

    exchange(client, connection)
    client.close()
    connection.close()
    assert daemon.wait() == 0


def test_term_cuts_what_usr1_waits_for(tidegate, server):
    daemon = tidegate(config(server))
    endpoint = daemon.address()
    client = daemon.connect()
    connection = server.accept()
    daemon.send_signal(signal.SIGUSR1)
    wait_until(lambda: refused(endpoint))
    exchange(client, connection)

    status = daemon.stop(signal.SIGTERM)

    assert ended_by(status, signal.SIGTERM)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR2])
def test_hup_and_usr2_say_that_reload_is_not_available_and_change_nothing(tidegate, server, workers, number):
    daemon = tidegate(config(server, threads=workers))
    client = daemon.connect()
    connection = server.accept()
    lines = len(daemon.err.all())

    daemon.send_signal(number)
    daemon.err.wait_for(r"(?i)reload.*not")

    assert len(daemon.err.all()) == lines + 1
    exchange(client, connection)
    with daemon.connect() as other, server.accept() as other_connection:
        exchange(other, other_connection)


def test_workers_tell_what_they_did_when_they_stop(tidegate, echo_server):
    daemon = tidegate(config(echo_server, threads=2))
    for _ in range(5):
        with daemon.connect() as client:
            client.sendall(b"x")
            assert client.recv(1) == b"x"
    daemon.access(5)

    daemon.stop()

    told = daemon.err.matching(r"worker (\d+): (\d+) sessions, (\d+) loop turns")
    assert sorted(match[1] for match in told) == ["0", "1"]
    assert sum(int(match[2]) for match in told) == 5
