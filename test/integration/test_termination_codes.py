"""How a session ended, as the access line tells it: each way once through tidegate and once through HAProxy.

The same configuration, client and server; both lines must be the one that the test states. Where the two differ the
test says so, and lb/telemetry/README.md says why. Not here: sessions in HAProxy's server queue (sq), which it uses
only for those that are bound to one server; codes of what Tidegate does not have (L, D and U); and the PROXY
protocol (PR), of which HAProxy writes another kind of line.
"""

import json
import re
import signal

import pytest

from support.config import config, with_probe
from support.daemon import Daemon
from support.haproxy import HAProxy
from support.peers import FullBacklog, Listener, Refuser, Server, UnixListener, says
from support.sockets import (at_end, established, finish, quiet, read_all, read_exactly, reset, still_silent,
                             unacknowledged, was_reset)
from support.streams import in_background
from support.wait import AT_ONCE, wait_until


@pytest.fixture(params=[Daemon, HAProxy], ids=["tidegate", "haproxy"])
def proxy(request, tmp_path, peers):
    """proxy(servers, ...) -> config(servers, ...) at work. No timeout fires within a test that does not set it."""
    started = []

    def start(servers, *, timeouts=None, **options):
        plain = config(servers, timeouts={"connect": "1m", "queue": "1m", **(timeouts or {})}, **options)
        plain["global"]["log"] = ["stdout", {"to": str(tmp_path / "json.log"), "format": "json"}]
        started.append(request.param(tmp_path, with_probe(plain, peers(Server, says(b"probe")))))
        return started[-1].wait_ready()

    yield start
    for daemon in started:
        daemon.end()
        print(*daemon.err.all()[-20:], *daemon.out.all()[-20:], sep="\n")


def one_slot(server) -> dict:
    return {"s1": {"address": server.address, "maxconn": 1}}


def settled(daemon):
    """Returns when the proxy has handled all that came before, and nothing else is open."""
    told = sum(" probe " in line for line in daemon.out.all())
    assert daemon.ask("probe") == b"probe"
    daemon.access(told + 1, "probe")


def joined(daemon, data: bytes = b""):
    """A client whose session is under way but has no server yet."""
    client = daemon.connect()
    client.sendall(data)
    settled(daemon)
    return client


def close_at_end(connection):
    def follow():
        read_all(connection)
        connection.close()
    return in_background(follow)


def fill(sender):
    """Sends until the reader, who does not read, holds everybody up."""
    sender.settimeout(0.5)
    with pytest.raises(TimeoutError):
        while True:
            sender.sendall(b"x" * (1 << 20))
    sender.settimeout(10)


def words(line) -> list[str]:
    return [f"{line.backend}/{line.server}", str(line.queue), str(line.connect), str(line.total), str(line.bytes),
            line.code, str(line.process_sessions), str(line.frontend_sessions), str(line.backend_sessions),
            str(line.server_sessions), line.retries, str(line.server_queue), str(line.backend_queue)]


def assert_told(line, expected: str):
    """`expected` as the line has it from its backend on; ~N is N or what comes soon after, * is anything."""
    name, *rest = expected.split()
    wanted = [name, *re.split("[ /]", " ".join(rest))]
    assert len(wanted) == len(words(line)), expected
    for want, got in zip(wanted, words(line)):
        if want.startswith("~"):
            fits = int(want[1:]) <= int(got) < int(want[1:]) + 1000 * AT_ONCE
        else:
            fits = want in ("*", got)
        assert fits, f"{got} is not {want}: {line} is not {expected}"


def json_records(daemon, count: int) -> list[dict]:
    def enough():
        lines = (daemon.file.parent / "json.log").read_text().splitlines()
        records = [record for record in map(json.loads, lines) if record.get("frontend") == "web"]
        return records if len(records) >= count else None

    return wait_until(enough, what=f"{count} records in JSON")


