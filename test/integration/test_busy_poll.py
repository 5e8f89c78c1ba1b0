"""Workers that look for events before they sleep."""

from pathlib import Path

from support.config import config
from support.sockets import finish, read_all
from support.wait import wait_until


def worker_state(pid: int) -> str:
    """As the kernel has it: S sleeps, R runs."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        name, rest = (task / "stat").read_text().split("(", 1)[1].rsplit(") ", 1)
        if name == "worker/0":
            return rest[0]
    raise AssertionError("there is no worker")


def test_a_worker_that_polls_serves_and_sleeps_when_nobody_comes(tidegate, echo_server):
    plain = config(echo_server)
    plain["global"]["busy_poll"] = "10ms"
    daemon = tidegate(plain)

    with daemon.connect() as client:
        for message in (b"one", b"two", b"three"):
            client.sendall(message)
            assert client.recv(100) == message
        wait_until(lambda: worker_state(daemon.process.pid) == "S")
        client.sendall(b"four")
        finish(client)
        assert read_all(client) == b"four"
