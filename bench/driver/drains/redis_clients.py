"""Clients of a real Redis."""

import socket
from pathlib import Path

from support.real_servers import Redis

from .clients import Client, Crowd, Gone, drained
from .measures import Measures, by_grade


class RedisClient(Client):
    """RESP by hand. Each has a key of its own, so that INCR tells how often it was executed."""

    _socket = _reader = None
    _value = 0

    def turn(self):
        slow = self.random.random() < 0.3
        command = f"BLPOP nothing{self.number} 0.1" if slow else f"INCR key{self.number}"
        for attempt in range(2):
            try:
                answer = self._ask(command)
                break
            except Gone:
                self.counts["tried once more"] += attempt == 0
            except OSError:
                self.failed("an answer was cut")
                return
        else:
            self.failed("no answer after the second attempt")
            return
        self.counts["answered"] += 1
        if not slow:
            self.counts["executed twice"] += answer - self._value - 1
            self._value = answer

    def _ask(self, command: str) -> int:
        try:
            if self._socket is None:
                self._socket = socket.create_connection(self.endpoint, 30)
                self._reader = self._socket.makefile("rb")
            self._socket.sendall(command.encode() + b"\r\n")
            line = self._reader.readline()
        except OSError:
            line = b""
        if not line:
            self.close()
            raise Gone
        if not line.endswith(b"\r\n"):
            self.close()
            raise ConnectionResetError
        return -1 if line[:1] == b"*" else int(line[1:])

    def close(self):
        if self._socket is not None:
            self._reader.close()
            self._socket.close()
            self._socket = None


def redis(rival, directory: Path, quick: bool) -> Measures:
    counts, closed, _, _ = drained(
        rival, directory, Redis,
        lambda endpoint: Crowd([RedisClient(endpoint, number) for number in range(30 if quick else 100)], 0.05),
        "answered", 1 if quick else 20)
    found = Measures()
    found.tell("commands answered", counts["answered"])
    found.tell("tried once more on a new connection", counts["tried once more"])
    found.none("failed; executed twice", counts["no answer after the second attempt"] + counts["an answer was cut"],
               counts["executed twice"])
    found.figures["sessions closed"] = by_grade(closed)
    return found
