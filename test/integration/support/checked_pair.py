"""Tidegate and HAProxy side by side, each with servers of its own that behave alike: what do their checks say of them?"""

import re
import socket
from contextlib import closing
from dataclasses import dataclass, field

from support.haproxy import blanked, launch, listen
from support.peers import Refuser, Server, echo, says, says_and_stays
from support.programs import Program
from support.sockets import reset
from support.syslog import Syslog
from support.wait import wait_until

TOLD = re.compile(rb"((?:Health|Agent) check for (?:backup )?server |(?:Backup )?Server |backend )(?P<backend>[^/ ]+)[/ ]")


# ---- what a server does with a connection


def greets(text: bytes, end: bool = True):
    """Speaks first, and then ends its side or waits for the other's end."""
    return says(text) if end else says_and_stays(text)


def replies(text: bytes, end: bool = True):
    """The same once it has been told something."""
    def serve(connection):
        connection.recv(1 << 16)
        greets(text, end)(connection)
    return serve


def talks(*lines: bytes, end: bool = True):
    """Speaks first, and again each time that it has been told something."""
    def serve(connection):
        for line in lines:
            connection.sendall(line)
            if line is not lines[-1]:
                connection.recv(1 << 16)
        if end:
            connection.shutdown(socket.SHUT_WR)
        holds(connection)
    return serve


def holds(connection):
    """Says nothing more."""
    while connection.recv(1 << 16):
        pass


def closes(_connection):
    """Says nothing at all."""


def hears_and_closes(connection):
    connection.recv(1 << 16)


def hears_and_resets(connection):
    connection.recv(1 << 16)
    reset(connection)


def http(status: str, body: str = "", headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()


# ---- what is compared


@dataclass
class Situation:
    """A backend with one server that is checked, or has an agent, in both languages.

    `answers` are what the server, or the agent, does with one connection after the other. After them it holds every
    connection, so that nothing more is found, or goes on like that in the last of them if `steady`. A `refusing` one
    listens only after it has been told to be down. {port} is the port of the agent.
    """

    name: str
    haproxy: list[str]             # lines of the backend
    server: str                    # words of its server line
    yaml: dict                     # the backend's keys
    answers: list = field(default_factory=list)
    steady: bool = False
    refusing: bool = False
    agent: bool = False
    backup: bool = False           # whether it is one

    def peer(self):
        return Refuser() if self.refusing else Server(self._in_turn())

    def _in_turn(self):
        turns = iter(self.answers)
        last = self.answers[-1] if self.steady and self.answers else holds
        return lambda connection: next(turns, last)(connection)

    def ended(self, peer) -> bool:
        """Whether all answers have been given, and what they led to has been told."""
        return peer.accepted > len(self.answers) + (5 if self.steady else 0)


class CheckedPair:
    """Both programs, at work until every answer of every situation has been given."""

    def __init__(self, tidegate, directory, stack, situations):
        self._syslogs = [stack.enter_context(closing(Syslog())) for _ in range(2)]
        self._peers = [{each.name: stack.enter_context(closing(each.peer())) for each in situations} for _ in range(2)]
        self._echo = stack.enter_context(closing(Server(echo)))
        ours = tidegate(self._as_yaml(situations))
        theirs = self._as_haproxy(directory, situations)
        try:
            for each in situations:
                self._follow(each)
        finally:
            ours.stop()
            theirs.stop()
        self._lines = [syslog.all() for syslog in self._syslogs]

    def _follow(self, situation):
        for peers, syslog in zip(self._peers, self._syslogs):
            peer = peers[situation.name]

            def told(what: bytes):
                wait_until(lambda: any(what in line for line in lines_of(syslog.all(), situation.name)), 20,
                           f"{situation.name} is told {what}")

            if situation.refusing:
                told(b"is DOWN")
                peer.open()
                told(b"is UP")
            elif situation.answers:
                wait_until(lambda: situation.ended(peer), 20, f"all answers of {situation.name} are given")
            else:
                told(b"succeeded")

    def lines(self, situation: str) -> tuple[list[str], list[str]]:
        """What ours and theirs have said of it, with their syslog levels."""
        ours, theirs = ([line.decode() for line in lines_of(lines, situation)] for lines in self._lines)
        return ours, theirs

    def _places(self, situation, ours: bool):
        peer = self._peers[0 if ours else 1][situation.name]
        return (self._echo.port, peer.port) if situation.agent else (peer.port, None)

    def _as_yaml(self, situations) -> dict:
        backends = {}
        for each in situations:
            port, agent = self._places(each, ours=True)
            server = {"address": f"127.0.0.1:{port}", "backup": each.backup}
            if agent is not None:
                server["agent"] = {"port": agent}
            backends[each.name] = {"log_health_checks": True, **each.yaml,
                                   "servers": {"s1": {**server, **each.yaml.get("servers", {}).get("s1", {})}}}
        return {"global": {"threads": 1, "log": {"to": self._syslogs[0].target}},
                "frontends": {each.name: {"bind": "127.0.0.1:0", "backend": each.name} for each in situations},
                "backends": backends}

    def _as_haproxy(self, directory, situations) -> Program:
        listener = listen(("127.0.0.1", 0))
        lines = ["global", "nbthread 1", f"log 127.0.0.1:{self._syslogs[1].port} local0", "defaults", "mode tcp", "log global",
                 "timeout connect 5s", "timeout client 1m", "timeout server 1m", "option log-health-checks",
                 "frontend web", f"bind fd@{listener.fileno()}", f"default_backend {situations[0].name}"]
        for each in situations:
            port, agent = self._places(each, ours=False)
            lines += [f"backend {each.name}", *each.haproxy,
                      f"server s1 127.0.0.1:{port} {each.server.replace('{port}', str(agent))}"
                      f"{' backup' if each.backup else ''}"]
        return launch(directory, "".join(f"{line}\n" for line in lines), listener)


def lines_of(lines: list[bytes], backend: str) -> list[bytes]:
    """What is told of the servers of a backend; durations depend on what else the machine does."""
    return [re.sub(rb"duration: \d+ms", b"duration: N", blanked(line)) for line in lines
            if (match := TOLD.search(line)) and match["backend"] == backend.encode()]
