"""Files through a real nginx arrive as they are."""

import contextlib
import hashlib
import http.client
import shutil
import socket
import subprocess

import pytest

from support.config import config
from support.settings import scaled
from support.sockets import refused
from support.streams import BLOCK, blocks, in_background
from support.wait import wait_until

SIZE = scaled(200 << 20, 8 << 20)

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
  server {{ listen 127.0.0.1:{port}; root {directory}/files; }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def nginx(tmp_path):
    """The address of an nginx that serves tmp_path/files."""
    binary = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    assert binary, "nginx is not installed: it comes with nginx-light"
    (tmp_path / "files").mkdir()
    port = free_port()
    file = tmp_path / "nginx.conf"
    file.write_text(CONFIGURATION.format(directory=tmp_path, port=port))
    process = subprocess.Popen([binary, "-c", str(file), "-p", str(tmp_path), "-e", str(tmp_path / "error.log")])
    with contextlib.ExitStack() as ends:
        ends.callback(process.wait, 10)
        ends.callback(process.terminate)
        wait_until(lambda: not refused(("127.0.0.1", port)), what="nginx listens")
        yield f"127.0.0.1:{port}"


def write_file(path, size: int) -> str:
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for block in blocks(size):
            file.write(block)
            digest.update(block)
    return digest.hexdigest()


def fetch(daemon, name: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(*daemon.address(), timeout=20)
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
def test_a_large_file_has_the_right_checksum(tidegate, nginx, tmp_path, splice):
    digest = write_file(tmp_path / "files" / "large", SIZE)
    daemon = tidegate(config(nginx, tcp={"splice": splice}))

    assert fetch(daemon, "large") == (SIZE, digest)

    assert daemon.access()[0].bytes > SIZE


@pytest.mark.deadline(60)
def test_many_fetch_at_once(tidegate, nginx, tmp_path, workers):
    digest = write_file(tmp_path / "files" / "middle", 4 << 20)
    daemon = tidegate(config(nginx, threads=workers))

    fetches = [in_background(fetch, daemon, "middle") for _ in range(16)]

    assert [one.result(50) for one in fetches] == [(4 << 20, digest)] * 16


def test_a_kept_alive_connection_serves_many_requests(tidegate, nginx, tmp_path):
    (tmp_path / "files" / "small").write_bytes(b"small")
    daemon = tidegate(config(nginx))
    connection = http.client.HTTPConnection(*daemon.address(), timeout=10)

    for _ in range(200):
        connection.request("GET", "/small")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"small")
    connection.close()

    assert len(daemon.access()) == 1
