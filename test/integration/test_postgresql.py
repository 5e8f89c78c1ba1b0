"""A real PostgreSQL is served through the proxy: pgbench fails no transaction."""

import os
import pwd
import re
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

from support.config import config
from support.programs import PATH, Program, free_port, program, run
from support.settings import scaled
from support.ways import HOSTS, ROUTES, written

SECONDS = scaled(5, 2)


def programs_path() -> str:
    """Debian keeps those of the server apart, one directory a version."""
    return ":".join([*map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), PATH])


def somebody() -> dict:
    """How to run as a user that PostgreSQL accepts, which root is not."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


@pytest.fixture(scope="module")
def postgresql():
    """The addresses of one server, by kind."""
    directory = Path(tempfile.mkdtemp(prefix="tidegate-postgresql-"))  # pytest's own are closed to other users
    port = free_port()
    try:
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(directory, owner.pw_uid, owner.pw_gid)
        run([program("initdb", programs_path()), "-D", directory / "data", "-U", "tidegate", "-A", "trust",
             "--no-sync", "--no-locale"], cwd=directory, **somebody())
        places = {**{kind: (host, port) for kind, host in HOSTS.items()}, "unix": f"{directory}/.s.PGSQL.{port}"}
        server = Program([program("postgres", programs_path()), "-D", directory / "data", "-p", port, "-c", "fsync=off",
                          "-c", f"listen_addresses={','.join(HOSTS.values())}",
                          "-c", f"unix_socket_directories={directory}"], cwd=directory, **somebody())
        try:
            yield server.wait_listening(*places.values()) and places
        finally:
            server.stop(signal.SIGINT)  # the fast way
    finally:
        shutil.rmtree(directory)


def reached_at(endpoint) -> list:
    """The arguments of PostgreSQL's own programs; of a UNIX socket they want the directory."""
    if isinstance(endpoint, str):
        return ["-h", os.path.dirname(endpoint), "-p", endpoint.rpartition(".")[2], "-U", "tidegate"]
    return ["-h", endpoint[0], "-p", endpoint[1], "-U", "tidegate"]


@pytest.mark.deadline(90)
@pytest.mark.parametrize("way, threads", ROUTES, indirect=["way"])
def test_pgbench_fails_no_transaction(tidegate, postgresql, way, threads):
    daemon = tidegate(config(written(postgresql[way.kind]), bind=way.bind(".s.PGSQL.1"), threads=threads))
    there = reached_at(daemon.address())

    run([program("pgbench", programs_path()), *there, "-i", "-q", "postgres"])
    told = run([program("pgbench", programs_path()), *there, "-n", "-c", 8, "-j", 2, "-T", SECONDS, "postgres"])

    assert "number of failed transactions: 0 (0.000%)" in told
    done = re.search(r"number of transactions actually processed: (\d+)", told)
    assert int(done[1]) > 0
    written_down = run([program("psql", programs_path()), *there, "-Atc", "select count(*) from pgbench_history",
                        "postgres"])
    assert written_down == f"{done[1]}\n"
    assert {line.code for line in daemon.access(1 + 8 + 1)} == {"--"}
