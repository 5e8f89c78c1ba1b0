"""`global.state_file`: what operators have changed is there after a restart, whatever the end of the process was."""

import json
import os
import re
import signal
import stat

import pytest

from support.admin import ask, wait_asked
from support.config import config
from support.haproxy import launch
from support.peers import Refuser, Server, says
from support.wait import wait_until

RELOADED = "changed from server-state after a reload"


def admin_of(daemon_files):
    return str(daemon_files / "admin.sock")


@pytest.fixture
def files(tmp_path):
    """A directory of its own for the state and the admin socket."""
    directory = tmp_path / "lib"
    directory.mkdir()
    return directory


@pytest.fixture
def plain(files, peers):
    """config() of four servers, one of them down."""
    def make(**keys) -> dict:
        works = [peers(Server, says(name)).address for name in (b"1", b"2", b"3")]
        down = peers(Refuser).address
        checked = {"interval": "100ms", "rise": 2}
        return config({"s1": {"address": works[0], "weight": 10, "maxconn": 100, "check": checked},
                       "s2": {"address": works[1], "weight": 10}, "s3": {"address": works[2], "disabled": True},
                       "s4": {"address": down, "weight": 10, "check": checked}},
                      admin={"socket": admin_of(files)}, state_file=str(files / "state"), **keys)
    return make


def command(files, text: str) -> str:
    return ask(admin_of(files), text.encode() + b"\n").decode().strip()


def servers(files) -> dict:
    """Operation, admin, weight, initial weight, and check state without what is under way, by name."""
    rows = [line.split() for line in command(files, "show servers state").splitlines()[2:]]
    return {row[3]: (row[5], row[6], row[7], row[8], int(row[13]) & ~1) for row in rows}


def change_everything(files):
    for text in ["set server app/s1 weight 3", "set maxconn server app/s1 7", "disable health app/s1",
                 "drain app/s2 deadline 1h quiet 300ms pace 9/s", "set server app/s3 state ready"]:
        assert command(files, text) == "" or text.startswith("drain")
    wait_until(lambda: servers(files)["s4"][0] == "0", what="s4 is down")


def stored(files) -> str:
    path = files / "state"
    return path.read_text() if path.exists() else ""


CHANGED = {"s1": ("2", "0", "3", "10", 2), "s2": ("2", "8", "10", "10", 0), "s3": ("2", "4", "1", "1", 0),
           "s4": ("0", "0", "10", "10", 6)}


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL], ids=["TERM", "KILL"])
def test_what_an_operator_has_changed_survives_a_restart(tidegate, files, plain, end):
    values = plain()
    first = tidegate(values)
    change_everything(files)
    if end == signal.SIGKILL:  # there is no last moment to write it down: it has been within a second of each change
        wait_until(lambda: " s2 127.0.0.1 2 8 " in stored(files) and " s3 127.0.0.1 2 4 " in stored(files) and
                   re.search(r" s4 127\.0\.0\.1 0 0 ", stored(files)), 20, "all of it is in the file")
    first.stop(end)

    again = tidegate(values)
    assert servers(files) == CHANGED
    (drain,) = json.loads(command(files, "drains app/s2 json"))["drains"][-1:]
    assert drain["mode"] == "deadline" and drain["quiet_ms"] == 300 and drain["pace"] == 9
    assert 0 < drain["deadline_ms"] < 3_600_000
    again.out.wait_for(rf"Server app/s1 has weight 3 \(initial 10\), maxconn 7, no health checks, {RELOADED}\.")
    again.out.wait_for(f"Server app/s2 enters drain state, {RELOADED}")
    again.out.wait_for(r"Server app/s3 is UP/READY \(leaving forced maintenance\)\.")
    again.out.wait_for(f"Server app/s4 is DOWN, {RELOADED}")
    assert {again.ask() for _ in range(4)} <= {b"1", b"3"}


def test_a_server_that_was_moved_is_where_it_was(tidegate, files, plain, peers):
    values = plain()
    first = tidegate(values)
    elsewhere = peers(Server, says(b"elsewhere"))
    for name in ("s1", "s2", "s3", "s4"):
        command(files, f"set server app/{name} addr 127.0.0.1 port {elsewhere.port}")
    first.stop()

    again = tidegate(values)
    assert {again.ask() for _ in range(4)} == {b"elsewhere"}
    again.out.wait_for(rf"Server app/s2 has address 127\.0\.0\.1:{elsewhere.port}, {RELOADED}\.")
    again.stop()
    there = peers(Server, says(b"configured"))
    for keys in values["backends"]["app"]["servers"].values():
        keys["address"] = there.address
    third = tidegate(values)
    assert {third.ask() for _ in range(4)} == {b"configured"}


def test_a_server_that_was_down_is_up_once_its_check_says_so(tidegate, files, plain, peers):
    values = plain()
    first = tidegate(values)
    wait_until(lambda: servers(files)["s4"][0] == "0", what="s4 is down")
    first.stop()
    values["backends"]["app"]["servers"]["s4"]["address"] = peers(Server, says(b"4")).address
    again = tidegate(values)
    again.wait_states("DOWN", "UP", server="app/s4")


