"""A backend whose servers all refuse is not sent a multiple of its connects."""

from support.config import config
from support.peers import Refuser


def retries_of(daemon, sessions: int) -> int:
    for _ in range(sessions):
        assert daemon.ask() == b""
    return sum(int(line.retries.lstrip("+")) for line in daemon.access(sessions))


def test_a_budget_bounds_the_retries_of_a_dying_backend(tidegate, peers):
    dying = [peers(Refuser), peers(Refuser), peers(Refuser)]
    daemon = tidegate(config(dying, retries=2, backend={"retry_budget": "10%"}))

    assert retries_of(daemon, 60) == 10


def test_a_budget_that_is_spent_is_told_once_and_counted_at_the_end(tidegate, peers):
    dying = [peers(Refuser), peers(Refuser), peers(Refuser)]
    daemon = tidegate(config(dying, retries=2, backend={"retry_budget": "10%"}))

    assert retries_of(daemon, 60) == 10
    daemon.stop()
    assert len(daemon.out.matching("backend app: retries are given up, retry_budget 10% is spent")) == 1
    # Ten retries are the two of five sessions.
    assert daemon.err.matching("55 sessions were refused another attempt by a retry_budget")


def test_without_a_budget_each_session_has_its_retries(tidegate, peers):
    dying = [peers(Refuser), peers(Refuser), peers(Refuser)]
    daemon = tidegate(config(dying, retries=2))

    assert retries_of(daemon, 60) == 120
