"""New sessions a second have a limit: of a frontend the others wait, of one address the others are refused."""

import time

from support.config import config
from support.sockets import connect, finish, read_all


def visit(endpoint, source: str = "127.0.0.1") -> bytes:
    """What comes back for a greeting; nothing when the client is refused."""
    try:
        with connect(endpoint, source=source) as client:
            client.sendall(b"hello")
            finish(client)
            return read_all(client)
    except OSError:
        return b""


def test_a_frontend_lets_clients_in_at_its_rate_and_loses_none(tidegate, echo_server):
    daemon = tidegate(config(echo_server, frontend={"rate_limit": "50/s"}))
    started = time.monotonic()

    answers = [visit(daemon.address()) for _ in range(55)]

    assert answers == [b"hello"] * 55
    # 6 at once, the other 49 one after the other.
    assert time.monotonic() - started >= 0.9


def test_an_address_beyond_its_rate_is_refused_and_others_are_not(tidegate, echo_server):
    daemon = tidegate(config(echo_server, frontend={"rate_per_source": "1/s"}))

    answers = [visit(daemon.address(), source="127.0.0.2") for _ in range(20)]

    assert answers[0] == b"hello"
    assert b"" in answers
    assert visit(daemon.address(), source="127.0.0.3") == b"hello"
