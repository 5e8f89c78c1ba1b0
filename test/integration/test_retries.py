"""A server that refuses costs the client a retry, not its session."""

import pytest

from support.config import config, with_probe
from support.peers import Refuser, Server, says
from support.sockets import read_all
from support.wait import Stopwatch, fastest


def test_another_server_is_tried_at_once(tidegate, peers, workers):
    daemon = tidegate(config([peers(Refuser), peers(Server, says(b"s2"))], threads=workers))

    def two_sessions():
        assert [daemon.ask(), daemon.ask()] == [b"s2", b"s2"]

    assert fastest(two_sessions) < 0.9
    retried = [line for line in daemon.access(10) if line.retries != "0"]
    assert len(retried) >= 5
    assert {(line.server, line.retries, line.code) for line in retried} == {("s2", "+1", "--")}


def test_the_only_server_is_tried_again_after_a_second(tidegate, peers):
    late = peers(Refuser)
    daemon = tidegate(with_probe(config(late), peers(Server, says(b"probe"))))
    watch = Stopwatch()
    client = daemon.connect()
    assert daemon.ask("probe") == b"probe"

    late.open()
    connection = late.accept()

    assert 1.0 <= watch.elapsed() < 3.0
    connection.sendall(b"at last")
    connection.close()
    assert read_all(client) == b"at last"
    client.close()
    (line,) = daemon.access()
    assert (line.server, line.retries, line.code) == ("s1", "1", "--")
    assert line.queue + line.connect >= 1000


def test_the_only_server_is_tried_again_after_the_connect_timeout_when_that_is_shorter(tidegate, peers):
    daemon = tidegate(config(peers(Refuser), timeouts={"connect": "200ms"}, retries=3))
    watch = Stopwatch()

    assert daemon.ask() == b""

    assert 0.6 <= watch.elapsed() < 2.6
    (line,) = daemon.access()
    assert (line.retries, line.code, line.connect) == ("3", "SC", -1)


def test_without_retries_a_refusal_ends_the_session_at_once(tidegate, peers, workers):
    daemon = tidegate(config(peers(Refuser), retries=0, threads=workers))

    def refused_session():
        assert daemon.ask() == b""

    assert fastest(refused_session) < 0.9
    lines = daemon.access(5)
    assert {(line.server, line.retries, line.code, line.connect) for line in lines} == {("s1", "0", "SC", -1)}


@pytest.mark.parametrize("count", [2, 5])
def test_when_all_servers_refuse_the_client_is_closed_promptly(tidegate, peers, workers, count):
    daemon = tidegate(config([peers(Refuser) for _ in range(count)], threads=workers))

    def refused_session():
        assert daemon.ask() == b""

    assert fastest(refused_session, tries=4) < 0.9
    assert {line.code for line in daemon.access(4)} == {"SC"}


def test_bytes_sent_before_the_retry_reach_the_server_that_takes_the_session(tidegate, peers):
    late = peers(Refuser)
    daemon = tidegate(config(late, timeouts={"connect": "300ms"}, retries=10))
    client = daemon.connect()
    client.sendall(b"early words")

    late.open()
    connection = late.accept()

    assert connection.recv(100) == b"early words"


def test_a_server_that_comes_back_is_used_again(tidegate, peers):
    flapping = peers(Refuser)
    daemon = tidegate(config([flapping, peers(Server, says(b"s2"))]))
    assert {daemon.ask() for _ in range(4)} == {b"s2"}

    flapping.open()
    answers = []
    for _ in range(2):
        client = daemon.connect()
        flapping.socket.settimeout(0.3)
        try:
            connection = flapping.accept(0.3)
        except TimeoutError:
            answers.append(read_all(client))
        else:
            connection.sendall(b"s1")
            connection.close()
            answers.append(read_all(client))
        client.close()

    assert sorted(answers) == [b"s1", b"s2"]
