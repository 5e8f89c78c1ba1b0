"""Servers that know in which order connections came, the operator's marks among them."""

import multiprocessing
import selectors
import socket
from collections import Counter

from support.peers import Listener
from support.programs import die_with_parent

DRAINED, OVER = "127.0.0.77", "127.0.0.78"  # where the marks come from


class Gate:
    """A process with both servers: it answers a byte, and keeps the order in which connections to s1 were accepted.

    A mark is a connection that the operator makes to s1 past the proxy. The kernel hands connections out as they came, so
    those between the mark after the reply and the mark before `ready` came in between.
    """

    def __init__(self):
        self._pipe, other = multiprocessing.Pipe()
        self._process = multiprocessing.Process(target=self._serve, args=(other,), daemon=True)
        self._process.start()
        self.ports = self._pipe.recv()

    def mark(self, source: str):
        with socket.create_connection(("127.0.0.1", self.ports[0]), source_address=(source, 0)) as one:
            one.recv(1)

    def result(self) -> Counter:
        self._pipe.send(None)
        found = self._pipe.recv()
        self._process.join()
        return found

    @staticmethod
    def _serve(pipe):
        die_with_parent()
        listeners = [Listener() for _ in range(2)]
        pipe.send([one.port for one in listeners])
        sockets = [one.socket for one in listeners]
        watched, drained, counts = selectors.DefaultSelector(), False, Counter()
        for one in [*sockets, pipe]:
            watched.register(one, selectors.EVENT_READ)
        while True:
            for key, _ in watched.select():
                one = key.fileobj
                if one is pipe:
                    pipe.send(counts)
                    return
                if one not in sockets:
                    if not Gate._answered(one):
                        watched.unregister(one)
                        one.close()
                    continue
                connection, (peer, _) = one.accept()
                if peer in (DRAINED, OVER):
                    drained = peer == DRAINED
                    counts["marks"] += 1
                    connection.close()
                    continue
                counts["accepted"] += one is sockets[0]
                counts["late"] += drained and one is sockets[0]
                watched.register(connection, selectors.EVENT_READ)

    @staticmethod
    def _answered(connection: socket.socket) -> bool:
        try:
            return bool(connection.recv(1)) and connection.send(b"y") == 1
        except OSError:
            return False
