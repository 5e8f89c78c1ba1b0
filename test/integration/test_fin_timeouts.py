"""After a half-close the side that fell silent may have a shorter time of its own."""

import time

import pytest

from support.config import config
from support.sockets import at_end, established, finish, quiet, read_all, read_exactly, still_silent
from support.wait import Stopwatch, assert_fired


def test_a_server_silent_after_the_clients_fin_has_the_server_fin_timeout(tidegate, server, workers):
    daemon = tidegate(config(server, timeouts={"server_fin": "1s"}, threads=workers))
    client, connection = established(daemon, server)
    watch = Stopwatch()

    finish(client)
    assert at_end(connection)
    read_all(client)

    assert_fired(watch.elapsed(), 1.0)
    assert daemon.access()[0].code == "sD"


def test_a_client_silent_after_the_servers_fin_has_the_client_fin_timeout(tidegate, server, workers):
    daemon = tidegate(config(server, timeouts={"client_fin": "1s"}, threads=workers))
    client, connection = established(daemon, server)
    watch = Stopwatch()

    finish(connection)
    assert at_end(client)
    read_all(connection)

    assert_fired(watch.elapsed(), 1.0)
    assert daemon.access()[0].code == "cD"


@pytest.mark.parametrize("late", ["server", "client"])
def test_the_timeout_of_the_side_that_ended_first_does_not_cut_the_other_short(tidegate, server, late):
    ended = "client" if late == "server" else "server"
    daemon = tidegate(config(server, timeouts={ended: "500ms"}))
    client, connection = established(daemon, server)
    leaving, staying = (client, connection) if late == "server" else (connection, client)
    finish(leaving)
    assert at_end(staying)

    assert still_silent(leaving, for_seconds=1.0)
    staying.sendall(b"late")
    staying.close()

    assert read_all(leaving) == b"late"
    assert daemon.access()[0].code == "--"


def test_without_fin_timeouts_the_sides_own_timeout_goes_on(tidegate, server):
    daemon = tidegate(config(server, timeouts={"server": "2s"}))
    client, connection = established(daemon, server)
    watch = Stopwatch()

    finish(client)
    assert at_end(connection)
    read_all(client)

    assert_fired(watch.elapsed(), 2.0)
    assert daemon.access()[0].code == "sD"


def test_a_server_that_goes_on_sending_outlives_the_fin_timeout(tidegate, server):
    daemon = tidegate(config(server, timeouts={"server_fin": "1s"}))
    client, connection = established(daemon, server)
    finish(client)
    assert at_end(connection)

    for _ in range(5):
        connection.sendall(b"x")
        assert read_exactly(client, 1) == b"x"
        time.sleep(0.5)  # half the timeout

    assert quiet(client)
    connection.close()
    assert at_end(client)
    assert daemon.access()[0].code == "--"
