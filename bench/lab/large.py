"""A large configuration, 10,000 routes and 10,000 backends, changed while requests come: how long a
reload takes, and how long it keeps a request waiting. The requests are answered by poise itself, so
what they take is the loop's and the machine's doing."""

import re
import socket
import statistics
import threading
import time

from . import meters, processes
from .running import Poise

ROUTES, POOLS, EACH = 10_000, 1_000, 10
RELOADS = 10
CLIENTS = 8       # connections, so that every worker has some
PAUSE = 0.001     # between the requests of one
CALM = 5.0        # seconds of measuring without reloads

REQUEST = b"GET /first HTTP/1.1\r\nHost: drill\r\n\r\n"


def config(port, round_number):
    """Every hundredth pool and route is another one in each round."""
    lines = ["workers: 2", "listeners:", f'  - bind: "127.0.0.1:{port}"', "    routes:",
             "      - { name: first, match: { path_exact: /first }, respond: { body: first } }"]
    for i in range(ROUTES):
        status = f", X-Round: '{round_number}'" if i % 100 == 0 else ""
        lines.append(f"      - {{ name: r{i}, match: {{ path: /r{i}/ }}, pool: p{i % POOLS}, "
                     f"request_headers: {{ set: {{ X-Route: r{i}{status} }} }} }}")
    lines.append("pools:")
    for i in range(POOLS):
        weight = 1 + (round_number % 2 if i % 100 == 0 else 0)
        listed = ", ".join(f"{{ address: 127.2.{(i * EACH + j) // 250}.{(i * EACH + j) % 250 + 1}:9, "
                           f"weight: {weight} }}" for j in range(EACH))
        lines.append(f"  p{i}: {{ backends: [{listed}] }}")
    return "\n".join(lines) + "\n"


class Watcher:
    """Asks on some connections, a moment apart, and notes how long each answer took."""

    def __init__(self, port):
        self.port, self.times, self.failed, self.over = port, [], 0, threading.Event()
        self.threads = [threading.Thread(target=self._ask, daemon=True) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def _ask(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=10) as client:
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while not self.over.is_set():
                    began = time.perf_counter()
                    client.sendall(REQUEST)
                    if not client.recv(65536).startswith(b"HTTP/1.1 200"):
                        self.failed += 1
                        return
                    self.times.append(time.perf_counter() - began)
                    time.sleep(PAUSE)
        except OSError:
            self.failed += 1

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join()
        times = sorted(self.times)
        return {"count": len(times), "failed": self.failed,
                "p50": statistics.median(times), "p99": times[len(times) * 99 // 100],
                "most": times[-1]}


def run(program, reloads=RELOADS):
    port = processes.free_port()
    texts = [config(port, number) for number in range(2)]
    began = time.monotonic()
    proxy = Poise(program, "large", texts[0], port)
    started = time.monotonic() - began
    watcher = Watcher(port)
    time.sleep(CALM)
    calm = watcher.stop()
    watcher, before = Watcher(port), proxy.log_size()
    for number in range(1, reloads + 1):
        proxy.reload(texts[number % 2])
        time.sleep(0.2)
    busy = watcher.stop()
    took = [float(ms) for ms in re.findall(r"workers in ([0-9.]+) ms", proxy.said_since(before))]
    result = {"started": started, "calm": calm, "busy": busy, "took": took,
              "bytes": meters.resident_bytes(proxy.pid)}
    proxy.stop()
    return result


def table(result):
    def row(what, part):
        return (f"| {what} | {part['count']:,} | {part['failed']} | {1000 * part['p50']:.2f} | "
                f"{1000 * part['p99']:.2f} | {1000 * part['most']:.2f} |")
    return "\n".join(["| | requests | failed | p50 ms | p99 ms | longest ms |", "|---|---|---|---|---|---|",
                      row("without reloads", result["calm"]), row("with", result["busy"])])


def text(result):
    took = result["took"]
    return (f"start {result['started']:.2f} s, {len(took)} reloads in {statistics.median(took):.0f} ms "
            f"each (longest {max(took):.0f}), {result['bytes'] / 1e6:.0f} MB; longest request "
            f"{1000 * result['calm']['most']:.1f} ms without, {1000 * result['busy']['most']:.1f} with, "
            f"p99 {1000 * result['calm']['p99']:.2f} and {1000 * result['busy']['p99']:.2f}")
