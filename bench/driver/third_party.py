"""Scenario `thirdparty`: software that is not ours as load and server, as a cross-check of our load tool."""

import json
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from string import Template

from . import machine
from .rivals import CONFIGURATIONS, Rival, Setup, stop
from .rounds import Rounds
from .samples import Row
from .scenarios import PROXIES

NAME = "thirdparty"
QUESTION = (
    "Does other people's software see the same? iperf3, wrk against nginx, redis-benchmark, each through each proxy; "
    "CPU time of the proxy by what its tool counted."
)


@dataclass(frozen=True)
class Tool:
    """A server and its load generator. `command` takes the proxy's port; `count` reads what was done."""

    name: str
    unit: str
    server: Callable[[int], list[str]]
    command: Callable[[int, int], list[str]]  # port, seconds
    count: Callable[[str], float]


def _nginx_origin(port: int) -> list[str]:
    path = machine.SCRATCH / "origin.conf"
    text = (CONFIGURATIONS.parent / "origin.conf").read_text()
    path.write_text(Template(text).substitute(port=port, directory=machine.SCRATCH))
    return ["/usr/sbin/nginx", "-c", str(path)]


def _redis(port: int) -> list[str]:
    return ["redis-server", "--port", str(port), "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"]


def _iperf_gigabytes(said: str) -> float:
    return json.loads(said)["end"]["sum_received"]["bytes"] / 1e9


def _wrk_requests(said: str) -> int:
    found = re.search(r"(\d+) requests in", said)
    if found is None:
        raise machine.Failed(f"wrk counted no requests: {said[-300:].strip()}")
    return int(found.group(1))


def _iperf(name: str, *more: str) -> Tool:
    return Tool(
        name, "s per GB",
        lambda port: ["iperf3", "-s", "-p", str(port)],
        lambda port, seconds: ["iperf3", "-J", "-c", "127.0.0.1", "-p", str(port), "-P", "8", "-t", str(seconds), *more],
        _iperf_gigabytes,
    )  # fmt: skip


def _redis_benchmark(pipeline: int, requests: int) -> Tool:
    return Tool(
        f"redis-benchmark -P {pipeline}", "us per request",
        _redis,
        lambda port, _: ["redis-benchmark", "-q", "-t", "get", "-c", "50", "-P", str(pipeline), "-n", str(requests),
                         "-p", str(port)],
        lambda _: requests / 1e6,
    )  # fmt: skip


TOOLS = (
    _iperf("iperf3 -P 8"),
    _iperf("iperf3 -P 8 -R", "-R"),
    Tool(
        "wrk -c 50", "us per request",
        _nginx_origin,
        lambda port, seconds: ["wrk", "-t", "1", "-c", "50", "-d", f"{seconds}s", f"http://127.0.0.1:{port}/"],
        lambda said: _wrk_requests(said) / 1e6,
    ),
    _redis_benchmark(1, 50_000),
    _redis_benchmark(16, 500_000),
)  # fmt: skip


def run(rounds: Rounds, quick: bool) -> None:
    for tool in TOOLS:
        for round_number in range(rounds.count):
            for rival in rounds.rivals.values():
                if rival.name not in PROXIES:
                    continue
                place = f"{NAME}, {tool.name}, round {round_number + 1} of {rounds.count}, {rival.name}"
                value = rounds.attempt(place, lambda: _measure(rounds, tool, rival, 1 if quick else 3))
                if value is None:
                    continue
                rounds.samples.add(Row(NAME, tool.name, "CPU", tool.unit), rival.name, round_number, value)
                rounds.say(f"{place}: CPU {value:.4g} {tool.unit}")


def _measure(rounds: Rounds, tool: Tool, rival: Rival, seconds: int) -> float:
    ports, core = rounds.ports, rounds.load_core
    server = subprocess.Popen(
        machine.pinned(core, tool.server(ports.server)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await_port(ports.server)
        running = rival.start(ports, Setup(), rounds.proxy_core)
        try:
            before = machine.cpu_seconds([running.pid])
            done = subprocess.run(
                machine.pinned(core, tool.command(ports.proxy, seconds)),
                capture_output=True, text=True, check=False, timeout=120,
            )  # fmt: skip
            used = machine.cpu_seconds([running.pid]) - before
        finally:
            running.stop()
    finally:
        stop(server)
    if done.returncode != 0:
        raise machine.Failed(f"{tool.name}: {(done.stderr or done.stdout)[-300:].strip()}")
    return used / tool.count(done.stdout)


def _await_port(port: int) -> None:
    deadline = time.monotonic() + 10
    while port not in machine.listening_ports():
        if time.monotonic() > deadline:
            raise machine.Failed(f"the server did not listen on port {port} within 10 s")
        time.sleep(0.02)
