"""Where clients connect to: IPv4, IPv6, UNIX paths, several at once."""

import os
import socket
import stat

import pytest

from support.config import config
from support.peers import Listener, UnixListener
from support.programs import free_port
from support.sockets import connect, exchange, finish, quiet, read_all


def session(daemon, server, endpoint):
    with connect(endpoint) as client, server.accept() as connection:
        exchange(client, connection)


def both_families_port() -> int:
    """A port that is free for IPv4 and IPv6, and that the kernel gives to nobody meanwhile."""
    while True:
        port = free_port()
        with socket.socket(socket.AF_INET6) as v6:
            try:
                v6.bind(("::1", port))
            except OSError:
                continue
            return port


@pytest.mark.parametrize("bind", ["127.0.0.1:0", "[::1]:0"])
def test_it_listens_on_an_address(tidegate, server, workers, bind):
    daemon = tidegate(config(server, bind=bind, threads=workers))

    for _ in range(10):
        session(daemon, server, daemon.address())


def test_several_binds_serve_one_frontend(tidegate, server, tmp_path, workers):
    path = tmp_path / "web.sock"
    binds = ["127.0.0.1:0", "[::1]:0", f"unix:{path}", {"address": "127.0.0.2:0", "backlog": 16}]
    daemon = tidegate(config(server, bind=binds, threads=workers))

    assert len(daemon.addresses()) == 4
    for endpoint in daemon.addresses():
        session(daemon, server, endpoint)


def test_several_frontends_keep_apart(tidegate, peers):
    one, two = peers(Listener), peers(Listener)
    plain = config(one)
    plain["frontends"]["api"] = {"bind": "127.0.0.1:0", "backend": "other"}
    plain["backends"]["other"] = {"servers": {"t1": two.address}}
    daemon = tidegate(plain)

    session(daemon, one, daemon.address("web"))
    session(daemon, two, daemon.address("api"))
    assert daemon.access(1, "api")[0].server == "t1"


def test_one_port_serves_both_families(tidegate, server):
    port = both_families_port()
    daemon = tidegate(config(server, bind=[f"0.0.0.0:{port}", f"[::]:{port}"]))

    session(daemon, server, ("127.0.0.1", port))
    session(daemon, server, ("::1", port))
    assert daemon.access(2)[0].client.startswith("127.0.0.1:")


def test_a_dual_stack_bind_logs_ipv4_clients_as_ipv4(tidegate, server):
    daemon = tidegate(config(server, bind="[::]:0"))
    _, port = daemon.address()

    session(daemon, server, ("127.0.0.1", port))
    session(daemon, server, ("::1", port))

    v4, v6 = daemon.access(2)
    assert v4.client.startswith("127.0.0.1:")
    assert v6.client.startswith("::1:")


@pytest.mark.parametrize("mode", ["0660", "0600", "0777"])
def test_a_unix_path_has_the_mode_that_was_asked_for(tidegate, server, tmp_path, mode):
    path = tmp_path / "web.sock"
    daemon = tidegate(config(server, bind={"address": f"unix:{path}", "mode": mode}))

    assert stat.S_IMODE(os.stat(path).st_mode) == int(mode, 8)
    session(daemon, server, daemon.address())
    assert daemon.access()[0].client.startswith("unix:")


def test_a_unix_path_left_behind_is_taken_over(tidegate, server, tmp_path):
    path = tmp_path / "web.sock"
    UnixListener(path).close()
    assert path.exists()
    daemon = tidegate(config(server, bind=f"unix:{path}"))

    session(daemon, server, str(path))


def test_a_unix_path_is_removed_at_the_end(tidegate, server, tmp_path):
    path = tmp_path / "web.sock"
    daemon = tidegate(config(server, bind=f"unix:{path}"))
    assert path.exists()

    daemon.stop()

    assert not path.exists()


def test_unix_clients_and_servers_half_close_too(tidegate, peers, tmp_path):
    server = peers(UnixListener, tmp_path / "app.sock")
    daemon = tidegate(config(server, bind=f"unix:{tmp_path / 'web.sock'}"))
    client = daemon.connect()
    connection = server.accept()

    client.sendall(b"question")
    finish(client)
    assert read_all(connection) == b"question"
    assert quiet(client)
    connection.sendall(b"answer")
    connection.close()

    assert read_all(client) == b"answer"


def test_a_unix_server_that_is_gone_counts_as_refusing(tidegate, peers, tmp_path):
    gone = UnixListener(tmp_path / "gone.sock")
    gone.close()
    server = peers(UnixListener, tmp_path / "app.sock")
    daemon = tidegate(config([gone, server]))

    client = daemon.connect()
    exchange(client, server.accept())

    client.close()
    assert daemon.access()[0].retries == "+1"


def test_an_ipv6_server_is_reached(tidegate, peers):
    server = peers(Listener, host="::1")
    daemon = tidegate(config(server))

    session(daemon, server, daemon.address())


@pytest.mark.parametrize("source", ["127.0.0.9", ["127.0.0.8", "127.0.0.9"]])
def test_servers_see_the_configured_source(tidegate, server, source):
    daemon = tidegate(config(server, backend={"source": source}))
    seen = []

    for _ in range(4):
        session(daemon, server, daemon.address())
        seen.append(server.peer[0])

    assert seen == (["127.0.0.9"] * 4 if isinstance(source, str) else source * 2)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_is_dropped_after_binding(tidegate, server):
    daemon = tidegate(config(server, user="nobody"))
    with open(f"/proc/{daemon.pid}/status", encoding="ascii") as status:
        fields = dict(line.split(":", 1) for line in status)

    assert set(fields["Uid"].split()) == set(fields["Gid"].split()) == {"65534"}
    session(daemon, server, daemon.address())
