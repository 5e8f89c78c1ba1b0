"""Keep-alive clients of a real nginx, which has its answers of an application behind it."""

import http.client
import sys
from pathlib import Path

from support.programs import Program, free_port
from support.real_servers import Nginx

from .clients import Client, Crowd, Gone, drained
from .measures import Measures, by_grade


class NginxBeforeAnApplication(Nginx):
    def set_up(self):
        port = free_port()
        self._application = Program([sys.executable, "-m", "driver.drains.application", port])
        self._application.wait_listening(("127.0.0.1", port))
        super().set_up()
        file = self.directory / "nginx.conf"
        file.write_text(file.read_text().replace("events {}", "events { worker_connections 4096; }").replace(
            "location = /ready { return 204; }", f"location / {{ proxy_pass http://127.0.0.1:{port}; }}"))

    def close(self):
        super().close()
        self._application.kill()


class WebClient(Client):
    """What a browser or a library does: a GET whose connection ended before the answer is asked once more."""

    _connection = None

    def turn(self):
        size = int(1000 * 1000 ** self.random.random())
        path = f"/{self.random.randrange(1, 200)}/{size}"
        for _ in range(2):
            try:
                if self._get(path) == size:
                    self.counts["answered"] += 1
                else:
                    self.failed("another answer")
                return
            except Gone:
                self.counts["tried once more"] += 1
            except (OSError, http.client.HTTPException) as error:
                self.close()
                self.failed(f"an answer was cut: {type(error).__name__}")
                return
        self.failed("no answer after the second attempt")

    def _get(self, path: str) -> int:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(*self.endpoint, timeout=30)
        try:
            self._connection.request("GET", path)
            response = self._connection.getresponse()
        except (ConnectionError, http.client.RemoteDisconnected):
            self.close()
            raise Gone from None
        return len(response.read())

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def web(rival, directory: Path, quick: bool) -> Measures:
    counts, closed, failures, _ = drained(
        rival, directory, NginxBeforeAnApplication,
        lambda endpoint: Crowd([WebClient(endpoint, number) for number in range(30 if quick else 100)], 0.2),
        "answered", 1 if quick else 20)
    found = Measures()
    found.tell("requests answered", counts["answered"])
    found.tell("tried once more on a new connection", counts["tried once more"])
    found.none("failed", len(failures))
    found.figures["sessions closed"] = by_grade(closed)
    return found
