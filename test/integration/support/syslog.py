"""Syslog daemons that only listen."""

import socket
import threading

from support.wait import wait_until


class Syslog:
    """Collects datagrams, on a free UDP port of `host` or on a path."""

    def __init__(self, host: str = "127.0.0.1", path=None, port: int = 0):
        self._datagrams = []
        self._lock = threading.Lock()
        if path is not None:
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self.socket.bind(str(path))
            self.target = f"unix:{path}"
        else:
            self.socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
            # A path holds ten datagrams, and HAProxy drops what does not fit; this holds a burst.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            self.socket.bind((host, port))
            self.port = self.socket.getsockname()[1]
            self.target = f"udp://[{host}]:{self.port}" if ":" in host else f"udp://{host}:{self.port}"
        self.socket.settimeout(0.1)
        self._closed = False
        self._thread = threading.Thread(target=self._collect, daemon=True)
        self._thread.start()

    def _collect(self):
        while not self._closed:
            try:
                datagram = self.socket.recv(1 << 17)
            except TimeoutError:
                continue
            with self._lock:
                self._datagrams.append(datagram)

    def all(self) -> list[bytes]:
        with self._lock:
            return list(self._datagrams)

    def wait_for(self, count: int = 1) -> list[bytes]:
        wait_until(lambda: len(self.all()) >= count, what=f"{count} datagrams")
        return self.all()

    def close(self):
        self._closed = True
        self._thread.join()
        self.socket.close()
