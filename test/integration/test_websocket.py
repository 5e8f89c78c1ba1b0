"""WebSockets through the proxy: small and large frames, pings from both ends, and an orderly close."""

import asyncio
import random

import pytest
import websockets

from support.config import config
from support.settings import scaled
from support.sockets import connect
from support.ways import KINDS, Way, written

MESSAGES = scaled(1_000, 200)
LARGE = scaled(16 << 20, 1 << 20)
PINGS = scaled(200, 20)


def serve_at(place):
    async def echo(connection, *_):
        async for message in connection:
            await connection.send(message)

    options = {"max_size": None, "compression": None, "ping_interval": 0.05}
    if isinstance(place, str):
        return websockets.unix_serve(echo, place, **options)
    return websockets.serve(echo, *place, **options)


def open_at(endpoint):
    return websockets.connect("ws://web/", sock=connect(endpoint), max_size=None, compression=None, ping_interval=0.05)


async def converse(endpoint, seed: int):
    dice = random.Random(seed)
    async with open_at(endpoint) as client:
        for i in range(MESSAGES):
            message = f"{i} " + "." * dice.randrange(200) if i % 2 else dice.randbytes(dice.randrange(70_000))
            await client.send(message)
            assert await client.recv() == message
        for _ in range(PINGS):
            await asyncio.wait_for(await client.ping(), 10)
        large = dice.randbytes(LARGE)
        await client.send(large)
        assert await client.recv() == large
    return client.close_code


@pytest.mark.deadline(60)
def test_frames_of_every_size_come_back_between_pings(tidegate, way, workers):
    place = way.place()
    daemon = tidegate(config(written(place), bind=way.bind(), threads=workers))

    async def one_conversation():
        async with serve_at(place):
            return await converse(daemon.address(), 1)

    assert asyncio.run(one_conversation()) == 1000  # a normal closure
    assert [line.code for line in daemon.access()] == ["--"]


@pytest.mark.deadline(60)
def test_sockets_that_only_ping_stay_open_beyond_the_idle_timeout(tidegate, tmp_path):
    ways = [Way(kind, tmp_path) for kind in KINDS]
    place = ways[0].place()
    daemon = tidegate(config(written(place), bind=[way.bind() for way in ways], timeouts={"idle": "2s"}))

    async def hold(client, loop):
        begin = loop.time()
        while loop.time() < begin + 5:  # the pings of both ends go on beneath
            await asyncio.wait_for(await client.ping(), 10)
            await asyncio.sleep(0.1)
        await client.send("still here")
        return await client.recv()

    async def all_of_them():
        async with serve_at(place):
            clients = [await open_at(endpoint) for endpoint in daemon.addresses() * 3]
            answers = await asyncio.gather(*(hold(client, asyncio.get_running_loop()) for client in clients))
            await asyncio.gather(*(client.close() for client in clients))
            return answers

    assert asyncio.run(all_of_them()) == ["still here"] * 3 * len(KINDS)
    assert {line.code for line in daemon.access(3 * len(KINDS))} == {"--"}
