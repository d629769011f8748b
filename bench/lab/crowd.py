"""10,000 backends in 1,000 pools, all probed: what it costs, and how evenly the probes come. All are
one listener on every address of 127/8, whose access log tells when each was asked."""

import collections
import datetime
import json
import statistics
import time

from . import meters, processes, programs

POOLS, EACH = 1000, 10
INTERVAL = 5.0  # poise's default
SLOT = 0.1

ORIGIN = """
workers: 1
log: {{ access: {{ to: "{log}" }} }}
listeners: [{{ bind: ":{port}", routes: [{{ respond: {{ body: ok }} }}] }}]
"""


def backend(number, port):
    return f"127.1.{number // 250}.{number % 250 + 1}:{port}"


def crowd_config(port, origin, probed):
    lines = ["workers: 2", "listeners:", f'  - bind: "127.0.0.1:{port}"', "    routes:"]
    lines += [f"      - {{ match: {{ path: /p{i}/ }}, pool: p{i} }}" for i in range(POOLS)]
    lines += ["pools:"]
    for i in range(POOLS):
        names = ", ".join(backend(i * EACH + j, origin) for j in range(EACH))
        health = "active: {}" if probed else "active: off"
        lines.append(f"  p{i}: {{ backends: [{names}], health: {{ {health} }} }}")
    return "\n".join(lines) + "\n"


def start(poise, name, text, port):
    """The process, and how long it took until it listened."""
    config = programs.out_file("work", f"{name}.yaml")
    with open(config, "w") as file:
        file.write(text)
    began = time.monotonic()
    child = processes.start([poise, "run", "-c", config],
                            log=programs.out_file("work", f"{name}.log"))
    processes.wait_for_port(child, port, seconds=60)
    return child, time.monotonic() - began


def measure(poise, seconds):
    origin_port, port = processes.free_port(), processes.free_port()
    log = programs.out_file("work", "crowd.access")
    open(log, "w").close()
    origin, _ = start(poise, "crowd-origin", ORIGIN.format(port=origin_port, log=log), origin_port)
    plain, plain_load = start(poise, "crowd-plain", crowd_config(port, origin_port, False), port)
    time.sleep(1)
    plain_bytes = meters.resident_bytes(plain.pid)
    processes.stop(plain)
    proxy, load_time = start(poise, "crowd", crowd_config(port, origin_port, True), port)
    time.sleep(4 * INTERVAL)  # until every backend has its own rhythm
    before, began = meters.cpu_of(proxy.pid), time.time()
    time.sleep(seconds)
    used, ended = meters.cpu_of(proxy.pid).since(before), time.time()
    result = {"load": load_time, "plain_load": plain_load, "plain_bytes": plain_bytes,
              "bytes": meters.resident_bytes(proxy.pid), "files": meters.open_files(proxy.pid),
              "cpu": used.total_ns / 1e9 / (ended - began), "seconds": ended - began}
    processes.stop(proxy)
    processes.stop(origin)
    return {**result, **spread(log, began, ended)}


def spread(log, began, ended):
    slots, asked = collections.Counter(), collections.Counter()
    with open(log) as file:
        for line in file:
            record = json.loads(line)
            at = parse_time(record["ts"])
            if began <= at < ended:
                slots[int((at - began) / SLOT)] += 1
                asked[record["host"]] += 1
    counts = [slots[i] for i in range(int((ended - began) / SLOT))]
    due = POOLS * EACH / INTERVAL * SLOT
    return {"due": due, "mean": statistics.mean(counts), "least": min(counts),
            "most": max(counts), "deviation": statistics.pstdev(counts),
            "missed": POOLS * EACH - len(asked)}


def parse_time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def table(result):
    rows = [
        ("start to listening, without and with probes",
         f"{result['plain_load']:.2f} s, {result['load']:.2f} s"),
        ("resident memory, without and with probes",
         f"{result['plain_bytes'] / 1e6:.1f} MB, {result['bytes'] / 1e6:.1f} MB"),
        ("probes in a tenth of a second: due, mean, least, most, deviation",
         f"{result['due']:.0f}, {result['mean']:.1f}, {result['least']}, {result['most']}, "
         f"{result['deviation']:.1f}"),
        (f"backends not asked in {result['seconds']:.0f} s", str(result["missed"])),
        ("CPU of the probes", f"{100 * result['cpu']:.1f} % of one"),
        ("descriptors open", str(result["files"])),
    ]
    return "| what | measured |\n|---|---|\n" + "\n".join(f"| {a} | {b} |" for a, b in rows)


def text(result):
    return (f"loaded in {result['load']:.2f} s, {result['bytes'] / 1e6:.1f} MB; probes in a tenth of "
            f"a second: {result['least']} to {result['most']} of {result['due']:.0f} due; "
            f"{result['missed']} backends never asked; {100 * result['cpu']:.1f} % CPU")
