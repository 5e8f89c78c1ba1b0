"""Debian's HAProxy: beside a tidegate process, under a text of its own, or under the same configuration and calls."""

import re
import socket

from support.daemon import Daemon
from support.programs import Program
from support.sockets import connect, parse_endpoint

TIMEOUTS = {"connect": "connect", "client": "client", "server": "server", "queue": "queue",
            "client_fin": "client-fin", "server_fin": "server-fin"}
CHECK = {"interval": "inter", "rise": "rise", "fall": "fall", "port": "port", "address": "addr"}


def launch(directory, text: str, *listeners) -> Program:
    """HAProxy under that text, in which fd@N are these listeners.

    They are inherited: a port is free and known, and nobody is refused while it starts.
    """
    file = directory / "haproxy.cfg"
    file.write_text(text)
    try:
        return Program(["haproxy", "-db", "-f", file], pass_fds=[listener.fileno() for listener in listeners])
    finally:
        for listener in listeners:
            listener.close()


class Rival:
    """HAProxy under a text of its own, in which {bind} is where it listens."""

    def __init__(self, directory, text: str):
        listener = listen(("127.0.0.1", 0))
        self.endpoint = listener.getsockname()
        self._program = launch(directory, text.replace("{bind}", f"fd@{listener.fileno()}"), listener)
        self.out = self._program.out

    def connect(self) -> socket.socket:
        return connect(self.endpoint)

    def close(self):
        self._program.stop()


def with_logs(server: str, *, logs=(), tuning=(), options=()) -> str:
    """For Rival: one frontend `web` before one backend `app`, which logs as it is told."""
    return "".join(f"{line}\n" for line in [
        "global", *(f"log {log}" for log in logs), *tuning,
        "defaults", "mode tcp", "log global", "option tcplog", "timeout connect 5s", "timeout client 1m",
        "timeout server 1m", *options,
        "frontend web", "bind {bind}", "default_backend app",
        "backend app", f"server s1 {server}"])


def blanked(line: bytes) -> bytes:
    """A line of either program without what differs between any two runs."""
    for pattern, instead in (
            (rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", b"ISO"),
            (rb"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d", b"TIME"),
            (rb"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d\.\d{3}", b"DATE"),
            (rb"(haproxy|tidegate)", b"TAG"),
            (rb"\[\d+\]: ", b"[PID]: "), (rb" TAG \d+ - ", b" TAG PID - "),
            (rb"127\.0\.0\.1:\d+", b"CLIENT"),
            (rb"( \S+/\S+ -?\d+/(?:-1)?)\d*/(\+?)\d+ ", rb"\1/\2TOTAL ")):
        line = re.sub(pattern, instead, line)
    return line


class HAProxy(Daemon):
    """Runs what config() made."""

    def __init__(self, directory, plain: dict):
        self._endpoints = {}
        listening = []
        lines = ["global", "nbthread 1", "maxconn 100", "log stdout format raw local0 info",
                 *(f"hard-stop-after {stop['deadline']}" for stop in [plain["global"].get("stop")] if stop),
                 *(f"stats socket {plain['global'][key]['socket']} level admin" for key in ["admin"]
                   if key in plain["global"]),
                 "defaults", "mode tcp", "log global", "option tcplog", "option redispatch 1",
                 *timeouts(plain["defaults"]["timeouts"])]
        if "retries" in plain["defaults"]:
            lines.append(f"retries {plain['defaults']['retries']}")
        for name, frontend in plain["frontends"].items():
            listening.append(listen(parse_endpoint(frontend["bind"])))
            self._endpoints[name] = listening[-1].getsockname()
            lines += [f"frontend {name}", f"bind fd@{listening[-1].fileno()}",
                      f"default_backend {frontend['backend']}"]
        for name, backend in plain["backends"].items():
            lines += [f"backend {name}", "balance roundrobin"]
            if backend.get("abort_on_close"):
                lines.append("option abortonclose")
            if "source" in backend:
                lines.append(f"source {backend['source']}")
            if backend.get("check", {}).get("kind") == "redis":
                lines.append("option redis-check")
            lines += [server_line(server, backend["servers"][server], backend.get("check"))
                      for server in backend["servers"]]
        program = launch(directory, "".join(f"{line}\n" for line in lines), *listening)
        self.process = program.process
        self.out = self.err = program.out

    def wait_ready(self, deadline: float = 20.0) -> "HAProxy":
        return self

    def addresses(self, frontend: str = "web") -> list:
        return [self._endpoints[frontend]]


def listen(endpoint) -> socket.socket:
    if isinstance(endpoint, str):
        family = socket.AF_UNIX
    else:
        family = socket.AF_INET6 if ":" in endpoint[0] else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.bind(endpoint)
    listener.listen(128)
    return listener


def timeouts(plain: dict) -> list[str]:
    return [f"timeout {TIMEOUTS[name]} {time}" for name, time in plain.items()]


def server_line(name: str, server, backend_check=None) -> str:
    """A server as config() has it: an address, or its keys."""
    keys = server if isinstance(server, dict) else {"address": server}
    check = {**(backend_check or {}), **keys.get("check", {})}
    words = ["server", name, keys["address"].replace("unix:", "unix@")]
    if "weight" in keys:
        words += ["weight", str(keys["weight"])]
    if "maxconn" in keys:
        words += ["maxconn", str(keys["maxconn"])]
    if keys.get("disabled"):
        words.append("disabled")
    if keys.get("backup"):
        words.append("backup")
    if "send_proxy" in keys:
        words.append({"v1": "send-proxy", "v2": "send-proxy-v2"}[keys["send_proxy"]])
    if "track" in keys:
        words += ["track", keys["track"]]
    elif check:
        words += ["check", *(f"{CHECK[key]} {check[key]}" for key in CHECK if key in check)]
        if check.get("send_proxy"):
            words.append("check-send-proxy")
    words += [f"{key} {keys[key]}".replace("_", "-") for key in ("on_marked_down", "on_marked_up") if key in keys]
    return " ".join(words)