def test_the_file_is_for_its_owner_alone_and_the_only_one(tidegate, files, plain):
    daemon = tidegate(plain())
    command(files, "set server app/s1 weight 3")
    wait_until(lambda: stored(files), 20, "the file")
    daemon.stop()
    assert stat.S_IMODE(os.stat(files / "state").st_mode) == 0o600
    assert [path.name for path in files.iterdir()] == ["state"]


def test_the_configuration_wins_where_it_was_changed(tidegate, files, plain):
    values = plain()
    first = tidegate(values)
    change_everything(files)
    first.stop()
    app = values["backends"]["app"]["servers"]
    app["s1"].update(weight=11, maxconn=50)
    app["s2"]["disabled"] = True
    del app["s3"]
    again = tidegate(values)
    now = servers(files)
    assert now["s1"][2:4] == ("11", "11") and now["s2"][:2] == ("0", "5")
    again.out.wait_for("state file: 1 of its 4 servers exist no more")


def test_a_broken_file_is_told_line_by_line_and_the_rest_is_used(tidegate, files, plain):
    (files / "state").write_bytes(b"1\n\xff\xfe nonsense\n3 app 1 s1 - 2 0 5 10 0 1 0 0 6 0 0 0 0 - 80 - 0\n")
    daemon = tidegate(plain())
    daemon.out.wait_for("state file, line 2: it has too few columns; it is left out")
    assert servers(files)["s1"][2] == "5"


@pytest.mark.parametrize("content", [b"", b"\0" * 10000, b"2\n"], ids=["empty", "zeros", "version 2"])
def test_a_foreign_file_is_told_and_not_used(tidegate, files, plain, content):
    (files / "state").write_bytes(content)
    daemon = tidegate(plain())
    daemon.out.wait_for("state file: its first line is not the number of the format, 1; none of it is used")
    assert servers(files)["s1"][2] == "10"


def test_a_missing_file_is_no_fault(tidegate, files, plain):
    daemon = tidegate(plain())
    daemon.out.wait_for(r"there is no state file \S+ yet")
    assert not daemon.out.matching("cannot")


def test_a_directory_that_cannot_be_written_is_told_once_and_harms_nobody(tidegate, files, plain):
    values = plain()
    values["global"]["state_file"] = str(files / "nowhere" / "state")
    daemon = tidegate(values)
    for weight in (1, 2, 3):
        command(files, f"set server app/s1 weight {weight}")
    (files / "nowhere").mkdir()
    wait_until(lambda: command(files, "set server app/s1 weight 4") == "" and (files / "nowhere" / "state").exists(), 20,
               "it is written once that is possible")
    daemon.out.wait_for("the state file .* is written again")
    assert len(daemon.out.matching("cannot write the state file .*: No such file or directory")) == 1
    assert daemon.ask() in {b"1", b"2"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_directory_of_root_is_told_at_start_when_root_is_given_up(tidegate, files, plain):
    values = plain(user="nobody")
    os.chmod(files, 0o755)
    daemon = tidegate(values)
    daemon.out.wait_for(r"cannot write the state file .*: Permission denied; .* writable for this user")
    assert daemon.stop() == 128 + signal.SIGTERM


def test_haproxy_reads_ours(tidegate, files, plain, tmp_path):
    values = plain()
    daemon = tidegate(values)
    change_everything(files)
    daemon.stop()
    (tmp_path / "h").mkdir()
    path = str(tmp_path / "h.sock")
    theirs = launch(tmp_path / "h", haproxy_text(values, path, files / "state"))
    try:
        wait_asked(path, b"show cli level\n", b"admin\n\n")
        rows = [line.split() for line in ask(path, b"show servers state\n").decode().splitlines()[2:] if line]
        assert {row[3]: tuple(row[5:9]) for row in rows} == {name: row[:4] for name, row in CHANGED.items()}
    finally:
        theirs.stop()


def test_we_read_what_haproxy_tells(tidegate, files, plain, tmp_path):
    values = plain()
    (tmp_path / "h").mkdir()
    path = str(tmp_path / "h.sock")
    theirs = launch(tmp_path / "h", haproxy_text(values, path, "/nowhere"))
    try:
        wait_asked(path, b"show cli level\n", b"admin\n\n")
        for text in [b"set server app/s1 weight 3", b"disable health app/s1", b"set server app/s2 state drain",
                     b"set server app/s3 state ready", b"set server app/s4 health down", b"disable health app/s4"]:
            assert ask(path, text + b"\n") == b"\n"
        (files / "state").write_bytes(ask(path, b"show servers state\n"))
    finally:
        theirs.stop()
    tidegate(values)
    assert servers(files) == {**CHANGED, "s4": ("0", "0", "10", "10", 2)}


def haproxy_text(values: dict, path: str, state) -> str:
    lines = ["global", f"stats socket {path} level admin", f"server-state-file {state}", "defaults", "mode tcp",
             "timeout connect 5s", "timeout client 1m", "timeout server 1m", "load-server-state-from-file global",
             "backend app"]
    for name, keys in values["backends"]["app"]["servers"].items():
        words = ["server", name, keys["address"], "weight", str(keys.get("weight", 1))]
        words += ["disabled"] * keys.get("disabled", False) + ["check"] * ("check" in keys)
        lines.append(" ".join(words))
    return "".join(f"{line}\n" for line in lines)
