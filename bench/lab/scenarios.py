"""What is measured. A scenario gets a fresh proxy and returns one run's numbers as a dict."""

import re
import signal
import time
from dataclasses import dataclass
from typing import Callable

from . import load, meters, processes, stats

ACTIVE = 64
IDLE = 5000
BULK_BYTES = 256 * 1024 * 1024
FIXED_RATE = 10000


@dataclass
class Scenario:
    name: str
    title: str
    measure: Callable          # (peer, settings) -> dict
    metric: str = "cpu_us"     # what the ratios are of
    unit: str = "CPU us a request"
    tcp: bool = False
    tls: bool = False
    poise_log: bool = False
    rounds: int = 0            # 0: as many as asked for


def _metered(peer, work):
    """Runs the load and adds what the proxy used meanwhile."""
    pace = load.pace()
    steal, kicks, before = meters.Steal(), meters.kicks(), meters.cpu_of(peer.pid)
    result = work()
    used = meters.cpu_of(peer.pid).since(before)
    result["pace"] = [pace, load.pace()]
    result["kicks"] = meters.kicks() - kicks
    result["steal_percent"] = steal.percent()
    return result, used


def _per(result, used, count, extra):
    if count <= 0:
        raise load.LoadFailed("not one request came through")
    cpu = used.total_ns / 1000 / count
    if not stats.comparable(*result["pace"]):
        raise load.Moved("the host moved a CPU meanwhile")
    share = used.user_share()
    extra["kicks"] = result["kicks"] / count
    return dict(extra, cpu_us=cpu, user_us=cpu * share, system_us=cpu * (1 - share),
                busy_percent=100 * used.total_ns / 1e9 / result["seconds"],
                wait_percent=100 * used.wait_ns / 1e9 / result["seconds"],
                pace_ns=sum(result["pace"]) / 2, steal_percent=result["steal_percent"],
                errors=result["errors"], detail=result)


def _wrk_run(peer, path, settings, kind=""):
    load.wrk(peer.port, path, 1, ACTIVE, kind, peer.tls)  # warm: pools, buffers, page tables
    result, used = _metered(peer, lambda: load.wrk(peer.port, path, settings.seconds, ACTIVE, kind,
                                                   peer.tls))
    rate = result["requests"] / result["seconds"]
    return _per(result, used, result["requests"],
                {"rps": rate, "p50_us": result["p50"], "p99_us": result["p99"]})


def keep_alive(path, kind=""):
    return lambda peer, settings: _wrk_run(peer, path, settings, kind)


def idle_beside(peer, settings):
    crowd = load.IdleClients(peer.port, IDLE)
    try:
        result = _wrk_run(peer, "/36", settings)
        lost = IDLE - crowd.alive()
    finally:
        crowd.close()
    result["errors"] += lost
    return result


def bulk(peer, settings):
    def work():
        return load.generate("download", peer.port, settings.seconds, connections=4,
                             bytes=BULK_BYTES)

    load.generate("download", peer.port, 1, connections=4, bytes=BULK_BYTES)
    result, used = _metered(peer, work)
    rate = result["bytes"] / result["seconds"]
    return _per(result, used, result["bytes"] / 1e6, {"mb_per_second": rate / 1e6})


def handshakes(peer, settings):
    """Full ones, of TLS 1.3 with P-256, each with one request: the client takes longer than the
    proxy, so the proxy is never busy, and only its CPU counts."""
    load.handshakes(peer.port, 1)
    result, used = _metered(peer, lambda: load.handshakes(peer.port, settings.seconds))
    return _per(result, used, result["requests"],
                {"rps": result["requests"] / result["seconds"]})


def fixed_rate(peer, settings):
    def work(seconds):
        return load.generate("rate", peer.port, seconds, connections=ACTIVE, rate=FIXED_RATE)

    work(1)
    result, used = _metered(peer, lambda: work(settings.seconds))
    rate = result["answers"] / result["seconds"]
    return _per(result, used, result["answers"],
                {"rps": rate, "p50_us": result["p50"], "p99_us": result["p99"]})


def idle_memory(peer, _settings):
    """Private bytes an idle client adds, after a warm-up that fills the pools."""
    load.wrk(peer.port, "/36", 1, ACTIVE, tls=peer.tls)
    time.sleep(0.3)
    before = meters.private_bytes(peer.pid)
    crowd = load.IdleClients(peer.port, IDLE, tls=peer.tls)
    time.sleep(0.5)
    grown = meters.private_bytes(peer.pid) - before
    lost = IDLE - crowd.alive()
    crowd.close()
    return {"idle_bytes": grown / IDLE, "errors": lost, "steal_percent": 0.0}


