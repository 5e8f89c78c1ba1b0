"""After a half-close the side that fell silent may have a shorter time of its own."""

import time

import pytest

from support.config import config
from support.sockets import at_end, established, finish, quiet, read_all, read_exactly, sides, still_silent


@pytest.fixture(params=["server", "client"])
def silent(request) -> str:
    """The side that says nothing after the other one's FIN."""
    return request.param


def half_closed(daemon, server, silent: str):
    """(ended, silent) of a session whose one side has sent its FIN, which has arrived at the other."""
    other, ended = sides(*established(daemon, server), silent)
    finish(ended)
    assert at_end(other)
    return ended, other


def assert_ended(daemon, code: str, timeout: int):
    (line,) = daemon.access()
    assert line.code == code
    assert timeout <= line.total, "it fired before its time"


def test_a_side_silent_after_the_others_fin_has_its_fin_timeout(tidegate, server, workers, silent):
    daemon = tidegate(config(server, timeouts={f"{silent}_fin": "1s"}, threads=workers))
    ended, _silent = half_closed(daemon, server, silent)

    assert read_all(ended) == b""

    assert_ended(daemon, {"server": "sD", "client": "cD"}[silent], 1000)


def test_without_a_fin_timeout_the_silent_sides_own_goes_on(tidegate, server, silent):
    daemon = tidegate(config(server, timeouts={silent: "2s"}))
    ended, _silent = half_closed(daemon, server, silent)

    assert read_all(ended) == b""

    assert_ended(daemon, {"server": "sD", "client": "cD"}[silent], 2000)


def test_the_timeout_of_the_side_that_ended_first_does_not_cut_the_other_short(tidegate, server, silent):
    first = "client" if silent == "server" else "server"
    daemon = tidegate(config(server, timeouts={first: "500ms", f"{first}_fin": "500ms"}))
    ended, late = half_closed(daemon, server, silent)

    assert still_silent(ended, for_seconds=1.0)
    late.sendall(b"late")
    late.close()

    assert read_all(ended) == b"late"
    assert daemon.access()[0].code == "--"


def test_a_side_that_goes_on_sending_outlives_its_fin_timeout(tidegate, server, silent):
    daemon = tidegate(config(server, timeouts={f"{silent}_fin": "2s"}))
    ended, sending = half_closed(daemon, server, silent)

    for _ in range(6):
        sending.sendall(b"x")
        assert read_exactly(ended, 1) == b"x"
        time.sleep(0.5)  # a quarter of the timeout, one and a half in all

    assert quiet(ended)
    sending.close()
    assert at_end(ended)
    assert daemon.access()[0].code == "--"
