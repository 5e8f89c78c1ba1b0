"""Rounds: the rivals take turns, A B C A B C, each started afresh for each measurement."""

from . import load, machine
from .rivals import Ports, Rival, Setup
from .samples import Row, Samples
from .scenarios import Case, Scenario

RATE_LOAD = ["--round-trips", "50"]


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
        for case in scenario.cases:
            if quick and not case.quick:
                continue
            arguments = [*self.window, *case.load]
            if case.half_of_maximum:
                arguments += ["--rate", str(self._half_of_maximum(case))]
            for round_number in range(self.count):
                for rival in self._taking_part(case):
                    self._measure(scenario, case, rival, round_number, arguments)

    def _taking_part(self, case: Case) -> list[Rival]:
        return [rival for rival in self.rivals.values() if rival.name in case.rivals]

    def _measure(self, scenario: Scenario, case: Case, rival: Rival, round_number: int, arguments: list[str]) -> None:
        place = f"{scenario.name}, {case.name}, round {round_number + 1} of {self.count}, {rival.name}"
        try:
            result = self.once(rival, case.setup, arguments)
        except (load.Failed, machine.Unusable) as error:
            self.failures.append(f"{place}: {error}")
            self.say(f"{place}: {error}")
            return
        shown = []
        for measure in case.measures:
            if rival.kind == "direct" and measure.name.startswith("CPU"):
                continue
            value = measure.read(result)
            self.samples.add(Row(scenario.name, case.name, measure.name, measure.unit), rival.name, round_number, value)
            shown.append(f"{measure.name} {value:.4g} {measure.unit}")
        self.say(f"{place}: {', '.join(shown)}")

    def once(self, rival: Rival, setup: Setup, arguments: list[str]) -> dict:
        running = rival.start(self.ports, setup, self.proxy_core)
        try:
            return load.run(running, self.ports, self.load_core, arguments)
        finally:
            running.stop()

    def _half_of_maximum(self, case: Case) -> int:
        if self.rate is None:
            rates = []
            for rival in self._taking_part(case):
                if rival.kind == "direct":
                    continue
                result = self.once(rival, case.setup, [*self.window, *RATE_LOAD])
                rates.append(result["round_trips"] / result["seconds"])
                self.say(f"maximum of {rival.name}: {rates[-1]:,.0f} round trips a second")
            self.rate = max(int(min(rates) / 2), 1)
        return self.rate
