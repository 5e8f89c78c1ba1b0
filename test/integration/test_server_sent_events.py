"""A stream of server-sent events, read by curl, misses none for as long as it is held."""

import http.server
import itertools
import socketserver
import threading

import pytest

from support.config import config
from support.settings import SCALE
from support.ways import KINDS, Way

EVENTS_A_SECOND = 50
SECONDS = max(4, round(20 * SCALE))
EVENTS = SECONDS * EVENTS_A_SECOND


class Events(http.server.BaseHTTPRequestHandler):
    """Counts up to EVENTS and ends."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        pause = threading.Event()
        for number in range(EVENTS):
            self.wfile.write(b"id: %d\ndata: tide %d\n\n" % (number, number))
            pause.wait(1 / EVENTS_A_SECOND)

    def log_message(self, *_):
        pass


class EventServer(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Events)
        self.address = "%s:%d" % self.server_address
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


def curl(programs, endpoint):
    url = ["--unix-socket", endpoint, "http://web/"]
    if not isinstance(endpoint, str):
        host, port = endpoint
        url = [f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"]
    return programs("curl", "--silent", "--show-error", "--no-buffer", "--globoff", *url)


@pytest.mark.deadline(90)
def test_no_event_of_a_held_stream_is_missing(tidegate, peers, programs, tmp_path):
    server = peers(EventServer)
    readers = []
    daemons = []
    for threads in (1, 2):
        binds = [Way(kind, tmp_path).bind(f"web{threads}.sock") for kind in KINDS]
        # Shorter than the stream: events are a sign of life of both sides, though the client never speaks.
        daemons.append(tidegate(config(server, bind=binds, threads=threads, timeouts={"idle": "2s"})))
        readers += [curl(programs, endpoint) for endpoint in daemons[-1].addresses()]

    assert [reader.wait(60) for reader in readers] == [0] * 2 * len(KINDS)

    expected = list(itertools.chain(*([f"id: {i}", f"data: tide {i}", ""] for i in range(EVENTS))))
    for reader in readers:
        assert reader.out.all() == expected
    for daemon in daemons:
        lines = daemon.access(len(KINDS))
        assert {line.code for line in lines} == {"--"}
        assert all(line.total >= SECONDS * 1000 for line in lines)
