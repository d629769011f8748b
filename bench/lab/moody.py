#!/usr/bin/env python3
"""A backend whose health is at somebody's command: moody.py ADDRESS PORT.

Answers every request with its port, until a request for /-/mood/MOOD changes how: `well`, `500`
(an error) or `garbage` (no HTTP at all). One process each, so that it can be killed and frozen.
"""

import asyncio
import sys

mood = "well"


def answer(body):
    status = "500 Internal Server Error" if mood == "500" else "200 OK"
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


async def serve(reader, writer):
    global mood
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = head.split(" ", 2)[1]
            if path.startswith("/-/mood/"):
                mood = path.rsplit("/", 1)[1]
            elif mood == "garbage":
                writer.write(b"what is this\r\n\r\n")
                await writer.drain()
                break
            writer.write(answer(sys.argv[2]))
            await writer.drain()
            if "connection: close" in head.lower():
                break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, sys.argv[1], int(sys.argv[2]))
    async with server:
        await server.serve_forever()


asyncio.run(main())
