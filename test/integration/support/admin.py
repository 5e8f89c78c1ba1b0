"""The runtime API as its users speak it, of either program."""

import socket

from support.sockets import connect, finish, read_all
from support.wait import wait_until


def ask(endpoint, text: bytes, *, half_close: bool = True) -> bytes:
    """The whole reply to what is sent at once; `endpoint` is a path, or host and port."""
    with connect(endpoint) as client:
        client.sendall(text)
        if half_close:
            finish(client)
        return read_all(client)


def read_until(client: socket.socket, end: bytes) -> bytes:
    """What comes up to and with `end`."""
    data = b""
    while not data.endswith(end):
        part = client.recv(1 << 16)
        assert part, f"ended behind {data[-200:]!r}"
        data += part
    return data


def wait_asked(endpoint, text: bytes, expected: bytes, deadline: float = 20.0):
    """Until that is the answer, also where nobody listens yet."""
    def answered() -> bool:
        try:
            return ask(endpoint, text) == expected
        except OSError:
            return False

    wait_until(answered, deadline, f"{text!r} is answered by {expected!r}")
