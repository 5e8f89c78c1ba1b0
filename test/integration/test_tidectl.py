"""tidectl as an operator and a script use it, before a runtime API whose answers the test gives."""

import csv
import io
import json
import os
import socket

import pytest

from support.scripted_api import Admin, drains, error, fleet, stat
from support.config import config
from support.tidectl import done, tidectl

SESSION = {"id": 17, "frontend": "web", "backend": "app", "server": "s1", "client": "127.0.0.1:4242",
           "server_address": "127.0.0.1:8080", "age_ms": 1000, "idle_ms": 20, "bytes_in": 1, "bytes_out": 2,
           "last": "client", "state": "open"}


def sessions(*ids, next_page=None) -> str:
    return json.dumps({"sessions": [{**SESSION, "id": number} for number in ids], "total": 3, "next": next_page})


def test_status_shows_every_proxy_and_server(admin):
    admin.answers("show stat", fleet("s1", "s2", sessions=7))

    lines = done(admin.socket, "status").splitlines()

    assert lines[0].split()[:3] == ["PROXY", "NAME", "STATE"]
    assert [line.split()[:3] for line in lines[1:]] == [
        ["web", "FRONTEND", "OPEN"], ["app", "s1", "UP"], ["app", "s2", "UP"], ["app", "BACKEND", "UP"]]


def test_status_in_a_pipe_has_no_colour(admin):
    admin.answers("show stat", fleet("s1"))

    assert "\x1b" not in done(admin.socket, "status")


def test_status_of_one_backend_leaves_out_the_others(admin):
    admin.answers("show stat", fleet("s1"))

    assert "web" not in done(admin.socket, "status", "app")


def test_json_and_csv_tell_the_same(admin):
    admin.answers("show stat", fleet("s1", sessions=7))

    as_json = json.loads(done(admin.socket, "status", "-o", "json"))
    as_csv = list(csv.DictReader(io.StringIO(done(admin.socket, "-o", "csv", "status"))))

    assert as_json[1]["sessions"] == 7 and as_json[0]["weight"] is None
    assert [{key: "" if value is None else str(value) for key, value in row.items()} for row in as_json] == as_csv


def test_a_text_of_a_server_cannot_control_the_terminal(admin):
    admin.answers("show stat", stat({"pxname": "app", "svname": "s1", "status": "DOWN", "check_status": "L7RSP",
                                     "last_chk": "\x1b]0;owned\x07"}))

    assert "\x1b" not in done(admin.socket, "status")


@pytest.mark.parametrize("arguments, command", [
    (["drain", "app/s1"], "drain app/s1"),
    (["drain", "app/s1,s2", "--deadline", "2m", "--pace", "50", "--quiet", "100ms", "--force"],
     "drain app/s1,s2 deadline 2m quiet 100ms pace 50/s force"),
    (["drain", "app", "--when-quiet"], "drain app when-quiet"),
    (["drains", "app/s1", "-o", "json"], "drains app/s1 json"),
    (["ready", "app/s1"], "set server app/s1 state ready"),
    (["maint", "app/s1"], "set server app/s1 state maint"),
    (["weight", "app/s1"], "get weight app/s1"),
    (["weight", "app/s1", "50%"], "set weight app/s1 50%"),
    (["kill", "17"], "shutdown session 17"),
    (["log", "reopen"], "log reopen"),
    (["rebalance", "app", "--to", "10%", "--pace", "50/s", "--dry-run"],
     "rebalance app to 10% pace 50/s dry-run json"),
    (["sessions", "--frontend", "web", "--backend", "app", "--server", "app/s1", "--client", "10.0.0.0/8",
      "--older", "1h", "--idle", "30s", "--state", "open", "--limit", "5"],
     "sessions frontend web backend app server app/s1 client 10.0.0.0/8 older 1h idle 30s state open limit 5 json"),
    (["raw", "show", "info"], "show info"),
    (["ready", "app/s1;quit"], r"set server app/s1\;quit state ready"),
])
def test_a_command_line_is_this_command_of_the_runtime_api(admin, arguments, command):
    admin.answers(".*", '{"drains":[],"rebalance":{},"sessions":[]}')

    done(admin.socket, *arguments)

    assert admin.commands == [command]