def assert_agrees(record: dict, line):
    """The JSON layout tells what the tcplog line does."""
    assert (record["backend"], record["server"] or "<NOSRV>") == (line.backend, line.server)
    assert record["queue_ms"] == (line.queue - 1 if line.queue >= 0 else None)
    assert record["connect_ms"] == (line.connect if line.connect >= 0 else None)
    assert (record["total_ms"], record["bytes_to_client"]) == (line.total, line.bytes)
    assert record["termination"] == line.code
    assert [record[f"{kind}_sessions"] for kind in ("process", "frontend", "backend", "server")] == [
        line.process_sessions, line.frontend_sessions, line.backend_sessions, line.server_sessions]
    assert f"{'+' if record['redispatched'] else ''}{record['retries']}" == line.retries
    assert (record["server_queue"], record["backend_queue"]) == (line.server_queue, line.backend_queue)


def assert_tells(daemon, *expected: str):
    """The lines that the sessions have left, in the order of their ends; Tidegate's in both layouts."""
    lines = daemon.access(len(expected))
    assert len(lines) == len(expected)
    for line, each in zip(lines, expected):
        assert_told(line, each)
    if not isinstance(daemon, HAProxy):
        for record, line in zip(json_records(daemon, len(expected)), lines):
            assert_agrees(record, line)


def assert_differs(daemon, *, tidegate: str, haproxy: str):
    assert_tells(daemon, haproxy if isinstance(daemon, HAProxy) else tidegate)


# ---- ended in order


@pytest.mark.parametrize("first", ["client", "server"])
def test_a_clean_end(proxy, server, first):
    daemon = proxy(server)
    client, connection = established(daemon, server)
    leaving, staying = (client, connection) if first == "client" else (connection, client)

    leaving.close()
    assert at_end(staying)
    staying.close()

    assert_tells(daemon, "app/s1 ~1/~0/~0 5 -- 1/1/0/0/0 0/0")


@pytest.mark.parametrize("first, bytes_to_client", [("client", 9), ("server", 5)])
def test_a_half_close_before_the_end(proxy, server, first, bytes_to_client):
    daemon = proxy(server)
    client, connection = established(daemon, server)
    leaving, staying = (client, connection) if first == "client" else (connection, client)

    finish(leaving)
    assert at_end(staying)
    staying.sendall(b"more")
    assert read_exactly(leaving, 4) == b"more"
    staying.close()
    assert at_end(leaving)

    assert_tells(daemon, f"app/s1 ~1/~0/~0 {bytes_to_client} -- 1/1/0/0/0 0/0")


def test_a_unix_client_is_named_by_its_bind(proxy, server, tmp_path):
    daemon = proxy(server, bind=f"unix:{tmp_path}/s")
    client, connection = established(daemon, server)

    client.close()
    assert at_end(connection)
    connection.close()

    assert_tells(daemon, "app/s1 ~1/~0/~0 5 -- 1/1/0/0/0 0/0")
    assert daemon.access()[0].client == "unix:1"


def test_a_unix_server(proxy, peers, tmp_path):
    server = peers(UnixListener, tmp_path / "server")
    daemon = proxy(server)
    client, connection = established(daemon, server)

    client.close()
    assert at_end(connection)
    connection.close()

    assert_tells(daemon, "app/s1 ~1/~0/~0 5 -- 1/1/0/0/0 0/0")


# ---- reset while data passes


@pytest.mark.parametrize("resetting, code", [("client", "CD"), ("server", "SD")])
def test_a_reset(proxy, server, resetting, code):
    daemon = proxy(server)
    client, connection = established(daemon, server)
    leaving, staying = (client, connection) if resetting == "client" else (connection, client)

    reset(leaving)

    read_all(staying)
    assert_tells(daemon, f"app/s1 ~1/~0/~0 5 {code} 1/1/0/0/0 0/0")


