"""One access line for each session, in the layout and to the place that was asked for."""

import json
import re
import time
from datetime import datetime

import pytest

from support.access_log import parse_access
from support.config import config
from support.peers import Refuser, Server, echo, says
from support.sockets import finish, read_all, read_exactly, reset
from support.wait import wait_until


def test_a_tcplog_line_tells_the_whole_session(tidegate, echo_server):
    daemon = tidegate(config(echo_server))
    client = daemon.connect()
    host, port = client.getsockname()
    client.sendall(b"hello")
    assert read_exactly(client, 5) == b"hello"
    time.sleep(0.3)  # the session's length, which the line must tell
    client.close()

    (line,) = daemon.access()

    assert line.client == f"{host}:{port}"
    accepted = datetime.strptime(line.date, "%d/%b/%Y:%H:%M:%S.%f")
    assert abs((datetime.now() - accepted).total_seconds()) < 10
    assert (line.frontend, line.backend, line.server) == ("web", "app", "s1")
    assert line.queue == 1  # as HAProxy, who is one too high
    assert 0 <= line.connect < 300 <= line.total < 3000
    assert (line.bytes, line.code) == (5, "--")
    counters = (line.process_sessions, line.frontend_sessions, line.backend_sessions, line.server_sessions)
    assert counters == (1, 1, 0, 0)
    assert (line.retries, line.server_queue, line.backend_queue) == ("0", 0, 0)


def test_every_line_on_stdout_is_in_tcplog_layout(tidegate, echo_server, workers):
    daemon = tidegate(config(echo_server, threads=workers))

    for _ in range(50):
        with daemon.connect() as client:
            client.sendall(b"x")
            finish(client)
            read_all(client)
    daemon.access(50)
    daemon.stop()

    lines = daemon.out.all()
    assert len(lines) == 50
    assert all(parse_access(line) for line in lines), lines


def test_open_sessions_are_counted_in_the_line(tidegate, server):
    daemon = tidegate(config(server))
    held = [(daemon.connect(), server.accept()) for _ in range(3)]

    client, connection = held.pop()
    client.close()
    connection.close()

    (line,) = daemon.access()
    counters = (line.process_sessions, line.frontend_sessions, line.backend_sessions, line.server_sessions)
    assert counters == (3, 3, 2, 2)


def test_a_session_without_a_server_is_logged_too(tidegate, peers):
    daemon = tidegate(config(peers(Refuser), retries=0))
    assert daemon.ask() == b""

    (line,) = daemon.access()
    assert (line.server, line.connect, line.bytes, line.code) == ("s1", -1, 0, "SC")


def json_lines(lines) -> list[dict]:
    return [json.loads(line) for line in lines]


def test_json_lines_tell_the_same(tidegate, echo_server):
    daemon = tidegate(config(echo_server, log={"to": "stdout", "format": "json"}))
    client = daemon.connect()
    host, port = client.getsockname()
    client.sendall(b"hello")
    assert read_exactly(client, 5) == b"hello"
    client.close()
    wait_until(lambda: daemon.out.all(), what="an access line")

    (line,) = json_lines(daemon.out.all())

    expected = {"client": host, "client_port": port, "frontend": "web", "backend": "app", "server": "s1",
                "bytes_to_server": 5, "bytes_to_client": 5, "termination": "--", "retries": 0,
                "redispatched": False, "process_sessions": 1, "frontend_sessions": 1,
                "backend_sessions": 0, "server_sessions": 0}
    assert {key: line.get(key) for key in expected} == expected
    assert line["bind"] == "127.0.0.1:0"  # as configured
    assert 0 <= line["connect_ms"] <= line["total_ms"] < 3000
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", line["time"])


@pytest.mark.parametrize("code, end", [("CD", lambda client, connection: reset(client)),
                                       ("SD", lambda client, connection: reset(connection)),
                                       ("--", lambda client, connection: (client.close(), connection.close()))])
def test_how_a_session_ended_is_told_in_both_layouts(tidegate, server, tmp_path, code, end):
    file = tmp_path / "access.json"
    daemon = tidegate(config(server, log=["stdout", {"to": str(file), "format": "json"}]))
    client = daemon.connect()
    connection = server.accept()
    client.sendall(b"x")
    assert read_exactly(connection, 1) == b"x"

    end(client, connection)

    assert daemon.access()[0].code == code
    wait_until(lambda: file.exists() and file.read_text(), what="a line in the file")
    assert [line["termination"] for line in json_lines(file.read_text().splitlines())] == [code]


def test_a_file_is_appended_to(tidegate, peers, tmp_path):
    file = tmp_path / "access.log"
    file.write_text("an older line\n")
    daemon = tidegate(config(peers(Server, says(b"hello")), log=str(file)))

    assert daemon.ask() == b"hello"
    daemon.stop()

    older, line = file.read_text().splitlines()
    assert older == "an older line"
    assert parse_access(line).server == "s1"
    assert daemon.out.all() == []


def test_no_log_is_no_line(tidegate, peers):
    daemon = tidegate(config(peers(Server, says(b"hello")), log="none"))

    assert daemon.ask() == b"hello"
    daemon.stop()

    assert daemon.out.all() == []


def test_all_lines_are_written_before_the_process_ends(tidegate, peers, workers):
    daemon = tidegate(config(peers(Server, echo), threads=workers))
    clients = [daemon.connect() for _ in range(100)]
    for client in clients:
        client.sendall(b"x")
        assert client.recv(1) == b"x"

    daemon.stop()

    assert len(daemon.access(100)) == 100
