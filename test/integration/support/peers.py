"""Servers on loopback ports that behave as a test tells them to."""

import selectors
import socket
import struct
import threading

from support.sockets import reset
from support.wait import wait_until


class Listener:
    """A listening port whose connections the test accepts and drives itself."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, backlog: int = 4096,
                 receive_buffer: int | None = None):
        self.socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.bind((host, port))
        self.port = self.socket.getsockname()[1]
        self.address = f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"
        self.listen(backlog)

    def listen(self, backlog: int):
        self.socket.listen(backlog)

    def accept(self, deadline: float = 10.0) -> socket.socket:
        self.socket.settimeout(deadline)
        connection, self.peer = self.socket.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(10)
        return connection

    def waiting(self) -> int:
        """Connections that are complete and not accepted yet."""
        info = self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
        (unacked,) = struct.unpack_from("I", info, 24)  # for a listener: the length of its queue
        return unacked

    def close(self):
        self.socket.close()


class UnixListener(Listener):
    """The same on a path."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(path))
        self.address = f"unix:{path}"
        self.listen(4096)

    def accept(self, deadline: float = 10.0) -> socket.socket:
        self.socket.settimeout(deadline)
        connection, _ = self.socket.accept()
        connection.settimeout(10)
        return connection


class Refuser(Listener):
    """A port that is taken but refuses everybody, until listen()."""

    def listen(self, backlog: int):
        pass

    def open(self):
        self.socket.listen(4096)


class Lamp:
    """A port that a check finds well while it is on."""

    def __init__(self, on: bool = True):
        self._peer = Refuser()
        self.port = self._peer.port
        if on:
            self.on()

    def on(self):
        self._peer.open()

    def off(self):
        self._peer.close()
        self._peer = Refuser(port=self.port)

    def close(self):
        self._peer.close()


class FullBacklog(Listener):
    """A port that answers no SYN because its queue is full."""

    def __init__(self):
        super().__init__(backlog=0)
        self._filler = socket.create_connection(("127.0.0.1", self.port))
        wait_until(lambda: self.waiting() == 1, what="the filler is queued")

    def open(self):
        """Makes room: the next SYN, which a client repeats after a second, is answered."""
        self.accept().close()
        self._filler.close()
        self.socket.listen(4096)

    def close(self):
        self._filler.close()
        super().close()


class Server(Listener):
    """Runs serve(connection) for every connection, each on a thread, and closes it afterwards."""

    def __init__(self, serve, **options):
        super().__init__(**options)
        self._serve = serve
        self.accepted = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._run, args=(connection,), daemon=True).start()

    def _run(self, connection):
        with connection:
            try:
                connection.settimeout(60)
                self._serve(connection)
            except OSError:
                pass

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)  # wakes the thread in accept()
        except OSError:
            pass
        super().close()


def echo(connection):
    """Answers what it is told, and the FIN with a FIN."""
    while data := connection.recv(1 << 16):
        connection.sendall(data)


def says(text: bytes):
    """Speaks first, ends its side, and waits for the client's end."""
    def serve(connection):
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1 << 16):
            pass
    return serve


def says_and_stays(text: bytes):
    """Speaks first and ends only after the client."""
    def serve(connection):
        connection.sendall(text)
        while connection.recv(1 << 16):
            pass
    return serve


def resets(connection):
    """Resets as soon as it has heard something."""
    connection.recv(1)
    reset(connection)


class CrowdServer(Listener):
    """One thread for thousands of connections: answers each piece with reply(piece)."""

    def __init__(self, reply=lambda data: data, last: bool = False, **options):
        super().__init__(**options)
        self._reply = reply
        self._last = last  # end the connection after the first answer
        self._selector = selectors.DefaultSelector()
        self._selector.register(self.socket, selectors.EVENT_READ)
        self._stopped = False
        self.error = None
        self.socket.setblocking(False)
        self._thread = threading.Thread(target=self._loop, daemon=True)
        self._thread.start()

    def _loop(self):
        while not self._stopped:
            for key, _ in self._selector.select(0.1):
                if key.fileobj is self.socket:
                    self._accept_all()
                else:
                    self._answer(key.fileobj)

    def _accept_all(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except BlockingIOError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(10)
            self._selector.register(connection, selectors.EVENT_READ)

    def _answer(self, connection):
        try:
            data = connection.recv(1 << 16)
            if data:
                connection.sendall(self._reply(data))
                if self._last:
                    connection.shutdown(socket.SHUT_WR)
                return
        except OSError as error:
            self.error = error
        self._selector.unregister(connection)
        connection.close()

    def close(self):
        self._stopped = True
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()
        self._selector.close()
