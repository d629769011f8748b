"""Backends that fail in every way there is, under a steady load: how soon poise takes each out, what
clients notice, and how soon it is back. One run makes the table of docs/failure-drills.md."""

import datetime
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time

from . import processes, programs
from .processes import Unavailable

CLIENTS = 10
RATE = 200  # requests a second, of all clients together
SICK_SECONDS = 6.0
RETURN_SECONDS = 15.0

CONFIG = """
workers: 2
log: {{ access: {{ to: "{log}" }} }}
listeners: [{{ bind: "127.0.0.1:{port}", pool: app }}]
pools:
  app:
    backends: [{backends}]
    retry: {{ try_timeout: 500ms }}
    health:
      active: {{ interval: 500ms, timeout: 500ms, rise: 2, fall: 2 }}
"""


class Moody:
    """One backend process; `run` goes before its command (to put it into a network namespace)."""

    def __init__(self, address="127.0.0.1", run=()):
        self.address, self.run = address, list(run)
        self.port = processes.free_port()
        self.start()

    @property
    def name(self):
        return f"{self.address}:{self.port}"

    def start(self):
        program = os.path.join(programs.BENCH, "lab", "moody.py")
        self.child = processes.start(
            [*self.run, sys.executable, program, self.address, str(self.port)],
            log=programs.out_file("work", "moody.log"))
        deadline = time.monotonic() + 5
        while not self._answers():
            if time.monotonic() > deadline:
                raise Unavailable(f"{self.name}: {processes.last_words(self.child)}")
            time.sleep(0.02)

    def _answers(self):
        try:
            self.feel("well")
            return True
        except OSError:
            return False

    def feel(self, mood):
        connection = http.client.HTTPConnection(self.address, self.port, timeout=2)
        connection.request("GET", f"/-/mood/{mood}")
        connection.getresponse().read()
        connection.close()

    def kill(self):
        self.child.kill()
        self.child.wait()

    def send(self, number):
        self.child.send_signal(number)


class Namespace:
    """A host of its own behind a pair of virtual cables, whose answers can be made to vanish."""

    NEAR, FAR = "10.213.77.1", "10.213.77.2"

    def __init__(self):
        self.name = f"poise-drill-{os.getpid()}"
        self.cable = f"pd{os.getpid() % 100000}"

    def __enter__(self):
        self._ip("netns", "add", self.name)
        self._ip("link", "add", self.cable, "type", "veth", "peer", "name", "eth0", "netns",
                 self.name)
        self._ip("addr", "add", f"{self.NEAR}/30", "dev", self.cable)
        self._ip("link", "set", self.cable, "up")
        self._inside("addr", "add", f"{self.FAR}/30", "dev", "eth0")
        self._inside("link", "set", "eth0", "up")
        return self

    def __exit__(self, *_):
        subprocess.run(["ip", "netns", "del", self.name], check=False, stderr=subprocess.DEVNULL)

    @property
    def run(self):
        return ("ip", "netns", "exec", self.name)

    def cut(self):
        self._inside("route", "add", "blackhole", f"{self.NEAR}/32")

    def mend(self):
        self._inside("route", "del", "blackhole", f"{self.NEAR}/32")

    def _inside(self, *arguments):
        self._ip("-n", self.name, *arguments)

    @staticmethod
    def _ip(*arguments):
        try:
            subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise Unavailable(f"no network namespace: {getattr(error, 'stderr', error)}") from error


