"""Either side may end its direction while the other flows on for long."""

import pytest

from support.config import config
from support.sockets import at_end, established, finish, quiet, read_all, read_exactly, sides, unacknowledged
from support.streams import drain, in_background, pattern, pour
from support.settings import scaled
from support.wait import wait_until

LONG = scaled(64 << 20, 1 << 20)


@pytest.mark.parametrize("first", ["client", "server"])
def test_a_side_flows_on_after_the_others_fin(tidegate, server, workers, first):
    daemon = tidegate(config(server, threads=workers))
    client, connection = established(daemon, server)
    ended, flowing = sides(client, connection, first)

    ended.sendall(b"last words")
    finish(ended)
    assert read_exactly(flowing, 10) == b"last words"
    assert at_end(flowing)
    sent = in_background(pour, flowing, LONG)
    received = drain(ended, LONG)

    assert received == (LONG, sent.result(10))
    assert quiet(ended)
    flowing.close()
    assert at_end(ended)
    assert daemon.access()[0].code == "--"


def test_a_question_and_a_fin_at_once_are_answered(tidegate, echo_server, workers):
    daemon = tidegate(config(echo_server, threads=workers))

    with daemon.connect() as client:
        client.sendall(b"question")
        finish(client)
        assert read_all(client) == b"question"

    assert daemon.access()[0].code == "--"


@pytest.mark.parametrize("splice", [False, True], ids=["copy", "splice"])
@pytest.mark.parametrize("to", ["client", "server"])
def test_the_fin_comes_after_the_last_byte(tidegate, server, to, splice):
    daemon = tidegate(config(server, tcp={"splice": splice}))
    client = daemon.connect(receive_buffer=1 << 16)
    connection = server.accept()
    reader, sender = sides(client, connection, to)

    def send_all():
        checksum = pour(sender, 8 << 20)
        finish(sender)
        return checksum

    sent = in_background(send_all)
    wait_until(lambda: not quiet(reader))

    assert drain(reader) == (8 << 20, sent.result(10))


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
