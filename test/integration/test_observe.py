"""What sessions meet takes a server down: beside its checks, as in HAProxy."""

import re

import pytest

from support.config import config
from support.haproxy import Rival, with_logs
from support.peers import Listener, Refuser, Server, echo, says
from support.sockets import read_all, read_exactly, reset

LIMIT = 3
PASSED = r"(?:^|notice: )Health check for server app/s1 succeeded"
FELL = r"(?:^|notice: )Health check for server app/s1 failed, reason: Health analyze"
ABOUT_SERVERS = re.compile(r"(?:^|: )((?:Health check for|Server app/|backend app has) .*)")


class Moody:
    """Serves, or resets before it has said a word."""

    def __init__(self, well: bool = True):
        self.well = well

    def __call__(self, connection):
        echo(connection) if self.well else reset(connection)


def observed(server, check, on_error: str, **check_keys) -> dict:
    """Its checks go elsewhere, and come once, unless something hurries them."""
    keys = {"port": check.port, "interval": "1h", "fast_interval": "1h", **check_keys}
    return config({"s1": {"address": server.address, "check": keys, "observe": "layer4", "error_limit": LIMIT,
                          "on_error": on_error}}, retries=0, backend={"log_health_checks": True})


def outcome(daemon) -> bytes:
    """What one session gets; nothing where it is reset, be it within connect()."""
    try:
        return daemon.ask()
    except ConnectionResetError:
        return b""


def fail(ask):
    for _ in range(LIMIT):
        assert ask() == b""


def told(out) -> list[str]:
    """The lines about servers, without what a session that ends in the same moment may change, and times."""
    lines = [ABOUT_SERVERS.search(line) for line in out.all() if not line.startswith("[WARNING]")]
    return [re.sub(r"\d+( sessions active|ms)", r"N\1", line[1]) for line in lines if line]


# By on_error: how often so many sessions in a row must fail.
TO_THE_END = {"fail-check": 3, "sudden-death": 2, "mark-down": 1}


@pytest.mark.parametrize("on_error", TO_THE_END)
def test_failed_sessions_take_a_server_down_in_the_steps_and_words_of_haproxy(tidegate, peers, tmp_path, on_error):
    refuser, well = peers(Refuser), peers(Server, says(b""))
    daemon = tidegate(observed(refuser, well, on_error))
    rival = peers(Rival, tmp_path, with_logs(
        f"{refuser.address} check port {well.port} inter 1h fastinter 1h observe layer4 error-limit {LIMIT} "
        f"on-error {on_error}", logs=["stdout format raw local0"], options=["retries 0", "option log-health-checks"]))

    def rival_asks():
        with rival.connect() as client:
            return read_all(client)

    for out, ask in ((daemon.out, lambda: outcome(daemon)), (rival.out, rival_asks)):
        out.wait_for(PASSED)
        for times in range(1, TO_THE_END[on_error] + 1):
            fail(ask)
            out.wait_for_count(FELL, times)
        out.wait_for("backend app has no server available!")

    assert told(daemon.out) == told(rival.out)


def test_failed_sessions_bring_the_next_check_forward(tidegate, peers):
    refuser, checks = peers(Refuser), peers(Listener)
    daemon = tidegate(observed(refuser, checks, "fastinter", fast_interval="10ms"))
    checks.accept()

    fail(lambda: outcome(daemon))

    checks.accept()
    assert not daemon.out.matching(FELL)


def test_a_server_that_is_down_for_its_sessions_comes_back_by_its_checks(tidegate, peers):
    refuser, well = peers(Refuser), peers(Server, says(b""))
    daemon = tidegate(observed(refuser, well, "mark-down", fast_interval="10ms", down_interval="10ms", rise=3))

    fail(lambda: outcome(daemon))

    daemon.out.wait_for("Server app/s1 is DOWN")
    daemon.out.wait_for("Server app/s1 is UP")


def test_a_server_that_resets_before_it_has_answered_has_failed(tidegate, peers, workers):
    sick, well = peers(Server, Moody(well=False)), peers(Server, says(b""))
    plain = observed(sick, well, "mark-down")
    plain["global"]["threads"] = workers
    daemon = tidegate(plain)

    fail(lambda: outcome(daemon))

    daemon.out.wait_for("Server app/s1 is DOWN")
    assert sick.accepted == LIMIT
    assert daemon.ask() == b""
    assert daemon.access(LIMIT + 1)[-1].server == "<NOSRV>"


def test_only_failures_in_a_row_count(tidegate, peers):
    mood = Moody()
    daemon = tidegate(observed(peers(Server, mood), peers(Server, says(b"")), "mark-down"))

    for _ in range(3):
        mood.well = False
        assert outcome(daemon) == outcome(daemon) == b""
        mood.well = True
        with daemon.connect() as client:
            client.sendall(b"hello")
            assert read_exactly(client, 5) == b"hello"

    assert not daemon.out.matching(FELL)
    mood.well = False
    fail(lambda: outcome(daemon))
    daemon.out.wait_for("Server app/s1 is DOWN")


def test_a_client_that_leaves_says_nothing_of_the_server(tidegate, peers):
    silent = peers(Listener)
    daemon = tidegate(observed(silent, peers(Server, says(b"")), "mark-down"))

    for _ in range(2 * LIMIT):
        client = daemon.connect()
        connection = silent.accept()
        reset(client)
        read_all(connection)
        connection.close()
    daemon.access(2 * LIMIT)

    assert not daemon.out.matching(FELL)
