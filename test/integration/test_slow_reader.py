"""A reader far slower than its sender costs no memory, no processor time and no byte."""

import socket
import threading
import time
import zlib

import pytest

from support.config import config
from support.settings import SCALE, sanitized
from support.sockets import sides
from support.streams import BLOCK, blocks, drain, in_background

SECONDS = max(3.0, 10.0 * SCALE)
PIECE = 1024
STEP = 0.1  # 10 kB/s


def pour_until(connection, stop: threading.Event) -> tuple[int, int]:
    """Sends as fast as it is taken until told to stop, then the FIN."""
    connection.settimeout(0.1)
    count = checksum = 0
    for block in blocks(1 << 40):
        while block and not stop.is_set():
            try:
                sent = connection.send(block)
            except TimeoutError:
                continue
            checksum = zlib.crc32(block[:sent], checksum)
            count += sent
            block = block[sent:]
        if stop.is_set():
            break
    connection.settimeout(10)
    connection.shutdown(socket.SHUT_WR)
    return count, checksum


@pytest.mark.deadline(60)
@pytest.mark.parametrize("splice", [False, True], ids=["copy", "splice"])
@pytest.mark.parametrize("slow", ["client", "server"])
def test_a_slow_reader_costs_next_to_nothing_and_loses_nothing(tidegate, server, slow, splice):
    daemon = tidegate(config(server, tcp={"splice": splice}))
    client = daemon.connect()
    connection = server.accept()
    reader, sender = sides(client, connection, slow)
    memory = daemon.anonymous_memory()
    cpu = daemon.cpu_seconds()
    stop = threading.Event()
    sent = in_background(pour_until, sender, stop)

    count = checksum = 0
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        piece = reader.recv(PIECE)
        count += len(piece)
        checksum = zlib.crc32(piece, checksum)
        time.sleep(STEP)
    memory_growth = daemon.anonymous_memory() - memory
    cpu_used = daemon.cpu_seconds() - cpu
    stop.set()
    buffer = bytearray(BLOCK)
    while got := reader.recv_into(buffer):
        count += got
        checksum = zlib.crc32(memoryview(buffer)[:got], checksum)

    assert (count, checksum) == sent.result(10)
    assert count > 10_000 * SECONDS, "the sender must have been ahead"
    assert sanitized() or memory_growth <= 1 << 20
    assert cpu_used < (4.0 if sanitized() else 1.0)
    client.close()
    connection.close()
    daemon.access()
    daemon.stop()
    assert daemon.loop_turns() < 10_000


def test_an_idle_session_turns_no_loop(tidegate, server):
    daemon = tidegate(config(server))
    with daemon.connect() as client, server.accept() as connection:
        client.sendall(b"one")
        assert drain(connection, 3)[0] == 3
        cpu = daemon.cpu_seconds()
        time.sleep(2)
        assert daemon.cpu_seconds() - cpu < 0.1
    daemon.stop()
    assert daemon.loop_turns() < 1_000
