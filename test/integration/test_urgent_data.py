"""An urgent mark in mid-stream neither loses, reorders nor delays a byte."""

import socket

import pytest

from support.config import config
from support.settings import scaled
from support.sockets import established, finish, read_exactly, sides
from support.streams import BLOCK, in_background, pattern


def send_with_marks(connection, data: bytes, every: int):
    """The last byte of each piece is sent as urgent."""
    for start in range(0, len(data), every):
        piece = data[start:start + every]
        connection.sendall(piece[:-1])
        connection.send(piece[-1:], socket.MSG_OOB)
    finish(connection)


def receive_inline(connection) -> bytes:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
    parts = []
    while part := connection.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("splice", [False, True], ids=["copy", "splice"])
@pytest.mark.parametrize("sending", ["client", "server"])
@pytest.mark.parametrize("every", [100, 70_000])
def test_a_stream_with_urgent_marks_arrives_whole(tidegate, server, sending, splice, every):
    daemon = tidegate(config(server, tcp={"splice": splice}))
    client = daemon.connect()
    connection = server.accept()
    sender, reader = sides(client, connection, sending)
    data = pattern(4 * BLOCK if every > 1000 else BLOCK // 8)

    sent = in_background(send_with_marks, sender, data, every)

    assert receive_inline(reader) == data
    sent.result(10)


@pytest.mark.parametrize("splice", [False, True], ids=["copy", "splice"])
def test_a_single_urgent_byte_passes_without_anything_after_it(tidegate, server, splice):
    daemon = tidegate(config(server, tcp={"splice": splice}))
    client = daemon.connect()
    connection = server.accept()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)

    for _ in range(20):
        client.sendall(b"before")
        client.send(b"!", socket.MSG_OOB)
        assert read_exactly(connection, 7) == b"before!"
        connection.sendall(b"answer")
        assert read_exactly(client, 6) == b"answer"


def test_urgent_marks_amid_bulk_do_not_disturb_splicing(tidegate, server):
    daemon = tidegate(config(server, tcp={"splice": True}))
    client = daemon.connect()
    connection = server.accept()
    data = pattern(32 * BLOCK)

    sent = in_background(send_with_marks, client, data, 3 * BLOCK + 17)

    assert receive_inline(connection) == data
    sent.result(10)


@pytest.mark.deadline(60)
@pytest.mark.parametrize("splice", [False, True], ids=["copy", "splice"])
def test_an_urgent_last_byte_right_before_the_fin_is_not_lost(tidegate, server, splice):
    daemon = tidegate(config(server, tcp={"splice": splice}))
    data = pattern(2 * BLOCK)

    for _ in range(scaled(200, 20)):
        client, connection = established(daemon, server)
        sent = in_background(send_with_marks, connection, data, len(data))
        assert len(receive_inline(client)) == len(data)
        sent.result(10)
        client.close()
        connection.close()