@pytest.mark.parametrize("resetting, code", [("client", "CD"), ("server", "SD")])
def test_a_reset_after_the_others_fin(proxy, server, resetting, code):
    daemon = proxy(server)
    client, connection = established(daemon, server)
    leaving, staying = (client, connection) if resetting == "client" else (connection, client)
    finish(staying)
    assert at_end(leaving)

    reset(leaving)

    assert_tells(daemon, f"app/s1 ~1/~0/~0 5 {code} 1/1/0/0/0 0/0")


@pytest.mark.parametrize("resetting, code", [("client", "CD"), ("server", "SD")])
def test_a_reset_behind_the_fin_of_the_same_side(proxy, server, resetting, code):
    """HAProxy does not look at a side that has sent its FIN."""
    daemon = proxy(server)
    client, connection = established(daemon, server)
    leaving, staying = (client, connection) if resetting == "client" else (connection, client)
    finish(leaving)
    assert at_end(staying)

    reset(leaving)
    settled(daemon)
    staying.close()

    assert_differs(daemon, tidegate=f"app/s1 ~1/~0/~0 5 {code} 1/1/0/0/0 0/0",
                   haproxy="app/s1 ~1/~0/~0 5 -- 1/1/0/0/0 0/0")


@pytest.mark.parametrize("resetting, code", [("client", "CD"), ("server", "SD")])
def test_a_reset_before_what_was_sent_is_delivered(proxy, peers, resetting, code):
    server = peers(Listener, receive_buffer=1 << 14)
    daemon = proxy(server)
    client, connection = established(daemon, server, receive_buffer=1 << 14)
    leaving, staying = (client, connection) if resetting == "client" else (connection, client)
    fill(leaving)

    reset(leaving)
    settled(daemon)

    read_all(staying)
    assert_tells(daemon, f"app/s1 ~1/~0/~0 {'5' if resetting == 'client' else '*'} {code} 1/1/0/0/0 0/0")


def test_a_client_that_closes_amid_its_download(proxy, server):
    daemon = proxy(server)
    client, connection = established(daemon, server)
    fill(connection)

    client.close()  # with bytes unread, so this resets

    assert was_reset(connection)
    assert_tells(daemon, "app/s1 ~1/~0/~0 * CD 1/1/0/0/0 0/0")


def test_a_server_that_answers_and_closes_amid_an_upload(proxy, peers):
    server = peers(Listener, receive_buffer=1 << 14)
    daemon = proxy(server)
    client, connection = established(daemon, server)
    fill(client)

    connection.sendall(b"answer")
    wait_until(lambda: unacknowledged(connection) == 0)
    connection.close()  # with bytes unread, so this resets

    assert read_all(client) == b"answer"
    client.close()
    assert_tells(daemon, "app/s1 ~1/~0/~0 11 SD 1/1/0/0/0 0/0")


# ---- the client leaves while it has no server


def test_a_client_that_ends_while_connecting(proxy, peers):
    daemon = proxy(peers(FullBacklog))
    client = joined(daemon)

    finish(client)

    assert_tells(daemon, "app/s1 ~1/-1/~0 0 CC 1/1/0/0/0 0/0")


@pytest.mark.parametrize("data", [b"", b"question"], ids=["silent", "after bytes"])
def test_a_client_that_resets_while_connecting(proxy, peers, data):
    daemon = proxy(peers(FullBacklog))
    client = joined(daemon, data)

    reset(client)

    assert_tells(daemon, "app/s1 ~1/-1/~0 0 CD 1/1/0/0/0 0/0")


@pytest.mark.parametrize("leave", [finish, lambda client: client.close()], ids=["half-close", "close"])
@pytest.mark.parametrize("family", ["tcp", "unix"])
def test_a_client_that_speaks_and_ends_while_connecting_is_served(proxy, peers, tmp_path, family, leave):
    busy = peers(FullBacklog)
    daemon = proxy(busy, bind="127.0.0.1:0" if family == "tcp" else f"unix:{tmp_path}/s")
    client = joined(daemon, b"question")
    leave(client)
    settled(daemon)

    busy.open()
    connection = busy.accept()
    assert read_all(connection) == b"question"
    connection.close()

    assert_tells(daemon, "app/s1 ~1/~0/~0 0 -- 1/1/0/0/0 0/0")


