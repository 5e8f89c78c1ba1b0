"""Small segments after bulk fill a pipe by count long before they fill it by bytes; none gets stuck."""

import pytest

from support.config import config
from support.settings import scaled
from support.sockets import read_exactly, sides
from support.streams import BLOCK, drain, in_background, pattern, pour

SEGMENT = 100


@pytest.mark.parametrize("sending", ["client", "server"])
def test_hundred_byte_segments_after_bulk_all_arrive(tidegate, server, sending):
    daemon = tidegate(config(server, tcp={"splice": True}))
    client = daemon.connect()
    connection = server.accept()
    sender, reader = sides(client, connection, sending)
    segments = pattern(SEGMENT * scaled(20_000, 2_000))

    def bulk_then_segments():
        checksum = pour(sender, 16 * BLOCK)
        for start in range(0, len(segments), SEGMENT):
            sender.sendall(segments[start:start + SEGMENT])
        return checksum

    sent = in_background(bulk_then_segments)

    assert drain(reader, 16 * BLOCK) == (16 * BLOCK, sent.result(20))
    assert read_exactly(reader, len(segments)) == segments


def test_segments_behind_a_reader_that_stopped_all_arrive(tidegate, server):
    daemon = tidegate(config(server, tcp={"splice": True}))
    client = daemon.connect(receive_buffer=1 << 14)
    connection = server.accept()
    bulk = in_background(pour, connection, 16 * BLOCK)
    assert drain(client, 15 * BLOCK)[0] == 15 * BLOCK  # spliced by now, and the reader stops
    bulk.result(10)
    segments = pattern(SEGMENT * 5_000)

    for start in range(0, len(segments), SEGMENT):
        connection.sendall(segments[start:start + SEGMENT])

    assert drain(client, BLOCK)[0] == BLOCK
    assert read_exactly(client, len(segments)) == segments


@pytest.mark.parametrize("splice", [False, True], ids=["copy", "splice"])
def test_single_bytes_pass_one_by_one(tidegate, server, splice):
    daemon = tidegate(config(server, tcp={"splice": splice}))
    client = daemon.connect()
    connection = server.accept()

    for value in range(scaled(2_000, 200)):
        byte = bytes([value % 256])
        client.sendall(byte)
        assert read_exactly(connection, 1) == byte
        connection.sendall(byte)
        assert read_exactly(client, 1) == byte