class Load:
    """Clients on kept connections at a steady rate; what each request came to is written down."""

    def __init__(self, port):
        self.port, self.over, self.results = port, threading.Event(), []
        self.threads = [threading.Thread(target=self._run, args=(i,), daemon=True)
                        for i in range(CLIENTS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _run(self, number):
        pause = CLIENTS / RATE
        due = time.monotonic() + pause * number / CLIENTS
        connection = None
        while not self.over.wait(max(0.0, due - time.monotonic())):
            due += pause
            connection = connection or http.client.HTTPConnection("127.0.0.1", self.port,
                                                                  timeout=10)
            began = time.time()
            try:
                connection.request("GET", "/")
                answer = connection.getresponse()
                result = (began, answer.status, answer.read().decode(errors="replace"))
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                connection, result = None, (began, 0, type(error).__name__)
            self.results.append((*result, time.time() - began))


def log_time(line):
    return datetime.datetime.fromisoformat(line.split(" ", 1)[0].replace("Z", "+00:00")).timestamp()


def first_line(path, name, words, since):
    """When poise first said one of these words of that backend."""
    with open(path, errors="replace") as file:
        for line in file:
            if f"backend app/{name} " not in line or log_time(line) < since:
                continue
            if any(f"{name} {word}" in line for word in words):
                return log_time(line), line.split(" ", 2)[2].strip()
    return None, "never"


def retried(path):
    with open(path, errors="replace") as file:
        return sum(1 for line in file if len(json.loads(line).get("attempts", [])) > 1)


class Drill:
    def __init__(self, name, hurt, heal, victim, again=None):
        self.name, self.hurt, self.heal, self.victim, self.again = name, hurt, heal, victim, again

    def run(self, poise):
        others = [Moody() for _ in range(2)]
        port, access = processes.free_port(), programs.out_file("work", f"{self.name}.access")
        said = programs.out_file("work", f"{self.name}.log")
        for path in (access, said):
            open(path, "w").close()
        config = programs.out_file("work", f"{self.name}.yaml")
        names = ", ".join(f'"{one.name}"' for one in (self.victim, *others))
        with open(config, "w") as file:
            file.write(CONFIG.format(port=port, backends=names, log=access))
        proxy = processes.start([poise, "run", "-c", config], log=said)
        processes.wait_for_port(proxy, port)
        with Load(port) as load:
            time.sleep(2)
            hurt_at = time.time()
            healed_at = self.make_ill()
            back = self.wait_for_return(load, healed_at)
        processes.stop(proxy)
        for one in others:
            processes.stop(one.child)
        return self.row(load, access, said, hurt_at, back)

    def make_ill(self):
        """Returns when it was well again."""
        if self.again is None:
            self.hurt()
            time.sleep(SICK_SECONDS)
        else:
            self.again()
        self.heal()
        return time.time()

    def wait_for_return(self, load, healed_at):
        body = str(self.victim.port)
        deadline = time.monotonic() + RETURN_SECONDS
        while time.monotonic() < deadline:
            for began, status, text, _ in load.results[-200:]:
                if began > healed_at and status == 200 and text == body:
                    return began - healed_at
            time.sleep(0.05)
        return None

    def row(self, load, access, said, hurt_at, back):
        out_at, line = first_line(said, self.victim.name, ("down:", "ejected"), hurt_at - 0.001)
        failed = [one for one in load.results if one[1] != 200]
        return {"failure": self.name, "requests": len(load.results), "failed": len(failed),
                "kinds": sorted({str(one[1] or one[2]) for one in failed}),
                "retried": retried(access),
                "out": None if out_at is None else out_at - hurt_at, "back": back,
                "slowest": max(one[3] for one in load.results), "said": line}


def flapper(victim):
    def flap():
        for _ in range(5):
            victim.kill()
            time.sleep(2)
            victim.start()
            time.sleep(2)
    return flap


# How to hurt a backend, and how to heal it.
WAYS = {
    "killed": lambda one: (one.kill, one.start),
    "frozen": lambda one: (lambda: one.send(signal.SIGSTOP), lambda: one.send(signal.SIGCONT)),
    "500": lambda one: (lambda: one.feel("500"), lambda: one.feel("well")),
    "garbage": lambda one: (lambda: one.feel("garbage"), lambda: one.feel("well")),
}


def of_one_process(name):
    def run(poise):
        victim = Moody()
        try:
            return Drill(name, *WAYS[name](victim), victim).run(poise)
        finally:
            processes.stop(victim.child)
    return run


def blackholed(poise):
    with Namespace() as space:
        victim = Moody(space.FAR, space.run)
        try:
            return Drill("blackholed", space.cut, space.mend, victim).run(poise)
        finally:
            processes.stop(victim.child)


def flapping(poise):
    victim = Moody()
    try:
        return Drill("flapping", None, lambda: None, victim, flapper(victim)).run(poise)
    finally:
        processes.stop(victim.child)


def run_all(poise):
    runs = {name: of_one_process(name) for name in WAYS}
    rows = []
    for name, run in {**runs, "blackholed": blackholed, "flapping": flapping}.items():
        try:
            rows.append(run(poise))
            show(rows[-1])
        except Unavailable as error:
            print(f"{name}: skipped: {error}", flush=True)
    return rows


def seconds(value):
    return "–" if value is None else f"{value:.2f} s"


def show(row):
    print(f"{row['failure']}: {row['failed']} failed of {row['requests']} {row['kinds']}, "
          f"{row['retried']} retried, out after {seconds(row['out'])}, back after "
          f"{seconds(row['back'])}, slowest {row['slowest']:.2f} s; {row['said']}", flush=True)


def table(rows):
    lines = ["| backend | taken out after | requests | failed | retried | slowest | back after |",
             "|---|---|---|---|---|---|---|"]
    for row in rows:
        kinds = f" ({', '.join(row['kinds'])})" if row["kinds"] else ""
        lines.append(f"| {row['failure']} | {seconds(row['out'])} | {row['requests']:,} | "
                     f"{row['failed']}{kinds} | {row['retried']} | {seconds(row['slowest'])} | "
                     f"{seconds(row['back'])} |")
    return "\n".join(lines)


def evidence(rows):
    return "\n".join(f"{row['failure']:<11} {row['said']}" for row in rows)
