"""What `show stat`, `show info` and `show servers` tell after 500 sessions: tidegate beside HAProxy, column by column."""

import csv
import io
import json

import pytest

from support.admin import ask
from support.config import config
from support.peers import Refuser, Server, echo, resets
from support.sockets import established, finish, read_all, read_exactly, reset
from support.wait import wait_until

# Of time or of the process, or of pooled connections, which a layer-4 proxy has none of.
NOT_COMPARED = {"lastchg", "downtime", "rate", "rate_max", "conn_rate", "conn_rate_max", "lastsess", "qtime", "ctime",
                "ttime", "qtime_max", "ctime_max", "ttime_max", "check_duration", "used_conn_cur", "need_conn_est",
                "check_status"}


def rows(path) -> dict:
    """`show stat` by proxy and service."""
    text = ask(path, b"show stat\n").decode()
    assert text.startswith("# ")
    return {(row["pxname"], row["svname"]): row for row in csv.DictReader(io.StringIO(text[2:].strip()))}


def plain(servers, path) -> dict:
    """A backend for each thing that may happen, and a frontend before it."""
    whole = config(servers["works"], admin={"socket": path}, retries=2, maxconn=100,
                   timeouts={"connect": "100ms", "queue": "200ms"})
    backends = {
        "mixed": {"s1": servers["works"], "s2": servers["refuses"]},
        "refused": {"s1": servers["refuses"]},
        "cut": {"s1": servers["resets"]},
        "narrow": {"s1": {"address": servers["held"], "maxconn": 1}},
        "spare": {"s1": {"address": servers["works"], "disabled": True},
                  "b1": {"address": servers["works"], "backup": True}},
        "none": {"s1": {"address": servers["works"], "disabled": True}},
        "checked": {"up": {"address": servers["works"], "check": {"interval": "50ms"}},
                    "down": {"address": servers["refuses"], "check": {"interval": "50ms"}}},
    }
    whole["frontends"] = {name: {"bind": "127.0.0.1:0", "backend": name} for name in backends}
    whole["backends"] = {name: {"servers": each} for name, each in backends.items()}
    return whole


def talk(daemon, frontend: str, leave):
    client = daemon.connect(frontend)
    client.sendall(b"hello")
    read_exactly(client, 5)
    leave(client)


def leaves_in_order(client):
    finish(client)
    read_all(client)
    client.close()


def sessions(daemon, path, held):
    """Five hundred of them, one after the other."""
    for number in range(440):
        talk(daemon, "mixed", reset if number % 10 == 0 else leaves_in_order)
        if number % 10 == 0:
            wait_until(lambda: rows(path)["mixed", "FRONTEND"]["scur"] == "0", what="the reset is handled")
    for _ in range(3):
        daemon.ask("refused")
    for _ in range(10):
        client = daemon.connect("cut")
        client.sendall(b"x")
        read_all(client)
        client.close()
    for _ in range(20):
        talk(daemon, "spare", leaves_in_order)
        daemon.ask("none")
    first = daemon.connect("narrow")
    first.sendall(b"hello")
    connection = held.accept()
    waiting = [daemon.connect("narrow") for _ in range(6)]
    for client in waiting:
        assert read_all(client) == b""  # the queue's timeout
        client.close()
    assert read_exactly(connection, 5) == b"hello"
    connection.close()
    read_all(first)
    first.close()


@pytest.fixture
def both(side_by_side, peers, server):
    """Tidegate and HAProxy under the same configuration, with the paths of their sockets."""
    servers = {"works": peers(Server, echo).address, "refuses": peers(Refuser).address,
               "resets": peers(Server, resets).address, "held": server.address}
    return side_by_side(lambda path: plain(servers, path))


@pytest.mark.deadline(120)
def test_every_column_after_500_sessions_is_haproxys(both, server):
    told = []
    for daemon, path in both:
        wait_until(lambda: rows(path)["checked", "down"]["status"] == "DOWN", what="a server is down")
        sessions(daemon, path, server)
        wait_until(lambda: all(row["scur"] == "0" for row in rows(path).values()), what="all sessions have ended")
        told.append(rows(path))
    ours, theirs = told

    assert list(ours) == list(theirs)
    different = [f"{place}: {column} is {ours[place][column]!r}, HAProxy's {theirs[place][column]!r}"
                 for place in theirs for column in theirs[place]
                 if column not in NOT_COMPARED and ours[place][column] != theirs[place][column]]
    assert not different, "\n".join(different)


