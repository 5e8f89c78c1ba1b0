"""Syslog daemons that only listen, and HAProxy as the pattern of what they are sent."""

import re
import shutil
import socket
import subprocess
import threading

from support.sockets import connect, read_exactly
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


class HAProxy:
    """Debian's HAProxy with one frontend `web` before one backend `app`, logging as it is told."""

    def __init__(self, directory, server: str, *, logs=(), tuning=(), options=()):
        listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = listener.getsockname()
        self.file = directory / "haproxy.cfg"
        self.file.write_text("\n".join([
            "global", *(f"  log {log}" for log in logs), *tuning,
            "defaults", "  mode tcp", "  log global", "  option tcplog", "  timeout connect 5s",
            "  timeout client 1m", "  timeout server 1m", *(f"  {option}" for option in options),
            "frontend web", f"  bind fd@{listener.fileno()}", "  default_backend app",
            "backend app", f"  server s1 {server}", ""]))
        program = shutil.which("haproxy", path="/usr/sbin:/usr/bin")
        self.process = subprocess.Popen([program, "-db", "-q", "-f", str(self.file)],
                                        pass_fds=[listener.fileno()], stdin=subprocess.DEVNULL)
        listener.close()

    def connect(self):
        return connect(self.endpoint)

    def close(self):
        self.process.terminate()
        self.process.wait(10)


def talk(client, text: bytes = b"hello"):
    """One ordinary session with an echo server."""
    with client:
        client.sendall(text)
        assert read_exactly(client, len(text)) == text


def blanked(line: bytes) -> bytes:
    """A line of either program without what differs between any two runs."""
    for pattern, instead in (
            (rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", b"ISO"),
            (rb"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d", b"TIME"),
            (rb"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d\.\d{3}", b"DATE"),
            (rb"(haproxy|tidegate)", b"TAG"),
            (rb"\[\d+\]: ", b"[PID]: "), (rb" TAG \d+ - ", b" TAG PID - "),
            (rb"127\.0\.0\.1:\d+", b"CLIENT"),
            (rb"( \S+/\S+ -?\d+/(?:-1)?)\d*/(\+?)\d+ ", rb"\1/\2TOTAL ")):
        line = re.sub(pattern, instead, line)
    return line
