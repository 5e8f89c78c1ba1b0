"""A client may leave in any state; its session ends at once and leaves nothing behind."""

import pytest

from support.config import config, with_probe
from support.peers import FullBacklog, Refuser, Server, says
from support.sockets import at_end, finish, read_all, read_exactly, reset, sides, was_reset
from support.streams import in_background, pour
from support.wait import wait_until


@pytest.fixture
def probe(peers):
    return peers(Server, says(b"probe"))


def sockets_return_to(daemon, before: int):
    wait_until(lambda: daemon.open_files("socket:") == before, what="its sockets are closed")


def test_a_fin_without_a_byte_aborts_a_connect(tidegate, peers, probe):
    daemon = tidegate(with_probe(config(peers(FullBacklog)), probe))
    before = daemon.open_files("socket:")
    client = daemon.connect()
    assert daemon.ask("probe") == b"probe"
    assert daemon.open_files("socket:") > before

    finish(client)

    assert at_end(client)
    (line,) = daemon.access(deadline=2)
    assert (line.code, line.connect, line.bytes) == ("CC", -1, 0)
    sockets_return_to(daemon, before)


def test_a_reset_aborts_a_connect(tidegate, peers, probe):
    daemon = tidegate(with_probe(config(peers(FullBacklog)), probe))
    before = daemon.open_files("socket:")
    client = daemon.connect()
    client.sendall(b"said something")
    assert daemon.ask("probe") == b"probe"

    reset(client)

    (line,) = daemon.access(deadline=2)
    assert (line.code, line.connect) == ("CD", -1)
    sockets_return_to(daemon, before)


def test_a_fin_after_bytes_does_not_abort_a_connect(tidegate, peers, probe):
    busy = peers(FullBacklog)
    daemon = tidegate(with_probe(config(busy), probe))
    client = daemon.connect()
    client.sendall(b"question")
    finish(client)
    assert daemon.ask("probe") == b"probe"

    busy.open()
    connection = busy.accept()

    assert read_exactly(connection, 8) == b"question"
    assert at_end(connection)
    connection.sendall(b"answer")
    connection.close()
    assert read_all(client) == b"answer"
    assert daemon.access()[0].code == "--"


def test_a_unix_client_that_closes_after_bytes_does_not_abort_a_connect(tidegate, peers, probe, tmp_path):
    busy = peers(FullBacklog)
    daemon = tidegate(with_probe(config(busy, bind=f"unix:{tmp_path}/s"), probe))
    client = daemon.connect()
    client.sendall(b"farewell")
    client.close()
    assert daemon.ask("probe") == b"probe"

    busy.open()

    assert read_all(busy.accept()) == b"farewell"


def test_a_fin_after_bytes_aborts_a_connect_with_abort_on_close(tidegate, peers, probe):
    daemon = tidegate(with_probe(config(peers(FullBacklog), backend={"abort_on_close": True}), probe))
    before = daemon.open_files("socket:")
    client = daemon.connect()
    client.sendall(b"question")
    assert daemon.ask("probe") == b"probe"

    finish(client)

    read_all(client)
    assert daemon.access(deadline=2)[0].code == "CC"
    sockets_return_to(daemon, before)


@pytest.mark.parametrize("leave, code", [(finish, "CC"), (reset, "CD")], ids=["fin", "reset"])
def test_a_client_that_leaves_between_two_attempts_ends_the_session(tidegate, peers, probe, leave, code):
    refuser = peers(Refuser)
    daemon = tidegate(with_probe(config(refuser), probe))
    before = daemon.open_files("socket:")
    client = daemon.connect()
    assert daemon.ask("probe") == b"probe"

    leave(client)

    (line,) = daemon.access()
    assert line.retries == "1", "it did not wait for the second attempt"
    assert line.code == code
    sockets_return_to(daemon, before)


@pytest.mark.parametrize("speaking", ["client", "server"])
def test_a_client_that_closes_an_idle_session_ends_it(tidegate, server, speaking):
    daemon = tidegate(config(server))
    before = daemon.open_files("socket:")
    client = daemon.connect()
    connection = server.accept()
    sender, reader = sides(client, connection, speaking)
    sender.sendall(b"hello")
    assert read_exactly(reader, 5) == b"hello"

    client.close()

    assert at_end(connection)
    connection.close()
    assert daemon.access()[0].code == "--"
    sockets_return_to(daemon, before)


def test_a_client_that_closes_amid_a_download_ends_it(tidegate, server):
    daemon = tidegate(config(server))
    before = daemon.open_files("socket:")
    client = daemon.connect()
    connection = server.accept()
    sending = in_background(pour, connection, 1 << 30)
    read_exactly(client, 1 << 20)

    client.close()  # with bytes unread, so this resets

    with pytest.raises(OSError):
        sending.result(10)
    connection.close()
    assert daemon.access()[0].code == "CD"
    sockets_return_to(daemon, before)


def test_a_client_that_resets_amid_its_upload_ends_it(tidegate, server):
    daemon = tidegate(config(server))
    before = daemon.open_files("socket:")
    client = daemon.connect()
    connection = server.accept()
    client.sendall(b"x" * (256 << 10))
    read_exactly(connection, 100 << 10)

    reset(client)

    assert was_reset(connection)
    connection.close()
    sockets_return_to(daemon, before)


def test_a_client_that_resets_before_it_took_the_last_bytes_ends_the_session(tidegate, server):
    daemon = tidegate(config(server))
    before = daemon.open_files("socket:")
    client = daemon.connect(receive_buffer=1 << 14)
    connection = server.accept()
    pour(connection, 1 << 20)
    connection.close()
    read_exactly(client, 1000)

    reset(client)

    daemon.access()
    sockets_return_to(daemon, before)


def test_hundreds_of_clients_that_come_and_go_leave_nothing_behind(tidegate, server, workers):
    daemon = tidegate(config(server, threads=workers))
    before = daemon.open_files("socket:")

    for i in range(300):
        client = daemon.connect()
        connection = server.accept()
        client.sendall(b"hello")
        (reset if i % 2 else lambda c: c.close())(client if i % 3 else connection)
        client.close()
        connection.close()

    assert len(daemon.access(300)) == 300
    sockets_return_to(daemon, before)
