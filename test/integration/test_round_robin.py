"""Servers take their turns in the order of the file, as often as their weights say."""

from collections import Counter

import pytest

from support.config import config
from support.peers import Server, says


@pytest.fixture
def named(peers):
    """named("s1", "s2") -> {name: server that says its name}"""
    return lambda *names: {name: peers(Server, says(name.encode())) for name in names}


def order(daemon, count: int) -> list[str]:
    return [daemon.ask().decode() for _ in range(count)]


def weighted(servers, weights) -> dict:
    return {name: {"address": server.address, "weight": weight}
            for (name, server), weight in zip(servers.items(), weights, strict=True)}


def test_equal_servers_take_turns_in_the_order_of_the_file(tidegate, named):
    daemon = tidegate(config(named("zebra", "ant", "mole")))

    assert order(daemon, 9) == ["zebra", "ant", "mole"] * 3


def test_two_workers_share_one_order(tidegate, named):
    daemon = tidegate(config(named("s1", "s2", "s3"), threads=2))

    assert order(daemon, 30) == ["s1", "s2", "s3"] * 10


def test_weights_decide_how_often_in_haproxys_order(tidegate, named):
    daemon = tidegate(config(weighted(named("s1", "s2", "s3"), [5, 1, 1])))

    picks = order(daemon, 21)

    assert Counter(picks) == {"s1": 15, "s2": 3, "s3": 3}
    assert picks[:7] == picks[7:14] == picks[14:]
    assert picks[:7] == ["s1", "s1", "s1", "s2", "s1", "s1", "s3"]


def test_no_server_is_ever_a_whole_turn_off_its_share(tidegate, named):
    weights = {"s1": 7, "s2": 3, "s3": 2, "s4": 1}
    daemon = tidegate(config(weighted(named(*weights), weights.values()), threads=2))
    total = sum(weights.values())
    seen = Counter()

    for turn, name in enumerate(order(daemon, 4 * total), 1):
        seen[name] += 1
        for server, weight in weights.items():
            assert abs(seen[server] - turn * weight / total) <= 1.0 + 1e-9


def test_a_server_of_weight_zero_or_disabled_gets_no_session(tidegate, named):
    servers = weighted(named("s1", "s2", "s3"), [1, 0, 1])
    servers["s3"]["disabled"] = True
    daemon = tidegate(config(servers))

    assert order(daemon, 6) == ["s1"] * 6


def test_a_backup_server_is_not_used_while_another_is_left(tidegate, named):
    servers = weighted(named("s1", "s2", "s3"), [1, 1, 1])
    servers["s2"]["backup"] = True
    daemon = tidegate(config(servers))

    assert order(daemon, 6) == ["s1", "s3"] * 3


def test_a_backup_server_is_used_when_no_other_is_left(tidegate, named):
    servers = weighted(named("s1", "s2", "s3"), [1, 1, 1])
    servers["s1"]["disabled"] = True
    servers["s2"]["backup"] = servers["s3"]["backup"] = True
    daemon = tidegate(config(servers))

    assert set(order(daemon, 4)) <= {"s2", "s3"}


def test_without_any_server_the_client_is_closed_at_once(tidegate, named):
    servers = weighted(named("s1"), [1])
    servers["s1"]["disabled"] = True
    daemon = tidegate(config(servers))

    assert daemon.ask() == b""

    (line,) = daemon.access()
    assert (line.backend, line.server, line.code) == ("app", "<NOSRV>", "SC")
    assert (line.queue, line.connect) == (-1, -1)
