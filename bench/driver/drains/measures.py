"""What a scenario counted of one proxy, and the table of all."""

import sys
from dataclasses import dataclass, field


@dataclass
class Measures:
    figures: dict[str, str] = field(default_factory=dict)  # as they are told, in the order of the table
    broken: list = field(default_factory=list)  # promises that were not kept

    def none(self, what: str, *counts: int):
        """Figures that ought to be 0."""
        self.figures[what] = numbers(*counts)
        self.promise(not any(counts), f"{what}: {numbers(*counts)}")

    def tell(self, what: str, *counts: int):
        self.figures[what] = numbers(*counts)

    def promise(self, kept: bool, what: str):
        if not kept:
            self.broken.append(what)


def head(names: list[str]) -> str:
    return f"| | {' | '.join(names)} |\n| --- |" + " ---: |" * len(names)


def rows(scenario: str, what: str, found: dict[str, Measures]) -> str:
    """The part of the one table that is about a scenario."""
    names = dict.fromkeys(name for one in found.values() for name in one.figures)
    lines = [f"| **{scenario}**: {what} |" + " |" * len(found)]
    lines += [f"| {name} | " + " | ".join(one.figures.get(name, "0") for one in found.values()) + " |" for name in names]
    return "\n".join(lines)


def by_grade(closed: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {grade}" for grade, count in closed.items() if count) or "none"


def numbers(*counts: int) -> str:
    return "; ".join(f"{count:,}" for count in counts)


def say(text: str):
    print(text, file=sys.stderr, flush=True)
