"""Servers come and go, and move, while sessions go on: add server, del server, set server addr."""

import csv
import io
import json
import threading

import pytest

from support.admin import ask
from support.config import config
from support.peers import CrowdServer, Lamp, Server, echo, says
from support.settings import scaled
from support.sockets import read_exactly
from support.wait import wait_until

COLUMNS = ("status", "uweight", "act", "bck", "tracked", "type", "sid", "qlimit", "slim", "stot")


def said(path, command: str) -> str:
    return ask(path, command.encode() + b"\n").decode()


def rows(path) -> dict:
    return {(row["pxname"], row["svname"]): row
            for row in csv.DictReader(io.StringIO(said(path, "show stat").removeprefix("# ").strip()))}


def states(path) -> dict:
    return {name: [row[column] for column in COLUMNS] for name, row in rows(path).items()
            if name[1] not in ("FRONTEND", "BACKEND")}


@pytest.fixture
def operated(tidegate, tmp_path):
    """operated(servers, ...) -> the daemon and the path where it is told what to do."""
    def start(servers, **options):
        path = str(tmp_path / "admin.sock")
        return tidegate(config(servers, admin={"socket": path}, **options)), path
    return start


@pytest.fixture
def both(side_by_side, peers):
    """Sockets of Tidegate and of HAProxy under the same configuration."""
    one, two = (peers(Server, says(b"")).address for _ in range(2))

    def plain(path) -> dict:
        return config({"s1": {"address": one, "check": {"kind": "tcp", "interval": "100ms"}},
                       "s2": {"address": two}, "s3": {"address": one, "track": "app/s1"}},
                      admin={"socket": path})

    return [path for _, path in side_by_side(plain)]


SAME_REPLIES = [
    "add server", "add server app", "add server app/x", "add server app/s1 127.0.0.1:1", "add server no/x 127.0.0.1:1",
    "add server app/x 127.0.0.1:1 chck", "add server app/x 127.0.0.1:99999",
    "add server app/x 127.0.0.1:1 cookie y", "add server app/b!d 127.0.0.1:1",
    "del server", "del server app", "del server no/x", "del server app/no", "del server app/s2", "del server app/s1",
    "add server app/d1 127.0.0.1:80 weight 20 maxconn 5 maxqueue 9", "add server app/d1 127.0.0.1:80",
    "add server app/d2 127.0.0.1:80 check inter 1s backup", "add server app/d3 127.0.0.1:80 id 77 disabled",
    "add server app/d4 127.0.0.1:80 track app/s1", "add server app/d5 127.0.0.1:80 enabled",
    "del server app/d5", "enable server app/d1", "del server app/d1", "disable server app/d1", "del server app/d1",
    "del server app/d1", "disable server app/s2; del server app/s2", "add server app/d6 127.0.0.1:80",
    "enable server app/d2; enable server app/d6", "set server app/d6 weight 7",
    "set server app/d3 addr", "set server app/d3 addr 127.0.0.1", "set server app/d3 addr 127.0.0.1 port 80",
    "set server app/d3 addr 127.0.0.2", "set server app/d3 addr 127.0.0.3 port 81",
    "set server app/d3 addr 127.0.0.3 port 82", "set server app/d3 addr foo", "set server app/d3 addr ::1",
    "set server app/s1 check-port", "set server app/s1 check-port x", "set server app/s1 check-port 99999",
    "set server app/d3 check-port 9", "set server app/s1 check-addr", "set server app/s1 check-addr foo",
    "set server app/d3 check-addr 127.0.0.7", "set server app/s1 fqdn", "set server app/s1 fqdn foo.bar",
]


def test_servers_come_and_go_as_with_haproxy(both):
    for path in both:
        wait_until(lambda: rows(path)["app", "s1"]["check_status"] == "L4OK", what="the first check")
    for command in SAME_REPLIES:
        # HAProxy leaves out the empty line behind some of its errors.
        replies = [said(path, command).rstrip("\n") for path in both]
        assert replies[0] == replies[1], command
        wait_until(lambda: states(both[0]) == states(both[1]), 10,
                   f"{command}: {states(both[0])} is {states(both[1])}")


def test_a_server_that_comes_has_its_share_and_one_that_goes_has_nobody(operated, peers):
    old, new = (peers(Server, says(name)) for name in (b"old", b"new"))
    daemon, path = operated({"s1": old.address}, threads=2)

    assert said(path, f"add server app/s2 {new.address}") == "New server registered.\n\n"
    assert {daemon.ask() for _ in range(10)} == {b"old"}
    said(path, "enable server app/s2")
    assert sorted(daemon.ask() for _ in range(10)) == [b"new"] * 5 + [b"old"] * 5

    assert said(path, "disable server app/s2; del server app/s2") == "\nServer deleted.\n\n"
    assert {daemon.ask() for _ in range(10)} == {b"old"}
    assert ("app", "s2") not in rows(path)