def test_a_client_that_speaks_and_ends_while_connecting_leaves_with_abort_on_close(proxy, peers):
    daemon = proxy(peers(FullBacklog), backend={"abort_on_close": True})
    client = joined(daemon, b"question")

    finish(client)

    assert_tells(daemon, "app/s1 ~1/-1/~0 0 CC 1/1/0/0/0 0/0")


@pytest.mark.parametrize("leave, code", [(finish, "CC"), (reset, "CD")], ids=["fin", "reset"])
def test_a_client_that_leaves_between_two_attempts(proxy, peers, leave, code):
    daemon = proxy(peers(Refuser))
    client = joined(daemon)

    leave(client)

    assert_tells(daemon, f"app/s1 ~1/-1/~0 0 {code} 1/1/0/0/1 0/0")


@pytest.mark.parametrize("data", [b"", b"question"], ids=["silent", "after bytes"])
@pytest.mark.parametrize("leave, code", [(finish, "CQ"), (reset, "CD")], ids=["fin", "reset"])
def test_a_client_that_leaves_the_queue(proxy, server, leave, code, data):
    daemon = proxy(one_slot(server), backend={"abort_on_close": True})
    _held = established(daemon, server)
    client = joined(daemon, data)

    leave(client)

    assert_tells(daemon, f"app/<NOSRV> ~1/-1/~0 0 {code} 2/2/1/0/0 0/1")


def test_a_client_that_speaks_and_ends_in_the_queue_is_served(proxy, server):
    daemon = proxy(one_slot(server))
    held, connection = established(daemon, server)
    client = joined(daemon, b"question")
    finish(client)
    settled(daemon)

    held.close()
    connection.close()
    connection = server.accept()
    assert read_all(connection) == b"question"
    daemon.access()
    connection.sendall(b"answer")
    connection.close()

    assert read_all(client) == b"answer"
    assert_tells(daemon, "app/s1 ~1/~0/~0 5 -- 2/2/1/0/0 0/0", "app/s1 ~1/~0/~0 6 -- 1/1/0/0/0 0/1")


# ---- no server takes it


def test_a_server_that_refuses(proxy, peers):
    daemon = proxy(peers(Refuser), retries=0)

    assert daemon.ask() == b""

    assert_tells(daemon, "app/s1 ~1/-1/~0 0 SC 1/1/0/0/0 0/0")


def test_a_server_that_refuses_every_attempt(proxy, peers):
    """The pauses between the attempts count as waiting."""
    daemon = proxy(peers(Refuser), retries=3, timeouts={"connect": "200ms"})

    assert daemon.ask() == b""

    assert_tells(daemon, "app/s1 ~601/-1/~600 0 SC 1/1/0/0/3 0/0")


def test_several_servers_that_refuse(proxy, peers):
    daemon = proxy([peers(Refuser), peers(Refuser)], retries=3)

    assert daemon.ask() == b""

    assert_tells(daemon, "app/s2 ~1/-1/~0 0 SC 1/1/0/0/+3 0/0")


def test_no_usable_server(proxy, server):
    daemon = proxy({"s1": {"address": server.address, "disabled": True}})

    assert daemon.ask() == b""

    assert_tells(daemon, "app/<NOSRV> -1/-1/~0 0 SC 1/1/0/0/0 0/0")


def test_a_source_address_that_cannot_be_used(proxy, server):
    """HAProxy's manual says R for want of a local resource, its binary blames the server; it does not pause either."""
    daemon = proxy(server, backend={"source": "192.0.2.1"}, retries=3, timeouts={"connect": "200ms"})

    assert daemon.ask() == b""

    assert_differs(daemon, tidegate="app/s1 ~601/-1/~600 0 RC 1/1/0/0/3 0/0",
                   haproxy="app/s1 ~1/-1/~0 0 SC 1/1/0/0/3 0/0")


