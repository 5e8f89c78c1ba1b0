"""A soft stop amid new connections: whoever got in is served, nobody who got in is reset."""

import signal

import pytest

from support.callers import call_until_refused
from support.config import config
from support.peers import CrowdServer
from support.settings import scaled

STOPS = scaled(40, 4)
ANSWER = b"served"


@pytest.mark.deadline(120)
def test_soft_stops_under_load_reset_nobody(tidegate, peers):
    served = refused = 0
    for round_number in range(STOPS):
        backend = peers(CrowdServer, lambda _: ANSWER, last=True)
        daemon = tidegate(config(backend, threads=1 + round_number % 2))

        callers = call_until_refused(daemon.address(), lambda: daemon.send_signal(signal.SIGUSR1),
                                     stop_after=0.1 + 0.007 * (round_number % 10))

        connected = [caller for caller in callers if caller.connected]
        assert {caller.answer for caller in connected} == {ANSWER}, f"in round {round_number}"
        assert daemon.wait() == 0
        served += len(connected)
        refused += sum(caller.refused for caller in callers)
        assert daemon.access(len(connected))
    assert served > STOPS * 40
    assert refused > 0, "calls must have gone on after the stop"
