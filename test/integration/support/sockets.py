"""Client sockets, and reading and ending connections exactly."""

import fcntl
import select
import socket
import struct
import termios


def parse_endpoint(text: str):
    """What connect() takes: a path, or host and port."""
    if text.startswith("unix:"):
        return text.removeprefix("unix:")
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def connect(endpoint, timeout: float = 10.0, source: str | None = None, receive_buffer: int | None = None):
    """A connected client socket; `endpoint` as parse_endpoint() answers it."""
    if isinstance(endpoint, str):
        family = socket.AF_UNIX
    else:
        family = socket.AF_INET6 if ":" in endpoint[0] else socket.AF_INET
    client = socket.socket(family, socket.SOCK_STREAM)
    client.settimeout(timeout)
    if family != socket.AF_UNIX:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if receive_buffer is not None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    if source is not None:
        client.bind((source, 0))
    try:
        client.connect(endpoint)
    except OSError:
        client.close()
        raise
    return client


def read_all(connection) -> bytes:
    """Everything up to the end, which may be a reset."""
    parts = []
    try:
        while part := connection.recv(1 << 16):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def read_exactly(connection, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        part = connection.recv(count - len(data))
        assert part, f"ended after {len(data)} of {count} bytes"
        data += part
    return bytes(data)


def at_end(connection) -> bool:
    """Waits for the next event and tells whether it is the FIN."""
    return connection.recv(1) == b""


def was_reset(connection) -> bool:
    """Waits for the end, past whatever comes before it, and tells whether it is a reset."""
    try:
        while connection.recv(1 << 16):
            pass
    except ConnectionResetError:
        return True
    return False


def broken_after_fin(connection) -> bool:
    """Waits for a reset behind the FIN, which recv() does not tell any more."""
    poll = select.poll()
    poll.register(connection, 0)
    return bool(poll.poll(10_000)) and connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0


def reset(connection):
    """Closes with a RST; what is unsent is thrown away."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def finish(connection):
    """Sends the FIN and keeps reading."""
    connection.shutdown(socket.SHUT_WR)


def quiet(connection) -> bool:
    """Whether nothing has arrived, neither a byte nor the end."""
    connection.setblocking(False)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    finally:
        connection.settimeout(10)
    return False


def still_silent(connection, for_seconds: float) -> bool:
    """Whether for so long nothing arrives, neither a byte nor the end."""
    connection.settimeout(for_seconds)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except TimeoutError:
        return True
    finally:
        connection.settimeout(10)
    return False


def unacknowledged(connection) -> int:
    """Bytes sent that the other end's kernel has not taken yet."""
    return struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, b"\0" * 4))[0]


def exchange(client, connection, text: bytes = b"hello"):
    """Passes a text up and down again."""
    client.sendall(text)
    assert read_exactly(connection, len(text)) == text
    connection.sendall(text)
    assert read_exactly(client, len(text)) == text


def talk(client, text: bytes = b"hello"):
    """One ordinary session with an echo server."""
    with client:
        client.sendall(text)
        assert read_exactly(client, len(text)) == text


def refused(endpoint) -> bool:
    """Whether nobody listens there."""
    try:
        reset(connect(endpoint))  # so that no session remains where it was let in
    except (ConnectionRefusedError, FileNotFoundError):
        return True
    return False


def established(daemon, server, frontend: str = "web", **options):
    """(client, connection) of a session through which bytes have passed both ways."""
    client = daemon.connect(frontend, **options)
    connection = server.accept()
    exchange(client, connection)
    return client, connection


def sides(client, connection, leaving: str):
    """(the side of that name, "client" or "server"; the one that stays)"""
    return (client, connection) if leaving == "client" else (connection, client)
