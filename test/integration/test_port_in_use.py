"""A bind that cannot be had ends the start with the address, the frontend and the reason."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
import yaml

from support.config import config
from support.peers import UnixListener
from support.settings import binary
from support.sockets import exchange


def assert_not_started(daemon, address: str, reason: str):
    assert daemon.wait() == 1
    (line,) = [line for line in daemon.err.all() if reason.lower() in line.lower()]
    assert address in line
    assert "web" in line


def test_a_port_of_another_process_is_named(start, server, echo_server):
    assert_not_started(start(config(server, bind=echo_server.address)), echo_server.address, "in use")


def test_a_port_of_another_tidegate_is_named_and_the_other_goes_on(tidegate, start, server, workers):
    first = tidegate(config(server, threads=workers))
    host, port = first.address()

    second = start(config(server, bind=f"{host}:{port}", threads=workers))

    assert_not_started(second, f"{host}:{port}", "in use")
    for _ in range(10):
        with first.connect() as client, server.accept() as connection:
            exchange(client, connection)


def test_a_port_under_a_wildcard_of_another_tidegate_is_named(tidegate, start, server):
    first = tidegate(config(server))
    _, port = first.address()

    assert_not_started(start(config(server, bind=f"0.0.0.0:{port}")), f"0.0.0.0:{port}", "in use")


def test_a_unix_path_where_somebody_listens_is_named(start, server, peers, tmp_path):
    path = tmp_path / "live.sock"
    other = peers(UnixListener, path)

    assert_not_started(start(config(server, bind=other.address)), str(path), "in use")
    assert path.exists()


def test_a_unix_path_that_is_no_socket_is_kept(start, server, tmp_path):
    path = tmp_path / "precious"
    path.write_text("do not touch")

    daemon = start(config(server, bind=f"unix:{path}"))

    assert daemon.wait() == 1
    assert daemon.err.matching(str(path))
    assert path.read_text() == "do not touch"


def test_an_address_that_is_not_ours_is_named(start, server):
    assert_not_started(start(config(server, bind="192.0.2.1:0")), "192.0.2.1", "assign")


def test_a_path_in_a_folder_that_is_missing_is_named(start, server, tmp_path):
    path = tmp_path / "none" / "web.sock"

    assert_not_started(start(config(server, bind=f"unix:{path}")), str(path), "no such file")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody who is not permitted")
def test_a_path_that_is_not_permitted_is_named(server):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # open to all, so that only writing is not permitted
        program = shutil.copy(binary(), folder)
        file = Path(folder) / "tidegate.yaml"
        file.write_text(yaml.safe_dump(config(server, bind=f"unix:{folder}/web.sock")))
        answer = subprocess.run([program, "-f", str(file)], capture_output=True, text=True, timeout=20,
                                check=False, user=65534, group=65534)

    assert answer.returncode == 1
    (line,) = [line for line in answer.stderr.splitlines() if "permission denied" in line.lower()]
    assert f"{folder}/web.sock" in line
    assert "web" in line


def test_one_bad_bind_of_several_starts_nothing(start, server, echo_server):
    daemon = start(config(server, bind=["127.0.0.1:0", echo_server.address]))

    assert_not_started(daemon, echo_server.address, "in use")
    assert not daemon.err.matching("listening|ready:")
