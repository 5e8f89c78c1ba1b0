"""A real Redis is served through the proxy: its own benchmark, pipelines, and subscribers that wait."""

import csv
import io
import subprocess
from collections import Counter

import pytest

from support.config import config
from support.programs import program, run
from support.settings import scaled
from support.streams import in_background
from support.ways import ROUTES, written

TESTS = ["PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "LPUSH", "MSET (10 keys)"]
REQUESTS = scaled(10_000, 2_000)  # of each kind
MESSAGES = scaled(2_000, 200)


def reached_at(endpoint) -> list:
    """The arguments of Redis' own programs."""
    return ["-s", endpoint] if isinstance(endpoint, str) else ["-h", endpoint[0], "-p", endpoint[1]]


def asked(endpoint, *command: str) -> str:
    return run(["redis-cli", *reached_at(endpoint), *command])


@pytest.fixture
def redis(programs, tmp_path, way):
    place = way.place("redis.sock")
    listen = ["--port", 0, "--unixsocket", place] if way.host is None else ["--bind", way.host, "--port", place[1]]
    programs("redis-server", *listen, "--save", "", "--appendonly", "no", "--dir", tmp_path, at=[place])
    return place


def benchmark(endpoint, *options) -> list[dict]:
    output = run(["redis-benchmark", *reached_at(endpoint), "--csv", "-c", 50, "-t", "ping,set,get,incr,lpush,mset",
                  *options], deadline=100)
    return list(csv.DictReader(io.StringIO(output)))


def commands_done(redis) -> int:
    info = asked(redis, "info", "stats")
    (line,) = [line for line in info.splitlines() if line.startswith("total_commands_processed:")]
    return int(line.partition(":")[2])


@pytest.mark.deadline(60)
@pytest.mark.parametrize("pipeline", [1, 16])
def test_its_benchmark_runs_to_the_end(tidegate, redis, way, workers, pipeline):
    daemon = tidegate(config(written(redis), bind=way.bind(), threads=workers))

    rows = benchmark(daemon.address(), "-n", REQUESTS, "-P", pipeline)

    assert [row["test"] for row in rows] == TESTS
    assert commands_done(redis) >= REQUESTS * len(TESTS)
    assert asked(redis, "get", "counter:__rand_int__") == f"{REQUESTS}\n"
    assert asked(redis, "llen", "mylist") == f"{REQUESTS}\n"
    daemon.access(50 * len(TESTS))
    assert Counter(line.code for line in daemon.access()) == {"--": len(daemon.access())}


@pytest.mark.deadline(60)
def test_values_larger_than_any_buffer_pass_in_a_pipeline(tidegate, redis, way):
    daemon = tidegate(config(written(redis), bind=way.bind()))

    run(["redis-benchmark", *reached_at(daemon.address()), "-q", "-c", 8, "-P", 16, "-d", 200_000, "-n", 800,
         "-t", "set,get"])

    assert asked(redis, "strlen", "key:__rand_int__") == "200000\n"


@pytest.mark.deadline(60)
@pytest.mark.parametrize("way, threads", ROUTES, indirect=["way"])
def test_a_subscriber_gets_every_message_while_others_are_busy(tidegate, redis, way, threads, programs):
    daemon = tidegate(config(written(redis), bind=way.bind(), threads=threads))
    subscriber = programs("redis-cli", *reached_at(daemon.address()), "--csv", "subscribe", "news")
    subscriber.out.wait_for('"subscribe","news",1')

    busy = in_background(benchmark, daemon.address(), "-n", REQUESTS, "-P", 16)
    told = subprocess.run(
        [program("redis-cli"), *map(str, reached_at(daemon.address()))], capture_output=True, text=True, timeout=30,
        input="".join(f"publish news {i}\n" for i in range(MESSAGES)))
    busy.result(50)

    assert told.stdout.split() == ["1"] * MESSAGES
    got = [match[1] for match in subscriber.out.wait_for_count(r'"message","news","(\d+)"', MESSAGES)]
    assert got == [str(i) for i in range(MESSAGES)]
