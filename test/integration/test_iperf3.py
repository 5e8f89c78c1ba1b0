"""iperf3 through the proxy: eight streams either way, and what one end sent the other end has."""

import json

import pytest

from support.config import config
from support.programs import run
from support.ways import written

STREAMS = 8
SECONDS = 1
CHATTER = 1 << 20  # bytes of its control connection, at most


@pytest.fixture
def iperf3(programs, way):
    place = way.place()
    server = programs("iperf3", "-s", "-B", place[0], "-p", place[1], "--one-off", "--forceflush")
    server.out.wait_for("Server listening")  # a probe would count as its one client
    return written(place)


def passed(daemon, direction: str) -> list[int]:
    """What the proxy says of each session, the control connection included."""
    lines = daemon.out.wait_for_count(r'^\{.*"session".*\}$', STREAMS + 1)
    return sorted(json.loads(line[0])[direction] for line in lines)


@pytest.mark.deadline(60)
@pytest.mark.parametrize("way, threads", [("ipv4", 1), ("ipv6", 2)], indirect=["way"])
@pytest.mark.parametrize("reverse", [False, True], ids=["up", "down"])
def test_eight_streams_carry_what_was_sent(tidegate, iperf3, way, threads, reverse):
    daemon = tidegate(config(iperf3, bind=way.bind(), threads=threads, log={"to": "stdout", "format": "json"}))
    host, port = daemon.address()

    told = json.loads(run(["iperf3", "-c", host, "-p", port, "-P", STREAMS, "-t", SECONDS, "-J",
                           *(["-R"] if reverse else [])]))

    assert "error" not in told
    streams = told["end"]["streams"]
    assert len(streams) == STREAMS
    assert all(stream["receiver"]["bytes"] > 0 for stream in streams)
    sent = told["end"]["sum_sent"]["bytes"]
    received = told["end"]["sum_received"]["bytes"]
    # It ends by the clock: what is under way then, nobody receives.
    sessions = passed(daemon, "bytes_to_client" if reverse else "bytes_to_server")
    assert received <= sum(sessions) <= sent + CHATTER
