"""Clients that call while somebody stops listening: whoever got in must be answered."""

import errno
import selectors
import socket
import time


class Caller:
    """A client that connects without blocking, asks once and waits for answer and FIN."""

    def __init__(self, endpoint, selector):
        self.selector = selector
        self.connected = False
        self.answer = b""
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.refused = self.socket.connect_ex(endpoint) not in (0, errno.EINPROGRESS)
        if not self.refused:
            selector.register(self.socket, selectors.EVENT_WRITE, self)

    def on_ready(self):
        if not self.connected:
            error = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if error:
                self.refused = True
                return self.leave()
            self.connected = True
            self.socket.send(b"?")
            self.selector.modify(self.socket, selectors.EVENT_READ, self)
            return None
        try:
            part = self.socket.recv(100)
        except ConnectionResetError:
            self.answer = b"reset"
            return self.leave()
        self.answer += part
        return None if part else self.leave()

    def leave(self):
        self.selector.unregister(self.socket)
        self.socket.close()

    def done(self) -> bool:
        return self.socket.fileno() < 0 or not self.connected


def call_until_refused(endpoint, stop, stop_after: float, rate: int = 500) -> list[Caller]:
    """Calls at that rate; stop() comes in the midst of it; ends when all who got in have been answered."""
    callers = []
    with selectors.DefaultSelector() as selector:
        begin = time.monotonic()
        stopped = False
        while True:
            now = time.monotonic() - begin
            if now >= stop_after and not stopped:
                stop()
                stopped = True
            calling = now < stop_after + 0.15
            if calling and len(callers) <= now * rate:
                callers.append(Caller(endpoint, selector))
            elif not calling and all(caller.done() for caller in callers):
                break
            assert now < stop_after + 10, "who got in is neither answered nor ended"
            for key, _ in selector.select(0.0005):
                key.data.on_ready()
        for caller in callers:
            caller.socket.close()
    return callers