def test_the_header_and_the_keys_are_haproxys(both):
    def header(path):
        return ask(path, b"show stat\n").splitlines()[0]

    def keys(path):
        return [line.partition(b":")[0] for line in ask(path, b"show info\n").splitlines()]

    def typed(path, command):
        return [line.rpartition(b":")[0].rpartition(b":")[0] for line in ask(path, command).splitlines()]

    ours, theirs = (path for _, path in both)
    assert header(ours) == header(theirs)
    assert keys(ours) == keys(theirs)
    assert typed(ours, b"show info typed\n") == typed(theirs, b"show info typed\n")
    assert typed(ours, b"show stat mixed -1 -1 typed\n") == typed(theirs, b"show stat mixed -1 -1 typed\n")


def test_json_has_the_same_fields_as_haproxys(both):
    def fields(path, command):
        def bare(field):
            return {key: value for key, value in field.items() if key != "value"} | {"type": field["value"]["type"]}
        told = json.loads(ask(path, command))
        return [[bare(field) for field in row] if isinstance(row, list) else bare(row) for row in told]

    ours, theirs = (path for _, path in both)
    assert fields(ours, b"show stat mixed -1 -1 json\n") == fields(theirs, b"show stat mixed -1 -1 json\n")
    assert fields(ours, b"show info json\n") == fields(theirs, b"show info json\n")


def test_show_servers_is_haproxys_but_for_time(both):
    def states(path):
        lines = ask(path, b"show servers state\n").decode().splitlines()
        return lines[:2] + [" ".join(words[:9] + words[10:]) for words in (line.split() for line in lines[2:])]

    for _, path in both:
        wait_until(lambda: rows(path)["checked", "down"]["status"] == "DOWN"
                   and rows(path)["checked", "up"]["check_status"] == "L4OK", what="a server is down")
    ours, theirs = (path for _, path in both)
    wait_until(lambda: states(ours) == states(theirs), what="both tell the same, with no check under way")


@pytest.mark.parametrize("command", [
    b"show stat nosuch -1 -1", b"show stat domain foo", b"show servers state nosuch", b"show servers conn nosuch",
    b"show backend", b"get weight mixed", b"get weight mixed/nosuch", b"get weight nosuch/s1", b"get weight mixed/s1",
    b"get weight #9/#1", b"show servers conn mixed", b"clear counters", b"clear counters all"])
def test_replies_are_haproxys(both, command):
    ours, theirs = (path for _, path in both)
    assert ask(ours, command + b"\n") == ask(theirs, command + b"\n")


def test_bytes_of_an_open_session_are_told(tidegate, server, tmp_path):
    path = str(tmp_path / "admin.sock")
    daemon = tidegate(config(server, admin={"socket": path}))
    client, _ = established(daemon, server)

    told = rows(path)["app", "s1"]
    assert (told["scur"], told["bin"], told["bout"]) == ("1", "5", "5")
    client.sendall(b"more")
    wait_until(lambda: rows(path)["web", "FRONTEND"]["bin"] == "9", what="the bytes since are told as well")


def test_clearing_all_counters_begins_anew_and_keeps_what_is(tidegate, server, tmp_path):
    path = str(tmp_path / "admin.sock")
    daemon = tidegate(config(server, admin={"socket": path}))
    client, connection = established(daemon, server)

    assert ask(path, b"clear counters all\n") == b"\n"

    told = rows(path)["app", "s1"]
    assert (told["scur"], told["smax"], told["stot"], told["bin"]) == ("1", "1", "0", "0")
    client.sendall(b"more")
    assert read_exactly(connection, 4) == b"more"
    wait_until(lambda: rows(path)["app", "s1"]["bin"] == "4", what="what came since counts")


def test_clearing_the_counters_of_one_server_leaves_those_of_the_others(tidegate, peers, tmp_path):
    path = str(tmp_path / "admin.sock")
    daemon = tidegate(config([peers(Server, echo) for _ in range(2)], admin={"socket": path}))
    for _ in range(4):
        talk(daemon, "web", leaves_in_order)
    wait_until(lambda: rows(path)["app", "BACKEND"]["scur"] == "0", what="all have ended")

    assert ask(path, b"clear counters server app/s1\n") == b"Server counters cleared.\n\n"

    told = rows(path)
    assert [(told["app", name]["stot"], told["app", name]["smax"], told["app", name]["bin"])
            for name in ("s1", "s2", "BACKEND")] == [("0", "0", "0"), ("2", "1", "10"), ("4", "1", "20")]
    assert ask(path, b"clear counters server app/s9\n") == b"No such server.\n\n"
    assert ask(path, b"clear counters server\n") == b"Require 'backend/server'.\n\n"


def test_ten_thousand_servers_are_told_whole(tidegate, server, tmp_path):
    path = str(tmp_path / "admin.sock")
    many = {f"s{i}": server.address for i in range(10_000)}
    daemon = tidegate(config(many, admin={"socket": path}))

    told = rows(path)

    assert len(told) == 10_002
    assert told["app", "BACKEND"]["act"] == "10000"
    assert daemon.process.poll() is None
