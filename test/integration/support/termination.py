"""One situation through tidegate and through HAProxy, and the lines of both: the fixture `proxy` starts either.

The same configuration, client and server; both lines must be the one that the test states. Where the two differ the
test says so, and lb/telemetry/README.md says why. In no test: codes of what Tidegate does not have (L, D and U), and
the PROXY protocol (PR), of which HAProxy writes another kind of line.
"""

import json
import re

import pytest

from support.haproxy import HAProxy
from support.sockets import read_all
from support.streams import in_background
from support.wait import AT_ONCE, wait_until


def one_slot(server) -> dict:
    return {"s1": {"address": server.address, "maxconn": 1}}


def settled(daemon):
    """Returns when the proxy has handled all that came before, and nothing else is open."""
    told = sum(" probe " in line for line in daemon.out.all())
    assert daemon.ask("probe") == b"probe"
    daemon.access(told + 1, "probe")


def joined(daemon, data: bytes = b""):
    """A client whose session is under way but has no server yet."""
    client = daemon.connect()
    client.sendall(data)
    settled(daemon)
    return client


def close_at_end(connection):
    def follow():
        read_all(connection)
        connection.close()
    return in_background(follow)


def fill(sender):
    """Sends until the reader, who does not read, holds everybody up."""
    sender.settimeout(0.5)
    with pytest.raises(TimeoutError):
        while True:
            sender.sendall(b"x" * (1 << 20))
    sender.settimeout(10)


def words(line) -> list[str]:
    return [f"{line.backend}/{line.server}", str(line.queue), str(line.connect), str(line.total), str(line.bytes),
            line.code, str(line.process_sessions), str(line.frontend_sessions), str(line.backend_sessions),
            str(line.server_sessions), line.retries, str(line.server_queue), str(line.backend_queue)]


def assert_told(line, expected: str):
    """`expected` as the line has it from its backend on; ~N is N or what comes soon after, * is anything."""
    name, *rest = expected.split()
    wanted = [name, *re.split("[ /]", " ".join(rest))]
    assert len(wanted) == len(words(line)), expected
    for want, got in zip(wanted, words(line)):
        if want.startswith("~"):
            fits = int(want[1:]) <= int(got) < int(want[1:]) + 1000 * AT_ONCE
        else:
            fits = want in ("*", got)
        assert fits, f"{got} is not {want}: {line} is not {expected}"


def json_records(daemon, count: int) -> list[dict]:
    def enough():
        lines = (daemon.file.parent / "json.log").read_text().splitlines()
        records = [record for record in map(json.loads, lines) if record.get("frontend") == "web"]
        return records if len(records) >= count else None

    return wait_until(enough, what=f"{count} records in JSON")


def assert_agrees(record: dict, line):
    """The JSON layout tells what the tcplog line does."""
    assert (record["backend"], record["server"] or "<NOSRV>") == (line.backend, line.server)
    assert record["queue_ms"] == (line.queue - 1 if line.queue >= 0 else None)
    assert record["connect_ms"] == (line.connect if line.connect >= 0 else None)
    assert (record["total_ms"], record["bytes_to_client"]) == (line.total, line.bytes)
    assert record["termination"] == line.code
    assert [record[f"{kind}_sessions"] for kind in ("process", "frontend", "backend", "server")] == [
        line.process_sessions, line.frontend_sessions, line.backend_sessions, line.server_sessions]
    assert f"{'+' if record['redispatched'] else ''}{record['retries']}" == line.retries
    assert (record["server_queue"], record["backend_queue"]) == (line.server_queue, line.backend_queue)


def assert_tells(daemon, *expected: str):
    """The lines that the sessions have left, in the order of their ends; Tidegate's in both layouts."""
    lines = daemon.access(len(expected))
    assert len(lines) == len(expected)
    for line, each in zip(lines, expected):
        assert_told(line, each)
    if not isinstance(daemon, HAProxy):
        for record, line in zip(json_records(daemon, len(expected)), lines):
            assert_agrees(record, line)


def assert_differs(daemon, *, tidegate: str, haproxy: str):
    assert_tells(daemon, haproxy if isinstance(daemon, HAProxy) else tidegate)
