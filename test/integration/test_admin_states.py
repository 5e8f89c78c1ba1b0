"""What `show stat` tells of servers after each thing that an operator may want of them: as HAProxy does."""

import csv
import io

import pytest

from support.admin import ask
from support.config import config
from support.peers import Server, says
from support.wait import wait_until

COLUMNS = ("status", "weight", "uweight", "act", "bck", "tracked", "check_status", "check_health")
COMMANDS = [
    "set server app/s1 state drain", "set server app/s1 state maint", "set server app/s1 state ready",
    "set server app/s2 state drain", "set server app/s2 state maint", "set server app/s2 state ready",
    "set server app/s1 weight 50%", "set server app/s2 weight 0", "set server app/s2 weight 100%",
    "disable health app/s1", "set server app/s1 health down", "set server app/s1 health stopping",
    "set server app/s1 health up", "enable health app/s1",
    "disable server app/s1; disable server app/s2", "enable server app/s1; enable server app/s2",
]


def states(path) -> dict:
    text = ask(path, b"show stat\n").decode()
    return {(row["pxname"], row["svname"]): [row[column].removeprefix("* ") for column in COLUMNS]
            for row in csv.DictReader(io.StringIO(text.removeprefix("# ").strip()))}


@pytest.fixture
def both(side_by_side, peers):
    one, two = (peers(Server, says(b"")).address for _ in range(2))

    def plain(path) -> dict:
        whole = config({"s1": {"address": one, "weight": 10, "check": {"kind": "tcp", "interval": "100ms"}},
                        "s2": {"address": two, "weight": 20}, "b1": {"address": two, "backup": True}},
                       admin={"socket": path})
        whole["backends"]["tr"] = {"servers": {"t1": {"address": one, "track": "app/s1"}}}
        return whole

    return [path for _, path in side_by_side(plain)]


def test_servers_are_what_haproxy_says_they_are(both):
    for path in both:
        wait_until(lambda: states(path)["app", "s1"][6] == "L4OK", what="the first check")
    for command in ["", *COMMANDS]:
        if command:
            replies = [ask(path, command.encode() + b"\n") for path in both]
            assert replies[0] == replies[1]
        wait_until(lambda: states(both[0]) == states(both[1]), 10,
                   f"{command or 'nothing'}: {states(both[0])} is {states(both[1])}")
