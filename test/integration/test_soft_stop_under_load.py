"""A soft stop amid new connections: whoever got in is served, nobody who got in is reset."""

import errno
import selectors
import signal
import socket
import time

import pytest

from support.config import config
from support.peers import CrowdServer
from support.settings import scaled

RATE = 500
STOPS = scaled(40, 4)
ANSWER = b"served"


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


def call_until_refused(daemon, stop_after: float) -> list[Caller]:
    """Calls at RATE; sends SIGUSR1 in the midst of it; ends when all who got in have been answered."""
    endpoint = daemon.address()
    callers = []
    with selectors.DefaultSelector() as selector:
        begin = time.monotonic()
        stopped = False
        while True:
            now = time.monotonic() - begin
            if now >= stop_after and not stopped:
                daemon.send_signal(signal.SIGUSR1)
                stopped = True
            calling = now < stop_after + 0.15
            if calling and len(callers) <= now * RATE:
                callers.append(Caller(endpoint, selector))
            elif not calling and all(caller.done() for caller in callers):
                break
            assert now < stop_after + 10, "who got in is neither answered nor ended"
            for key, _ in selector.select(0.0005):
                key.data.on_ready()
        for caller in callers:
            caller.socket.close()
    return callers


@pytest.mark.deadline(120)
def test_soft_stops_under_load_reset_nobody(tidegate, peers):
    served = refused = 0
    for round_number in range(STOPS):
        backend = peers(CrowdServer, lambda _: ANSWER, last=True)
        daemon = tidegate(config(backend, threads=1 + round_number % 2))

        callers = call_until_refused(daemon, stop_after=0.1 + 0.007 * (round_number % 10))

        connected = [caller for caller in callers if caller.connected]
        assert {caller.answer for caller in connected} == {ANSWER}, f"in round {round_number}"
        assert daemon.wait() == 0
        served += len(connected)
        refused += sum(caller.refused for caller in callers)
        assert daemon.access(len(connected))
    assert served > STOPS * 40
    assert refused > 0, "calls must have gone on after the stop"
