"""One of four backends is ten times as slow: what clients wait for, by how the proxy chooses."""

import asyncio
import os
import random
import shutil
import sys
import time
from dataclasses import dataclass

from . import failures, peers, processes, programs, report
from .processes import Unavailable
from .visitor import GONE, Visitor

RATE = 300         # requests a second
WARM = 2.0         # seconds that do not count: connections open, averages settle
TIMEOUT = 10.0
MEANS = [10, 10, 10, 100]   # ms
POOL = "balance: {}"


@dataclass(frozen=True)
class Way:
    """One row. pool: the lines that tell this proxy how to choose."""

    title: str
    proxy: str
    pool: str
    fast_only: bool = False


IDEAL = Way("ideal: round-robin over the three fast", "poise", POOL.format("round-robin"), True)
EJECTING = Way("poise round-robin, `latency_factor: 4`", "poise",
               POOL.format("round-robin, health: { passive: { latency_factor: 4 } }"))
EWMA = Way("poise peak-ewma", "poise", POOL.format("peak-ewma"))
WAYS = [
    IDEAL, EWMA,
    Way("poise least-connections", "poise", POOL.format("least-connections")),
    Way("poise power-of-two", "poise", POOL.format("power-of-two")),
    Way("poise round-robin", "poise", POOL.format("round-robin")),
    EJECTING,
    Way("HAProxy leastconn", "haproxy", "balance leastconn"),
    Way("HAProxy random(2)", "haproxy", "balance random(2)"),
    Way("nginx least_conn", "nginx", "zone app 64k; least_conn;"),
]

METHOD = """\
Four backends answer after exponentially distributed times: three with a mean of 10 ms, one of \
100 ms, whatever their load. One client sends {rate} requests a second at random moments (Poisson, \
the same for each row), whether answers have come or not, and measures each from the moment it was \
due, so a late request counts as slow. Every proxy has two workers and kept connections; each row \
is {seconds} s after {warm:.0f} s of warming up, one after the other in one run. The ideal is the \
same poise with the three fast backends only: what it takes more than their 46 ms at p99 is client, \
backends and machine. The row of the ejection counts from the start, the warming up too. *After the \
ejection*: of the requests that were due after the line in the \
log."""


@dataclass
class Result:
    due: float       # by the clock on the wall
    seconds: float   # from due to the whole answer
    status: int      # 0: none
    backend: str


async def _one(port, idle, due, shift, results):
    visitor = idle.pop() if idle else Visitor(port)
    status, backend = 0, ""
    try:
        answer = await asyncio.wait_for(visitor.ask(), TIMEOUT)
        status, backend = answer.status, answer.body
        idle.append(visitor)
    except GONE:
        visitor.close()
    now = asyncio.get_running_loop().time()
    results.append(Result(due + shift, now - due, status, backend))


async def offer(port, seconds):
    """An open loop: what is due is sent, however many are under way."""
    clock, draw = asyncio.get_running_loop().time, random.Random(1)
    shift, idle, results, sent = time.time() - clock(), [], [], []
    due = began = clock()
    while due < began + seconds:
        await asyncio.sleep(max(0.0, due - clock()))
        sent.append(asyncio.create_task(_one(port, idle, due, shift, results)))
        due += draw.expovariate(RATE)
    await asyncio.gather(*sent)
    for visitor in idle:
        visitor.close()
    return results


def percentile(results, share):
    ordered = sorted(one.seconds for one in results)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


class Backends:
    def __init__(self):
        self.ports = [processes.free_port() for _ in MEANS]
        arguments = [f"{port}:{mean}" for port, mean in zip(self.ports, MEANS)]
        self.child = processes.start(
            [sys.executable, os.path.join(programs.BENCH, "lab", "exponential.py"), *arguments],
            log=programs.out_file("work", "exponential.log"))
        for port in self.ports:
            processes.wait_for_port(self.child, port)

    @property
    def slow(self):
        return self.ports[-1]


def measure(way, program, seconds):
    backends = Backends()
    ports = backends.ports[:-1] if way.fast_only else backends.ports
    proxy = peers.start(way.proxy, peers.Setup(ports, program, workers=2, cpus=None, pool=way.pool))
    began = time.time()
    results = asyncio.run(offer(proxy.port, WARM + seconds))
    at, said = failures.first_line(proxy.child.log, f"127.0.0.1:{backends.slow}", ["ejected"], began)
    proxy.stop()
    processes.stop(backends.child)
    # The row of the ejection shows what it takes until then: all of it counts.
    counted = [one for one in results if one.due >= began + (0 if way is EJECTING else WARM)]
    row = {"way": way, **figures(counted, str(backends.slow)), "out": None}
    if way is EJECTING and at is not None:
        after = [one for one in results if one.due > at]
        row.update(out=at - began, said=said, after=figures(after, str(backends.slow)))
    return row


def figures(results, slow):
    return {"requests": len(results), "p50": percentile(results, 0.5),
            "p99": percentile(results, 0.99),
            "failed": sum(one.status != 200 for one in results),
            "slow": sum(one.backend == slow for one in results) / max(1, len(results))}


def run_all(program, seconds):
    rows = []
    for way in WAYS:
        try:
            if way.proxy != "poise" and shutil.which(way.proxy) is None:
                raise Unavailable("not installed")
            rows.append(measure(way, program, seconds))
            print(_lines(rows[-1], rows[0])[0], flush=True)
        except Unavailable as error:
            print(f"{way.title}: skipped: {error}", flush=True)
    return rows


def _cells(title, found, ideal):
    if not found["requests"]:
        return f"| {title} | – | – | – | – | – | – |"
    return (f"| {title} | {found['requests']:,} | {1000 * found['p50']:.1f} | "
            f"{1000 * found['p99']:.1f} | {found['p99'] / ideal['p99']:.2f} | "
            f"{100 * found['slow']:.1f} % | {found['failed']} |")


def _lines(row, ideal):
    lines = [_cells(row["way"].title, row, ideal)]
    if row["out"] is not None:
        lines.append(_cells(f"– after the ejection, {row['out']:.1f} s from the start",
                            row["after"], ideal))
    return lines


def table(rows):
    lines = ["| | requests | p50 ms | p99 ms | p99 / ideal | to the slow one | failed |",
             "|---|---|---|---|---|---|---|"]
    for row in rows:
        lines += _lines(row, rows[0])
    said = [row["said"] for row in rows if row["out"] is not None]
    return "\n".join([*lines, "", "```", *said, "```"] if said else lines)


def page(rows, program, seconds):
    method = METHOD.format(rate=RATE, seconds=seconds, warm=WARM)
    about = report.about(["poise", "haproxy", "nginx"], program)
    return (f"# One slow backend\n\nMeasured by `bench/drills.py tail --write`, which writes this "
            f"page; run it to see what your machine says. {about}\n\n{method}\n\n{table(rows)}\n")
