"""With a stop deadline TERM and INT let sessions finish, for so long and no longer."""

import signal

import pytest

from support.config import config
from support.daemon import ended_by
from support.sockets import exchange, quiet, refused
from support.wait import AT_ONCE, Stopwatch, wait_until


def drain_config(server, deadline: str):
    return config(server, stop={"deadline": deadline})


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_with_a_stop_deadline_sessions_may_finish(tidegate, server, number):
    daemon = tidegate(drain_config(server, "20s"))
    endpoint = daemon.address()
    client = daemon.connect()
    connection = server.accept()

    daemon.send_signal(number)
    wait_until(lambda: refused(endpoint))
    exchange(client, connection)
    client.close()
    connection.close()

    assert daemon.wait() == 0


def test_at_the_stop_deadline_the_rest_is_cut(tidegate, server):
    daemon = tidegate(drain_config(server, "1s"))
    client = daemon.connect()
    connection = server.accept()
    exchange(client, connection)
    watch = Stopwatch()

    status = daemon.stop()

    assert 1.0 <= watch.elapsed() < 3.0
    assert status == 0


def test_a_second_term_cuts_at_once(tidegate, server):
    daemon = tidegate(drain_config(server, "1m"))
    endpoint = daemon.address()
    client = daemon.connect()
    connection = server.accept()
    daemon.send_signal(signal.SIGTERM)
    wait_until(lambda: refused(endpoint))
    exchange(client, connection)
    assert quiet(client)
    watch = Stopwatch()

    status = daemon.stop()

    assert watch.elapsed() < AT_ONCE
    assert status == 0 or ended_by(status, signal.SIGTERM)
