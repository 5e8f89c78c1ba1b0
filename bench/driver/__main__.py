"""Measures Tidegate, HAProxy, nginx and a bare relay side by side, one thread each.

  scripts/bench                     everything: at least 5 rounds, up to 75 minutes; writes bench/results.md
  scripts/bench --quick             3 rounds of one case of each scenario, under 10 minutes
  scripts/bench bulk memory         these scenarios
  scripts/bench --quick bulk --rivals tidegate,haproxy --rounds 7
  scripts/bench --check             fails when Tidegate takes 5 % more system calls or instructions than committed
  HAPROXY=/opt/haproxy/sbin/haproxy scripts/bench roundtrips      measures that binary as well
  TIDEGATE=build/other/tidegate scripts/bench bulk                measures this build
"""

import argparse
import shlex
import sys
import time
from pathlib import Path

from . import charts, exact, exact_check, machine, report, third_party
from .rivals import every_rival
from .rounds import Rounds
from .scenarios import SCENARIOS
from .targets import OURS

QUESTIONS = {scenario.name: scenario.question for scenario in SCENARIOS}
QUESTIONS |= {exact.NAME: exact.QUESTION, third_party.NAME: third_party.QUESTION}
NOT_IN_QUICK = ("growth", third_party.NAME)
SKIPPED = 77  # exit status of a machine that cannot measure, as automake has it


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description=__doc__,
        epilog="scenarios:\n" + "\n".join(f"  {name:<11} {question}" for name, question in QUESTIONS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="all of them unless named")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, one case of each, shorter windows")
    parser.add_argument("--rounds", type=int, metavar="N", help="5; 3 with --quick")
    parser.add_argument("--window", type=int, metavar="MS", help="measured time of a run: 2000; 1000 with --quick")
    parser.add_argument("--rivals", metavar="A,B", help="only these, in this order: " + ", ".join(every_rival()))
    parser.add_argument("--output", type=Path, metavar="DIR",
                        help="where results.md and charts/ go: bench, for a part or --quick build/bench")  # fmt: skip
    parser.add_argument("--check", action="store_true", help="compare exact figures with bench/exact.json, as scripts/test does")
    parser.add_argument("--only-arguments", action="store_true",
                        help="see whether the others are right, as scripts/bench does before it builds")  # fmt: skip
    parser.add_argument("--record", action="store_true", help="write bench/exact.json anew, where a change is meant")
    arguments = parser.parse_args()
    for name in arguments.scenarios:
        if name not in QUESTIONS:
            parser.error(f"there is no scenario {name}: {', '.join(QUESTIONS)}")
    for name in (arguments.rivals or "tidegate").split(","):
        if name not in every_rival():
            parser.error(f"there is no rival {name}: {', '.join(every_rival())}")
    return arguments


def chosen_rivals(text: str | None) -> dict:
    rivals = every_rival()
    return rivals if text is None else {name: rivals[name] for name in text.split(",")}


def chosen_scenarios(arguments: argparse.Namespace) -> list[str]:
    if arguments.scenarios:
        return arguments.scenarios
    return [name for name in QUESTIONS if not arguments.quick or name not in NOT_IN_QUICK]


def measure(rounds: Rounds, names: list[str], quick: bool) -> None:
    for name in names:
        if name == exact.NAME:
            exact.run(rounds, quick)
        elif name == third_party.NAME:
            third_party.run(rounds, quick)
        else:
            # A scenario that is asked for and has no short form is measured whole.
            scenario = next(scenario for scenario in SCENARIOS if scenario.name == name)
            rounds.run(scenario, quick and any(case.quick for case in scenario.cases))


def check_exact(rounds: Rounds, record: bool) -> int:
    exact.assert_tracing()
    exact.run(rounds, quick=True, lanes=False)
    if rounds.failures:
        complaints = rounds.failures
    elif record:
        exact_check.record(rounds)
        complaints = []
    else:
        complaints = exact_check.compare(rounds)
    for complaint in complaints:
        print(f"scripts/bench: {complaint}", file=sys.stderr)
    return 1 if complaints else 0


def main() -> int:
    arguments = read_arguments()
    if arguments.only_arguments:
        return 0
    quick = arguments.quick
    machine.SCRATCH.mkdir(parents=True, exist_ok=True)
    machine.raise_descriptor_limit()
    machine.go_first()
    started = time.monotonic()

    def say(line: str) -> None:
        elapsed = int(time.monotonic() - started)
        print(f"{elapsed // 60:2}:{elapsed % 60:02}  {line}", flush=True)

    if arguments.check or arguments.record:
        return check_exact(Rounds(chosen_rivals(OURS), 1, 0, say), arguments.record)

    rivals = chosen_rivals(arguments.rivals)
    rounds = Rounds(rivals, arguments.rounds or (3 if quick else 5), arguments.window or (1000 if quick else 2000), say)
    place = machine.description()
    names = chosen_scenarios(arguments)
    measure(rounds, names, quick)

    whole = not quick and not arguments.scenarios and not arguments.rivals
    output = arguments.output or (machine.ROOT / "bench" if whole else machine.SCRATCH)
    drawn = {name: charts.draw(rounds.samples, name, output / "charts") for name in rounds.samples.scenarios()}
    notes = [f"rounds: {rounds.count}, took {(time.monotonic() - started) / 60:.0f} minutes"]
    if rounds.rate:
        notes.append(f"rate of scenario `latency`: {rounds.rate:,} messages a second")
    notes += [f"failed: {failure}" for failure in rounds.failures]
    text = report.page(
        rounds.samples, QUESTIONS, place, rivals, shlex.join(["scripts/bench", *sys.argv[1:]]), notes,
        {name: f"charts/{file}" for name, file in drawn.items() if file},
    )  # fmt: skip
    path = output / "results.md"
    path.write_text(text)
    print(f"\n{text}\nwritten to {path}")
    return 1 if rounds.failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except machine.Unusable as error:
        print(f"scripts/bench: {error}", file=sys.stderr)
        sys.exit(SKIPPED)
    except KeyboardInterrupt:
        sys.exit(130)
