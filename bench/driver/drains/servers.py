"""Servers that answer as requests ask for it, and tell which they got."""

import contextlib
import re
import sys
from pathlib import Path

from support.programs import Program, free_port

HERE = Path(__file__).resolve().parents[3] / "test/integration"
STILL = 30  # ms: less than a quiet time ever is
TOLD = re.compile(r"^(got|paused) (\d+)(?: (\d+))?$")


class Servers:
    """Two, in a process each."""

    def __init__(self, ends: contextlib.ExitStack):
        ports = [free_port() for _ in range(2)]
        self.addresses = [f"127.0.0.1:{port}" for port in ports]
        self._programs = [Program([sys.executable, "-m", "support.answering_server", port], cwd=HERE) for port in ports]
        for port, server in zip(ports, self._programs):
            ends.callback(server.kill)
            server.wait_listening(("127.0.0.1", port))

    def told(self) -> tuple[set, set]:
        """Ends them: numbers of the requests that they got, and of those where they paused by themselves for STILL."""
        got, paused = set(), set()
        for server in self._programs:
            server.kill()  # all that it has printed is read then
            for what, number, lasted in (match.groups() for match in server.out.matching(TOLD)):
                if what == "got":
                    got.add(int(number))
                elif int(lasted) >= STILL:
                    paused.add(int(number))
        return got, paused
