"""Which lines a frontend writes, and when: as HAProxy where HAProxy has the option."""

import json

import pytest

from support.config import config
from support.haproxy import Rival, blanked, with_logs
from support.peers import Refuser
from support.sockets import finish, read_all, read_exactly, reset
from support.syslog import Syslog
from support.wait import wait_until


def silent(proxy, end):
    """A client that connects and leaves without a word."""
    proxy.connect().close()
    end()


def speaking(proxy, end):
    client = proxy.connect()
    client.sendall(b"hello")
    finish(client)
    read_all(client)
    client.close()
    end()


def resetting(proxy, end):
    client = proxy.connect()
    client.sendall(b"x")
    assert client.recv(1) == b"x"
    reset(client)
    end()


def uncounted(lines) -> list:
    """Without the sessions open: one whose line is written may still be being closed beside the next."""
    return [line.rpartition(b" ")[0].rpartition(b" ")[0] for line in lines]


@pytest.fixture
def both(tidegate, peers, tmp_path):
    """both(server, ours, theirs, *sessions) -> the lines of the two programs, each client's end awaited by its line."""
    def run(server, log, options, *sessions, expected, retries=0):
        syslogs = peers(Syslog), peers(Syslog)
        daemon = tidegate(config(server, retries=retries, log=syslogs[0].target, frontend={"log": log}))
        rival = peers(Rival, tmp_path, with_logs(
            server.address, logs=[f"127.0.0.1:{syslogs[1].port} local0"],
            options=[*(f"option {option}" for option in options), f"retries {retries}"]))
        for proxy, syslog in zip((daemon, rival), syslogs):
            counts = iter(expected)
            for session in sessions:
                session(proxy, lambda: syslog.wait_for(next(counts)))
        found = [[blanked(line) for line in syslog.all()] for syslog in syslogs]
        assert [len(lines) for lines in found] == [expected[-1]] * 2
        return found
    return run


def test_dontlognull_leaves_out_who_said_nothing(both, echo_server):
    ours, theirs = both(echo_server, {"dontlognull": True}, ["dontlognull"], silent, speaking, silent, speaking,
                        expected=[0, 1, 1, 2])
    assert uncounted(ours) == uncounted(theirs)


def test_a_silent_session_whose_start_was_written_has_its_end_written(tidegate, server):
    daemon = tidegate(config(server, frontend={"log": {"dontlognull": True, "at": ["start", "end"]}}))
    with daemon.connect():
        connection = server.accept()
        daemon.out.wait_for(r" web app/s1 .* \+0 -- ")
    connection.close()
    assert daemon.access()[0].bytes == 0


def test_dontlognull_keeps_who_spoke_to_no_server(tidegate, peers):
    daemon = tidegate(config(peers(Refuser), retries=3, frontend={"log": {"dontlognull": True}}))
    spoke = daemon.connect()
    spoke.sendall(b"hello")
    read_all(spoke)
    (line,) = daemon.access()
    assert (line.code, line.client.rpartition(":")[2]) == ("SC", str(spoke.getsockname()[1]))
    read_all(daemon.connect())
    daemon.stop()
    assert len(daemon.access()) == 1


def test_separate_errors_are_those_of_haproxy(both, echo_server):
    ours, theirs = both(echo_server, {"separate_errors": True}, ["log-separate-errors"], speaking, resetting,
                        expected=[1, 2])
    assert uncounted(ours) == uncounted(theirs)
    assert [line[:5] for line in ours] == [b"<134>", b"<131>"]


def test_a_refused_session_is_a_separate_error_as_in_haproxy(both, peers):
    def refused(proxy, end):
        read_all(proxy.connect())
        end()
    ours, theirs = both(peers(Refuser), {"separate_errors": True}, ["log-separate-errors"], refused, expected=[1])
    assert ours == theirs
    assert ours[0].startswith(b"<131>")


def test_asap_writes_haproxys_line_once_the_server_is_connected(both, server):
    def held(proxy, end):
        client = proxy.connect()
        connection = server.accept()
        end()  # there is a line while the session goes on
        client.close()
        connection.close()
    ours, theirs = both(server, {"asap": True}, ["logasap"], held, expected=[1])
    assert ours == theirs
    assert b"/+TOTAL +0 -- 1/1/1/1/0 " in ours[0]


def test_asap_writes_the_end_of_a_session_without_a_server_as_haproxy(both, peers):
    def refused(proxy, end):
        read_all(proxy.connect())
        end()
    ours, theirs = both(peers(Refuser), {"asap": True}, ["logasap"], refused, expected=[1])
    assert ours == theirs
    assert b"/+TOTAL +0 SC " in ours[0]


def test_a_long_session_is_written_at_its_start_while_it_goes_on_and_at_its_end(tidegate, server):
    daemon = tidegate(config(server, frontend={"log": {"at": ["start", "1s", "end"]}},
                             log=[{"to": "stdout", "format": "json"}, {"to": "stderr", "frame": "short"}]))
    client = daemon.connect()
    connection = server.accept()

    def events():
        return [json.loads(line) for line in daemon.out.all()]
    wait_until(lambda: [line["event"] for line in events()] == ["start"], what="the start")
    connection.sendall(b"hello")
    assert read_exactly(client, 5) == b"hello"
    wait_until(lambda: len(events()) >= 3, what="two lines of progress")
    client.close()
    connection.close()
    wait_until(lambda: events()[-1]["event"] == "end", what="the end")

    start, *progress, end = events()
    assert {line["session"] for line in events()} == {end["session"]}
    assert {line["event"] for line in progress} == {"progress"}
    assert (start["server"], start["bytes_to_client"], end["bytes_to_client"]) == ("s1", 0, 5)
    times = [line["total_ms"] for line in progress]
    assert times == sorted(set(times))
    assert all(time >= 1000 * count for count, time in enumerate(times, 1))
    assert [line["bytes_to_client"] for line in progress] == [5] * len(progress)
    assert [start["backend_sessions"], end["backend_sessions"]] == [1, 0]
    daemon.stop()
    told = daemon.err.matching(r"^<6>\S+ \[[^]]+\] web app/s1 1/\d+/(\+?)\d+ (\+?)\d -- ")
    assert [match[1] + match[2] for match in told] == ["++"] * (1 + len(progress)) + [""]


def test_progress_stops_with_the_session_and_idle_timeouts_still_fire(tidegate, server):
    daemon = tidegate(config(server, timeouts={"client": "2500ms"}, frontend={"log": {"at": ["1s", "end"]}}))
    with daemon.connect() as client:
        connection = server.accept()
        assert client.recv(1) == b""
        connection.close()
    daemon.stop()

    *progress, end = daemon.out.matching(r" web app/s1 \d+/\d+/(\+?)(\d+) \+?0 (\S\S) ")
    assert {(match[1], match[3]) for match in progress} == {("+", "--")}
    assert (end[1], end[3]) == ("", "cD")
    assert int(end[2]) >= 2500


def test_defaults_say_for_all_frontends_and_each_may_differ(tidegate, echo_server):
    plain = config(echo_server)
    plain["defaults"]["log"] = {"dontlognull": True}
    plain["frontends"]["all"] = {"bind": "127.0.0.1:0", "backend": "app", "log": {"dontlognull": False}}
    daemon = tidegate(plain)

    daemon.connect("web").close()
    daemon.connect("all").close()

    daemon.access(frontend="all")
    daemon.stop()
    assert not daemon.out.matching(r" web app/")
