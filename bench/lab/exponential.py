#!/usr/bin/env python3
"""Backends whose service times are exponential: exponential.py PORT:MEAN_MS...

Each port answers with its number. Requests are served side by side: no one waits for another, so
a backend is as slow as its mean whatever its load. The times are drawn with a fixed seed.
"""

import asyncio
import random
import sys


async def serve(reader, writer, port, mean, draw):
    try:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(draw.expovariate(1 / mean))
            writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(port)}\r\n\r\n{port}".encode())
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    for number, argument in enumerate(sys.argv[1:]):
        port, mean = argument.split(":")
        draw, seconds = random.Random(number), float(mean) / 1000

        async def take(reader, writer, port=port, mean=seconds, draw=draw):
            await serve(reader, writer, port, mean, draw)

        await asyncio.start_server(take, "127.0.0.1", int(port), backlog=1024)
    await asyncio.Event().wait()


asyncio.run(main())
