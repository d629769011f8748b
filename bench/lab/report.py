"""From runs to text: the live lines, the table of a scenario, the table in README.md."""

import datetime
import os
import re

from . import peers, stats

RIVALS = ["haproxy", "nginx"]
BEGIN, END = "<!-- results:begin -->", "<!-- results:end -->"
COLUMNS = [("cpu_us", "CPU us"), ("user_us", "user"), ("system_us", "system"), ("rps", "req/s"),
           ("mb_per_second", "MB/s"), ("p50_us", "p50 us"), ("p99_us", "p99 us"),
           ("busy_percent", "busy %"), ("wait_percent", "wait %"),
           ("kicks", "IPIs"), ("pace_ns", "pace"), ("idle_bytes", "bytes"), ("syscalls", "calls")]


def number(value):
    if value is None:
        return "-"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def good_values(runs, peer, metric):
    """Of the runs that can be compared with each other."""
    alike = stats.alike([run for run in runs if run["good"]])
    return [run[metric] for run in alike if run["peer"] == peer and metric in run]


def ratio_text(ratios):
    if not ratios:
        return "-"
    low, high = stats.interval(ratios)
    return f"{stats.median(ratios):.2f} ({low:.2f}-{high:.2f})"


def ratios(scenario, runs, peer):
    """Over the better of nginx and HAProxy in the same round, and over the relay."""
    rivals = [name for name in RIVALS if name != peer]
    return (ratio_text(stats.paired_ratios(runs, scenario.metric, peer, rivals)),
            ratio_text(stats.paired_ratios(runs, scenario.metric, peer, ["relay"])))


def live_line(run):
    if not run["good"]:
        return f"  round {run['round'] + 1}  {run['peer']:8} thrown away: {run['why']}"
    figures = "  ".join(f"{label} {number(run[key])}" for key, label in COLUMNS if key in run)
    note = f"  steal {run['steal_percent']:.1f} %" if run.get("steal_percent", 0) > 1 else ""
    return f"  round {run['round'] + 1}  {run['peer']:8} {figures}{note}"


def table(scenario, runs, names):
    lines = [f"{scenario.title} [{scenario.unit}]"]
    for peer in names:
        values = good_values(runs, peer, scenario.metric)
        if not values:
            lines.append(f"  {peer:8} no good run")
            continue
        low, high = stats.spread(values)
        best, floor = ratios(scenario, runs, peer)
        rest = "  ".join(f"{label} {number(stats.median(good_values(runs, peer, key)))}"
                         for key, label in COLUMNS
                         if key != scenario.metric and good_values(runs, peer, key))
        lines.append(f"  {peer:8} {number(stats.median(values)):>8} ({number(low)}-{number(high)})"
                     f"  /best {best}  /relay {floor}  {rest}")
    return "\n".join(lines + calls_lines(runs))


def calls_lines(runs):
    lines = []
    for run in runs:
        calls = sorted(run.get("calls", {}).items(), key=lambda item: -item[1])
        shown = ", ".join(f"{name} {count:.2f}" for name, count in calls if count >= 0.005)
        if shown:
            lines.append(f"    {run['peer']}: {shown}")
    return lines


def _cell(scenario, runs, peer):
    values = good_values(runs, peer, scenario.metric)
    if not values:
        return "-"
    low, high = stats.spread(values)
    text = number(stats.median(values)) + (f" ({number(low)}-{number(high)})" if low != high else "")
    user, system = (stats.median(good_values(runs, peer, key)) for key in ("user_us", "system_us"))
    return text if user is None else f"{text}<br>{number(user)} + {number(system)}"


def _pair(runs, peer, first, second):
    values = [stats.median(good_values(runs, peer, key)) for key in (first, second)]
    return None if values[0] is None else f"{number(values[0])} / {number(values[1])}"


def _rate_row(scenario, runs, names):
    cells = []
    for peer in names:
        rate = [stats.median(good_values(runs, peer, key)) for key in ("rps", "mb_per_second")]
        shown = [number(value) for value in rate if value is not None]
        latency = _pair(runs, peer, "p50_us", "p99_us")
        cells.append("<br>".join(shown + ([latency] if latency else [])) or "-")
    return f"| {scenario.title} | " + " | ".join(cells) + " |"


def _headed(first, names, rows):
    return [f"| {first} | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)] + rows


def markdown(results):
    """results: what run.py keeps: about, names, and (scenario, runs) pairs."""
    names, about = results["names"], results["about"]
    lines = [f"{about['date']}, {about['machine']}. " +
             ", ".join(f"{name} {about['versions'][name]}" for name in names) + ". " +
             f"{about['rounds']} rounds of {about['seconds']} s; median (min-max).", "",
             "![CPU against the better of nginx and HAProxy](results.svg)", ""]
    rows = [f"| {s.title}, {s.unit} | " + " | ".join(_cell(s, runs, n) for n in names) + " | " +
            " | ".join(ratios(s, runs, "poise")) + " |" for s, runs in results["scenarios"]]
    lines += _headed("CPU: total, then user + system",
                     names + ["poise / better of nginx and HAProxy", "poise / relay"], rows)
    lines += ["", "Throughput (requests or MB a second) and p50 / p99 in us. At full load these say "
              "how long the queue is, not how quick the proxy is; the fixed-rate row is the one "
              "to compare.", ""]
    rated = [(s, runs) for s, runs in results["scenarios"] if s.metric == "cpu_us"]
    lines += _headed("requests a second; p50 / p99 us", names,
                     [_rate_row(s, runs, names) for s, runs in rated])
    calls = [(s, calls_lines(runs)) for s, runs in results["scenarios"] if calls_lines(runs)]
    for scenario, shown in calls:
        lines += ["", f"{scenario.title}:", ""] + [f"- {line.strip()}" for line in shown]
    return "\n".join(lines)


def write_readme(path, text):
    with open(path) as file:
        old = file.read()
    block = f"{BEGIN}\n{text}\n{END}"
    new = re.sub(re.escape(BEGIN) + ".*?" + re.escape(END), lambda _: block, old, flags=re.DOTALL)
    with open(path, "w") as file:
        file.write(new)


def versions(names, program):
    return {name: peers.version(name, program) for name in names}


def about(names, program):
    """When, on what and with whom: one line for the top of a page of figures."""
    found = ", ".join(f"{name} {version}" for name, version in versions(names, program).items())
    return (f"{datetime.date.today()}, {os.cpu_count()} CPUs, Linux {os.uname().release}. "
            f"{found}.")
