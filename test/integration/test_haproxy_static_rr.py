"""Turns come in HAProxy's order where it is fixed."""

import pytest

from support.pair import IN_USE, Pair
from support.sockets import connect, read_all


class StaticRoundRobin:
    name = "static-rr"

    def as_haproxy(self) -> list[str]:
        return ["balance static-rr"]

    def as_yaml(self) -> dict:
        return {"by": "static-rr"}


def order(endpoint, count: int) -> list[str]:
    found = []
    for _ in range(count):
        with connect(endpoint) as session:
            found.append(read_all(session).decode())
    return found


@pytest.mark.deadline(60)
def test_turns_come_in_haproxys_order(tidegate, peers, tmp_path):
    pair = Pair(tidegate, peers, tmp_path, [StaticRoundRobin()])

    expected = order(pair.haproxy["static-rr"], 400)

    assert set(expected) == IN_USE
    assert order(pair.tidegate["static-rr"], 400) == expected
