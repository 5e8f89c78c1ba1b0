"""The runtime API's sockets: who gets in, in what mode, and that no client harms the process or another."""

import os
import pwd
import re
import signal
import socket
import stat

import pytest

from support.admin import ask, read_until
from support.config import config
from support.settings import scaled
from support.sockets import connect, established, finish, read_all, refused, talk
from support.wait import wait_until

SERVED = b"user\n\n"


@pytest.fixture
def path(tmp_path) -> str:
    return str(tmp_path / "admin.sock")


@pytest.fixture
def daemon(tidegate, echo_server, path):
    """daemon(key=value, ...) -> a daemon with one admin socket of these settings."""
    def run(**settings):
        return tidegate(config(echo_server, admin={"socket": path, **settings}))
    return run


def test_only_the_owner_may_connect_unless_it_is_told_otherwise(daemon, path):
    daemon()

    found = os.stat(path)
    assert stat.S_ISSOCK(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o600
    assert ask(path, b"show cli level\n") == b"admin\n\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_the_socket_has_the_mode_the_user_and_the_group_it_was_given(daemon, path):
    daemon(mode="0660", user="nobody", group="nogroup")

    found = os.stat(path)
    assert stat.S_IMODE(found.st_mode) == 0o660
    assert (found.st_uid, found.st_gid) == (pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
    assert ask(path, b"show cli level\n") == b"operator\n\n"


def test_a_loopback_port_may_look(tidegate, echo_server):
    daemon = tidegate(config(echo_server, admin={"listen": "127.0.0.1:0"}))
    port = int(daemon.err.wait_for(r"admin: listening on 127\.0\.0\.1:(\d+), level user")[1])

    assert ask(("127.0.0.1", port), b"show cli level;show env\n") == b"user\n\nPermission denied\n\n"


def test_a_path_that_nobody_listens_on_is_replaced(daemon, path):
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(path)

    daemon(level="user")

    assert ask(path, b"show cli level\n") == SERVED


def test_a_path_on_which_somebody_listens_is_in_use(start, daemon, echo_server, path):
    daemon(level="user")

    second = start(config(echo_server, admin=path))

    assert second.wait() == 1
    assert second.err.matching(re.escape(f"global.admin: cannot listen on unix@{path}: Address already in use"))
    assert ask(path, b"show cli level\n") == SERVED


def test_a_path_in_no_directory_is_told_with_what_would_be_right(start, echo_server, tmp_path):
    gone = tmp_path / "nowhere" / "a.sock"

    daemon = start(config(echo_server, admin=str(gone)))

    assert daemon.wait() == 1
    assert daemon.err.matching(re.escape(f"cannot listen on unix@{gone}: No such file or directory; make the directory"))


def test_the_path_is_gone_at_the_end_and_another_s_stays(daemon, path):
    first = daemon()
    first.stop()
    assert not os.path.exists(path)

    second = daemon()
    os.unlink(path)
    with socket.socket(socket.AF_UNIX) as another:
        another.bind(path)
        second.stop()
    assert os.path.exists(path)


def test_a_drain_goes_on_being_told_of(tidegate, server, path):
    daemon = tidegate(config(server, admin=path, stop={"deadline": "infinite"}))
    client, connection = established(daemon, server)
    daemon.send_signal(signal.SIGUSR1)
    wait_until(lambda: refused(daemon.address()), 10, "nobody new is let in")

    assert ask(path, b"show version\n").endswith(b"\n\n")
    client.close()
    connection.close()
    assert daemon.wait() == 0


def test_a_prompt_waits_and_a_silent_client_is_left(daemon, path):
    daemon(timeout="300ms")
    with connect(path) as client:
        client.sendall(b"prompt\n")
        assert read_until(client, b"> ") == b"\n> "
        client.sendall(b"set timeout cli 1m\n")
        assert read_until(client, b"> ") == b"\n> "
        with connect(path) as silent:
            assert read_all(silent) == b""
        client.sendall(b"show cli level\n")
        assert read_until(client, b"> ") == b"admin\n\n> "


def test_clients_beyond_maxconn_wait_for_their_turn(daemon, path):
    daemon(maxconn=2, level="user", timeout="1m")
    first, second = connect(path), connect(path)
    for client in (first, second):
        client.sendall(b"prompt\n")
        read_until(client, b"> ")
    with connect(path) as third:
        third.sendall(b"show cli level\n")
        finish(third)
        second.sendall(b"show cli level\n")
        read_until(second, b"> ")
        third.settimeout(0.2)
        with pytest.raises(TimeoutError):
            third.recv(1)
        third.settimeout(10)

        first.close()

        assert read_all(third) == SERVED
    second.close()


@pytest.mark.deadline(60)
def test_a_thousand_idle_clients_disturb_nobody(daemon, path):
    running = daemon(maxconn=2000, timeout="2s", level="user")
    idle = [connect(path) for _ in range(scaled(1000, 100))]

    assert ask(path, b"show cli level\n") == SERVED
    talk(running.connect())

    for client in idle:
        assert read_all(client) == b""
        client.close()
    wait_until(lambda: running.open_files("socket:") < 20, 20, "no socket of theirs is left")


@pytest.mark.deadline(60)
def test_a_client_that_asks_and_never_reads_costs_little_and_is_left(daemon, path):
    running = daemon(timeout="1s")
    before = running.anonymous_memory()
    with connect(path) as client:
        client.sendall(b"prompt\n")
        client.settimeout(5)
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            while True:
                client.sendall(b"show env\n" * 1000)
    assert running.anonymous_memory() - before < 8 << 20
    talk(running.connect())


@pytest.mark.deadline(120)
def test_a_line_of_a_gigabyte_is_refused_and_costs_little(daemon, path):
    running = daemon(timeout="30s")
    before = running.anonymous_memory()
    part = b"x" * (1 << 20)
    with connect(path) as client:
        for _ in range(scaled(1024, 32)):
            client.sendall(part)
        finish(client)
        assert read_all(client) == b"The line or its payload is too long.\n\n"
    assert running.anonymous_memory() - before < 8 << 20
    talk(running.connect())
    assert ask(path, b"show cli level\n") == b"admin\n\n"


def test_clients_may_go_at_any_moment(daemon, path):
    running = daemon()
    for text in (b"", b"show", b"help\n", b"prompt\nhelp\n", b"prompt\nshow env <<\n", b"help;" * 500):
        for _ in range(20):
            with connect(path) as client:
                client.sendall(text)

    assert ask(path, b"show cli level\n") == b"admin\n\n"
    wait_until(lambda: running.open_files("socket:") < 20, 20, "no socket of theirs is left")
