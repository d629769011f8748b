"""Sessions that last: WebSockets and TCP sessions through many reloads that change everything about
them but their own life. Each is asked to echo again and again; one that is reset or silent failed."""

import asyncio
import itertools
import threading

from . import processes
from .running import Poise

EACH = 500       # of either kind
RELOADS = 100
LOOK_EVERY = 10  # reloads
PATIENCE = 10.0

HANDSHAKE = (b"GET /ws HTTP/1.1\r\nHost: drill\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
ACCEPTED = (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\n\r\n")

CONFIG = """
workers: 2
listeners:
  - name: {web}
    bind: "127.0.0.1:{port}"
    timeouts: {{ idle: {idle} }}
    routes:{extra}
      - {{ name: {route}, match: {{ path: / }}, pool: {pool} }}
  - {{ name: {tcp}, bind: "127.0.0.1:{tcp_port}", protocol: tcp, pool: {pool} }}
pools:
  {pool}: {{ backends: [{backends}], balance: {balance} }}
"""
EXTRA = """
      - { name: extra, match: { path: /extra }, respond: { body: extra } }"""


def two_configs(port, tcp_port, backends):
    """Nothing in the second has the name, backend or strategy it has in the first."""
    def text(**how):
        return CONFIG.format(port=port, tcp_port=tcp_port, **how)
    first, second = (f'"127.0.0.1:{backend}"' for backend in backends)
    return [text(web="web", tcp="tcp", idle="75s", extra="", route="all", pool="one",
                 backends=first, balance="round-robin"),
            text(web="other", tcp="plain", idle="60s", extra=EXTRA, route="every", pool="two",
                 backends=second, balance="least-connections")]


async def _echo(reader, writer):
    try:
        bytes_in = await reader.read(65536)
        if bytes_in.startswith(b"GET "):
            writer.write(ACCEPTED)
            bytes_in = await reader.read(65536)
        while bytes_in:
            writer.write(bytes_in)
            await writer.drain()
            bytes_in = await reader.read(65536)
    except OSError:
        pass
    writer.close()


class Backends:
    """Echo over TCP, or after an upgrade, on ports of this process, in a thread of its own."""

    def __init__(self, count):
        self.ports = [processes.free_port() for _ in range(count)]
        self.loop = asyncio.new_event_loop()
        for port in self.ports:
            self.loop.run_until_complete(
                asyncio.start_server(_echo, "127.0.0.1", port, backlog=4096))
        threading.Thread(target=self.loop.run_forever, daemon=True).start()


class Session:
    def __init__(self, reader, writer):
        self.reader, self.writer, self.fault = reader, writer, None

    @classmethod
    async def open(cls, port, upgrades):
        session = cls(*await asyncio.open_connection("127.0.0.1", port))
        if upgrades:
            session.writer.write(HANDSHAKE)
            head = await asyncio.wait_for(session.reader.readuntil(b"\r\n\r\n"), PATIENCE)
            if not head.startswith(b"HTTP/1.1 101"):
                session.fault = head.split(b"\r\n", 1)[0].decode(errors="replace")
        return session

    async def echo(self, word):
        if self.fault is not None:
            return
        try:
            self.writer.write(word)
            got = await asyncio.wait_for(self.reader.readexactly(len(word)), PATIENCE)
            if got != word:
                self.fault = "other bytes"
        except (OSError, EOFError, asyncio.TimeoutError) as error:
            self.fault = type(error).__name__


async def _run(proxy, texts, tcp_port, each, reloads):
    sessions = [await Session.open(proxy.port, True) for _ in range(each)]
    sessions += [await Session.open(tcp_port, False) for _ in range(each)]
    words, loop = itertools.count(), asyncio.get_running_loop()

    async def look():
        word = b"word %d." % next(words)
        await asyncio.gather(*(session.echo(word) for session in sessions))

    await look()
    for number in range(1, reloads + 1):
        await loop.run_in_executor(None, proxy.reload, texts[number % 2])
        if number % LOOK_EVERY == 0:
            await look()
    faults = [[one.fault for one in part if one.fault] for part in
              (sessions[:each], sessions[each:])]
    for session in sessions:
        session.writer.close()
    return faults


def run(program, each=EACH, reloads=RELOADS):
    """What became of the WebSockets and of the TCP sessions: the faults of either."""
    backends, port, tcp_port = Backends(2), processes.free_port(), processes.free_port()
    texts = two_configs(port, tcp_port, backends.ports)
    proxy = Poise(program, "lasting", texts[0], port)
    faults = asyncio.run(_run(proxy, texts, tcp_port, each, reloads))
    proxy.stop()
    return faults
