"""Runs the scenarios of each proxy in turn, prints the tables, and says what was not kept."""

import contextlib
import shlex
import sys
import tempfile
from pathlib import Path

from .. import machine
from . import asking
from .arguments import SCENARIOS, arguments
from .at_once import at_once
from .http_clients import web
from .measures import head, rows, say
from .paced import paced
from .postgres_clients import postgres
from .redis_clients import redis
from .rivals import RIVALS

RUN = {"requests": asking.requests, "no-think": asking.no_think, "redis": redis, "postgres": postgres, "http": web,
       "at-once": at_once, "paced": paced, "stop": asking.stop}


def measured(scenario: str, quick: bool) -> dict:
    found = {}
    for rival in RIVALS:
        say(f"{scenario}: {rival.name}")
        # What peers have printed is for somebody who looks for a mistake, not for the page.
        with tempfile.TemporaryDirectory() as name, contextlib.redirect_stdout(sys.stderr):
            found[rival.name] = RUN[scenario](rival, Path(name), quick)
    return found


def main() -> int:
    asked = arguments()
    machine.raise_descriptor_limit()
    machine.go_first()
    facts = [*machine.description(), ("rival", machine.output_of("haproxy", "-v").splitlines()[0]),
             ("command", f"`{shlex.join(['scripts/prove-drain', *sys.argv[1:]])}`")]
    print(*(f"- {name}: {fact}" for name, fact in facts), sep="\n")
    print("", head([rival.name for rival in RIVALS]), sep="\n", flush=True)
    broken = []
    for scenario in asked.scenarios or SCENARIOS:
        found = measured(scenario, asked.quick)
        print(rows(scenario, SCENARIOS[scenario], found), flush=True)
        broken += [f"{scenario}: {what}" for what in found["Tidegate"].broken]
    for what in broken:
        say(f"prove-drain: not kept: {what}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
