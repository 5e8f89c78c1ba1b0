"""A server that takes long to connect to loses its weight in steps, and gets it back."""

from collections import Counter

from support.config import config
from support.peers import FullBacklog, Server, says
from support.sockets import read_all
from support.streams import in_background
from support.wait import wait_until


def serve_all(listener, text: bytes):
    while True:
        try:
            connection = listener.accept(60)
        except OSError:
            return
        connection.sendall(text)
        connection.close()


def has_been_asked(port: int) -> bool:
    """Whether somebody's SYN to it is unanswered."""
    with open("/proc/net/tcp", encoding="ascii") as file:
        return any(fields[2].endswith(f":{port:04X}") and fields[3] == "02" for fields in map(str.split, file))


def start_slowly(daemon, slow):
    """One session at each of two servers; connecting to the slow one takes until its SYN is repeated, a second."""
    clients = [daemon.connect() for _ in range(2)]
    wait_until(lambda: has_been_asked(slow.port), what="a SYN")
    slow.open()
    in_background(serve_all, slow, b"s1")
    assert sorted(read_all(client) for client in clients) == [b"s1", b"s2"]
    for client in clients:
        client.close()


def test_a_server_that_takes_long_to_connect_loses_weight_until_it_is_quick_again(tidegate, peers):
    slow = peers(FullBacklog)
    daemon = tidegate(config({"s1": {"address": slow.address, "weight": 100},
                              "s2": {"address": peers(Server, says(b"s2")).address, "weight": 100}},
                             backend={"slow_limit": "300ms"}, timeouts={"connect": "1m"}))
    start_slowly(daemon, slow)

    def share() -> float:
        """Of s1, in a few sessions."""
        return Counter(daemon.ask() for _ in range(44))[b"s1"] / 44

    # Each quick connect takes an eighth off the smoothed time, so that the first few leave it above the limit.
    for percent in (50, 25, 10):
        daemon.out.wait_for(rf"warning: Server app/s1 is slow: connecting takes \d+\.\d+ms, more than slow_limit 300ms: "
                            rf"it keeps {percent}% of its weight")
        if percent != 10:
            wait_until(lambda: daemon.ask() == b"s1")
    assert share() <= 0.14

    wait_until(lambda: daemon.ask() and daemon.out.matching(
        r"notice: Server app/s1 is quick again: connecting takes \d+\.\d+ms: it gets its weight back"), deadline=20)
    assert share() >= 0.45
    assert len(daemon.out.matching("Server app/s1 is slow")) == 3
    assert not daemon.out.matching("Server app/s2 is")


def test_a_server_that_is_quick_again_gets_its_weight_back_by_slow_start(tidegate, peers):
    slow = peers(FullBacklog)
    daemon = tidegate(config({"s1": {"address": slow.address, "weight": 100, "slow_start": "1h"},
                              "s2": {"address": peers(Server, says(b"s2")).address, "weight": 100}},
                             backend={"slow_limit": "700ms"}, timeouts={"connect": "1m"}))
    start_slowly(daemon, slow)
    daemon.out.wait_for("Server app/s1 is slow: .* it keeps 50% of its weight")

    wait_until(lambda: daemon.ask() and daemon.out.matching("Server app/s1 is quick again"), deadline=20)

    assert Counter(daemon.ask() for _ in range(50))[b"s1"] <= 2
