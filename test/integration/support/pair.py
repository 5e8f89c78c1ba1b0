"""Tidegate and HAProxy side by side: whom does either of them give a session?"""

import copy

from support.haproxy import launch, listen, server_line
from support.peers import Server, says

# So great that a ring has points also within the few numbers that 127.0.0.0/8 has without an avalanche.
WEIGHTS = {"s1": 83, "s2": 17, "s3": 47, "s4": 32, "s5": 64, "s6": 0}
DISABLED = {"s3"}
IN_USE = {"s1", "s2", "s4", "s5"}


class Pair:
    """Both proxies with a frontend for each of these ways to choose, before the same servers.

    A way has a name and tells what it is, as_haproxy() in lines and as_yaml() in values.
    """

    def __init__(self, tidegate, peers, directory, ways, serve=says, bind: str = "127.0.0.1"):
        self.ways = ways
        servers = {name: {"address": peers(Server, serve(name.encode())).address, "weight": weight,
                          "disabled": name in DISABLED} for name, weight in WEIGHTS.items()}
        listeners = {way.name: listen((bind, 0)) for way in ways}
        self.haproxy = {name: listener.getsockname()[:2] for name, listener in listeners.items()}
        peers(Stopped, launch(directory, haproxy_text(ways, servers, listeners), *listeners.values()))
        daemon = tidegate(yaml_values(ways, servers, f"[{bind}]:0" if ":" in bind else f"{bind}:0"))
        self.tidegate = {way.name: daemon.address(way.name) for way in ways}


class Stopped:
    """A program that is stopped at the end of the test."""

    def __init__(self, program):
        self.close = program.stop


def haproxy_text(ways, servers, listeners) -> str:
    lines = ["global", "nbthread 1", "defaults", "mode tcp", "timeout connect 5s", "timeout client 1m",
             "timeout server 1m"]
    for way in ways:
        lines += [f"frontend {way.name}", f"bind fd@{listeners[way.name].fileno()}", f"default_backend {way.name}",
                  f"backend {way.name}", *way.as_haproxy(),
                  *(f"{server_line(name, keys)} weight {keys['weight']}" for name, keys in servers.items())]
    return "".join(f"{line}\n" for line in lines)


def yaml_values(ways, servers, bind: str) -> dict:
    return {
        "global": {"threads": 1, "log": "stdout"},
        "frontends": {way.name: {"bind": bind, "backend": way.name} for way in ways},
        "backends": {way.name: {"balance": way.as_yaml(), "servers": copy.deepcopy(servers)} for way in ways},
    }
