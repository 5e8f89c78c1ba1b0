"""What Tidegate is to reach, and whether it did."""

from dataclasses import dataclass

from .samples import Samples

OURS = "tidegate"


@dataclass(frozen=True)
class Target:
    """At most `most`: a ratio to `against` or, without it, a plain value."""

    scenario: str
    case: str
    measure: str
    most: float
    against: str = ""


TARGETS = (
    *(
        Target("bulk", f"{way} {n}", "CPU per GB", most, against)
        for against, most in (("haproxy", 0.35), ("haproxy-splice", 0.60), ("relay-splice", 1.10))
        for way in ("upload", "download")
        for n in (1, 10, 200)
    ),
    *(
        Target("roundtrips", f"{n} sessions", "CPU per round trip", most, against)
        for against, most in (("haproxy", 0.95), ("haproxy-given", 0.80), ("relay", 1.06))
        for n in (1, 50, 1000)
    ),
    Target("connect", "16 lanes", "CPU per connection", 0.90, "haproxy"),
    Target("connect", "16 lanes", "CPU per connection", 1.08, "relay"),
    *(Target("memory", f"{n} sessions", "user memory per session", 0.25, "haproxy") for n in (1000, 8000)),
    *(Target("memory", f"{n} sessions", "user memory per session", 1024) for n in (1000, 8000)),
    Target("latency", "50 sessions", "latency p99", 0.90, "haproxy"),
    Target("mixed", "50 small, 4 bulk", "latency p99", 0.50, "haproxy"),
    Target("exact", "per connection, 16 at a time", "system calls", 15.5),
    Target("exact", "per round trip", "user instructions", 0.15, "haproxy"),
    Target("exact", "per connection", "user instructions", 0.15, "haproxy"),
)

# The last case of each against the first.
GROWTH = (
    ("CPU per round trip", "0 idle sessions", "8000 idle sessions"),
    ("CPU per connection", "1 servers", "10000 servers"),
    ("CPU per connection", "1 frontends", "100 frontends"),
)
GROWTH_MOST = 1.10
WORKERS = (
    ("CPU per round trip", "1 workers", "2 workers"),
    ("CPU per connection", "1 workers", "2 workers"),
)
WORKERS_MOST = 1.05


@dataclass(frozen=True)
class Verdict:
    what: str
    most: float
    reached: float

    @property
    def met(self) -> bool:
        return self.reached <= self.most


def verdicts(samples: Samples) -> list[Verdict]:
    """Of the targets whose figures are there."""
    found = []
    for target in TARGETS:
        row = samples.find(target.scenario, target.case, target.measure)
        if row is None:
            continue
        if target.against:
            reached = samples.ratio(row, OURS, target.against)
            what = f"{target.measure}, {target.case}, against {target.against}"
        else:
            reached = samples.median(row, OURS)
            what = f"{target.measure}, {target.case}"
        if reached is not None:
            found.append(Verdict(what, target.most, reached))
    for most, growth in ((GROWTH_MOST, GROWTH), (WORKERS_MOST, WORKERS)):
        for measure, smallest, largest in growth:
            rows = [samples.find("growth", case, measure) for case in (largest, smallest)]
            reached = samples.growth(*rows, OURS) if all(rows) else None
            if reached is not None:
                found.append(Verdict(f"{measure}, {largest} against {smallest}", most, reached))
    return found
