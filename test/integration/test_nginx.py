"""Files through a real nginx arrive as they are."""

import hashlib
import http.client

import pytest

from support.config import config
from support.settings import scaled
from support.streams import BLOCK, blocks, in_background
from support.ways import written

SIZE = scaled(200 << 20, 8 << 20)
REQUESTS = scaled(2_000, 200)

CONFIGURATION = """\
daemon off;
master_process off;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  sendfile on;
  keepalive_requests 100000;
  server {{ listen {address}; root {directory}/files; }}
}}
"""


@pytest.fixture
def nginx(tmp_path, programs, way):
    """The address of an nginx that serves tmp_path/files."""
    (tmp_path / "files").mkdir()
    place = way.place()
    file = tmp_path / "nginx.conf"
    file.write_text(CONFIGURATION.format(directory=tmp_path, address=written(place)))
    programs("nginx", "-c", file, "-p", tmp_path, "-e", tmp_path / "error.log", at=[place])
    return written(place)


def write_file(path, size: int) -> str:
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for block in blocks(size):
            file.write(block)
            digest.update(block)
    return digest.hexdigest()


def open_http(daemon) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("web")
    connection.sock = daemon.connect(timeout=20)
    return connection


def fetch(daemon, name: str) -> tuple[int, str]:
    connection = open_http(daemon)
    connection.request("GET", f"/{name}")
    answer = connection.getresponse()
    assert answer.status == 200
    digest = hashlib.sha256()
    size = 0
    while part := answer.read(BLOCK):
        digest.update(part)
        size += len(part)
    connection.close()
    return size, digest.hexdigest()


@pytest.mark.deadline(60)
@pytest.mark.parametrize("splice", [False, True], ids=["copy", "splice"])
def test_a_large_file_has_the_right_checksum(tidegate, nginx, way, tmp_path, splice):
    digest = write_file(tmp_path / "files" / "large", SIZE)
    daemon = tidegate(config(nginx, bind=way.bind(), tcp={"splice": splice}))

    assert fetch(daemon, "large") == (SIZE, digest)

    assert daemon.access()[0].bytes > SIZE


@pytest.mark.deadline(60)
def test_many_fetch_at_once(tidegate, nginx, way, tmp_path, workers):
    digest = write_file(tmp_path / "files" / "middle", 4 << 20)
    daemon = tidegate(config(nginx, bind=way.bind(), threads=workers))

    fetches = [in_background(fetch, daemon, "middle") for _ in range(16)]

    assert [one.result(50) for one in fetches] == [(4 << 20, digest)] * 16


def test_a_kept_alive_connection_serves_many_requests(tidegate, nginx, way, tmp_path, workers):
    (tmp_path / "files" / "small").write_bytes(b"small")
    daemon = tidegate(config(nginx, bind=way.bind(), threads=workers))
    connection = open_http(daemon)

    for _ in range(REQUESTS):
        connection.request("GET", "/small")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"small")
    connection.close()

    assert [line.code for line in daemon.access()] == ["--"]
