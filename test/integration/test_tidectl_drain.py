"""tidectl drain --watch and --wait: what they show, and how they end."""

import json
import signal
import subprocess

import pytest

from support.scripted_api import drains, error, fleet
from support.tidectl import OnTerminal, command, done, environment, tidectl
from support.wait import wait_until

BEGUN = drains({"server": "app/s1", "sessions": 100})
HALF = drains({"server": "app/s1", "sessions": 50, "ended": 50, "estimate_ms": 60_000})
DRAINED = drains({"server": "app/s1", "state": "drained", "ended": 100})
CUT = drains({"server": "app/s1", "state": "drained", "ended": 98, "closed": {"forced": 2}})
ABORTED = drains({"server": "app/s1", "state": "aborted", "sessions": 60, "ended": 40})


@pytest.mark.parametrize("end, status", [(DRAINED, 0), (CUT, 3), (ABORTED, 4)], ids=["drained", "cut", "aborted"])
@pytest.mark.parametrize("how", ["--wait", "--watch"])
def test_the_exit_status_tells_how_it_went(admin, how, end, status):
    admin.answers("drain app/s1 json", BEGUN).answers("drains app json", BEGUN, end)

    assert tidectl(admin.socket, "drain", "app/s1", how).returncode == status


def test_watch_in_a_pipe_writes_a_line_for_each_change(admin):
    admin.answers("drain app/s1 json", BEGUN).answers("drains app json", BEGUN, BEGUN, HALF, DRAINED)

    lines = done(admin.socket, "drain", "app/s1", "--watch").splitlines()

    assert [line.partition(";")[0] for line in lines[:3]] == [
        "app/s1: 100 of 100 sessions left, no end in sight yet",
        "app/s1: 50 of 100 sessions left, 1m to go",
        "app/s1: 0 of 100 sessions left, drained"]


def test_wait_prints_only_the_end(admin):
    admin.answers("drain app/s1 json", BEGUN).answers("drains app json", BEGUN, DRAINED)

    told = json.loads(done(admin.socket, "drain", "app/s1", "--wait", "-o", "json"))

    assert [one["state"] for one in told["drains"]] == ["drained"]


def test_an_earlier_drain_of_the_server_does_not_count(admin):
    earlier = {"server": "app/s1", "state": "aborted", "started": "2026-11-29T13:00:00.000Z"}
    admin.answers("drain app/s1 json", BEGUN) \
         .answers("drains app json", drains(earlier, {"server": "app/s1", "state": "drained"}))

    assert tidectl(admin.socket, "drain", "app/s1", "--wait").returncode == 0


def test_it_waits_for_the_slowest_of_several_servers(admin):
    both = [{"server": "app/s1", "state": "drained"}, {"server": "app/s2", "sessions": 1}]
    admin.answers("drain app/s1,s2 json", drains(*map(dict, both))) \
         .answers("drains app json", drains(*map(dict, both)),
                  drains({"server": "app/s1", "state": "drained"}, {"server": "app/s2", "state": "drained"}))

    done(admin.socket, "drain", "app/s1,s2", "--wait")

    assert len(admin.asked("drains")) == 2


def test_a_drain_that_is_refused_is_not_waited_for(admin):
    admin.answers("show stat", fleet("s1")) \
         .answers("drain .*", error("app/s1 is the last server that could serve: write force."))

    ended = tidectl(admin.socket, "drain", "app/s1", "--wait")

    assert ended.returncode == 1
    assert "the last server" in ended.stderr
    assert admin.asked("drains") == []


def test_a_daemon_that_is_away_for_a_moment_is_waited_for(admin):
    admin.answers("drain app/s1 json", BEGUN).answers("drains app json", error("starting"), DRAINED)

    assert tidectl(admin.socket, "drain", "app/s1", "--wait").returncode == 0


def test_who_stops_watching_leaves_the_drain_going(admin):
    admin.answers("drain app/s1 json", BEGUN).answers("drains app json", BEGUN)
    with subprocess.Popen(command("drain", "app/s1", "--watch"), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, env=environment(admin.socket)) as watching:
        wait_until(lambda: admin.asked("drains"), what="it watches")
        watching.send_signal(signal.SIGINT)
        _, said = watching.communicate(timeout=10)

    assert watching.returncode == 130
    assert "tidectl ready app/s1" in said
    assert admin.asked("set") == []


def test_on_a_terminal_a_bar_grows_in_its_place(admin, peers):
    admin.answers("drain app/s1 json", BEGUN).answers("drains app json", BEGUN, HALF, DRAINED)

    terminal = peers(OnTerminal, admin.socket, "drain", "app/s1", "--watch")

    assert terminal.wait() == 0
    assert "░" * 40 in terminal.screen
    assert "█" * 20 + "░" * 20 in terminal.screen
    assert "█" * 40 in terminal.screen
    assert terminal.screen.count("\x1b[2A") == 2, "two lines up for each picture after the first"
