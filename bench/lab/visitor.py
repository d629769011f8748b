"""A client of HTTP/1.1 for asyncio: one kept connection, one request at a time on it."""

import asyncio
from dataclasses import dataclass

GONE = (OSError, EOFError, ValueError, asyncio.TimeoutError)


@dataclass
class Answer:
    status: int
    fields: dict   # by name in small letters; of several with one name, the last
    body: str


def _parse(head):
    first, *rest = head.decode("latin-1").rstrip().split("\r\n")
    pairs = (line.split(":", 1) for line in rest)
    return int(first.split(" ", 2)[1]), {name.lower(): value.strip() for name, value in pairs}


class Visitor:
    """Connects when it is first needed, and again after the other side has closed."""

    def __init__(self, port):
        self.port, self.reader, self.writer = port, None, None

    async def ask(self, fields="", path="/"):
        """Raises one of GONE when there is no whole answer."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            self.writer.write(f"GET {path} HTTP/1.1\r\nHost: drill\r\n{fields}\r\n".encode())
            status, got = _parse(await self.reader.readuntil(b"\r\n\r\n"))
            body = await self.reader.readexactly(int(got.get("content-length", 0)))
        except BaseException:
            self.close()
            raise
        if got.get("connection", "").lower() == "close":
            self.close()
        return Answer(status, got, body.decode())

    def close(self):
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None
