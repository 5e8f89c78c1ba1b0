"""Long streams that a checksum can tell apart: every block carries its number."""

import random
import zlib
from concurrent.futures import Future
from threading import Thread

BLOCK = 1 << 20


def in_background(function, *arguments) -> Future:
    """Runs it on a thread of its own, which does not keep the process alive."""
    future = Future()

    def run():
        try:
            future.set_result(function(*arguments))
        except BaseException as error:
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future


def blocks(total: int, seed: int = 0):
    """`total` bytes in blocks; each view is valid until the next is asked for."""
    block = bytearray(random.Random(seed).randbytes(BLOCK))
    for start in range(0, total, BLOCK):
        block[:8] = start.to_bytes(8, "big")
        yield memoryview(block)[: min(BLOCK, total - start)]


def pattern(total: int, seed: int = 0) -> bytes:
    return b"".join(bytes(block) for block in blocks(total, seed))


def pour(connection, total: int, seed: int = 0) -> int:
    """Sends `total` bytes and answers their checksum."""
    checksum = 0
    for block in blocks(total, seed):
        connection.sendall(block)
        checksum = zlib.crc32(block, checksum)
    return checksum


def drain(connection, total: int | None = None) -> tuple[int, int]:
    """Reads `total` bytes, or up to the FIN; answers how many there were and their checksum."""
    buffer = memoryview(bytearray(BLOCK))
    count = checksum = 0
    while total is None or count < total:
        room = BLOCK if total is None else min(BLOCK, total - count)
        got = connection.recv_into(buffer[:room])
        if got == 0:
            break
        count += got
        checksum = zlib.crc32(buffer[:got], checksum)
    return count, checksum