# ---- timeouts


def test_a_server_that_does_not_answer(proxy, peers):
    daemon = proxy(peers(FullBacklog), retries=0, timeouts={"connect": "500ms"})

    assert daemon.ask() == b""

    assert_tells(daemon, "app/s1 ~1/-1/~500 0 sC 1/1/0/0/0 0/0")


def test_a_server_that_does_not_answer_any_attempt(proxy, peers):
    """Attempts before the last count as waiting."""
    daemon = proxy(peers(FullBacklog), retries=2, timeouts={"connect": "300ms"})

    assert daemon.ask() == b""

    assert_tells(daemon, "app/s1 ~601/-1/~900 0 sC 1/1/0/0/2 0/0")


def test_a_client_timeout_while_connecting(proxy, peers):
    """HAProxy acts on it only when the attempt is over."""
    daemon = proxy(peers(FullBacklog), retries=0, timeouts={"connect": "2s", "client": "500ms"})

    assert daemon.ask() == b""

    assert_differs(daemon, tidegate="app/s1 ~1/-1/~500 0 cC 1/1/0/0/0 0/0",
                   haproxy="app/s1 ~1/-1/~2000 0 cC 1/1/0/0/0 0/0")


def test_a_client_timeout_between_two_attempts(proxy, peers):
    daemon = proxy(peers(Refuser), timeouts={"client": "500ms"})

    assert daemon.ask() == b""

    assert_tells(daemon, "app/s1 ~1/-1/~500 0 cC 1/1/0/0/1 0/0")


def test_a_queue_timeout(proxy, server):
    daemon = proxy(one_slot(server), timeouts={"queue": "500ms"})
    _held = established(daemon, server)

    assert daemon.ask() == b""

    assert_tells(daemon, "app/<NOSRV> ~501/-1/~500 0 sQ 2/2/1/0/0 0/1")


def test_a_client_timeout_in_the_queue(proxy, server):
    """HAProxy forgets how long that client has waited."""
    daemon = proxy(one_slot(server), timeouts={"client": "1s"})
    held, connection = established(daemon, server)
    client = joined(daemon)

    def keep_busy():
        while quiet(client):
            connection.sendall(b"x")
            held.recv(1)

    in_background(keep_busy).result(10)

    assert_differs(daemon, tidegate="app/<NOSRV> ~1001/-1/~1000 0 cQ 2/2/1/0/0 0/1",
                   haproxy="app/<NOSRV> -1/-1/~1000 0 cQ 2/2/1/0/0 0/1")


@pytest.mark.parametrize("timeouts, code", [
    pytest.param({"client": "500ms"}, "cD", id="client"),
    pytest.param({"server": "500ms"}, "sD", id="server"),
    pytest.param({"client": "500ms", "server": "500ms"}, "cD", id="both"),
])
def test_a_silent_session(proxy, server, timeouts, code):
    """HAProxy ends one direction and waits for the rest, so both peers follow the FIN."""
    daemon = proxy(server, timeouts=timeouts)
    client, connection = established(daemon, server)

    close_at_end(client)
    close_at_end(connection)

    assert_tells(daemon, f"app/s1 ~1/~0/~500 5 {code} 1/1/0/0/0 0/0")


def test_a_client_that_takes_nothing(proxy, server):
    daemon = proxy(server, timeouts={"client": "1s"})
    _client, connection = established(daemon, server)

    fill(connection)
    close_at_end(connection)

    assert_tells(daemon, "app/s1 ~1/~0/~1000 * cD 1/1/0/0/0 0/0")


