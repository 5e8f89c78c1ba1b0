"""GET /<delay ms>/<size> is answered by so many bytes after so long, in four writes 10 ms apart. Run by http_clients.py."""

import asyncio
import sys


async def serve(reader, writer):
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        _, delay, size = head.split(b" ")[1].split(b"/")
        await asyncio.sleep(int(delay) / 1000)
        writer.write(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % int(size))
        for begin in range(0, int(size), part := -(-int(size) // 4)):
            writer.write(b"x" * min(part, int(size) - begin))
            await writer.drain()
            await asyncio.sleep(0.01)
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), backlog=4096)
    async with server:
        await server.serve_forever()


asyncio.run(main())
