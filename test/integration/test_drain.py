"""A server is drained: no new sessions from the reply on, and those it has end as it was asked."""

import json
import pathlib
import signal
import socket
import sys

import pytest

from support.admin import ask
from support.asking_clients import AskingClients
from support.config import config
from support.peers import CrowdServer, Server, echo
from support.programs import free_port
from support.settings import scaled
from support.sockets import read_all, read_exactly
from support.wait import Stopwatch, wait_until


class Operator:
    """Somebody at the admin socket of a daemon."""

    def __init__(self, path):
        self.path = str(path)

    def __call__(self, command: str) -> str:
        return ask(self.path, command.encode() + b"\n").decode().strip()

    def drain(self, server: str = "app/s1") -> dict:
        """The latest drain of a server."""
        return [one for one in json.loads(self("drains json"))["drains"] if one["server"] == server][-1]

    def sessions(self, *filters: str) -> list[dict]:
        return json.loads(self(" ".join(["sessions", *filters, "limit 10000 json"])))["sessions"]


@pytest.fixture
def operated(tidegate, tmp_path):
    """operated(servers, ...) -> the daemon and who operates it."""
    def start(servers, **options):
        path = tmp_path / "admin.sock"
        daemon = tidegate(config(servers, admin={"socket": str(path)}, **options))
        return daemon, Operator(path)
    return start


@pytest.fixture
def three(peers):
    return [peers(CrowdServer) for _ in range(3)]


def connected_to(daemon, operator, server: str, count: int) -> list[socket.socket]:
    """Sessions at a server, each of which has got an answer."""
    clients = []
    while len(found := [one for one in operator.sessions(f"server {server}")]) < count:
        for _ in range(count - len(found)):
            client = daemon.connect()
            client.sendall(b"x")
            read_exactly(client, 1)
            clients.append(client)
    ours = {session["client"] for session in found}
    return [client for client in clients if "%s:%d" % client.getsockname() in ours]


def test_a_drained_server_gets_nobody_and_keeps_who_is_there(operated, three, workers):
    daemon, operator = operated(three, threads=workers)
    stays = connected_to(daemon, operator, "app/s1", 2)
    before = len(operator.sessions("server app/s1"))

    assert operator("drain app/s1") == f"app/s1 drains: {before} sessions."
    for _ in range(20):
        with daemon.connect() as client:
            client.sendall(b"x")
            read_exactly(client, 1)

    assert len(operator.sessions("server app/s1")) == before
    for client in stays:
        client.sendall(b"still here")
        assert read_exactly(client, 10) == b"still here"
    drain = operator.drain()
    assert (drain["state"], drain["mode"], drain["sessions"]) == ("draining", "natural", before)


def test_a_drain_is_over_when_the_last_session_has_ended(operated, peers):
    daemon, operator = operated([peers(CrowdServer), peers(CrowdServer)])
    clients = connected_to(daemon, operator, "app/s1", 3)
    operator("drain app/s1")

    for client in clients:
        client.close()

    wait_until(lambda: operator.drain()["state"] == "drained")
    drain = operator.drain()
    assert (drain["sessions_at_start"], drain["sessions"], drain["ended"]) == (3, 0, 3)
    assert drain["closed"] == {"quiet": 0, "answered": 0, "still": 0, "forced": 0}
    daemon.out.wait_for(r"drain of app/s1 is over after .*: 3 sessions: 3 ended by themselves")


def test_ready_lets_the_others_go_on(operated, three):
    daemon, operator = operated(three)
    (client,) = connected_to(daemon, operator, "app/s1", 1)[:1]
    operator("drain app/s1 deadline 1h")

    assert operator("set server app/s1 state ready") == ""

    assert operator.drain()["state"] == "aborted"
    assert len(connected_to(daemon, operator, "app/s1", len(operator.sessions("server app/s1")) + 1)) == 1
    client.sendall(b"y")
    assert read_exactly(client, 1) == b"y"


@pytest.mark.parametrize("command", ["drain app", "drain app/s1,s2,s3"])
def test_the_last_usable_servers_are_not_drained_unless_it_is_said_twice(operated, three, command):
    daemon, operator = operated(three)

    reply = operator(command)

    assert reply == ("These would leave backend app without a server: its new clients would be refused. "
                     "Say `force` to drain them all the same.")
    assert json.loads(operator("drains json")) == {"drains": []}
    assert len(operator(command + " force").splitlines()) == 3
    assert daemon.ask() == b""


@pytest.mark.deadline(60)
def test_with_a_deadline_idle_sessions_are_closed_evenly_and_before_it(operated, three, workers):
    count = scaled(300, 60)
    daemon, operator = operated(three, threads=workers, maxconn=count * 4)
    clients = connected_to(daemon, operator, "app/s1", count)
    start = len(operator.sessions("server app/s1"))

    operator("drain app/s1 deadline 5s quiet 50ms")
    assert [read_all(client) for client in clients] == [b""] * count
    for client in clients:
        client.close()

    wait_until(lambda: operator.drain()["state"] == "drained")
    drain = operator.drain()
    assert drain["age_ms"] < 5_500
    assert drain["closed"]["quiet"] == start
    lost = [before - after for (_, before), (_, after) in zip(drain["curve"], drain["curve"][1:])]
    assert max(lost) < start * 0.35