def test_a_server_that_takes_nothing(proxy, peers):
    server = peers(Listener, receive_buffer=1 << 14)
    daemon = proxy(server, timeouts={"server": "1s"})
    client, _connection = established(daemon, server)

    fill(client)
    close_at_end(client)

    assert_tells(daemon, "app/s1 ~1/~0/~1000 5 sD 1/1/0/0/0 0/0")


@pytest.mark.parametrize("silent, code", [("server", "sD"), ("client", "cD")])
def test_a_side_silent_after_the_others_fin_has_its_fin_timeout(proxy, server, silent, code):
    daemon = proxy(server, timeouts={f"{silent}_fin": "500ms"})
    client, connection = established(daemon, server)
    leaving, staying = (client, connection) if silent == "server" else (connection, client)

    finish(leaving)
    read_all(leaving)

    assert_tells(daemon, f"app/s1 ~1/~0/~500 5 {code} 1/1/0/0/0 0/0")
    assert staying.fileno() >= 0


@pytest.mark.parametrize("late, bytes_to_client", [("server", 9), ("client", 5)])
def test_the_timeout_of_a_side_that_has_ended_does_not_cut_the_other_short(proxy, server, late, bytes_to_client):
    ended = "client" if late == "server" else "server"
    daemon = proxy(server, timeouts={ended: "500ms"})
    client, connection = established(daemon, server)
    leaving, staying = (client, connection) if late == "server" else (connection, client)
    finish(leaving)
    assert at_end(staying)

    assert still_silent(leaving, for_seconds=1.0)
    staying.sendall(b"late")
    staying.close()

    assert read_all(leaving) == b"late"
    assert_tells(daemon, f"app/s1 ~1/~0/~1000 {bytes_to_client} -- 1/1/0/0/0 0/0")


def test_a_client_that_takes_nothing_after_its_fin(proxy, server):
    daemon = proxy(server, timeouts={"client": "1s"})
    client, connection = established(daemon, server)
    finish(client)
    assert at_end(connection)

    fill(connection)
    close_at_end(connection)

    assert_tells(daemon, "app/s1 ~1/~0/~1000 * cD 1/1/0/0/0 0/0")


# ---- retries


def test_a_refused_attempt_goes_to_another_server(proxy, peers, server):
    daemon = proxy([peers(Refuser), server])
    client, connection = established(daemon, server)

    client.close()
    connection.close()

    assert_tells(daemon, "app/s2 ~1/~0/~0 5 -- 1/1/0/0/+1 0/0")


def test_an_attempt_without_answer_goes_to_another_server(proxy, peers, server):
    daemon = proxy([peers(FullBacklog), server], timeouts={"connect": "500ms"})
    client, connection = established(daemon, server)

    client.close()
    connection.close()

    assert_tells(daemon, "app/s2 ~501/~0/~500 5 -- 1/1/0/0/+1 0/0")


def test_an_attempt_at_the_same_server_comes_after_a_pause(proxy, peers):
    """The pause counts as waiting, not as connecting."""
    late = peers(Refuser)
    daemon = proxy(late)
    client = joined(daemon)

    late.open()
    connection = late.accept()
    connection.close()
    assert at_end(client)
    client.close()

    assert_tells(daemon, "app/s1 ~1001/~0/~1000 0 -- 1/1/0/0/1 0/0")


# ---- counters and places


def test_the_sessions_open_when_one_ends(proxy, peers):
    """ac and fc count the one that ends, bc and sc do not."""
    first, second = peers(Listener), peers(Listener)
    daemon = proxy([first, second])
    open_now = [established(daemon, server) for server in (first, second, first)]

    for ended, (client, connection) in enumerate(open_now, 1):
        client.close()
        connection.close()
        daemon.access(ended)

    assert_tells(daemon, "app/s1 ~1/~0/~0 5 -- 3/3/2/1/0 0/0", "app/s2 ~1/~0/~0 5 -- 2/2/1/0/0 0/0",
                 "app/s1 ~1/~0/~0 5 -- 1/1/0/0/0 0/0")


