#!/usr/bin/env python3
"""Drills that can fail: poise under trouble and bulk, each with a limit it must keep.

restarts      backends killed one after another under load: not one failed request
bulk          10 GB down and 10 GB up: memory stays flat
slow-readers  1,000 clients that read at 1 KB/s: memory stays flat, bytes a connection are printed
fds           200 file descriptors, 1,000 connections: running ones go on, and it recovers
failures      backends killed, frozen, blackholed, ill: who notices, and for how long (a table)
many-backends 10,000 backends in 1,000 pools, all probed: load time, memory, evenness of probes
tail          one of four backends is slow: p99 by way of choosing, beside the peers (a table)
sticky        10,000 sessions by cookie stay put; altered cookies are not believed
reloads       200 reloads under load, beside the peers (a table), then 1,000 without
lasting       500 WebSockets and 500 TCP sessions through 100 reloads: none is reset
large-reload  10,000 routes and 10,000 backends: how long a reload takes and holds up requests
"""

import argparse
import os
import socket
import subprocess
import sys
import threading
import time

from lab import (crowd, failures, large, lasting, load, meters, peers, processes, programs, reloads,
                 sticky, tail)
from lab.processes import Unavailable

MB = 1_000_000
GB = 1000 * MB


class Origin:
    """One backend that can be killed and started again on its port."""

    def __init__(self):
        self.port = processes.free_port()
        self.start()

    def start(self):
        self.child = processes.start([programs.path("origin"), str(self.port)],
                                     log=programs.out_file("work", "origin.log"))
        processes.wait_for_port(self.child, self.port)

    def kill(self):
        self.child.kill()
        self.child.wait()


class MemoryWatch:
    """Samples resident memory beside the load."""

    def __init__(self, pid, period=0.2):
        self.pid, self.period = pid, period
        self.samples = [meters.resident_bytes(pid)]
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def _run(self):
        while not self.over.wait(self.period):
            try:
                self.samples.append(meters.resident_bytes(self.pid))
            except OSError:
                return

    def growth(self):
        return max(self.samples) - self.samples[0]


def start_proxy(settings, backends, **more):
    setup = peers.Setup(backends, settings.poise, cpus=None, **more)
    return peers.start(settings.proxy, setup)


def verdict(name, good, text):
    print(f"{name}: {'passed' if good else 'FAILED'}: {text}", flush=True)
    return good


def kill_in_turn(origins, over, seconds, down):
    killed = 0
    while not over.wait(seconds - down):
        victim = origins[killed % len(origins)]
        victim.kill()
        killed += 1
        over.wait(down)
        victim.start()
    return killed


def restarts(settings):
    origins = [Origin() for _ in range(3)]
    proxy = start_proxy(settings, [origin.port for origin in origins], workers=2)
    load.wrk(proxy.port, "/36", 1)
    over, killed = threading.Event(), []
    killer = threading.Thread(
        target=lambda: killed.append(kill_in_turn(origins, over, 3.0, settings.down)), daemon=True)
    killer.start()
    result = load.wrk(proxy.port, "/36", settings.seconds or 60)
    over.set()
    killer.join()
    parts = ", ".join(f"{key} {result[key]}" for key in ("connect", "read", "write", "timeout"))
    good = result["errors"] == 0 and result["requests"] > 0 and bool(killed) and killed[0] > 0
    return verdict("restarts", good, f"{result['errors']} failed of {result['requests']:,} "
                   f"(not 2xx {result['status']}, {parts}); {killed[0] if killed else 0} kills")


