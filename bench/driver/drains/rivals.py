"""The two proxies, each before servers s1, s2, ... of a backend `app`, and how somebody drains one of them."""

import json
import signal
import time
from collections import Counter
from pathlib import Path

from support.admin import ask, wait_asked
from support.config import config
from support.daemon import Daemon
from support.haproxy import launch, listen
from support.wait import wait_until

from .measures import say

WORKERS = 2
SESSIONS = 9_000


class Proxy:
    name = ""

    def __init__(self, directory: Path):
        self.socket = str(directory / "admin.sock")

    def ask(self, command: str) -> str:
        return ask(self.socket, command.encode() + b"\n").decode().strip()

    def state(self, server: str, state: str):
        reply = self.ask(f"set server app/{server} state {state}")
        assert reply == "", reply

    def drain(self, server: str, deadline: float) -> dict[str, int]:
        """Until it is over: how many sessions were closed, by grade."""
        raise NotImplementedError

    def drain_in_turn(self, count: int, deadline: float) -> tuple[Counter, list[float]]:
        """So many drains of s1 and s2. The answer: what they closed together, and when each began."""
        closed, begun = Counter(), []
        for number in range(count):
            server = f"s{1 + number % 2}"
            begun.append(time.monotonic())
            closed.update(one := self.drain(server, deadline))
            self.state(server, "ready")
            say(f"  {self.name}: drain {number + 1} of {count}: {one}")
        return closed, begun


class Tidegate(Proxy):
    name = "Tidegate"

    def __init__(self, directory: Path, servers: list[str], stop: float = 5):
        super().__init__(directory)
        self._daemon = Daemon(directory, config(
            servers, threads=WORKERS, maxconn=SESSIONS, log={"to": "stdout", "level": "notice"},
            admin={"socket": self.socket}, stop={"deadline": f"{stop}s"}, timeouts={"client": "5m", "server": "5m"}))
        self.endpoint = self._daemon.wait_ready().address()

    def shut_out(self, server: str):
        """No new session from the reply on, and those it has stay."""
        reply = self.ask(f"drain app/{server}")
        assert " drains: " in reply, reply

    def drain(self, server: str, deadline: float) -> dict[str, int]:
        reply = self.ask(f"drain app/{server} deadline {deadline}s")
        assert " drains: " in reply, reply
        found = wait_until(lambda: self._over(server), deadline + 20, f"the drain of {server} is over")
        say(f"  {self.name}: {found['raced']} clients have sent something behind the FIN")
        return found["closed"]

    def _over(self, server: str):
        time.sleep(0.05)
        latest = [one for one in json.loads(self.ask("drains json"))["drains"] if one["server"] == f"app/{server}"][-1]
        return latest if latest["state"] == "drained" else None

    def stop(self, deadline: float) -> int:
        return self._daemon.stop(signal.SIGTERM, deadline + 20)

    def close(self):
        self._daemon.end()


class HAProxy(Proxy):
    name = "HAProxy"

    def __init__(self, directory: Path, servers: list[str], stop: float = 5):
        super().__init__(directory)
        listener = listen(("127.0.0.1", 0))
        listener.listen(4096)
        self.endpoint = listener.getsockname()
        self._program = launch(directory, "\n".join([
            "global", f"nbthread {WORKERS}", f"maxconn {SESSIONS}", f"stats socket {self.socket} level admin",
            f"hard-stop-after {stop}s",
            "defaults", "mode tcp", "option redispatch 1", "timeout connect 5s", "timeout client 5m", "timeout server 5m",
            "frontend web", f"bind fd@{listener.fileno()}", "default_backend app",
            "backend app", "balance roundrobin",
            *(f"server s{number} {server}" for number, server in enumerate(servers, 1)), ""]), listener)
        wait_asked(self.socket, b"show cli level\n", b"admin\n\n")

    def shut_out(self, server: str):
        self.state(server, "drain")

    def drain(self, server: str, deadline: float) -> dict[str, int]:
        self.state(server, "drain")
        time.sleep(deadline)
        left = self._sessions(server)
        self.ask(f"shutdown sessions server app/{server}")
        wait_until(lambda: self._sessions(server) == 0, 20, f"{server} has no session")
        return {"at the deadline": left}

    def _sessions(self, server: str) -> int:
        lines = [line.split(",") for line in self.ask("show stat").splitlines()]
        (found,) = [line for line in lines if line[:2] == ["app", server]]
        return int(found[4])

    def stop(self, deadline: float) -> int:
        self._program.process.send_signal(signal.SIGUSR1)
        return self._program.wait(deadline + 20)

    def close(self):
        if self._program.process.poll() is None:
            self._program.process.kill()
        self._program.wait()


RIVALS = (Tidegate, HAProxy)
