"""Frontends and limits changed at runtime: what HAProxy answers and shows, command by command."""

import csv
import io

import pytest

from support.admin import ask
from support.config import config
from support.peers import Server, says

STAT = ("slim", "status")
INFO = ("Maxconn", "Hard_maxconn", "ConnRateLimit", "SessRateLimit", "Stopping")
COMMANDS = [
    "disable frontend", "disable frontend nobody", "disable frontend app", "enable frontend web",
    "disable frontend web", "disable frontend web", "enable frontend web", "disable frontend #2",
    "set maxconn frontend", "set maxconn frontend nobody 3", "set maxconn frontend web", "set maxconn frontend web -1",
    "set maxconn frontend web 7", "set maxconn frontend web 0", "set maxconn frontend #3 200",
    "shutdown frontend", "shutdown frontend nobody", "shutdown frontend web", "shutdown frontend web",
    "enable frontend web", "disable frontend web", "set maxconn frontend web 9", "enable frontend other",
    "set maxconn global", "set maxconn global 50", "set maxconn global 101", "set maxconn global 100",
    "set maxconn global 1", "set maxconn global 0",
    "set rate-limit", "set rate-limit requests global 1", "set rate-limit connections", "set rate-limit sessions all 3",
    "set rate-limit connections global", "set rate-limit connections global -1",
    "set rate-limit connections global 50", "set rate-limit sessions global 40", "set rate-limit ssl-sessions global 3",
    "set rate-limit http-compression global 3", "set rate-limit connections global 0", "set rate-limit sessions global 0",
    "shutdown frontend other",
]
# Where HAProxy takes the number that a text begins with, and 0 where there is none.
JUNK = {
    "set maxconn frontend web x": b"Integer value expected.\n\n",
    "set maxconn frontend web 7x": b"Integer value expected.\n\n",
    "set maxconn frontend web 99999999999": b"Value out of range.\n\n",
    "set maxconn global x": b"Expects an integer value.\n\n",
    "set maxconn global -1": b"Value out of range.\n\n",
    "set rate-limit sessions global 5x": b"Expects an integer value.\n\n",
    "set rate-limit sessions global 99999999999999999999": b"Value out of range.\n\n",
}


def shown(path) -> list:
    rows = csv.DictReader(io.StringIO(ask(path, b"show stat\n").decode().removeprefix("# ").strip()))
    info = dict(line.split(": ", 1) for line in ask(path, b"show info\n").decode().splitlines() if ": " in line)
    return [[row["pxname"], *(row[column] for column in STAT)] for row in rows if row["svname"] == "FRONTEND"] + [
        {key: info[key] for key in INFO}]


def plain(path, server) -> dict:
    whole = config(server, maxconn=100, admin={"socket": path})
    whole["frontends"]["other"] = {"bind": "127.0.0.1:0", "backend": "app"}
    return whole


@pytest.fixture
def both(side_by_side, peers):
    server = peers(Server, says(b""))
    return [path for _, path in side_by_side(lambda path: plain(path, server))]


def test_each_command_is_answered_as_haproxy_does_and_shows_the_same(both):
    for command in COMMANDS:
        replies = [ask(path, command.encode() + b"\n") for path in both]

        assert replies[0] == replies[1], command
        assert shown(both[0]) == shown(both[1]), command


def test_a_number_that_is_none_changes_nothing(tidegate, tmp_path, echo_server):
    path = str(tmp_path / "tidegate.sock")
    tidegate(plain(path, echo_server))
    before = shown(path)

    assert {command: ask(path, command.encode() + b"\n") for command in JUNK} == JUNK

    assert shown(path) == before


def test_listeners_are_told_until_their_frontend_is_shut_down(tidegate, tmp_path, echo_server):
    path = str(tmp_path / "tidegate.sock")
    two = ["127.0.0.1:0", f"unix:{tmp_path / 'web.sock'}"]
    tidegate(config(echo_server, bind=two, threads=2, admin={"socket": path}))

    def listeners():
        return [line for line in ask(path, b"show info\n").splitlines() if line.startswith(b"Listeners: ")]

    assert listeners() == [b"Listeners: 2"]
    ask(path, b"disable frontend web\n")
    assert listeners() == [b"Listeners: 2"]
    ask(path, b"shutdown frontend web\n")
    assert listeners() == [b"Listeners: 0"]