def move(settings, proxy, mode, total, limit):
    with MemoryWatch(proxy.pid) as watch:
        result = load.generate(mode, proxy.port, cpus=None, connections=4, bytes=total // 4)
    moved = result["bytes"] >= total // 4 * 4 and result["errors"] == 0
    good = moved and watch.growth() <= limit
    return verdict(f"bulk {mode}", good, f"{result['bytes'] / GB:.2f} GB in "
                   f"{result['seconds']:.1f} s, errors {result['errors']}, memory from "
                   f"{watch.samples[0] / MB:.1f} MB grew at most {watch.growth() / MB:.2f} MB "
                   f"(limit {limit / MB:.0f})")


def bulk(settings):
    origin = Origin()
    proxy = start_proxy(settings, [origin.port])
    for mode in ("download", "upload"):  # warm: what is kept for good is kept after this
        load.generate(mode, proxy.port, cpus=None, connections=4, bytes=20 * MB)
    total = int(settings.gigabytes * GB)
    results = [move(settings, proxy, mode, total, settings.growth * MB)
               for mode in ("download", "upload")]
    return all(results)


def slow_readers(settings):
    count, seconds = 1000, settings.seconds or 60
    origin = Origin()
    proxy = start_proxy(settings, [origin.port])
    load.wrk(proxy.port, "/64k", 1)
    with MemoryWatch(proxy.pid) as watch:
        result = load.generate("slow", proxy.port, seconds, cpus=None, connections=count,
                               bytes=50 * MB, rate=1024)
    third = len(watch.samples) // 3
    drift = max(watch.samples[third:]) - max(watch.samples[:third])
    good = result["errors"] == 0 and result["least"] > 0 and drift <= settings.growth * MB
    return verdict("slow-readers", good, f"{result['open']} of {count} still served, the slowest "
                   f"got {result['least']:,} bytes; {watch.growth() / count:,.0f} bytes a "
                   f"connection, drift after the first third {drift / MB:.2f} MB "
                   f"(limit {settings.growth} MB)")


class Flood:
    """More connections than the proxy can take, all at once, each with a request."""

    REQUEST = b"GET /36 HTTP/1.1\r\nHost: drill\r\n\r\n"

    def __init__(self, port, count):
        self.sockets, self.refused = [], 0
        for _ in range(count):
            self._add(port)
        time.sleep(2)
        answers = [self._answer(client) for client in self.sockets]
        self.served = sum(answer.startswith(b"HTTP/1.1 200") for answer in answers)
        self.refused = count - self.served

    def _add(self, port):
        client = socket.socket()
        client.settimeout(0.5)
        self.sockets.append(client)
        try:
            client.connect(("127.0.0.1", port))
            client.sendall(self.REQUEST)
        except OSError:
            pass  # counted as refused: no answer will be there

    @staticmethod
    def _answer(client):
        client.setblocking(False)
        try:
            return client.recv(4096)
        except OSError:
            return b""

    def close(self):
        for client in self.sockets:
            client.close()


def recovers(port, seconds=10.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            load.IdleClients(port, 1, timeout=1).close()
            return load.wrk(port, "/36", 1, 16)["errors"] == 0
        except load.LoadFailed:
            time.sleep(0.1)
    return False


def fds(settings):
    origin = Origin()
    proxy = start_proxy(settings, [origin.port], prefix=("prlimit", "--nofile=200:200"))
    early = [load.IdleClients(proxy.port, 1) for _ in range(20)]
    flood = Flood(proxy.port, 1000 - len(early))
    # Those served before it was full must be served while it is full: that is "go on".
    kept, alive = sum(client.ask_again() for client in early), proxy.child.poll() is None
    used, spin = while_full(proxy) if alive else (0, 0)
    for clients in (*early, flood):
        clients.close()
    back = alive and recovers(proxy.port)
    good = back and kept == len(early) and flood.refused > 0 and spin < 0.5
    return verdict("fds", good, f"alive {alive}, {used} descriptors, first served {kept} of "
                   f"{len(early)} again, later served {flood.served}, refused {flood.refused}, CPU "
                   f"while full {100 * spin:.0f} % (limit 50), recovered {back}")


def while_full(proxy):
    """Descriptors in use, and the share of a CPU it takes to be full and do nothing."""
    before = meters.cpu_of(proxy.pid)
    time.sleep(1)
    return meters.open_files(proxy.pid), meters.cpu_of(proxy.pid).since(before).total_ns / 1e9


def backend_failures(settings):
    rows = failures.run_all(settings.poise)
    write_between("failures", failures.table(rows) + "\n\n```\n" + failures.evidence(rows) + "\n```")
    # Errors that clients must get: what the backend itself answered, up to its ejection.
    allowed = {"500": 20, "garbage": 20}
    lost = [row["failure"] for row in rows if row["failed"] > allowed.get(row["failure"], 0)]
    stayed = [row["failure"] for row in rows if row["out"] is None]
    return verdict("failures", not lost and not stayed,
                   f"{len(rows)} ways to fail; too many failed requests: {lost or 'none'}; "
                   f"not taken out: {stayed or 'none'}")


def many_backends(settings):
    result = crowd.measure(settings.poise, settings.seconds or 30)
    write_between("many-backends", crowd.table(result))
    return verdict("many-backends", result["most"] <= 2 * result["due"] and result["missed"] == 0,
                   crowd.text(result))


def slow_one(settings):
    seconds = settings.seconds or 20
    rows = tail.run_all(settings.poise, seconds)
    finish(settings, "tail-latency.md", tail.table(rows),
           tail.page(rows, settings.poise, seconds))
    found = {row["way"]: row for row in rows}
    ratio = found[tail.EWMA]["p99"] / found[tail.IDEAL]["p99"]
    out = found[tail.EJECTING]["out"]
    failed = sum(row["failed"] for row in rows if row["way"].proxy == "poise")
    good = ratio <= 1.6 and out is not None and out <= 10 and failed == 0
    return verdict("tail", good, f"peak-ewma p99 is {ratio:.2f} of the ideal (limit 1.6), the slow "
                   f"one ejected after {failures.seconds(out)} (limit 10 s), {failed} failed")


def sticky_sessions(settings):
    good = sticky.run(settings.poise, settings.sessions, settings.sessions // 5)
    return verdict("sticky", good, f"{settings.sessions:,} sessions, "
                   f"{settings.sessions // 5:,} altered cookies")


def many_reloads(settings):
    seconds = settings.seconds or 60
    backends = [Origin().port for _ in range(3)]
    rows = reloads.run_all(settings.poise, backends, seconds, settings.reloads)
    idle = reloads.without_load(settings.poise, backends, 5 * settings.reloads)
    finish(settings, "reload-drills.md", reloads.table(rows) + "\n\n" + reloads.idle_table(idle),
           reloads.page(rows, idle, settings.poise, seconds))
    failed = rows[0]["kept"]["errors"] + rows[0]["new"]["errors"]
    (_, rss, files), (count, last_rss, last_files) = idle["samples"][0], idle["samples"][-1]
    good = (failed == 0 and rows[0]["reloads"] == settings.reloads and last_files == files
            and last_rss - rss <= settings.growth * MB)
    return verdict("reloads", good, f"{failed} failed in {rows[0]['reloads']} of "
                   f"{settings.reloads} reloads; over {count:,} without load memory grew "
                   f"{(last_rss - rss) / MB:.2f} MB (limit {settings.growth:.0f}), descriptors "
                   f"{files} to {last_files}")


def lasting_sessions(settings):
    count = settings.reloads // 2
    sockets, sessions = lasting.run(settings.poise, lasting.EACH, count)
    return verdict("lasting", not sockets and not sessions,
                   f"{len(sockets)} of {lasting.EACH} WebSockets and {len(sessions)} of {lasting.EACH} "
                   f"TCP sessions lost in {count} reloads "
                   f"{sorted(set(sockets + sessions)) or ''}".strip())


def large_reload(settings):
    result = large.run(settings.poise)
    print(large.table(result), flush=True)
    busy = result["busy"]
    good = busy["failed"] == 0 and len(result["took"]) == large.RELOADS
    return verdict("large-reload", good, large.text(result))


def finish(settings, name, table, page):
    """Shows a table; with --write its page goes to docs/."""
    print(table, flush=True)
    if settings.write:
        with open(os.path.join(programs.ROOT, "docs", name), "w") as file:
            file.write(page)


def write_between(name, text):
    """Puts what was measured between the marks of that name in the document."""
    path = os.path.join(programs.ROOT, "docs", "failure-drills.md")
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    with open(path) as file:
        head, _, rest = file.read().partition(begin)
    with open(path, "w") as file:
        file.write(f"{head}{begin}\n{text}\n{end}{rest.partition(end)[2]}")


DRILLS = {"restarts": restarts, "bulk": bulk, "slow-readers": slow_readers, "fds": fds,
          "failures": backend_failures, "many-backends": many_backends,
          "tail": slow_one, "sticky": sticky_sessions, "reloads": many_reloads,
          "lasting": lasting_sessions, "large-reload": large_reload}


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", choices=[*DRILLS, "all"], metavar="DRILL")
    parser.add_argument("--poise", default=os.path.join(programs.ROOT, "build", "poise"))
    parser.add_argument("--proxy", default="poise", choices=peers.NAMES,
                        help="drill a peer instead, to see that the drill itself is sound")
    parser.add_argument("--seconds", type=int,
                        help="length of restarts, slow-readers, reloads (60), tail (20 a row)")
    parser.add_argument("--sessions", type=int, default=10000, help="of sticky")
    parser.add_argument("--reloads", type=int, default=200,
                        help="under load; five times as many without")
    parser.add_argument("--write", action="store_true",
                        help="puts what tail and reloads measured into docs/")
    parser.add_argument("--down", type=float, default=1.0,
                        help="how long a killed backend stays away, of every 3 s")
    parser.add_argument("--gigabytes", type=float, default=10, help="moved each way by bulk")
    parser.add_argument("--growth", type=float, default=8, help="memory growth allowed, MB")
    return parser.parse_args()


def main():
    settings = read_arguments()
    processes.allow_many_files()
    programs.build()
    names = list(DRILLS) if "all" in settings.names else settings.names
    good = True
    for name in names:
        good &= DRILLS[name](settings)
        processes.stop_all()
    return 0 if good else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Unavailable, load.LoadFailed, subprocess.TimeoutExpired) as error:
        sys.exit(f"{type(error).__name__}: {error}")
