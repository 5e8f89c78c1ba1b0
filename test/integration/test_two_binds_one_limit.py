"""Two binds of one frontend share its limit: a client at one is not forgotten when the other takes the slot."""

import pytest

from support.config import config
from support.settings import scaled
from support.sockets import connect, finish, read_all
from support.streams import in_background


def serve_one_after_another(endpoint, count: int) -> set[bytes]:
    answers = set()
    for _ in range(count):
        with connect(endpoint) as client:
            client.sendall(b"hello")
            finish(client)
            answers.add(read_all(client))
    return answers


@pytest.mark.deadline(60)
@pytest.mark.parametrize("where", ["frontend", "process"])
def test_clients_at_two_binds_under_a_limit_of_one_are_all_served(tidegate, echo_server, workers, where):
    limit = {"frontend": {"maxconn": 1}} if where == "frontend" else {"maxconn": 1}
    daemon = tidegate(config(echo_server, threads=workers, bind=["127.0.0.1:0", "127.0.0.1:0"], **limit))
    endpoints = daemon.addresses()
    assert len(endpoints) == 2

    clients = [in_background(serve_one_after_another, endpoints[i % 2], scaled(300, 50)) for i in range(6)]

    assert [client.result(50) for client in clients] == [{b"hello"}] * 6