def test_a_waiter_counts_as_a_session_of_the_backend(proxy, server):
    daemon = proxy(one_slot(server))
    held, connection = established(daemon, server)
    waiting = joined(daemon)

    held.close()
    connection.close()
    next_one = server.accept()
    daemon.access()
    next_one.close()
    assert at_end(waiting)
    waiting.close()

    assert_tells(daemon, "app/s1 ~1/~0/~0 5 -- 2/2/1/0/0 0/0", "app/s1 ~1/~0/~0 0 -- 1/1/0/0/0 0/1")


def test_places_in_the_queue_when_all_are_served(proxy, server):
    daemon = proxy(one_slot(server))
    held, connection = established(daemon, server)
    waiting = [joined(daemon, b"%d" % i) for i in range(3)]

    held.close()
    connection.close()
    for ended, client in enumerate(waiting, 2):
        connection = server.accept()
        read_exactly(connection, 1)
        daemon.access(ended - 1)
        connection.close()
        client.close()

    assert_tells(daemon, "app/s1 * 5 -- 4/4/3/0/0 0/0".replace("*", "~1/~0/~0"),
                 "app/s1 ~1/~0/~0 0 -- 3/3/2/0/0 0/1", "app/s1 ~1/~0/~0 0 -- 2/2/1/0/0 0/2",
                 "app/s1 ~1/~0/~0 0 -- 1/1/0/0/0 0/3")


def test_places_in_the_queue_when_the_first_leaves(proxy, server):
    """Only who is served before counts, so everybody behind a leaver moves up."""
    daemon = proxy(one_slot(server))
    held, connection = established(daemon, server)
    leaving, staying = joined(daemon), joined(daemon, b"question")

    finish(leaving)
    daemon.access()
    held.close()
    connection.close()
    connection = server.accept()
    assert read_exactly(connection, 8) == b"question"
    daemon.access(2)
    connection.close()
    staying.close()

    assert_tells(daemon, "app/<NOSRV> ~1/-1/~0 0 CQ 3/3/2/0/0 0/1", "app/s1 ~1/~0/~0 5 -- 2/2/1/0/0 0/0",
                 "app/s1 ~1/~0/~0 0 -- 1/1/0/0/0 0/1")


# ---- stopped


def stop(daemon):
    """With a deadline: HAProxy has it for USR1, where Tidegate drains without one."""
    daemon.send_signal(signal.SIGUSR1 if isinstance(daemon, HAProxy) else signal.SIGTERM)


def test_a_session_cut_at_the_stop_deadline(proxy, server):
    daemon = proxy(server, stop={"deadline": "500ms"})
    client, _connection = established(daemon, server)

    stop(daemon)
    read_all(client)

    assert_tells(daemon, "app/s1 ~1/~0/~500 5 K- 1/1/0/0/0 0/0")


def test_a_session_cut_while_connecting(proxy, peers):
    daemon = proxy(peers(FullBacklog), stop={"deadline": "500ms"})
    client = joined(daemon)

    stop(daemon)
    read_all(client)

    assert_tells(daemon, "app/s1 ~1/-1/~500 0 KC 1/1/0/0/0 0/0")


def test_a_session_cut_between_two_attempts(proxy, peers):
    daemon = proxy(peers(Refuser), stop={"deadline": "200ms"})
    client = joined(daemon)

    stop(daemon)
    read_all(client)

    assert_tells(daemon, "app/s1 ~1/-1/~200 0 KC 1/1/0/0/1 0/0")


def test_a_session_cut_by_the_end_of_the_process(proxy, server):
    """HAProxy just dies of TERM, without a line."""
    daemon = proxy(server)
    client, _connection = established(daemon, server)

    daemon.stop()
    read_all(client)

    if isinstance(daemon, HAProxy):
        assert not [line for line in daemon.out.all() if " web " in line]
    else:
        assert_tells(daemon, "app/s1 ~1/~0/~0 5 K- 1/1/0/0/0 0/0")
