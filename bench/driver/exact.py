"""Scenario `exact`: system calls and user instructions of one session in lock-step.

Both are counted over a few operations and over many; the difference, by operation, has no start in it and no
noise of the machine.
"""

import re
import signal
import subprocess
import time
from pathlib import Path

from . import load, machine
from .rivals import Rival, Setup
from .rounds import Rounds
from .samples import Row
from .scenarios import PROXIES

NAME = "exact"
QUESTION = (
    "What does one operation take, exactly? One session, or one connection at a time (the client closes first), in "
    "lock-step: the difference between many operations and few, by operation."
)
KINDS = (("round trip", "--round-trips"), ("connection", "--visits"))
LANES = 16  # connections at a time, where events come together and a proxy can serve several in one turn
ATTACH_SECONDS = 10


def run(rounds: Rounds, quick: bool, lanes: bool = True) -> None:
    """`lanes`: also connections at a time, whose figure is near but not exact."""
    few, many = (500, 6000) if quick else (1000, 10_000)
    counts = [
        (f"per {kind}", measure, flag, 1, count)
        for kind, flag in KINDS
        for measure, count in (("system calls", _system_calls), ("user instructions", _instructions))
    ]
    if lanes:
        counts.append((f"per connection, {LANES} at a time", "system calls", "--connects", LANES, _system_calls))
    for case, measure, flag, sessions, count in counts:
        for rival in rounds.rivals.values():
            if rival.name not in PROXIES:
                continue
            place = f"{NAME}, {measure} {case}, {rival.name}"
            totals = rounds.attempt(place, lambda: [
                count(rounds, rival, [flag, str(sessions), "--operations", str(operations)])
                for operations in (few, many)
            ])  # fmt: skip
            if totals is None:
                continue
            value = (totals[1] - totals[0]) / (many - few)
            rounds.samples.add(Row(NAME, case, measure, ""), rival.name, 0, value)
            rounds.say(f"{place}: {value:,.2f}")


def _system_calls(rounds: Rounds, rival: Rival, arguments: list[str]) -> int:
    return sum(system_calls_by_name(rounds, rival, arguments).values())


def system_calls_by_name(rounds: Rounds, rival: Rival, arguments: list[str]) -> dict[str, int]:
    """Of all threads, while that load ran."""
    summary = machine.SCRATCH / f"{rival.name}.strace"
    running = rival.start(rounds.ports, Setup(), rounds.proxy_core)
    try:
        strace = subprocess.Popen(
            ["strace", "-f", "-c", "-U", "calls,name", "-o", str(summary), "-p", str(running.pid)],
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            _await_tracer(strace, running.pid)
            load.run(running, rounds.ports, rounds.load_core, arguments)
        finally:
            strace.send_signal(signal.SIGINT)
            strace.communicate(timeout=30)
    finally:
        running.stop()
    lines = re.findall(r"^\s*(\d+)\s+(\w+)\s*$", summary.read_text(), re.MULTILINE)
    return {name: int(calls) for calls, name in lines if name != "total"}


def _await_tracer(strace: subprocess.Popen, pid: int) -> None:
    deadline = time.monotonic() + ATTACH_SECONDS
    while time.monotonic() < deadline and strace.poll() is None:
        statuses = [(task / "status").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
        if all("TracerPid:\t0\n" not in status for status in statuses):
            return
        time.sleep(0.02)
    if strace.poll() is None:
        raise machine.Failed(f"strace did not attach within {ATTACH_SECONDS} s")
    said = strace.stderr.read().strip()
    if "Operation not permitted" in said:
        raise machine.Unusable(f"ptrace is not permitted here, which counting system calls needs ({said})")
    raise machine.Failed(said)


def assert_tracing() -> None:
    """Throws Unusable where no other process may be traced."""
    with subprocess.Popen(["sleep", "60"]) as traced:
        strace = subprocess.Popen(
            ["strace", "-c", "-o", "/dev/null", "-p", str(traced.pid)], stderr=subprocess.PIPE, text=True
        )
        try:
            _await_tracer(strace, traced.pid)
        finally:
            strace.send_signal(signal.SIGINT)
            strace.communicate(timeout=30)
            traced.kill()


def _instructions(rounds: Rounds, rival: Rival, arguments: list[str]) -> int:
    """Of the process that carries the sessions, its start included; under valgrind."""
    directory = machine.SCRATCH / "profiles"
    directory.mkdir(exist_ok=True)
    directory.chmod(0o1777)  # nginx's worker has become another user when it writes its own
    for old in directory.glob(f"{rival.name}.*"):
        old.unlink()
    profile = directory / rival.name
    wrapper = ["valgrind", "-q", "--tool=callgrind", "--trace-children=yes", f"--callgrind-out-file={profile}.%p"]
    running = rival.start(rounds.ports, Setup(), rounds.proxy_core, wrapper)
    try:
        load.run(running, rounds.ports, rounds.load_core, arguments)
    finally:
        running.stop()
    written = Path(f"{profile}.{running.pid}")
    if not written.exists():
        raise machine.Failed("callgrind wrote no profile")
    return int(machine.first_match(r"(?m)^(?:totals|summary): (\d+)", written.read_text()))
