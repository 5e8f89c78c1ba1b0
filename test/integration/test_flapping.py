"""A server that goes up and down all the time, under load."""

import random
import threading
from collections import Counter

import pytest

from support.access_log import parse_access
from support.config import config
from support.peers import CrowdServer
from support.programs import free_port
from support.settings import scaled
from support.sockets import read_exactly
from support.streams import in_background
from support.wait import wait_until

CALLERS = 6
FLAPS = scaled(50, 5)
WELL = {"--"}
SENT_AWAY = {"SC", "SD", "DC", "D-", "DD"}  # refused, or ended with the server


class Load:
    """Callers without a pause. Each session is served, refused, or ended by us: never does one hang."""

    def __init__(self, daemon):
        self._daemon = daemon
        self._over = threading.Event()
        self._lock = threading.Lock()
        self.served = 0
        self._callers = [in_background(self._call, number) for number in range(CALLERS)]

    def _call(self, number: int):
        dice = random.Random(number)
        refused = 0
        while not self._over.is_set():
            try:
                with self._daemon.connect(timeout=15) as client:
                    for _ in range(dice.randrange(1, 5)):
                        client.sendall(b"hello")
                        read_exactly(client, 5)
                with self._lock:
                    self.served += 1
            except (AssertionError, ConnectionResetError, BrokenPipeError):
                refused += 1
        return refused

    def end(self) -> tuple[int, int]:
        """How many were served, and how many were not."""
        self._over.set()
        refused = sum(caller.result(60) for caller in self._callers)
        return self.served, refused


def codes_of(log) -> Counter:
    records = [parse_access(line) for line in log.read_text().splitlines()]
    return Counter(record.code for record in records if record)


@pytest.mark.deadline(120)
@pytest.mark.parametrize("stable", [True, False], ids=["beside-a-stable-one", "alone"])
def test_every_session_completes_or_is_refused_while_a_server_flaps(tidegate, peers, tmp_path, stable):
    """One that is checked 50 times a second and listens and stops listening as soon as that is noticed."""
    port = free_port()
    servers = {"s1": {"address": f"127.0.0.1:{port}", "on_marked_down": "shutdown_sessions",
                      "check": {"interval": "20ms", "rise": 1, "fall": 1, "init_state": "fully-down"}}}
    if stable:
        servers["s2"] = peers(CrowdServer).address
    log = tmp_path / "access.log"
    daemon = tidegate(config(servers, threads=2, timeouts={"connect": "1s"}, retries=1,
                             log=[{"to": "stdout", "level": "notice"}, str(log)]))
    load = Load(daemon)

    for flap in range(1, FLAPS + 1):
        flapping = CrowdServer(port=port)
        daemon.out.wait_for_count("Server app/s1 is UP", flap)
        before = load.served
        wait_until(lambda: load.served > before + 1, what="sessions that are served meanwhile")
        flapping.close()
        daemon.out.wait_for_count("Server app/s1 is DOWN", flap)

    served, refused = load.end()
    wait_until(lambda: codes_of(log).total() == served + refused)
    codes = codes_of(log)
    assert codes.keys() <= WELL | SENT_AWAY, codes
    assert served > FLAPS
    if stable:
        assert not daemon.out.matching("has no server available")
    else:
        assert len(daemon.out.matching("backend app has no server available!")) == FLAPS
