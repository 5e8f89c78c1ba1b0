"""Debian's HAProxy under the same configuration and the same calls as a tidegate process."""

import shutil
import socket

from support.daemon import Daemon
from support.sockets import parse_endpoint

TIMEOUTS = {"connect": "connect", "client": "client", "server": "server", "queue": "queue",
            "client_fin": "client-fin", "server_fin": "server-fin"}


class HAProxy(Daemon):
    """Runs what config() made. Its listening sockets are inherited: a port is free and known, and nobody is refused."""

    def __init__(self, directory, plain: dict):
        self._endpoints = {}
        listening = []
        lines = ["global", "nbthread 1", "maxconn 100", "log stdout format raw local0 info",
                 *(f"hard-stop-after {stop['deadline']}" for stop in [plain["global"].get("stop")] if stop),
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
            lines += [server_line(server, backend["servers"][server]) for server in backend["servers"]]
        self.file = directory / "haproxy.cfg"
        self.file.write_text("".join(f"{line}\n" for line in lines))
        self.command = [shutil.which("haproxy", path="/usr/sbin:/usr/bin"), "-db", "-f", str(self.file)]
        self._start(pass_fds=[listener.fileno() for listener in listening])
        for listener in listening:
            listener.close()

    def wait_ready(self, deadline: float = 20.0) -> "HAProxy":
        return self

    def addresses(self, frontend: str = "web") -> list:
        return [self._endpoints[frontend]]


def listen(endpoint) -> socket.socket:
    family = socket.AF_UNIX if isinstance(endpoint, str) else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.bind(endpoint)
    listener.listen(128)
    return listener


def timeouts(plain: dict) -> list[str]:
    return [f"timeout {TIMEOUTS[name]} {time}" for name, time in plain.items()]


def server_line(name: str, server) -> str:
    """A server as config() has it: an address, or its keys."""
    keys = server if isinstance(server, dict) else {"address": server}
    words = ["server", name, keys["address"].replace("unix:", "unix@")]
    if "maxconn" in keys:
        words += ["maxconn", str(keys["maxconn"])]
    if keys.get("disabled"):
        words.append("disabled")
    return " ".join(words)
