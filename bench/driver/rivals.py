"""Who is compared: how each is configured (bench/rivals/), started and stopped."""

import os
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from . import machine

CONFIGURATIONS = machine.ROOT / "bench/rivals"
START_SECONDS = 60  # also under valgrind, with 10,000 servers


@dataclass(frozen=True)
class Setup:
    """How large a configuration is."""

    servers: int = 1
    frontends: int = 1
    threads: int = 1  # all on the one core of the proxy


@dataclass
class Ports:
    proxy: int
    server: int


def stop(process: subprocess.Popen) -> None:
    """Ends it, and waits for that."""
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@dataclass
class Running:
    """A rival at work. `pid` is the process that carries the sessions."""

    process: subprocess.Popen | None
    pid: int
    proxy: str  # address clients connect to

    def stop(self) -> None:
        if self.process is None:
            return
        stop(self.process)


@dataclass
class Rival:
    """One proxy in one configuration."""

    name: str
    binary: str
    kind: str  # tidegate, haproxy, nginx, relay or direct
    configuration: str = ""  # a file in bench/rivals; of the relay: its variant
    version_arguments: list[str] = field(default_factory=list)
    version_pattern: str = ""

    def version(self) -> str:
        if not self.version_pattern:
            return ""
        return machine.first_match(self.version_pattern, machine.output_of(self.binary, *self.version_arguments))

    def start(self, ports: Ports, setup: Setup, core: int, wrapper: list[str] | None = None) -> Running:
        """Runs it on its core, under `wrapper`; returns once it listens."""
        if self.kind == "direct":
            return Running(None, 0, f"127.0.0.1:{ports.server}")
        command = machine.pinned(core, [*(wrapper or []), *self._command(ports, setup)])
        log = (machine.SCRATCH / f"{self.name}.log").open("wb")
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        log.close()
        running = Running(process, process.pid, f"127.0.0.1:{ports.proxy}")
        try:
            self._await(running, ports, setup)
        except BaseException:
            running.stop()
            raise
        return running

    def _await(self, running: Running, ports: Ports, setup: Setup) -> None:
        wanted = set(range(ports.proxy, ports.proxy + setup.frontends))
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and running.process.poll() is None:
            workers = machine.children(running.process.pid) if self.kind == "nginx" else [running.process.pid]
            if wanted <= machine.listening_ports() and workers:
                running.pid = workers[0]
                return
            time.sleep(0.02)
        said = (machine.SCRATCH / f"{self.name}.log").read_text(errors="replace")
        raise machine.Failed(f"{self.name} did not start: {said[-500:]}")

    def _command(self, ports: Ports, setup: Setup) -> list[str]:
        if self.kind == "relay":
            return [self.binary, self.configuration, f"127.0.0.1:{ports.proxy}", f"127.0.0.1:{ports.server}"]
        path = machine.SCRATCH / f"{self.name}-{self.configuration}"
        path.write_text(self._text(ports, setup))
        if self.kind == "tidegate":
            return [self.binary, "-db", "-f", str(path)]
        if self.kind == "haproxy":
            return [self.binary, "-db", "-f", str(path)]
        return [self.binary, "-c", str(path)]

    def _text(self, ports: Ports, setup: Setup) -> str:
        frontends = {
            "tidegate": "  f{i}: {{bind: \"127.0.0.1:{port}\", backend: app}}",
            "haproxy": "frontend f{i}\n    bind 127.0.0.1:{port}\n    default_backend app",
            "nginx": "    server {{ listen 127.0.0.1:{port}; proxy_pass app; }}",
        }[self.kind]
        servers = {
            "tidegate": "      s{i}: {address}",
            "haproxy": "    server s{i} {address}",
            "nginx": "        server {address};",
        }[self.kind]
        template = Template((CONFIGURATIONS / self.configuration).read_text())
        return template.substitute(
            frontends="\n".join(frontends.format(i=i, port=ports.proxy + i) for i in range(setup.frontends)),
            servers="\n".join(
                servers.format(i=i, address=f"127.0.0.1:{ports.server}") for i in range(setup.servers)
            ),
            directory=machine.SCRATCH,
            threads=setup.threads,
            descriptors=machine.raise_descriptor_limit(),
        )


def every_rival() -> dict[str, Rival]:
    """By name, in the order in which they take turns. TIDEGATE and HAPROXY name other binaries."""
    tidegate = os.environ.get("TIDEGATE", str(machine.BUILD / "tidegate"))
    relay = str(machine.BUILD / "bench/tidegate-relay")

    def haproxy(name: str, binary: str, configuration: str) -> Rival:
        return Rival(name, binary, "haproxy", configuration, ["-v"], r"version (\S+)")

    rivals = [
        Rival("tidegate", tidegate, "tidegate", "tidegate.yaml", ["-v"], r"version (\S+)"),
        Rival("tidegate-busy-poll", tidegate, "tidegate", "tidegate-busy-poll.yaml", ["-v"], r"version (\S+)"),
        haproxy("haproxy", "/usr/sbin/haproxy", "haproxy.cfg"),
        haproxy("haproxy-splice", "/usr/sbin/haproxy", "haproxy-splice.cfg"),
        Rival("nginx", "/usr/sbin/nginx", "nginx", "nginx.conf", ["-v"], r"nginx/(\S+)"),
        Rival("relay", relay, "relay", "copy"),
        Rival("relay-splice", relay, "relay", "splice"),
    ]
    if other := os.environ.get("HAPROXY"):
        if not Path(other).is_file():
            raise machine.Unusable(f"HAPROXY={other}: there is no such file")
        rivals.append(haproxy("haproxy-given", other, "haproxy.cfg"))
        rivals.append(haproxy("haproxy-given-splice", other, "haproxy-splice.cfg"))
    rivals.append(Rival("direct", "", "direct"))
    return {rival.name: rival for rival in rivals}
