"""The configuration most tests start from, as the plain values that YAML is made of."""


def named(servers) -> dict:
    """One peer or several as s1, s2, ...; a mapping keeps its names."""
    if isinstance(servers, dict):
        return {name: as_server(server) for name, server in servers.items()}
    if not isinstance(servers, (list, tuple)):
        servers = [servers]
    return {f"s{i}": as_server(server) for i, server in enumerate(servers, 1)}


def as_server(server):
    return getattr(server, "address", server)


def config(servers, *, threads=1, bind="127.0.0.1:0", frontend=None, backend=None, timeouts=None,
           retries=None, tcp=None, **global_keys) -> dict:
    """One frontend `web` in front of one backend `app`."""
    defaults = {"timeouts": {"connect": "5s", "client": "1m", "server": "1m", "queue": "30s",
                             **(timeouts or {})}}
    if retries is not None:
        defaults["retries"] = retries
    if tcp is not None:
        defaults["tcp"] = tcp
    return {
        "global": {"threads": threads, "log": "stdout", **global_keys},
        "defaults": defaults,
        "frontends": {"web": {"bind": bind, "backend": "app", **(frontend or {})}},
        "backends": {"app": {"servers": named(servers), **(backend or {})}},
    }


def with_probe(plain: dict, probe_server) -> dict:
    """Adds a frontend `probe`. With one worker, its answer proves that all that came before is handled."""
    plain["frontends"]["probe"] = {"bind": "127.0.0.1:0", "backend": "probe"}
    plain["backends"]["probe"] = {"servers": {"p1": as_server(probe_server)}}
    return plain
