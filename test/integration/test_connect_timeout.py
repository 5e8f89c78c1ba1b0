"""A server that does not answer is given the connect timeout, then left."""

from support.config import config
from support.peers import FullBacklog, Server, says
from support.sockets import read_all
from support.wait import Stopwatch, assert_fired


def test_a_silent_server_is_given_up_after_the_connect_timeout(tidegate, peers, workers):
    daemon = tidegate(config(peers(FullBacklog), timeouts={"connect": "1s"}, retries=0, threads=workers))
    watch = Stopwatch()

    assert daemon.ask() == b""

    assert_fired(watch.elapsed(), 1.0)
    (line,) = daemon.access()
    assert (line.server, line.connect, line.code) == ("s1", -1, "sC")
    assert 1000 <= line.total < 3000


def test_another_server_is_tried_after_the_connect_timeout(tidegate, peers):
    daemon = tidegate(config([peers(FullBacklog), peers(Server, says(b"s2"))], timeouts={"connect": "1s"}))
    watch = Stopwatch()

    assert daemon.ask() == b"s2"

    assert_fired(watch.elapsed(), 1.0)
    (line,) = daemon.access()
    assert (line.server, line.retries, line.code) == ("s2", "+1", "--")


def test_every_attempt_has_the_whole_connect_timeout(tidegate, peers):
    daemon = tidegate(config(peers(FullBacklog), timeouts={"connect": "600ms"}, retries=2))
    watch = Stopwatch()

    assert daemon.ask() == b""

    assert 1.8 <= watch.elapsed() < 1.8 + 3 * 0.7
    (line,) = daemon.access()
    assert (line.retries, line.code) == ("2", "sC")


def test_the_client_timeout_also_runs_while_connecting(tidegate, peers):
    daemon = tidegate(config(peers(FullBacklog), timeouts={"connect": "1m", "client": "1s"}))
    watch = Stopwatch()

    with daemon.connect() as client:
        assert read_all(client) == b""

    assert_fired(watch.elapsed(), 1.0)
    assert daemon.access()[0].code == "cC"
