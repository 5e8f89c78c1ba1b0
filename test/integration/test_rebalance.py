"""Servers that have more than their share give sessions away: closed in a good moment, they come back to who has few."""

import json
import pathlib
import select
import subprocess
import sys
import time

import pytest

from support.admin import ask
from support.asking_clients import AskingClients
from support.config import config
from support.peers import CrowdServer
from support.programs import free_port
from support.settings import scaled
from support.tidectl import command, environment
from support.wait import wait_until


class Operator:
    """Somebody at the admin socket of a daemon."""

    def __init__(self, path):
        self.path = str(path)

    def __call__(self, text: str) -> str:
        return ask(self.path, text.encode() + b"\n").decode().strip()

    def rebalance(self, words: str = "dry-run") -> dict:
        return json.loads(self(f"rebalance app {words} json"))["rebalance"]

    def held(self) -> list[int]:
        """Sessions of each server."""
        rows = [line.split(",") for line in self("show stat app 4 -1").splitlines() if line.startswith("app,")]
        return [int(row[4]) for row in rows]


def total(rebalance: dict) -> int:
    return sum(rebalance["closed"].values())


@pytest.fixture
def grown(tidegate, programs, tmp_path):
    """grown(count) -> the daemon, who operates it, and clients: so many at each of three servers, none at the fourth,
    which has just come."""
    everybody = []

    def start(count: int, **backend):
        ports = [free_port() for _ in range(4)]
        answering = [programs(sys.executable, "-m", "support.answering_server", str(port), at=[("127.0.0.1", port)],
                              cwd=str(pathlib.Path(__file__).parent)) for port in ports]
        servers = {f"s{number}": f"127.0.0.1:{port}" for number, port in enumerate(ports, 1)}
        servers["s4"] = {"address": servers["s4"], "disabled": True}
        path = tmp_path / "admin.sock"
        daemon = tidegate(config(servers, admin={"socket": str(path)}, threads=2,
                                 backend={"balance": "leastconn", **backend}))
        operator = Operator(path)
        clients = AskingClients(daemon.address(), 3 * count, think=3 if count > 100 else 1, largest=2000, slowest=20, longest_pause=1)
        everybody.append(clients)
        wait_until(lambda: operator.held() == [count, count, count, 0], 60)
        operator("enable server app/s4")
        clients.servers = answering
        return daemon, operator, clients

    yield start
    for clients in everybody:
        clients.stop()


def assert_nobody_missed_an_answer(clients):
    """A request that crossed our FIN met none, but nobody has it either, so that it can be repeated."""
    outcome = clients.stop()
    got = {int(line.split()[1]) for each in clients.servers for line in each.out.all() if line.startswith("got ")}
    assert (outcome.cut, outcome.refused) == ([], 0)
    assert [number for number in outcome.unanswered if number in got] == []


