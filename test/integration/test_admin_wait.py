"""`wait`, as HAProxy 3 has it: for a time, or until a server has neither sessions nor waiters and could be removed."""

import socket

import pytest

from support.admin import ask, read_until
from support.config import config
from support.sockets import connect, read_exactly
from support.wait import AT_ONCE, Stopwatch, assert_fired, wait_until

MAINT = "Only servers in maintenance mode can be deleted."
HELD = "Server still has connections attached to it, cannot remove it."


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "admin.sock")


@pytest.fixture
def daemon(tidegate, echo_server, path):
    return tidegate(config(echo_server, admin={"socket": path}))


def reply(path, line: str) -> str:
    return ask(path, line.encode() + b"\n").decode().strip()


def session(daemon):
    client = daemon.connect()
    client.sendall(b"x")
    read_exactly(client, 1)
    return client


def test_it_waits_for_a_time(daemon, path):
    watch = Stopwatch()
    assert reply(path, "wait 200") == "Done."
    assert_fired(watch.elapsed(), 0.2)
    watch = Stopwatch()
    assert reply(path, "wait 0.3s") == "Invalid duration."
    assert reply(path, "wait 300ms; wait 100000us").split() == ["Done.", "Done."]
    assert_fired(watch.elapsed(), 0.4)


@pytest.mark.parametrize("line, answer", [
    ("wait", "Expects a duration in milliseconds."), ("wait x", "Invalid duration."), ("wait 0", "Invalid duration."),
    ("wait 1s srv-removable", "Missing server name (<backend>/<server>)."),
    ("wait 1s srv-removable app", "Require 'backend/server'."),
    ("wait 1s srv-removable app/nope", "Failed. No such server."),
    ("wait 1m srv-removable app/s1", f"Failed. {MAINT}"),
])
def test_what_makes_no_sense_is_told_at_once(daemon, path, line, answer):
    assert reply(path, line) == answer


@pytest.mark.parametrize("line", ["wait -h", "wait 1s sunrise"])
def test_help_names_the_conditions(daemon, path, line):
    assert "srv-removable <px>/<sv> : wait for this server to become removable." in reply(path, line)


def test_a_server_in_maintenance_is_removable_once_its_last_session_is_gone(daemon, path):
    client = session(daemon)
    assert reply(path, "set server app/s1 state maint") == ""
    assert reply(path, "wait 100ms srv-removable app/s1") == f"Wait delay expired. {HELD}"
    with connect(path) as waiting:
        waiting.sendall(b"wait 1h srv-removable app/s1\n")
        waiting.shutdown(socket.SHUT_WR)  # as socat does: it wants the answer all the same
        assert reply(path, "wait 100ms") == "Done."
        waiting.setblocking(False)
        with pytest.raises(BlockingIOError):
            waiting.recv(100)
        waiting.settimeout(20)
        client.close()
        assert read_until(waiting, b"\n\n") == b"Done.\n\n"
    assert reply(path, "wait 1h srv-removable app/s1") == "Done."


def test_the_sequence_that_tools_use_ends_with_a_removable_server(daemon, path):
    client = session(daemon)
    line = "disable server app/s1; shutdown sessions server app/s1; wait 30s srv-removable app/s1"
    assert reply(path, line).split() == ["Done."]
    client.close()


def test_a_client_that_leaves_ends_its_wait(tidegate, echo_server, path):
    tidegate(config(echo_server, admin={"socket": path, "maxconn": 1}))
    with connect(path) as gone:
        gone.sendall(b"wait 1h\n")
    # There is room for one client: the other is served once the first is let go.
    assert reply(path, "show cli level") == "admin"


def test_a_stop_waits_for_nobody_who_waits(daemon, path):
    waiting = connect(path)
    waiting.sendall(b"wait 1h; wait 1h\n")
    assert reply(path, "wait 60ms") == "Done."
    watch = Stopwatch()
    daemon.stop()
    assert watch.elapsed() < AT_ONCE
    waiting.close()
