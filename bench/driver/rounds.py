"""Rounds: the rivals take turns, A B C A B C, each started afresh for each measurement."""

import subprocess
from collections.abc import Callable, Iterable
from typing import TypeVar

from . import load, machine
from .rivals import Ports, Rival, Setup
from .samples import Row, Samples
from .scenarios import Case, Scenario

RATE_LOAD = ["--round-trips", "50"]

T = TypeVar("T")


class Rounds:
    """Runs scenarios and keeps what they measure. `say` takes each line of progress."""

    def __init__(self, rivals: dict[str, Rival], count: int, window_ms: int, say) -> None:
        self.rivals = rivals
        self.count = count
        self.window = ["--window", str(window_ms)]
        self.say = say
        self.samples = Samples()
        self.failures: list[str] = []
        self.rate: int | None = None  # messages a second at which latency was measured
        self.proxy_core, self.load_core = machine.cores()
        self.ports = Ports(*machine.free_ports())

    def run(self, scenario: Scenario, quick: bool) -> None:
        cases = [case for case in scenario.cases if case.quick or not quick]
        if scenario.compares_cases:
            for round_number in range(self.count):
                for case in cases:
                    self._take_turns(scenario, case, [round_number])
        else:
            for case in cases:
                self._take_turns(scenario, case, range(self.count))

    def _take_turns(self, scenario: Scenario, case: Case, rounds: Iterable[int]) -> None:
        arguments = [*self.window, *case.load]
        if case.half_of_maximum:
            rate = self._half_of_maximum(scenario, case)
            if rate is None:
                return
            arguments += ["--rate", str(rate)]
        for round_number in rounds:
            for rival in self._taking_part(case):
                self._measure(scenario, case, rival, round_number, arguments)

    def attempt(self, place: str, call: Callable[[], T]) -> T | None:
        """One measurement: what `call` answers, or None when it came to nothing, for whatever reason.

        Then it is told and stands among the failures; the measurements of an hour before it are kept.
        """
        try:
            return call()
        except Exception as error:
            known = isinstance(error, (machine.Failed, machine.Unusable, subprocess.SubprocessError))
            failure = f"{place}: {error if known else repr(error)}"
            self.failures.append(failure)
            self.say(failure)
            return None

    def _taking_part(self, case: Case) -> list[Rival]:
        return [rival for rival in self.rivals.values() if rival.name in case.rivals]

    def _measure(self, scenario: Scenario, case: Case, rival: Rival, round_number: int, arguments: list[str]) -> None:
        place = f"{scenario.name}, {case.name}, round {round_number + 1} of {self.count}, {rival.name}"
        measures = [m for m in case.measures if rival.kind != "direct" or not m.name.startswith("CPU")]

        def read_all() -> list[float]:
            result = self._once(rival, case.setup, arguments)
            return [measure.read(result) for measure in measures]

        values = self.attempt(place, read_all)
        if values is None:
            return
        shown = []
        for measure, value in zip(measures, values):
            self.samples.add(Row(scenario.name, case.name, measure.name, measure.unit), rival.name, round_number, value)
            shown.append(f"{measure.name} {value:.4g} {measure.unit}")
        self.say(f"{place}: {', '.join(shown)}")

    def _once(self, rival: Rival, setup: Setup, arguments: list[str]) -> dict:
        running = rival.start(self.ports, setup, self.proxy_core)
        try:
            return load.run(running, self.ports, self.load_core, arguments)
        finally:
            running.stop()

    def _half_of_maximum(self, scenario: Scenario, case: Case) -> int | None:
        """Of the slowest rival whose maximum could be measured; None when nobody's could."""
        if self.rate is None:
            rates = []
            for rival in self._taking_part(case):
                if rival.kind == "direct":
                    continue
                place = f"{scenario.name}, maximum of {rival.name}"
                rate = self.attempt(place, lambda: self._round_trips_a_second(rival, case.setup))
                if rate is not None:
                    rates.append(rate)
                    self.say(f"{place}: {rate:,.0f} round trips a second")
            if rates:
                self.rate = max(int(min(rates) / 2), 1)
        return self.rate

    def _round_trips_a_second(self, rival: Rival, setup: Setup) -> float:
        result = self._once(rival, setup, [*self.window, *RATE_LOAD])
        return result["round_trips"] / result["seconds"]