def test_nobody_comes_where_the_order_is_fixed(operated, peers):
    daemon, path = operated({"s1": peers(Server, says(b"old")).address}, backend={"balance": "static-rr"})

    fixed = "Backend must use a dynamic load balancing to support dynamic servers.\n\n"
    assert said(path, "add server app/s2 127.0.0.1:1") == fixed
    assert said(path, "disable server app/s1; del server app/s1; enable server app/s1") == f"\n{fixed}\n"
    assert daemon.ask() == b"old"


def test_a_server_that_comes_is_checked_once_an_operator_says_so(operated, peers):
    daemon, path = operated({"s1": peers(Server, says(b"")).address})
    lamp = peers(Lamp)

    said(path, f"add server app/s2 127.0.0.1:{lamp.port} check inter 100; enable server app/s2")
    assert rows(path)["app", "s2"]["status"] == "no check"
    said(path, "enable health app/s2")
    wait_until(lambda: rows(path)["app", "s2"]["check_status"].endswith("L4OK"), what="a check went well")
    lamp.off()
    wait_until(lambda: rows(path)["app", "s2"]["status"] == "DOWN", what="checks have found it down")
    said(path, "disable server app/s2; del server app/s2")

    assert said(path, "show servers state app").count("\n") == 4


def test_a_server_that_goes_needs_maintenance_and_no_sessions(operated, peers):
    daemon, path = operated({"s1": peers(Server, echo).address, "s2": peers(Server, echo).address})
    with daemon.connect() as client:
        client.sendall(b"x")
        read_exactly(client, 1)
        (name,) = (one["server"] for one in json.loads(said(path, "sessions json"))["sessions"])
        server = name if "/" in name else f"app/{name}"
        assert said(path, f"del server {server}") == "Only servers in maintenance mode can be deleted.\n\n"
        said(path, f"disable server {server}")
        assert said(path, f"del server {server}") == \
            "Server still has connections attached to it, cannot remove it.\n\n"
        client.sendall(b"y")
        assert read_exactly(client, 1) == b"y"
    wait_until(lambda: said(path, f"del server {server}") == "Server deleted.\n\n", what="the session is over")


def test_what_a_server_has_counted_stays_with_its_backend(operated, peers):
    old, new = (peers(Server, says(name)) for name in (b"old", b"new"))
    daemon, path = operated({"s1": old.address})
    said(path, f"add server app/s2 {new.address}; enable server app/s2")
    for _ in range(10):
        daemon.ask()
    wait_until(lambda: rows(path)["app", "BACKEND"]["bout"] == "30", what="all are counted")
    assert rows(path)["app", "s2"]["stot"] == "5"

    said(path, "disable server app/s2; del server app/s2")
    for _ in range(3):
        said(path, f"add server app/s2 {new.address}")
        assert rows(path)["app", "s2"]["stot"] == "0"
        backend = rows(path)["app", "BACKEND"]
        assert (backend["stot"], backend["lbtot"], backend["bout"]) == ("10", "10", "30")
        said(path, "del server app/s2")


def test_sessions_go_to_where_a_server_is_now(operated, peers):
    first, second = (peers(Server, says(name)) for name in (b"first", b"second"))
    daemon, path = operated({"s1": first.address}, threads=2)
    assert daemon.ask() == b"first"

    port = second.address.rsplit(":", 1)[1]
    reply = said(path, f"set server app/s1 addr 127.0.0.1 port {port}")

    assert reply.startswith("no need to change the addr, port changed from ")
    assert {daemon.ask() for _ in range(10)} == {b"second"}
    assert rows(path)["app", "s1"]["addr"] == second.address


def test_a_server_without_an_address_serves_once_it_has_one(operated, peers):
    found = peers(Server, says(b"found"))
    daemon, path = operated({"s1": {"address": "nowhere.invalid:80", "init_addr": "none"}})
    assert rows(path)["app", "s1"]["status"] == "MAINT (resolution)"

    port = found.address.rsplit(":", 1)[1]
    said(path, f"set server app/s1 addr 127.0.0.1 port {port}")

    assert daemon.ask() == b"found"


def test_a_server_without_an_address_gets_nobody_whatever_an_operator_says(operated, peers):
    daemon, path = operated({"s1": peers(Server, says(b"here")).address})

    assert said(path, "add server app/s2 web4.internal:80") == "New server registered.\n\n"
    said(path, "enable server app/s2")

    assert rows(path)["app", "s2"]["status"] == "MAINT (resolution)"
    assert {daemon.ask() for _ in range(6)} == {b"here"}
    assert said(path, "disable server app/s2; del server app/s2") == "\nServer deleted.\n\n"