def _strace(peer):
    pids = [argument for pid in processes.tree(peer.pid) for argument in ("-p", str(pid))]
    child = processes.start(["strace", "-c", "-f"] + pids,
                            log=f"{peer.child.log}.strace")
    deadline = time.monotonic() + 5
    while "attached" not in open(child.log).read():
        if child.poll() is not None or time.monotonic() > deadline:
            raise processes.Unavailable(f"strace: {processes.last_words(child)}")
        time.sleep(0.02)
    return child


def count_calls(path, kind=""):
    def measure(peer, _settings):
        open(f"{peer.child.log}.strace", "w").close()
        load.wrk(peer.port, path, 1, ACTIVE, kind)
        tracer = _strace(peer)
        result = load.wrk(peer.port, path, 2, ACTIVE, kind)
        tracer.send_signal(signal.SIGINT)
        tracer.wait(timeout=5)
        counts = read_strace(open(tracer.log).read())
        processes.stop(tracer)
        requests = max(1, result["requests"])
        calls = {name: count / requests for name, count in counts.items()}
        return {"syscalls": sum(calls.values()), "errors": result["errors"], "calls": calls,
                "steal_percent": 0.0}

    return measure


def read_strace(text):
    counts = {}
    for line in text.splitlines():
        # % time, seconds, usecs/call, calls, [errors], name
        found = re.match(r"\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?([a-z]\w+)$", line)
        if found and found.group(2) != "total":
            counts[found.group(2)] = int(found.group(1))
    return counts


PER_MB = "CPU us a MB"

ALL = [
    Scenario("ka36", "keep-alive, 36 B", keep_alive("/36")),
    Scenario("log36", "36 B, poise writes its access log", keep_alive("/36"), poise_log=True),
    Scenario("rate36", f"36 B at {FIXED_RATE} a second", fixed_rate),
    Scenario("ka1k", "keep-alive, 1 KB", keep_alive("/1k")),
    Scenario("ka64k", "keep-alive, 64 KB", keep_alive("/64k")),
    Scenario("ka1m", "keep-alive, 1 MB", keep_alive("/1m")),
    Scenario("newconn", "new connection a request", keep_alive("/36", "close")),
    Scenario("post64k", "POST 64 KB", keep_alive("/36", "post")),
    Scenario("idle5000", f"64 active beside {IDLE} idle", idle_beside),
    Scenario("tcp-small", "TCP mode, 36 B", keep_alive("/36"), tcp=True),
    Scenario("tcp-bulk", "TCP mode, bulk", bulk, unit=PER_MB, tcp=True),
    Scenario("idle-memory", "private bytes an idle client", idle_memory, metric="idle_bytes",
             unit="bytes", rounds=2),
    Scenario("tls36", "HTTPS, keep-alive, 36 B", keep_alive("/36"), tls=True),
    Scenario("tls1m", "HTTPS, keep-alive, 1 MB", keep_alive("/1m"), tls=True),
    Scenario("tls-full", "TLS 1.3 full handshake (P-256) and one request", handshakes,
             unit="CPU us a handshake", tls=True),
    Scenario("tls-idle-memory", "private bytes an idle HTTPS client", idle_memory,
             metric="idle_bytes", unit="bytes", tls=True, rounds=2),
    Scenario("syscalls", "system calls a request, keep-alive", count_calls("/36"),
             metric="syscalls", unit="calls", rounds=1),
    Scenario("syscalls-newconn", "system calls a request, new connection",
             count_calls("/36", "close"), metric="syscalls", unit="calls", rounds=1),
    Scenario("syscalls-tcp", "system calls a request, TCP mode", count_calls("/36"),
             metric="syscalls", unit="calls", tcp=True, rounds=1),
]
GROUPS = {"tls": ["tls36", "tls1m", "tls-full", "tls-idle-memory"],
          "syscalls": ["syscalls", "syscalls-newconn", "syscalls-tcp"]}


def chosen(names):
    known = {scenario.name: scenario for scenario in ALL}
    if not names:
        return ALL
    expanded = [one for name in names for one in GROUPS.get(name, [name])]
    unknown = [name for name in expanded if name not in known]
    if unknown:
        raise SystemExit(f"no such scenario: {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in expanded]
