"""A server in slow start gets few sessions at first."""

from collections import Counter

from support.config import config
from support.peers import Server, says
from support.wait import wait_until


def test_a_server_that_starts_slowly_gets_its_share_little_by_little(tidegate, peers):
    servers = {name: {"address": peers(Server, says(name.encode())).address, "weight": 100} for name in ("s1", "s2")}
    servers["s2"] |= {"slow_start": "5s", "slow_start_at_start": True}
    daemon = tidegate(config(servers))

    early = Counter(daemon.ask().decode() for _ in range(50))

    assert early["s2"] < 15
    wait_until(lambda: Counter(daemon.ask().decode() for _ in range(50))["s2"] >= 24, deadline=20)
