"""The load tool, one measurement at a time."""

import json
import subprocess

from . import machine
from .rivals import Ports, Running

LOAD = machine.BUILD / "bench/tidegate-load"


def run(running: Running, ports: Ports, core: int, arguments: list[str]) -> dict:
    """What tidegate-load says of one window (bench/README.md, "One measurement")."""
    command = [
        str(LOAD), "--proxy", running.proxy, "--server", f"127.0.0.1:{ports.server}",
        "--pid", str(running.pid), *arguments,
    ]  # fmt: skip
    done = subprocess.run(machine.pinned(core, command), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise machine.Failed(done.stderr.strip() or f"{' '.join(command)}: exit status {done.returncode}")
    result = json.loads(done.stdout)
    if result["failures"]:
        raise machine.Failed(f"{result['failures']} sessions ended otherwise than meant")
    if not result["settled"]:
        raise machine.Failed("what was under way at the end of the window did not come to its end within 3 s")
    return result