def test_a_server_that_another_tracks_stays_also_when_it_was_named_by_number(operated, peers):
    base = peers(Server, says(b"here")).address
    _, path = operated({"s1": {"address": base, "check": {"kind": "tcp", "interval": "100ms"}}, "s2": base})

    assert said(path, f"add server app/t {base} track #3/#1") == "New server registered.\n\n"
    said(path, "disable server app/s1")

    assert "other configuration elements" in said(path, "del server app/s1")
    assert rows(path)["app", "t"]["status"] == "MAINT"
    assert said(path, "del server app/t; del server app/s1") == "Server deleted.\n\nServer deleted.\n\n"


def test_an_agent_is_asked_again_after_its_server_has_moved(operated, peers):
    asked = []

    def answer(connection):
        asked.append(connection)
        connection.sendall(b"75%\n")

    agent = peers(Server, answer)
    base = peers(Server, says(b"")).address
    _, path = operated({"s1": {"address": base, "agent": {"port": agent.port, "interval": "100ms"}}})
    wait_until(lambda: len(asked) > 1, what="the agent is asked")

    said(path, "set server app/s1 addr 127.0.0.1")
    before = len(asked)

    wait_until(lambda: len(asked) > before + 2, what="the agent is asked again")


def test_an_agent_that_is_not_enabled_is_not_asked_though_its_server_gets_an_address(operated, peers):
    asked = {"s1": 0, "s2": 0}

    def counting(name):
        def answer(connection):
            asked[name] += 1
            connection.sendall(b"up\n")
        return answer

    agents = {name: peers(Server, counting(name)) for name in asked}
    base = peers(Server, says(b""))
    _, path = operated({"s1": {"address": base.address, "agent": {"port": agents["s1"].port, "interval": "100ms"}}})
    said(path, f"add server app/s2 web4.internal:80 agent-check agent-inter 100 agent-port {agents['s2'].port}")

    said(path, f"set server app/s2 addr 127.0.0.1 port {base.port}")
    before = asked["s1"]
    wait_until(lambda: asked["s1"] > before + 3, what="the other agent is asked")

    assert asked["s2"] == 0
    said(path, "enable agent app/s2")
    wait_until(lambda: asked["s2"] > 1, what="it is asked once it is enabled")


def test_checks_follow_a_server_that_moves(operated, peers):
    lamp, there = peers(Lamp), peers(CrowdServer)
    daemon, path = operated({"s1": {"address": f"127.0.0.1:{lamp.port}",
                                    "check": {"kind": "tcp", "interval": "100ms"}}})
    lamp.off()
    daemon.wait_states("DOWN")

    said(path, f"set server app/s1 addr 127.0.0.1 port {there.address.rsplit(':', 1)[1]}")
    daemon.wait_states("DOWN", "UP")
    said(path, "set server app/s1 check-port 1")
    daemon.wait_states("DOWN", "UP", "DOWN")


class Asking:
    """Somebody who asks again and again, until stop(), which tells how often he was answered."""

    def __init__(self, daemon):
        self._daemon, self._stopped, self.answered = daemon, False, 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._stopped:
            try:
                self.answered += self._daemon.ask() == b"here"
            except ConnectionError:  # an operator has shut his server's sessions
                pass

    def stop(self) -> int:
        self._stopped = True
        self._thread.join()
        return self.answered


@pytest.mark.deadline(60)
def test_eight_operators_at_once_leave_every_client_served(operated, peers):
    base = peers(Server, says(b"here"))
    daemon, path = operated({"s1": base.address, "s2": base.address}, threads=2, backend={"balance": "leastconn"})
    surprises = []

    def operate(number: int):
        name = f"app/x{number}"
        for turn in range(scaled(20, least=3)):
            for command in (f"add server {name} {base.address} weight {turn % 5 + 1} check inter 50",
                            f"enable server {name}; enable health {name}", "show stat; show servers state; show sess",
                            f"set server {name} weight {turn % 7}", f"set server {name} addr 127.0.0.1",
                            f"sessions server {name} json", f"drain {name} deadline 1s json",
                            f"set server {name} state maint; shutdown sessions server {name}"):
                reply = said(path, command)
                if "No such" in reply or "nknown" in reply:
                    surprises.append((command, reply))
            wait_until(lambda: said(path, f"del server {name}") == "Server deleted.\n\n", 20, f"{name} goes")

    load = [Asking(daemon) for _ in range(2)]
    operators = [threading.Thread(target=operate, args=(number,)) for number in range(8)]
    for operator in operators:
        operator.start()
    for operator in operators:
        operator.join()

    assert surprises == []
    assert all(one.stop() > 0 for one in load)
    assert daemon.ask() == b"here"
    assert {name for proxy, name in rows(path) if proxy == "app"} == {"s1", "s2", "BACKEND"}
