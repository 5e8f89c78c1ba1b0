"""Either side may end its direction while the other flows on for long."""

import pytest

from support.config import config
from support.sockets import at_end, established, finish, quiet, read_all, read_exactly, unacknowledged
from support.streams import drain, in_background, pattern, pour
from support.settings import scaled
from support.wait import wait_until

LONG = scaled(64 << 20, 1 << 20)


def test_the_server_flows_on_after_the_clients_fin(tidegate, server, workers):
    daemon = tidegate(config(server, threads=workers))
    client, connection = established(daemon, server)

    client.sendall(b"request")
    finish(client)
    assert read_exactly(connection, 7) == b"request"
    assert at_end(connection)
    sent = in_background(pour, connection, LONG)
    received = drain(client, LONG)

    assert received == (LONG, sent.result(10))
    assert quiet(client)
    connection.close()
    assert at_end(client)
    assert daemon.access()[0].code == "--"


def test_the_client_flows_on_after_the_servers_fin(tidegate, server, workers):
    daemon = tidegate(config(server, threads=workers))
    client, connection = established(daemon, server)

    connection.sendall(b"greeting")
    finish(connection)
    assert read_exactly(client, 8) == b"greeting"
    assert at_end(client)
    sent = in_background(pour, client, LONG)
    received = drain(connection, LONG)

    assert received == (LONG, sent.result(10))
    assert quiet(connection)
    client.close()
    assert at_end(connection)
    assert daemon.access()[0].code == "--"


def test_a_question_and_a_fin_at_once_are_answered(tidegate, echo_server, workers):
    daemon = tidegate(config(echo_server, threads=workers))

    with daemon.connect() as client:
        client.sendall(b"question")
        finish(client)
        assert read_all(client) == b"question"

    assert daemon.access()[0].code == "--"


@pytest.mark.parametrize("splice", [False, True], ids=["copy", "splice"])
def test_the_fin_comes_after_the_last_byte_to_the_client(tidegate, server, splice):
    daemon = tidegate(config(server, tcp={"splice": splice}))
    client = daemon.connect(receive_buffer=1 << 16)
    connection = server.accept()

    def answer():
        checksum = pour(connection, 8 << 20)
        connection.close()
        return checksum

    sent = in_background(answer)
    wait_until(lambda: not quiet(client))

    assert drain(client) == (8 << 20, sent.result(10))


@pytest.mark.parametrize("splice", [False, True], ids=["copy", "splice"])
def test_the_fin_comes_after_the_last_byte_to_the_server(tidegate, server, splice):
    daemon = tidegate(config(server, tcp={"splice": splice}))
    client = daemon.connect()
    connection = server.accept()

    def upload():
        checksum = pour(client, 8 << 20)
        finish(client)
        return checksum

    sent = in_background(upload)
    wait_until(lambda: not quiet(connection))

    assert drain(connection) == (8 << 20, sent.result(10))


def test_an_answer_closed_while_the_client_uploads_arrives_whole(tidegate, server, workers):
    daemon = tidegate(config(server, threads=workers))
    client, connection = established(daemon, server, receive_buffer=1 << 16)
    upload = in_background(pour, client, 32 << 20)
    answer = pattern(1 << 20)

    connection.sendall(answer)
    finish(connection)
    received = drain(connection, 32 << 20)

    assert received == (32 << 20, upload.result(10))
    assert read_all(client) == answer


def test_an_answer_arrives_whole_when_the_server_closes_on_the_upload(tidegate, server, workers):
    daemon = tidegate(config(server, threads=workers))
    client, connection = established(daemon, server)
    upload = in_background(pour, client, 256 << 20)
    answer = pattern(1 << 20)
    wait_until(lambda: not quiet(connection))

    connection.sendall(answer)
    wait_until(lambda: unacknowledged(connection) == 0)
    connection.close()  # with bytes unread, so this resets

    assert read_all(client) == answer
    with pytest.raises(OSError):
        upload.result(10)
