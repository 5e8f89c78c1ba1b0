"""Where a measurement is made: cores, descriptors, ports, and what its report says of the place."""

import os
import platform
import re
import resource
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/release"
SCRATCH = ROOT / "build/bench"  # configurations as run, profiles, logs

DESCRIPTORS = 65_536  # 8,000 sessions are 16,000 sockets of the proxy and as many of the load
FRONTENDS = 100  # ports in a row


class Unusable(Exception):
    """This machine cannot measure; the text says what would be right."""


class Failed(Exception):
    """A measurement that came to nothing."""


def cores() -> tuple[int, int]:
    """The core of the proxy, and the core of load and servers."""
    usable = sorted(os.sched_getaffinity(0))
    if len(usable) < 2:
        raise Unusable("two cores are needed: one for the proxy alone, one for load and servers")
    return usable[0], usable[1]


def pinned(core: int, command: list[str]) -> list[str]:
    return ["taskset", "-c", str(core), *command]


def raise_descriptor_limit() -> int:
    """As far as this user may; all that is started inherits it. The answer is what it is now."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for limit in (max(hard, DESCRIPTORS), hard):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
            break
        except (ValueError, PermissionError):
            continue
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def go_first() -> None:
    """Before what else the machine does, as far as this user may."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -15)
    except PermissionError:
        pass


def go_at_once(priority: int) -> None:
    """As go_first(), but without a wait for what runs: in real time. For latencies in short windows."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
    except PermissionError:
        go_first()


def listening_ports() -> set[int]:
    ports = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                ports.add(int(fields[1].rsplit(":", 1)[1], 16))
    return ports


def free_ports() -> tuple[int, int]:
    """The first of FRONTENDS ports in a row for proxies, and one for servers; below the ephemeral ones."""
    taken = listening_ports()
    for first in range(21_000, 32_000, 200):
        if taken.isdisjoint(range(first, first + FRONTENDS + 1)):
            return first, first + FRONTENDS
    raise Unusable("no 101 free ports in a row between 21000 and 32000")


def cpu_seconds(pids: list[int]) -> float:
    """Time on a core of all threads of these processes."""
    total = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def output_of(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout + done.stderr


def first_match(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found.group(1).strip() if found else "unknown"


def description() -> list[tuple[str, str]]:
    """What a reader must know to compare: pairs of a name and a fact."""
    changed = output_of("git", "status", "--porcelain", "--", "conf", "balancer", "health", "lb")
    commit = output_of("git", "rev-parse", "--short=12", "HEAD").strip()
    processor = first_match(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = int(first_match(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())) / 2**20
    return [
        ("commit", commit + (" with changes that are not committed" if changed else "")),
        ("machine", f"{processor}, {os.cpu_count()} cores, {memory:.0f} GiB"),
        ("kernel", platform.release()),
        ("distribution", first_match(r'PRETTY_NAME="(.*)"', Path("/etc/os-release").read_text())),
        ("load average at the start", f"{os.getloadavg()[0]:.2f}"),
    ]
