#!/usr/bin/env python3
"""Compares poise with HAProxy, nginx and a bare relay on this machine. See README.md."""

import argparse
import datetime
import json
import os
import platform
import sys
import time

from lab import load, peers, plot, processes, programs, report, scenarios, stats
from lab.processes import Unavailable

README = os.path.join(programs.BENCH, "README.md")
PLOT = os.path.join(programs.BENCH, "results.svg")
STEAL_LIMIT = 1.0
EXTRA_ROUNDS = 3  # where the host never held still long enough to compare everyone


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME",
                        help=", ".join(one.name for one in scenarios.ALL))
    parser.add_argument("--rounds", type=int, help="how often each proxy is measured (7)")
    parser.add_argument("--seconds", type=int, help="length of one measured run (2)")
    parser.add_argument("--quick", action="store_true", help="one round: a look, not a result")
    parser.add_argument("--peers", default=",".join(peers.NAMES))
    parser.add_argument("--poise", default=os.path.join(programs.ROOT, "build", "poise"))
    parser.add_argument("--write", action="store_true",
                        help="put the results into README.md and results.svg")
    parser.add_argument("--render", metavar="JSON",
                        help="measure nothing: show (with --write: put in) an earlier run's results")
    settings = parser.parse_args()
    settings.rounds = settings.rounds or (1 if settings.quick else 7)
    settings.seconds = settings.seconds or 2
    settings.peers = [name for name in settings.peers.split(",") if name]
    unknown = set(settings.peers) - set(peers.NAMES)
    if unknown:
        parser.error(f"no such peer: {', '.join(sorted(unknown))}")
    return settings


class Bench:
    """One run of everything: the origin, who takes part, what was measured."""

    def __init__(self, settings):
        self.settings = settings
        self.names = list(settings.peers)
        self.port = processes.free_port()
        self.origin = processes.start([programs.path("origin"), str(self.port)],
                                      cpus={processes.LOAD_CPU},
                                      log=programs.out_file("work", "origin.log"))
        processes.wait_for_port(self.origin, self.port)
        self.scenarios = []

    def start(self, scenario, name):
        return peers.start(name, peers.Setup([self.port], self.settings.poise, tcp=scenario.tcp, tls=scenario.tls,
                                             log=scenario.poise_log))

    def measure(self, scenario, name, number):
        """Again, up to three times, where the host moved a CPU during the run."""
        for _ in range(3):
            run = self.measure_once(scenario, name, number)
            if not run.pop("moved", False):
                break
        return run

    def measure_once(self, scenario, name, number):
        run = {"peer": name, "round": number, "good": False}
        peer = self.start(scenario, name)
        try:
            load.IdleClients(peer.port, 1, tls=peer.tls).close()  # does it answer as it should at all?
            run.update(scenario.measure(peer, self.settings))
            run["good"] = run["errors"] == 0
            run["why"] = "" if run["good"] else f"{run['errors']} errors {run.get('detail', '')}"
        except (load.LoadFailed, OSError) as error:
            run["why"], run["moved"] = str(error), isinstance(error, load.Moved)
        finally:
            peer.stop()
        return run

    def round(self, scenario, number, absent):
        """A B C D, then D C B A: a drift of the machine falls on all alike."""
        order = self.names if number % 2 == 0 else self.names[::-1]
        for name in order:
            if name in absent:
                continue
            try:
                yield self.measure(scenario, name, number)
            except Unavailable as reason:
                absent.add(name)
                print(f"  {name} is skipped here: {reason}", flush=True)

    @staticmethod
    def all_compared(runs):
        good = [run for run in runs if run["good"]]
        return stats.peers_in(stats.alike(good)) == stats.peers_in(good)

    def run(self, scenario):
        print(f"\n== {scenario.name}: {scenario.title}", flush=True)
        runs, absent = [], set()
        rounds = min(self.settings.rounds, scenario.rounds or self.settings.rounds)
        number = 0
        while number < rounds or (number < rounds + EXTRA_ROUNDS and not self.all_compared(runs)):
            for run in self.round(scenario, number, absent):
                runs.append(run)
                print(report.live_line(run), flush=True)
            number += 1
        print(report.table(scenario, runs, self.names), flush=True)
        self.scenarios.append((scenario, runs))


def machine():
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":", 1)[1].strip() for line in file if "model name" in line), "?")
    with open("/proc/sys/net/ipv4/tcp_congestion_control") as file:
        congestion = file.read().strip()
    return f"{os.cpu_count()} x {model}, Linux {platform.release()}, {congestion}"


def collect(bench, settings):
    about = {"date": datetime.date.today().isoformat(), "machine": machine(),
             "rounds": settings.rounds, "seconds": settings.seconds,
             "versions": report.versions(bench.names, settings.poise)}
    return {"about": about, "names": bench.names, "scenarios": bench.scenarios}


def save(results):
    plain = dict(results, scenarios=[{"name": scenario.name, "unit": scenario.unit, "runs": runs}
                                     for scenario, runs in results["scenarios"]])
    path = programs.out_file(time.strftime("%Y%m%d-%H%M%S.json"))
    with open(path, "w") as file:
        json.dump(plain, file, indent=1)
    print(f"\nkept in {os.path.relpath(path)}")


def load_results(path):
    with open(path) as file:
        results = json.load(file)
    known = {scenario.name: scenario for scenario in scenarios.ALL}
    results["scenarios"] = [(known[one["name"]], one["runs"]) for one in results["scenarios"]]
    return results


def render(settings):
    results = load_results(settings.render)
    for scenario, runs in results["scenarios"]:
        print(report.table(scenario, runs, results["names"]) + "\n")
    if settings.write:
        write(results)
    return 0


def summarise(bench):
    noisy = [(scenario.name, run["peer"], run["round"] + 1) for scenario, runs in bench.scenarios
             for run in runs if run.get("steal_percent", 0) > STEAL_LIMIT]
    thrown = sum(not run["good"] for _, runs in bench.scenarios for run in runs)
    print(f"\nruns thrown away: {thrown}; with more than {STEAL_LIMIT:.0f} % steal: {len(noisy)}")
    return thrown


def write(results):
    report.write_readme(README, report.markdown(results))
    with open(PLOT, "w") as file:
        file.write(plot.svg(results))
    print(f"written: {os.path.relpath(README)}, {os.path.relpath(PLOT)}")


def main():
    settings = read_arguments()
    if settings.render:
        return render(settings)
    wanted = scenarios.chosen(settings.names)
    if os.cpu_count() < 2:
        raise SystemExit("the bench needs two CPUs: one for the proxy, one for the load")
    processes.allow_many_files()
    programs.build()
    bench = Bench(settings)
    for scenario in wanted:
        bench.run(scenario)
    results = collect(bench, settings)
    save(results)
    thrown = summarise(bench)
    if settings.write:
        write(results)
    return 1 if thrown else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Unavailable as error:
        sys.exit(f"{error}")
