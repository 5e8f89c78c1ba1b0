"""A server in a process of its own that answers requests as they ask for it, and prints the number of each that it got.
A pause within an answer that lasted 10 ms longer than was asked is printed as "paused <number> <ms>".

    request   "<number> <size> <delay ms> <parts> <pause ms>\\n"
    answer    "<number> <size>\\n" and `size` bytes, in `parts` writes with pauses between, after the delay
"""

import asyncio
import sys
import time


async def serve(reader, writer):
    try:
        while line := await reader.readline():
            number, size, delay, parts, pause = (int(word) for word in line.split())
            print(f"got {number}", flush=True)
            await asyncio.sleep(delay / 1000)
            body = b"%d %d\n" % (number, size) + b"x" * size
            step = -(-len(body) // parts)
            for begin in range(0, len(body), step):
                if begin:
                    left = time.monotonic()
                    await asyncio.sleep(pause / 1000)
                    if (lasted := 1000 * (time.monotonic() - left)) > pause + 10:
                        print(f"paused {number} {lasted:.0f}", flush=True)
                writer.write(body[begin:begin + step])
                await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), backlog=4096)
    async with server:
        await server.serve_forever()


asyncio.run(main())
