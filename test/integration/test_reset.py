"""A reset passes as a reset, and what was sent before it arrives first."""

import time

import pytest

from support.config import config
from support.sockets import (at_end, broken_after_fin, established, finish, read_exactly, reset, sides,
                             unacknowledged, was_reset)
from support.streams import pattern

BEHIND = 4 << 20
CODES = {"client": "CD", "server": "SD"}


@pytest.fixture(params=["client", "server"])
def resetting(request) -> str:
    return request.param


def test_a_reset_reaches_the_other_side(tidegate, server, workers, resetting):
    daemon = tidegate(config(server, threads=workers))
    leaving, staying = sides(*established(daemon, server), resetting)

    reset(leaving)

    assert was_reset(staying)
    assert daemon.access()[0].code == CODES[resetting]


def test_a_reset_after_the_others_fin_still_passes(tidegate, server, resetting):
    daemon = tidegate(config(server))
    leaving, staying = sides(*established(daemon, server), resetting)
    finish(staying)
    assert at_end(leaving)

    reset(leaving)

    assert was_reset(staying)
    assert daemon.access()[0].code == CODES[resetting]


def test_a_reset_behind_the_fin_of_the_same_side_passes_too(tidegate, server, resetting):
    daemon = tidegate(config(server))
    leaving, staying = sides(*established(daemon, server), resetting)
    finish(leaving)
    assert at_end(staying)

    reset(leaving)

    assert broken_after_fin(staying)
    assert daemon.access()[0].code == CODES[resetting]


@pytest.mark.parametrize("splice", [False, True], ids=["copy", "splice"])
def test_all_bytes_behind_a_slow_reader_arrive_before_the_reset(tidegate, server, resetting, splice):
    daemon = tidegate(config(server, tcp={"splice": splice}))
    client = daemon.connect(receive_buffer=1 << 16)
    connection = server.accept()
    sender, reader = sides(client, connection, resetting)
    expected = pattern(BEHIND)
    received = bytearray()

    sender.settimeout(0)
    sent = 0
    while sent < BEHIND or unacknowledged(sender) > 0:
        try:
            sent += sender.send(expected[sent:sent + (1 << 20)])
        except BlockingIOError:
            received += reader.recv(1 << 14)
        time.sleep(0.001)
        if sent == BEHIND and BEHIND - len(received) > 1 << 16:
            received += reader.recv(1 << 12)
    at_reset = len(received)
    reset(sender)
    ended = None
    while ended is None:
        try:
            part = reader.recv(1 << 14)
            received += part
            if not part:
                ended = "fin"
        except ConnectionResetError:
            ended = "reset"

    assert at_reset < BEHIND, "the reader must have been behind"
    assert len(received) == BEHIND
    assert received == expected
    assert ended == "reset"


def test_a_server_that_resets_at_the_first_byte_reaches_the_client_as_a_reset(tidegate, server):
    daemon = tidegate(config(server))
    client = daemon.connect()
    connection = server.accept()

    client.sendall(b"x")
    assert read_exactly(connection, 1) == b"x"
    reset(connection)

    assert was_reset(client)
