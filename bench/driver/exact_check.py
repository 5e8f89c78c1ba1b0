"""Whether Tidegate still takes what bench/exact.json says, to 5 %: nothing of it depends on the machine's speed."""

import json

from . import exact, machine
from .rounds import Rounds
from .targets import OURS

FIGURES = machine.ROOT / "bench/exact.json"
TOLERANCE = 1.05


def measured(rounds: Rounds) -> dict[str, float]:
    """By "measure case"."""
    figures = {}
    for row in rounds.samples.rows(exact.NAME):
        value = rounds.samples.median(row, OURS)
        if value is not None:
            figures[f"{row.measure} {row.case}"] = round(value, 2)
    return figures


def record(rounds: Rounds) -> None:
    FIGURES.write_text(json.dumps(measured(rounds), indent=2) + "\n")


def compare(rounds: Rounds) -> list[str]:
    """A sentence for each figure that has grown, or is missing."""
    now = measured(rounds)
    complaints = []
    for name, before in json.loads(FIGURES.read_text()).items():
        if name not in now:
            complaints.append(f"{name}: was not measured")
        elif now[name] > before * TOLERANCE:
            complaints.append(f"{name}: {now[name]:,.2f}, and was {before:,.2f}")
    return complaints