def test_several_servers_are_asked_one_by_one(admin):
    admin.answers("get weight app/.*", "10 (initial 20)")

    table = json.loads(done(admin.socket, "weight", "app/s1,s2", "-o", "json"))

    assert table == [{"server": "app/s1", "weight": 10, "initial": 20},
                     {"server": "app/s2", "weight": 10, "initial": 20}]


def test_a_backend_stands_for_all_its_servers(admin):
    admin.answers("show stat", fleet("s1", "s2")).answers("set server .*", "")

    done(admin.socket, "ready", "app")

    assert admin.asked("set") == ["set server app/s1 state ready", "set server app/s2 state ready"]


def test_an_error_of_the_api_goes_to_stderr_with_status_1(admin):
    admin.answers("show stat", fleet("s1")).answers("set weight .*", error("Value out of range."))

    ended = tidectl(admin.socket, "weight", "app/s1", "999")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "tidectl: Value out of range.\n"


def test_a_wrong_server_is_answered_with_the_nearest(admin):
    admin.answers("show stat", fleet("s1", "s2")).answers("set server app/s11 .*", error("No such server.")) \
         .answers("set server app/s2 .*", "")

    ended = tidectl(admin.socket, "ready", "app/s11,s2")

    assert ended.returncode == 1
    assert 'did you mean "s1"?' in ended.stderr
    assert "app/s2" in ended.stdout, "the others are served all the same"


@pytest.mark.parametrize("command", [["status", "ap"], ["ready", "ap"], ["drain", "ap/s1"]])
def test_a_wrong_backend_is_answered_with_the_nearest(admin, command):
    admin.answers("show stat", fleet("s1")).answers("(set|drain) .*", error("No such backend."))

    ended = tidectl(admin.socket, *command)

    assert ended.returncode == 1
    assert 'did you mean "app"?' in ended.stderr


def test_a_command_that_the_daemon_does_not_know_says_so(admin):
    ended = tidectl(admin.socket, "drains")

    assert ended.returncode == 1
    assert "does not know 'drains json'" in ended.stderr


def test_without_a_socket_the_path_and_the_remedy_are_named(tmp_path):
    ended = tidectl(None, "-s", tmp_path / "none.sock", "status")

    assert ended.returncode == 1
    assert str(tmp_path / "none.sock") in ended.stderr and "TIDEGATE_SOCKET" in ended.stderr


def test_a_socket_that_nobody_listens_on_is_told_from_none(tmp_path):
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(tmp_path / "old.sock"))

    ended = tidectl(tmp_path / "old.sock", "status")

    assert ended.returncode == 1
    assert "nobody listens" in ended.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may use every socket")
def test_a_socket_of_somebody_else_says_who_may_use_it(admin):
    os.chmod(admin.socket, 0)

    assert "no permission" in tidectl(admin.socket, "status").stderr


def test_a_socket_may_be_a_host_and_a_port(peers):
    admin = peers(Admin).answers("show stat", fleet("s1"))

    assert "s1" in done(admin.socket, "status")
    assert "s1" in done(None, "status", "-s", admin.socket)


def test_s_wins_over_the_environment(admin, tmp_path):
    admin.answers("show stat", fleet("s1"))

    assert "s1" in done(tmp_path / "wrong.sock", "-s", admin.socket, "status")


def test_a_server_is_added_then_enabled_then_checked(admin):
    admin.answers("(add|enable) .*", "")

    done(admin.socket, "add", "app/s4", "10.0.0.4:80", "weight", "10", "check", "inter", "2s")

    assert admin.commands == ["add server app/s4 10.0.0.4:80 weight 10 check inter 2s", "enable server app/s4",
                              "enable health app/s4"]


def test_a_server_that_cannot_be_added_is_not_enabled(admin):
    admin.answers("show stat", fleet("s1")).answers("add .*", error("Already exists a server with the same name."))

    ended = tidectl(admin.socket, "add", "app/s1", "10.0.0.4:80")

    assert ended.returncode == 1
    assert admin.asked("enable") == []


def test_a_server_is_deleted_once_its_sessions_have_ended(admin):
    admin.answers("(set|del) .*", "").answers("show stat", fleet("s4", sessions=2), fleet("s4", sessions=1),
                                              fleet("s4"))

    done(admin.socket, "del", "app/s4")

    assert admin.commands == ["set server app/s4 state maint", *["show stat"] * 3, "del server app/s4"]


