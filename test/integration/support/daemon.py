"""A tidegate process: started from a configuration, known by its lines, stopped by its pid."""

import os
import re
import resource
import signal
import socket
import subprocess

import yaml

from support.access_log import Access, parse_access
from support.lines import Lines
from support.programs import die_with_parent
from support.settings import binary
from support.sockets import connect, parse_endpoint, read_all
from support.wait import wait_until

LISTENING = re.compile(r"frontend (\S+): listening on (\S+)$")
READY = re.compile(r"\bready: (\d+) workers?\b")
TURNS = re.compile(r"worker (\d+): (?P<sessions>\d+) sessions, (?P<turns>\d+) loop turns")
HELD = re.compile(r"held at the end: (?P<sessions>\d+) sessions, (?P<timers>\d+) timers, (?P<pipes>\d+) pipes, "
                  r"(?P<slots>\d+) slots")
# HAProxy says it in its log and, with a word before it, on stderr.
STATE = re.compile(r"^(?:\[\S+\] [a-z]+: )?(?:Backup )?Server (?P<server>\S+) is (?P<state>UP|DOWN)\b")
SANITIZER = re.compile(r"AddressSanitizer|LeakSanitizer|ThreadSanitizer|runtime error:")


def ended_by(status: int, number: signal.Signals) -> bool:
    """Whether the signal ended the process: by being raised again, or as a shell would report it."""
    return status in (-number, 128 + number)


class Daemon:
    """One run of the binary. `config` is text or plain values for one file; None gives no -f at all."""

    def __init__(self, directory, config, *flags: str, descriptors: int | None = None, env=None):
        self.command = [str(binary())]
        if config is not None:
            text = config if isinstance(config, str) else yaml.safe_dump(config, sort_keys=False)
            self.file = directory / "tidegate.yaml"
            self.file.write_text(text)
            self.command += ["-f", str(self.file)]
        self.command += flags

        def prepare():
            die_with_parent()
            if descriptors is not None:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=prepare, env=None if env is None else {**os.environ, **env})
        self.pid = self.process.pid
        self.out = Lines(self.process.stdout)
        self.err = Lines(self.process.stderr)

    def wait_ready(self, deadline: float = 20.0) -> "Daemon":
        self.err.wait_for(READY, deadline)
        return self

    def addresses(self, frontend: str = "web") -> list:
        found = [LISTENING.search(line) for line in self.err.all()]
        return [parse_endpoint(match[2]) for match in found if match and match[1] == frontend]

    def address(self, frontend: str = "web"):
        return self.addresses(frontend)[0]

    def connect(self, frontend: str = "web", **options) -> socket.socket:
        return connect(self.address(frontend), **options)

    def ask(self, frontend: str = "web", **options) -> bytes:
        """Everything one session gets from a server that speaks first, or b"" when it is turned away."""
        with self.connect(frontend, **options) as client:
            return read_all(client)

    def access(self, count: int = 1, frontend: str = "web", deadline: float = 10.0) -> list[Access]:
        """The access lines of a frontend in the log on stdout, once there are `count`."""
        def enough():
            records = [parse_access(line) for line in self.out.all()]
            found = [record for record in records if record and record.frontend == frontend]
            return found if len(found) >= count else None

        return wait_until(enough, deadline, f"{count} access lines")

    def states(self, server: str = "app/s1") -> list[str]:
        """What the log has told of a server, in order."""
        return [match["state"] for match in self.out.matching(STATE) if match["server"] == server]

    def wait_states(self, *states: str, server: str = "app/s1", deadline: float = 20.0):
        wait_until(lambda: len(self.states(server)) >= len(states), deadline, f"{server} has been {states}")
        assert self.states(server) == list(states)

    def wait_checked(self, what: str, server: str = "app/s1", deadline: float = 20.0) -> re.Match:
        """The first such line about a check; the backend has log_health_checks."""
        return self.out.wait_for(f"Health check for (backup )?server {re.escape(server)} {re.escape(what)}", deadline)

    def send_signal(self, number: signal.Signals):
        self.process.send_signal(number)

    def wait(self, deadline: float = 10.0) -> int:
        status = self.process.wait(deadline)
        self.out.join()
        self.err.join()
        return status

    def stop(self, number: signal.Signals = signal.SIGTERM, deadline: float = 10.0) -> int:
        self.send_signal(number)
        return self.wait(deadline)

    def loop_turns(self) -> int:
        """Turns of all workers together; they tell it when they stop."""
        return self._told("turns")

    def sessions(self) -> int:
        """The same of the sessions that they had."""
        return self._told("sessions")

    def _told(self, what: str) -> int:
        told = self.err.matching(TURNS)
        assert told, "no worker told what it did"
        return sum(int(match[what]) for match in told)

    def held(self) -> dict[str, int]:
        """What it says at its end that it still holds."""
        (told,) = self.err.matching(HELD)
        return {what: int(count) for what, count in told.groupdict().items()}

    def anonymous_memory(self) -> int:
        with open(f"/proc/{self.pid}/smaps_rollup", encoding="ascii") as file:
            (line,) = [line for line in file if line.startswith("Anonymous:")]
        return int(line.split()[1]) * 1024

    def open_files(self, kind: str = "") -> int:
        """Open descriptors of one kind, such as "socket:" or "pipe:", standard streams left out."""
        directory = f"/proc/{self.pid}/fd"
        count = 0
        for name in os.listdir(directory):
            try:
                count += int(name) > 2 and os.readlink(f"{directory}/{name}").startswith(kind)
            except FileNotFoundError:
                continue
        return count

    def cpu_seconds(self) -> float:
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self):
        """For teardown: stops it if it still runs, and looks for what nobody may overlook."""
        if self.process.poll() is None:
            self.send_signal(signal.SIGTERM)
            self.send_signal(signal.SIGTERM)
            try:
                status = self.wait()
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.wait()
                raise AssertionError("SIGTERM did not stop it within 10 s") from None
            assert status in (0, 1) or ended_by(status, signal.SIGTERM), f"ended with status {status}"
        reports = [line for line in self.err.all() if SANITIZER.search(line)]
        assert not reports, reports
        forgotten = [match[0] for match in self.err.matching(HELD) if any(map(int, match.groups()))]
        assert not forgotten, forgotten