def test_a_client_that_waits_for_its_answer_is_not_closed_when_quiet(operated, server, peers):
    daemon, operator = operated([server, peers(CrowdServer)])
    with daemon.connect() as client:
        client.sendall(b"question")
        behind = server.accept()
        assert read_exactly(behind, 8) == b"question"
        operator("drain app/s1 when-quiet quiet 20ms")

        wait_until(lambda: operator.drain()["age_ms"] > 500)
        assert operator.drain()["sessions"] == 1
        behind.sendall(b"answer")

        assert read_all(client) == b"answer"
    wait_until(lambda: operator.drain()["state"] == "drained")
    assert operator.drain()["closed"]["quiet"] == 1


def test_what_comes_behind_our_fin_is_counted_and_reaches_no_server(operated, server, peers):
    daemon, operator = operated([server, peers(CrowdServer)])
    client = daemon.connect()
    behind = server.accept()
    wait_until(lambda: operator.sessions("state open"))
    operator("drain app/s1 when-quiet quiet 20ms")
    assert client.recv(1) == b""

    client.sendall(b"too late")
    client.close()

    assert read_all(behind) == b""
    wait_until(lambda: operator.drain()["state"] == "drained")
    assert operator.drain()["raced"] == 1
    assert operator.drain()["raced_bytes"] == 8


def test_a_connect_in_progress_goes_to_another_server(operated, peers):
    """The server's queue of connections is full, so that nothing of a further one is answered."""
    full = socket.socket()
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    fillers = [socket.socket() for _ in range(3)]
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(full.getsockname())
    daemon, operator = operated({"s1": "%s:%d" % full.getsockname(), "s2": peers(Server, echo).address},
                                timeouts={"connect": "1m"})
    client = daemon.connect()
    wait_until(lambda: operator.sessions("state connecting"))

    operator("drain app/s1")

    client.sendall(b"x")
    assert read_exactly(client, 1) == b"x"
    assert operator.drain()["moved"] == 1
    for each in [*fillers, full, client]:
        each.close()


@pytest.mark.deadline(120)
def test_no_request_is_lost(operated, programs, workers):
    """Answers take their time and come in parts. A request that met no answer must not have been done either, and the
    client was about to be told: it crossed our FIN. Who is never quiet until the deadline is closed after some bytes."""
    ports = [free_port() for _ in range(2)]
    servers = [programs(sys.executable, "-m", "support.answering_server", str(port), at=[("127.0.0.1", port)],
                        cwd=str(pathlib.Path(__file__).parent)) for port in ports]
    daemon, operator = operated([f"127.0.0.1:{port}" for port in ports], threads=workers)
    clients = AskingClients(daemon.address(), scaled(80, 10), think=0.2)
    wait_until(lambda: clients.outcome.answered > 100, 30)

    for round_ in range(2):
        name = f"app/s{round_ + 1}"
        operator(f"drain {name} deadline 8s quiet 800ms")
        wait_until(lambda: operator.drain(name)["state"] == "drained", 20)
        assert operator(f"set server {name} state ready") == ""
    outcome = clients.stop()

    drains = [operator.drain("app/s1"), operator.drain("app/s2")]
    assert all(drain["sessions_at_start"] > 0 for drain in drains)
    print(*drains, outcome, sep="\n")
    never_quiet = sum(drain["closed"][grade] for drain in drains for grade in ("answered", "still", "forced"))
    assert len(outcome.cut) <= never_quiet <= 2
    got = {int(line.split()[1]) for each in servers for line in each.out.all() if line.startswith("got ")}
    assert [number for number in outcome.unanswered if number in got] == []
    assert len(outcome.unanswered) <= sum(drain["raced"] for drain in drains) + never_quiet
    assert outcome.refused == 0


@pytest.mark.deadline(60)
def test_a_stop_with_a_deadline_closes_idle_sessions_before_it(operated, three):
    count = scaled(100, 30)
    daemon, operator = operated(three, stop={"deadline": "4s"}, maxconn=count * 4)
    clients = [daemon.connect() for _ in range(count)]
    for client in clients:
        client.sendall(b"x")
        read_exactly(client, 1)
    watch = Stopwatch()

    daemon.send_signal(signal.SIGTERM)
    for client in clients:
        assert read_all(client) == b""
        client.close()

    assert daemon.wait() == 0
    assert watch.elapsed() < 4.0
    assert {line.code for line in daemon.access(count)} == {"K-"}


@pytest.mark.deadline(60)
def test_a_stop_under_load_loses_no_request(operated, programs):
    port = free_port()
    server = programs(sys.executable, "-m", "support.answering_server", str(port), at=[("127.0.0.1", port)],
                      cwd=str(pathlib.Path(__file__).parent))
    daemon, _ = operated([f"127.0.0.1:{port}"], stop={"deadline": "8s"},
                         backend={"drain": {"quiet_time": "800ms"}})
    clients = AskingClients(daemon.address(), scaled(40, 10), think=0.2)
    wait_until(lambda: clients.outcome.answered > 100, 30)

    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait() == 0
    outcome = clients.stop()

    assert outcome.cut == []
    got = {int(line.split()[1]) for line in server.out.all() if line.startswith("got ")}
    assert [number for number in outcome.unanswered if number in got] == []
