"""tidectl before Debian's HAProxy: the commands that both know."""

import json

import pytest

from support.haproxy import launch, listen
from support.peers import Server, echo
from support.sockets import connect, refused
from support.tidectl import done, tidectl
from support.wait import wait_until


@pytest.fixture
def haproxy(tmp_path, peers):
    """(admin socket, frontend) of one backend `app` with the servers s1, checked, and s2."""
    server = peers(Server, echo)
    listener = listen(("127.0.0.1", 0))
    frontend = listener.getsockname()
    socket = tmp_path / "haproxy.sock"
    program = launch(tmp_path, f"""
global
  stats socket {socket} level admin mode 600
defaults
  mode tcp
  timeout connect 5s
  timeout client 1m
  timeout server 1m
frontend web
  bind fd@{listener.fileno()}
  default_backend app
backend app
  balance roundrobin
  server s1 {server.address} check inter 100ms
  server s2 {server.address} weight 5
""", listener)
    wait_until(lambda: socket.exists() and not refused(str(socket)), what="HAProxy answers")
    yield socket, frontend
    program.stop()


def state_of(socket, server: str) -> str:
    rows = json.loads(done(socket, "status", "-o", "json"))
    return next(row["state"] for row in rows if row["name"] == server)


def test_status_reads_its_statistics(haproxy):
    rows = json.loads(done(haproxy[0], "status", "-o", "json"))

    assert [(row["proxy"], row["name"]) for row in rows] == [
        ("web", "FRONTEND"), ("app", "s1"), ("app", "s2"), ("app", "BACKEND")]
    assert rows[0]["state"] == "OPEN"


def test_maintenance_and_back(haproxy):
    done(haproxy[0], "maint", "app/s1,s2")
    assert state_of(haproxy[0], "s1") == state_of(haproxy[0], "s2") == "MAINT"

    done(haproxy[0], "ready", "app")

    assert state_of(haproxy[0], "s1").startswith("UP")
    assert state_of(haproxy[0], "s2") == "no check"


def test_weights(haproxy):
    done(haproxy[0], "weight", "app/s2", "20")
    done(haproxy[0], "weight", "app/s1", "0%")

    weights = json.loads(done(haproxy[0], "weight", "app", "-o", "json"))

    assert weights == [{"server": "app/s1", "weight": 0, "initial": 1}, {"server": "app/s2", "weight": 20, "initial": 5}]


def test_a_weight_that_is_none_is_refused_in_its_words(haproxy):
    ended = tidectl(haproxy[0], "weight", "app/s2", "heavy")

    assert ended.returncode == 1
    assert "Empty weight string" in ended.stderr


def test_a_wrong_name_gets_its_words_and_the_nearest_name(haproxy):
    ended = tidectl(haproxy[0], "maint", "app/s3")

    assert ended.returncode == 1
    assert "No such server." in ended.stderr and "s1" in ended.stderr


def test_a_server_comes_and_goes(haproxy, echo_server):
    done(haproxy[0], "add", "app/s3", echo_server.address, "weight", "7", "check", "inter", "100ms")
    wait_until(lambda: state_of(haproxy[0], "s3") == "UP", what="s3 is checked")

    done(haproxy[0], "del", "app/s3")

    assert not any(row["name"] == "s3" for row in json.loads(done(haproxy[0], "status", "-o", "json")))


def test_a_server_with_sessions_is_deleted_by_force(haproxy, echo_server):
    socket, frontend = haproxy
    done(socket, "add", "app/s3", echo_server.address)
    done(socket, "maint", "app/s1,s2")
    with connect(frontend) as client:
        client.sendall(b"hello")
        assert client.recv(5) == b"hello"

        kept = tidectl(socket, "del", "app/s3", "--timeout", "0")
        assert kept.returncode == 1 and "1 sessions" in kept.stderr

        done(socket, "del", "app/s3", "--force")


def test_raw_passes_anything(haproxy):
    assert done(haproxy[0], "raw", "show", "version").startswith("2.")
    assert "Name: HAProxy" in done(haproxy[0], "raw", "show info;show stat")


def test_a_command_of_tidegate_alone_says_what_is_wrong(haproxy):
    ended = tidectl(haproxy[0], "drain", "app/s1")

    assert ended.returncode == 1
    assert "does not know 'drain app/s1'" in ended.stderr