def test_a_server_whose_sessions_do_not_end_is_not_deleted(admin):
    admin.answers("set .*", "").answers("show stat", fleet("s4", sessions=2))

    ended = tidectl(admin.socket, "del", "app/s4", "--timeout", "0")

    assert ended.returncode == 1
    assert "2 sessions" in ended.stderr and "--force" in ended.stderr
    assert admin.asked("del") == []


def test_sessions_tells_that_there_are_more(admin):
    admin.answers("sessions .*", sessions(1, 2, next_page=2))

    assert done(admin.socket, "sessions").splitlines()[-1].startswith("2 of 3: ")


def test_sessions_all_reads_every_page(admin):
    admin.answers("sessions limit 10000 json", sessions(1, 2, next_page=2)) \
         .answers("sessions limit 10000 after 2 json", sessions(3))

    listed = json.loads(done(admin.socket, "sessions", "--all", "-o", "json"))

    assert [session["id"] for session in listed["sessions"]] == [1, 2, 3]
    assert listed["next"] is None


def test_sessions_all_does_not_follow_pages_in_a_circle(admin):
    admin.answers("sessions .*", sessions(1, 2, next_page=2))

    assert tidectl(admin.socket, "sessions", "--all").returncode == 1


def rebalancing(state: str, surplus: int) -> str:
    servers = [{"server": "s1", "sessions": 750 + surplus, "share": 750, "surplus": surplus}]
    return json.dumps({"rebalance": {"backend": "app", "state": state, "servers": servers, "closed": {}, "pace": 50}})


@pytest.mark.parametrize("end, status", [("done", 0), ("aborted", 4), ("given-up", 5)])
def test_rebalance_is_watched_until_it_is_over(admin, end, status):
    admin.answers("rebalance app pace 50/s json", rebalancing("running", 250)) \
         .answers("rebalance app pace 50/s dry-run json", rebalancing("running", 100), rebalancing(end, 10))

    watched = tidectl(admin.socket, "rebalance", "app", "--pace", "50/s", "--watch")

    assert watched.returncode == status
    assert watched.stdout.splitlines()[:2] == ["app: 250 sessions too many", "app: 100 sessions too many"]
    assert len(admin.asked("rebalance")) == 3


def test_a_session_that_is_gone_does_not_keep_others_open(admin):
    admin.answers("shutdown session 17", error("No such session (use 'show sess').")) \
         .answers("shutdown session 18", "")

    ended = tidectl(admin.socket, "kill", "17", "18")

    assert ended.returncode == 1
    assert "session 17: No such session" in ended.stderr
    assert "18" in ended.stdout


def test_raw_sends_several_commands_and_tells_errors_apart(admin):
    admin.answers("show version; get weight x", "0.1.0\n\n" + error("No such backend."))

    ended = tidectl(admin.socket, "raw", "show version; get weight x")

    assert (ended.returncode, ended.stdout) == (1, "0.1.0\n")
    assert "No such backend." in ended.stderr


def test_an_answer_that_is_no_json_is_an_error(admin):
    admin.answers("drains json", "soon")

    assert "soon" in tidectl(admin.socket, "drains").stderr


def test_check_asks_the_daemon_beside_it(tmp_path):
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(json.dumps(config("127.0.0.1:9")))
    bad.write_text(json.dumps(config("127.0.0.1:9", frontend={"backend": "nowhere"})))

    assert "valid" in done(None, "check", good)
    refused = tidectl(None, "check", bad)
    assert refused.returncode == 1 and "nowhere" in refused.stderr


@pytest.mark.parametrize("arguments, says", [
    (["dran", "app/s1"], 'did you mean "drain"?'),
    (["drain", "app/s1", "--deadline", "2"], "2s"),
    (["drain", "app/s1", "--deadline", "2m", "--when-quiet"], "excludes"),
    (["drain"], "required"),
    (["status", "-o", "xml"], "json"),
    ([], "subcommand"),
])
def test_a_wrong_command_line_ends_with_2_and_what_would_be_right(admin, arguments, says):
    ended = tidectl(admin.socket, *arguments)

    assert ended.returncode == 2
    assert says in ended.stderr
    assert admin.commands == []


def test_a_name_without_a_server_says_what_names_look_like(admin):
    assert "BACKEND/SERVER" in tidectl(admin.socket, "drain", "/s1").stderr


def test_drains_are_listed_as_a_table(admin):
    admin.answers("drains json", drains({"server": "app/s1", "sessions": 40}))

    assert "app/s1" in done(admin.socket, "drains").splitlines()[1]
