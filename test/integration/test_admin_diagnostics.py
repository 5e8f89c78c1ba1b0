"""What an operator sees of the inside: what each descriptor is, what each worker did, what sessions take."""

import re
from collections import Counter

import pytest

from support.admin import ask
from support.config import config
from support.peers import CrowdServer
from support.settings import scaled
from support.sockets import established, exchange
from support.wait import wait_until

FD = re.compile(r"^ *(?P<fd>\d+) : (?P<kind>\w+) (?P<rest>.*)$")


@pytest.fixture
def started(tidegate, tmp_path):
    """started(server, ...) -> (daemon, told), where told(command) are the lines of its reply."""
    def start(server, **options):
        path = str(tmp_path / "admin.sock")
        daemon = tidegate(config(server, admin={"socket": path}, **options))
        return daemon, lambda command: ask(path, command.encode() + b"\n").decode().rstrip("\n").split("\n")

    return start


def test_each_descriptor_is_told_with_what_it_is(started, peers, workers, tmp_path):
    count = scaled(600, 100)  # so many that they come in parts
    daemon, told = started(peers(CrowdServer), threads=workers, log=["stdout", str(tmp_path / "log")],
                           bind=["127.0.0.1:0", f"unix:{tmp_path / 'web.sock'}"], maxpipes=2)
    clients = [daemon.connect() for _ in range(count)]
    for client in clients:
        client.sendall(b"x")
    assert all(client.recv(1) == b"x" for client in clients)

    found = [FD.match(line) for line in told("show fd")]

    assert all(found)
    numbers = [int(one["fd"]) for one in found]
    assert len(set(numbers)) == len(numbers)
    # Standard streams are not among them, the client that asked is gone.
    wait_until(lambda: len(numbers) == 3 + daemon.open_files() + 1, what="that the client is gone")
    kinds = Counter(one["kind"] for one in found)
    assert (kinds["client"], kinds["server"], kinds["listener"]) == (count, count, 2 * workers)
    assert (kinds["pipe"], kinds["log"], kinds["admin"]) == (4, 1, 2)
    of_sessions = Counter(re.search(r"sess=\d+", one["rest"])[0] for one in found if one["kind"] in ("client", "server"))
    assert set(of_sessions.values()) == {2} and len(of_sessions) == count
    server = next(one for one in found if one["kind"] == "server")
    assert re.search(r"worker=\d+ sess=\d+ fe=web srv=app/s1$", server["rest"])
    assert told(f"show fd {server['fd']}") == [server[0]]
    assert told("show fd 1000000") == [""]
    assert told("show fd x") == ["Integer value expected."]


def test_activity_tells_of_each_worker_and_of_all(started, server, workers):
    daemon, told = started(server, threads=workers)
    sessions = [established(daemon, server) for _ in range(6)]

    lines = dict(line.split(": ", 1) for line in told("show activity"))

    for name, expected in {"accepted": 6, "sessions": 6, "sessions_now": 6, "bytes_copied": 60, "refused": 0}.items():
        total, *each = re.findall(r"\d+", lines[name])
        assert int(total) == expected, name
        assert len(each) == (workers if workers > 1 else 0), name
        assert not each or sum(map(int, each)) == expected, name
    for client, connection in sessions:
        exchange(client, connection)


def test_pools_tell_of_sessions_and_of_what_a_slow_client_did_not_take(started, server):
    daemon, told = started(server, tcp={"splice": False})
    client, connection = established(daemon, server, receive_buffer=4096)

    def pools():
        lines = told("show pools")
        found = [re.match(r"  - Pool (\S+) \(\d+ bytes\) : (\d+) allocated \((\d+) bytes\), (\d+) used$", line)
                 for line in lines[1:-1]]
        assert int(re.match(r"Total: 3 pools, (\d+) bytes allocated", lines[-1])[1]) == sum(int(one[3]) for one in found)
        return {one[1]: (int(one[2]), int(one[4])) for one in found}

    assert pools() == {"session": (1, 1), "unsent": (0, 0), "scratch": (1, 1)}
    connection.setblocking(False)

    def stuffed():
        try:
            while connection.send(b"x" * 65536):
                pass
        except BlockingIOError:
            return pools()["unsent"] == (1, 1)

    wait_until(stuffed, what="a block waits for the client")
    client.close()
    wait_until(lambda: pools() == {"session": (1, 0), "unsent": (0, 0), "scratch": (1, 1)}, what="nothing is held")