@pytest.mark.deadline(120)
def test_every_server_comes_to_its_share_at_the_pace_and_no_request_fails(grown):
    count, pace = scaled(1000, 20), scaled(200, 20)
    daemon, operator, clients = grown(count)
    plan = operator.rebalance("to 10% dry-run")
    assert (plan["state"], total(plan)) == ("planned", 0)
    assert [server["surplus"] for server in plan["servers"]] == [count // 4] * 3 + [0]

    assert operator.rebalance(f"to 10% pace {pace}/s")["state"] == "running"
    samples = []

    def over() -> bool:
        before = time.monotonic()
        now = operator.rebalance()
        samples.append((before, time.monotonic(), total(now)))
        return now["state"] != "running"

    wait_until(over, 60)

    share = 3 * count / 4
    wait_until(lambda: all(abs(held - share) <= max(0.1 * share, 2) for held in operator.held()), 40)
    end = operator.rebalance()
    assert (end["state"], end["closed"]["forced"]) == ("done", 0)
    print(total(end), "closed in", samples[-1][0] - samples[0][0], "s:", operator.held())
    assert 0.6 * count < total(end) < 0.9 * count
    for begin, _, then in samples:
        for _, later, now in samples:
            if later - begin >= 1.0:
                # A look grants half a second, and whoever was late uses it then.
                assert now - then <= pace * (later - begin) + 0.6 * pace
    again = operator.rebalance("to 10%")
    assert (again["state"], total(again)) == ("done", 0)
    assert len(daemon.out.matching(r"rebalance of app begins")) == 1
    assert len(daemon.out.matching(r"rebalance of app is over after")) == 1
    assert_nobody_missed_an_answer(clients)


@pytest.mark.deadline(60)
def test_tidectl_watches_it_to_its_end(grown):
    _, operator, _ = grown(20)

    watched = subprocess.run(command("rebalance", "app", "--to", "10%", "--pace", "20/s", "--watch"), text=True,
                             capture_output=True, timeout=50, check=False, env=environment(operator.path))

    assert (watched.returncode, watched.stderr) == (0, "")
    assert watched.stdout.splitlines()[0] == "app: 15 sessions too many"
    assert operator.rebalance()["state"] == "done"


@pytest.mark.deadline(60)
def test_it_can_be_changed_and_ended(grown):
    daemon, operator, _ = grown(20)
    assert operator("rebalance app abort") == "No rebalance of app goes on."
    operator.rebalance("pace 1/s")

    assert operator.rebalance("pace 2/s to 20%")["pace"] == 2
    wait_until(lambda: total(operator.rebalance()) > 0, 20)
    ended = operator.rebalance("abort")

    assert ended["state"] == "aborted"
    daemon.out.wait_for(r"rebalance of app was ended after .*: \d+ sessions were closed when quiet")
    assert operator.rebalance()["closed"] == ended["closed"]


@pytest.mark.deadline(60)
def test_a_server_that_is_drained_is_no_part_of_it(grown):
    _, operator, _ = grown(20)
    operator.rebalance("pace 5/s")
    wait_until(lambda: total(operator.rebalance()) > 0, 20)
    operator("drain app/s1")
    stays = operator.held()[0]

    wait_until(lambda: operator.rebalance()["state"] == "done", 40)

    assert operator.held()[0] == stays
    assert [server["server"] for server in operator.rebalance()["servers"]] == ["s2", "s3", "s4"]


@pytest.mark.deadline(60)
def test_it_is_given_up_where_clients_come_back_to_where_they_were(tidegate, peers, tmp_path):
    """All clients have one address, of which a hash makes one server."""
    path = tmp_path / "admin.sock"
    daemon = tidegate(config([peers(CrowdServer) for _ in range(2)], admin={"socket": str(path)},
                             backend={"balance": "source", "drain": {"quiet_time": "10ms"}}))
    operator = Operator(path)
    clients = [daemon.connect() for _ in range(40)]
    wait_until(lambda: sum(operator.held()) == 40, 20)

    operator.rebalance("pace 1000/s")

    def given_up() -> bool:
        for client in select.select(clients, [], [], 0.05)[0]:
            assert client.recv(1) == b""
            client.close()
            clients[clients.index(client)] = daemon.connect()
        return operator.rebalance()["state"] == "given-up"

    wait_until(given_up, 40)
    daemon.out.wait_for("rebalance of app is given up, as clients come back to where they were, after")
    assert total(operator.rebalance()) < 1000
    for client in clients:
        client.close()


@pytest.mark.deadline(60)
def test_it_begins_by_itself_once_servers_have_become_more_and_things_are_calm(grown):
    daemon, operator, clients = grown(20, rebalance={"to": "10%", "pace": "100/s", "after": "1s"})

    daemon.out.wait_for(r"rebalance of app is over after", 30)

    wait_until(lambda: all(abs(held - 15) <= 2 for held in operator.held()), 40)
    assert len(daemon.out.matching(r"rebalance of app begins: 15 sessions are too many, 100 a second")) == 1
    assert_nobody_missed_an_answer(clients)


def test_what_is_wrong_is_said(tidegate, peers, tmp_path):
    path = tmp_path / "admin.sock"
    tidegate(config([peers(CrowdServer)], admin={"socket": str(path)}))
    operator = Operator(path)

    assert operator("rebalance").startswith("usage: rebalance <backend>")
    assert operator("rebalance nobody") == "No such backend."
    assert operator("rebalance app to 0%") == "to wants 1% to 100% after it"
    assert operator("rebalance app pace 50") == "pace wants a rate after it, such as 50/s"
    assert operator("rebalance app at").startswith("'at' means nothing to rebalance; usage:")
    assert operator("rebalance app abort to 5%") == "abort stands alone, but for json"
    assert operator("rebalance app").splitlines()[0] == "app: done, 0 sessions too many, to 10% at 50/s"
