"""The three kinds of address that a bind and a server can have."""

from pathlib import Path

from support.programs import free_port

HOSTS = {"ipv4": "127.0.0.1", "ipv6": "::1"}
KINDS = [*HOSTS, "unix"]

# Kinds of address and numbers of workers, each at least once: for tests that take their time.
ROUTES = [("ipv4", 1), ("ipv6", 2), ("unix", 2)]


def written(endpoint) -> str:
    """As a configuration has it; parse_endpoint() reads it back."""
    if isinstance(endpoint, str):
        return f"unix:{endpoint}"
    host, port = endpoint
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Way:
    """Gives away addresses of one kind."""

    def __init__(self, kind: str, directory: Path):
        self.kind = kind
        self.host = HOSTS.get(kind)
        self._directory = directory

    def place(self, name: str = "peer.sock"):
        """Where a peer may listen; `name` is for a UNIX socket."""
        return (self.host, free_port(self.host)) if self.host else str(self._directory / name)

    def bind(self, name: str = "web.sock") -> str:
        """Where the daemon may."""
        return written((self.host, 0) if self.host else str(self._directory / name))
