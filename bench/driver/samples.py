"""What was measured, and what it comes to: medians, spread, and ratios taken round by round."""

from collections import defaultdict
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """One measured quantity: what of, in which case, in which unit."""

    scenario: str
    case: str
    measure: str
    unit: str


class Samples:
    """Values by row and rival, one a round; a round without one holds None."""

    def __init__(self) -> None:
        self._values: dict[Row, dict[str, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))

    def add(self, row: Row, rival: str, round_number: int, value: float) -> None:
        self._values[row][rival][round_number] = value

    def rows(self, scenario: str) -> list[Row]:
        return [row for row in self._values if row.scenario == scenario]

    def scenarios(self) -> list[str]:
        return list(dict.fromkeys(row.scenario for row in self._values))

    def rivals(self, scenario: str) -> list[str]:
        """Those with a value, in the order of their turns."""
        return list(dict.fromkeys(rival for row in self.rows(scenario) for rival in self._values[row]))

    def find(self, scenario: str, case: str, measure: str) -> Row | None:
        for row in self.rows(scenario):
            if (row.case, row.measure) == (case, measure):
                return row
        return None

    def median(self, row: Row, rival: str) -> float | None:
        values = self._values[row].get(rival)
        return median(values.values()) if values else None

    def spread(self, row: Row, rival: str) -> tuple[float, float] | None:
        values = self._values[row].get(rival)
        return (min(values.values()), max(values.values())) if values else None

    def ratio(self, row: Row, rival: str, against: str) -> float | None:
        """The median of the ratios of the rounds in which both were measured."""
        return _ratio(self._values[row].get(rival, {}), self._values[row].get(against, {}))

    def growth(self, largest: Row, smallest: Row, rival: str) -> float | None:
        """The same of one rival's two cases, which took turns."""
        return _ratio(self._values[largest].get(rival, {}), self._values[smallest].get(rival, {}))


def _ratio(values: dict[int, float], against: dict[int, float]) -> float | None:
    ratios = [values[n] / against[n] for n in values if against.get(n)]
    return median(ratios) if ratios else None
