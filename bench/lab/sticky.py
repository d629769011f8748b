"""Sessions by cookie through reloads, a restart and a second poise, and cookies that were altered."""

import asyncio
import random

from . import load, processes, programs
from .running import Poise
from .visitor import GONE, Visitor

BACKENDS = 4
VISITORS = 32      # connections at a time
RELOADS = 20
LOOK_EVERY = 5     # reloads
COOKIE = "poise"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

ORIGIN = """  - { bind: "127.0.0.1:%d", routes: [{ respond: { body: "%d" } }] }"""

CONFIG = """
workers: 2
listeners:
  - bind: "127.0.0.1:{port}"
    routes:
{routes}
pools:
  app:
    balance: {{ strategy: sticky-cookie, secret: drill-secret-of-all, fallback: round-robin }}
    backends: [{backends}]
"""
PLAIN = "      - { name: all, pool: app }"
MORE = """      - { name: new, match: { path: /new }, respond: { body: new } }
      - { name: all, pool: app, request_headers: { set: { X-Route: all } } }"""


def config(port, backends, weights, routes):
    listed = ", ".join(f'{{ address: "127.0.0.1:{one}", weight: {weight} }}'
                       for one, weight in zip(backends, weights))
    return CONFIG.format(port=port, backends=listed, routes=routes)


def start_origins(program):
    ports = [processes.free_port() for _ in range(BACKENDS)]
    text = "listeners:\n" + "\n".join(ORIGIN % (port, port) for port in ports) + "\n"
    origin = Poise(program, "sticky-origin", text, ports[0])
    for port in ports:
        processes.wait_for_port(origin.child, port)
    return ports


async def _each(port, items, visit):
    """Calls visit(visitor, item) for every item, on some connections side by side."""
    waiting = iter(items)

    async def work():
        visitor = Visitor(port)
        for item in waiting:
            await visit(visitor, item)
        visitor.close()

    await asyncio.gather(*(work() for _ in range(VISITORS)))


def cookie_of(answer):
    name, _, rest = answer.fields.get("set-cookie", "").partition("=")
    return rest.split(";", 1)[0] if name == COOKIE else None


def field(cookie):
    return f"Cookie: {COOKIE}={cookie}\r\n"


def begin(port, count):
    """New clients: a list of (cookie, backend)."""
    sessions = []

    async def visit(visitor, _):
        answer = await visitor.ask()
        if answer.status != 200 or not cookie_of(answer):
            raise load.LoadFailed(f"a new client got {answer.status} and no cookie")
        sessions.append((cookie_of(answer), answer.body))

    asyncio.run(_each(port, range(count), visit))
    return sessions


def look(port, sessions):
    """What became of the sessions: how many were asked, and not served by their own backend."""
    seen = {"asked": 0, "moved": 0, "new cookie": 0, "failed": 0}

    async def visit(visitor, session):
        cookie, backend = session
        seen["asked"] += 1
        try:
            answer = await visitor.ask(field(cookie))
        except GONE:
            seen["failed"] += 1
            return
        seen["failed"] += answer.status != 200
        seen["moved"] += answer.status == 200 and answer.body != backend
        seen["new cookie"] += "set-cookie" in answer.fields

    asyncio.run(_each(port, sessions, visit))
    return seen


def told(seen):
    return ", ".join(f"{value:,} {name}" for name, value in seen.items())


def alter(cookie, at, draw):
    """The same with another letter of its alphabet in one place."""
    other = draw.choice(LETTERS.replace(cookie[at], ""))
    return cookie[:at] + other + cookie[at + 1:]


def forge(port, sessions, count):
    """Altered cookies: how many were believed, and how many came by chance to who they named."""
    draw, seen = random.Random(1), {"sent": 0, "believed": 0, "failed": 0, "by chance": 0}

    async def visit(visitor, number):
        cookie, backend = draw.choice(sessions)
        forged = alter(cookie, number % len(cookie), draw)
        seen["sent"] += 1
        try:
            answer = await visitor.ask(field(forged))
        except GONE:
            seen["failed"] += 1
            return
        seen["failed"] += answer.status != 200
        is_new = cookie_of(answer) not in (None, forged)
        seen["believed"] += answer.status == 200 and not is_new
        seen["by chance"] += is_new and answer.body == backend

    asyncio.run(_each(port, range(count), visit))
    return seen


def run(program, count, forgeries):
    """True if every session stayed and no altered cookie was believed. Prints as it goes."""
    backends, port = start_origins(program), processes.free_port()
    # A weight of 0 takes nobody new, but keeps its sessions.
    texts = [config(port, backends, (1, 1, 1, 1), PLAIN), config(port, backends, (5, 2, 1, 0), MORE)]
    proxy = Poise(program, "sticky", texts[0], port)
    sessions = begin(port, count)
    shares = [sum(backend == str(one) for _, backend in sessions) for one in backends]
    # Nothing of a client is in its cookie: without a ttl, sessions of one backend have one value.
    print(f"{count:,} sessions on {BACKENDS} backends: {shares}, "
          f"{len({cookie for cookie, _ in sessions})} different cookies", flush=True)
    good = True

    def check(title, at):
        seen = look(at, sessions)
        print(f"{title}: {told(seen)}", flush=True)
        return seen.pop("asked") == count and not any(seen.values())

    for number in range(1, RELOADS + 1):
        proxy.reload(texts[number % 2])
        if number % LOOK_EVERY == 0:
            good &= check(f"after reload {number}", port)
    proxy.stop()
    proxy = Poise(program, "sticky", texts[1], port)
    good &= check("after a restart", port)
    other = processes.free_port()
    Poise(program, "sticky-second", config(other, backends[::-1], (1, 1, 1, 1), PLAIN), other)
    good &= check("at a second poise", other)
    seen = forge(other, sessions, forgeries)
    print(f"altered cookies: {told(seen)}", flush=True)
    return good and seen["sent"] == forgeries and not seen["believed"] and not seen["failed"]
