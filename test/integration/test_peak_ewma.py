"""peak-ewma leaves a server alone that does not answer."""

from support.config import config
from support.peers import Refuser, Server, says


def test_a_server_that_refuses_is_not_taken_for_the_fastest(tidegate, peers):
    servers = [peers(Refuser), peers(Server, says(b"s2"))]
    daemon = tidegate(config(servers, backend={"balance": "peak-ewma"}))

    assert [daemon.ask() for _ in range(60)] == [b"s2"] * 60

    retried = [line for line in daemon.access(60) if line.retries != "0"]
    assert len(retried) <= 6
