"""Much data both ways at once through one session arrives as it was sent."""

import random

import pytest

from support.config import config
from support.settings import scaled
from support.sockets import finish, read_exactly
from support.streams import BLOCK, drain, in_background, pattern, pour
from support.wait import wait_until

TOTAL = scaled(1 << 30, 16 * BLOCK)


@pytest.mark.deadline(120)
@pytest.mark.parametrize("splice", [False, True], ids=["copy", "splice"])
def test_a_gigabyte_each_way_at_once_arrives_unchanged(tidegate, server, splice):
    daemon = tidegate(config(server, tcp={"splice": splice}))
    client = daemon.connect()
    connection = server.accept()

    up = in_background(pour, client, TOTAL, 1)
    down = in_background(pour, connection, TOTAL, 2)
    at_server = in_background(drain, connection, TOTAL)
    at_client = in_background(drain, client, TOTAL)
    if splice:
        wait_until(lambda: daemon.open_files("pipe:") > 0 or at_client.done(), what="a pipe is in use")
        assert daemon.open_files("pipe:") > 0

    assert at_server.result(110) == (TOTAL, up.result(10))
    assert at_client.result(110) == (TOTAL, down.result(10))
    finish(client)
    connection.close()
    (line,) = daemon.access()
    assert (line.code, line.bytes) == ("--", TOTAL)


@pytest.mark.deadline(60)
def test_bulk_and_small_talk_in_turn_lose_nothing(tidegate, server):
    daemon = tidegate(config(server, tcp={"splice": True}))
    client = daemon.connect()
    connection = server.accept()
    sizes = random.Random(3)

    for turn in range(scaled(40, 5)):
        sender, reader = (client, connection) if turn % 2 else (connection, client)
        amount = sizes.randrange(BLOCK, 8 * BLOCK)
        sent = in_background(pour, sender, amount, turn)
        assert drain(reader, amount) == (amount, sent.result(10))
        for message in range(50):
            text = b"%d/%d" % (turn, message)
            client.sendall(text)
            assert read_exactly(connection, len(text)) == text
            connection.sendall(text)
            assert read_exactly(client, len(text)) == text


@pytest.mark.deadline(60)
def test_twenty_sessions_move_bulk_at_once_on_all_workers(tidegate, server, workers):
    daemon = tidegate(config(server, threads=workers))
    amount = scaled(16 * BLOCK, BLOCK)
    expected = pattern(amount)

    pending = []
    for _ in range(20):
        client = daemon.connect()
        connection = server.accept()
        pending.append((in_background(pour, client, amount), in_background(drain, connection, amount),
                        in_background(pour, connection, amount), in_background(drain, client, amount)))
    for up, at_server, down, at_client in pending:
        assert at_server.result(50) == (len(expected), up.result(50))
        assert at_client.result(50) == (len(expected), down.result(50))
