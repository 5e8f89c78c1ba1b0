"""What is measured: the scenarios, their cases, and what is read from a measurement."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .rivals import Setup

PROXIES = ("tidegate", "haproxy", "haproxy-given", "nginx", "relay")
SPLICING = ("haproxy-splice", "haproxy-given-splice", "relay-splice")
WAITING = (*PROXIES, "tidegate-busy-poll", "direct")
THREADED = ("tidegate", "haproxy", "haproxy-given")
PRODUCTS = ("tidegate", "haproxy", "haproxy-given", "nginx")


@dataclass(frozen=True)
class Measure:
    """One number of a measurement."""

    name: str
    unit: str
    read: Callable[[dict], float]


@dataclass(frozen=True)
class Case:
    """One load. `quick`: also in the short form."""

    name: str
    load: tuple[str, ...]
    measures: tuple[Measure, ...]
    rivals: tuple[str, ...] = PROXIES
    setup: Setup = field(default_factory=Setup)
    quick: bool = False
    half_of_maximum: bool = False  # add --rate: half of the slowest rival's maximum


@dataclass(frozen=True)
class Scenario:
    name: str
    question: str
    cases: tuple[Case, ...]
    compares_cases: bool = False  # then they take turns as well


def _bytes(result: dict) -> int:
    return result["bytes_uploaded"] + result["bytes_downloaded"]


def _growth(sessions: int) -> Callable[[str], Callable[[dict], float]]:
    return lambda key: lambda r: (r["memory_opened"][key] - r["memory_before"][key]) / sessions


CPU_PER_ROUND_TRIP = Measure("CPU per round trip", "us", lambda r: r["cpu_seconds"] / r["round_trips"] * 1e6)
CPU_PER_CONNECTION = Measure("CPU per connection", "us", lambda r: r["cpu_seconds"] / r["connections"] * 1e6)
CPU_PER_GB = Measure("CPU per GB", "s", lambda r: r["cpu_seconds"] / _bytes(r) * 1e9)
LATENCY = tuple(
    Measure(f"latency {name}", "us", lambda r, key=key: r["round_trip_us"][key])
    for name, key in (("p50", "p50"), ("p99", "p99"), ("p99.9", "p999"))
)


def _memory(sessions: int) -> tuple[Measure, ...]:
    growth = _growth(sessions)
    return (
        Measure("user memory per session", "B", growth("anonymous")),
        Measure("kernel queues per session", "B", growth("kernel_tcp")),
    )


SCENARIOS = (
    Scenario(
        "bulk",
        "What does a GB cost, each way? CPU time of the proxy by bytes carried.",
        tuple(
            Case(f"{way} {n}", (f"--{way}s", str(n)), (CPU_PER_GB,), PROXIES + SPLICING, quick=n == 10)
            for way in ("upload", "download")
            for n in (1, 10, 200)
        ),
    ),
    Scenario(
        "roundtrips",
        "What does a 64 B message and its echo cost? Sessions in lock-step, as fast as echoes come.",
        tuple(
            Case(f"{n} sessions", ("--round-trips", str(n)), (CPU_PER_ROUND_TRIP,), quick=n == 50)
            for n in (1, 50, 1000)
        ),
    ),
    Scenario(
        "connect",
        "What does a connection cost? Connect, 64 B, 64 B back, the server closes, the client closes; 16 at a time.",
        (Case("16 lanes", ("--connects", "16"), (CPU_PER_CONNECTION,), quick=True),),
    ),
    Scenario(
        "memory",
        "What does an idle session hold, after one exchange, beside an empty process?",
        tuple(
            Case(f"{n} sessions", ("--idle", str(n), "--warmup", "0", "--window", "1"), _memory(n), quick=n == 8000)
            for n in (1000, 8000)
        ),
    ),
    Scenario(
        "latency",
        "How late are echoes at half of the slowest rival's maximum? 50 sessions, messages at fixed times, counted "
        "from when each was meant to be sent. `direct` has no proxy: what lies above it is added. And of a session "
        "that is alone, where nearly all is the wake-up of a core that slept.",
        (
            Case("50 sessions", ("--round-trips", "50"), LATENCY, WAITING, quick=True, half_of_maximum=True),
            Case("1 session, 2,000 a second", ("--round-trips", "1", "--rate", "2000"), LATENCY, WAITING),
        ),  # fmt: skip
    ),
    Scenario(
        "mixed",
        "How late are echoes while others move bulk? 50 sessions at 2,000 messages a second beside 4 that receive "
        "without end.",
        (
            Case("50 small, 4 bulk", ("--round-trips", "50", "--rate", "2000", "--downloads", "4"),
                 (*LATENCY, CPU_PER_GB), (*PROXIES, *SPLICING, "direct"), quick=True),
        ),  # fmt: skip
    ),
    Scenario(
        "growth",
        "Does it cost more when there is more of everything? Idle sessions beside 50 busy ones; servers and "
        "frontends, 16 connections at a time; workers, all on the one core of the proxy.",
        compares_cases=True,
        cases=(
            *(
                Case(f"{n} idle sessions", ("--round-trips", "50", "--idle", str(n)), (CPU_PER_ROUND_TRIP,))
                for n in (0, 1000, 8000)
            ),
            *(
                Case(f"{n} servers", ("--connects", "16"), (CPU_PER_CONNECTION,), PRODUCTS, Setup(servers=n))
                for n in (1, 100, 10_000)
            ),
            *(
                Case(f"{n} frontends", ("--connects", "16", "--frontends", str(n)), (CPU_PER_CONNECTION,), PRODUCTS,
                     Setup(frontends=n))
                for n in (1, 100)
            ),
            *(
                Case(f"{n} workers", load, (measure,), THREADED, Setup(threads=n))
                for load, measure in (
                    (("--round-trips", "50"), CPU_PER_ROUND_TRIP),
                    (("--connects", "16"), CPU_PER_CONNECTION),
                )
                for n in (1, 2)
            ),  # fmt: skip
        ),
    ),
)
