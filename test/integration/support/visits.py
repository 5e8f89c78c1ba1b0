"""Everything that clients and servers do to a proxy, each kind of visit with the codes in which it may end."""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from support.sockets import finish, read_all, read_exactly, reset, was_reset
from support.streams import drain, pour

BULK = 2 << 20  # bytes each way, at most


# ---- what the servers do beside echo

def ferry(connection):
    """Sends as many bytes as it is asked for, takes as many as there are, and tells both checksums."""
    size = int.from_bytes(read_exactly(connection, 8), "big")
    down = pour(connection, size, 1)
    count, up = drain(connection)
    connection.sendall(struct.pack("!QII", count, up, down))


def breaks_off(connection):
    """Resets in the middle of its answer."""
    connection.recv(1)
    connection.sendall(bytes(BULK))
    reset(connection)


# ---- what a client does; `connect` opens a session to the frontend of that name

def talk(connect, name, dice):
    with connect(name) as client:
        for _ in range(dice.randrange(1, 8)):
            text = dice.randbytes(dice.randrange(1, 2_000))
            client.sendall(text)
            assert read_exactly(client, len(text)) == text


def half_close(connect, name, dice):
    text = dice.randbytes(dice.randrange(1, 50_000))
    with connect(name) as client:
        client.sendall(text)
        finish(client)
        assert read_all(client) == text


def bulk(connect, name, dice):
    size = dice.randrange(BULK // 8, BULK)
    with connect(name) as client:
        client.sendall(size.to_bytes(8, "big"))
        count, down = drain(client, size)
        up = pour(client, size, 2)
        finish(client)
        assert (count, struct.unpack("!QII", read_all(client))) == (size, (size, up, down))


def reset_idle(connect, name, dice):
    client = connect(name)
    client.sendall(b"hello")
    assert read_exactly(client, 5) == b"hello"
    reset(client)


def reset_in_bulk(connect, name, dice):
    client = connect(name)
    client.sendall(BULK.to_bytes(8, "big"))
    read_exactly(client, dice.randrange(BULK // 2))
    reset(client)


def be_reset(connect, name, dice):
    with connect(name) as client:
        client.sendall(b"x")
        assert was_reset(client)


def be_refused(connect, name, dice):
    with connect(name) as client:
        assert read_all(client) == b""


def leave(connect, name, dice):
    client = connect(name)
    if dice.random() < 0.5:
        reset(client)
        return
    with client:
        finish(client)
        assert read_all(client) == b""


def stay_silent(connect, name, dice):
    with connect(name) as client:
        client.sendall(b"hello")
        assert read_all(client) == b"hello"


@dataclass(frozen=True)
class Kind:
    visit: Callable  # with connect, the frontend and dice
    share: int       # of all visits, relative to the others; 0: not at random
    codes: set[str]  # in which such a session may end


KINDS = {
    "talk": Kind(talk, 600, {"--"}),
    "half_close": Kind(half_close, 120, {"--"}),
    "bulk": Kind(bulk, 12, {"--"}),
    "resets": Kind(reset_idle, 80, {"CD"}),
    "resets_in_bulk": Kind(reset_in_bulk, 8, {"CD"}),
    "is_reset": Kind(be_reset, 50, {"SD"}),
    "is_reset_in_bulk": Kind(be_reset, 8, {"SD"}),
    "is_refused": Kind(be_refused, 50, {"SC"}),
    "is_sent_elsewhere": Kind(talk, 30, {"--"}),
    "leaves_connecting": Kind(leave, 20, {"CC", "CD"}),
    "leaves_the_queue": Kind(leave, 20, {"CQ", "CD", "--"}),
    "is_silent": Kind(stay_silent, 4, {"cD"}),
    "held": Kind(talk, 0, {"--"}),
    "client_killed": Kind(talk, 0, {"--", "CD"}),
    "server_killed": Kind(talk, 0, {"--", "SD", "SC"}),
}
