"""What a process and the machine used, read from /proc."""

import os
import re
from dataclasses import dataclass

from . import processes

TICK_NS = 1_000_000_000 // os.sysconf("SC_CLK_TCK")


@dataclass
class Cpu:
    total_ns: int = 0   # exact, from schedstat
    wait_ns: int = 0    # ready to run, but something else had the CPU
    user_ns: int = 0    # by ticks: only the split is taken from these
    system_ns: int = 0

    def since(self, earlier):
        return Cpu(self.total_ns - earlier.total_ns, self.wait_ns - earlier.wait_ns,
                   self.user_ns - earlier.user_ns, self.system_ns - earlier.system_ns)

    def user_share(self):
        ticks = self.user_ns + self.system_ns
        return self.user_ns / ticks if ticks else 0.0


def _read(path):
    with open(path) as file:
        return file.read()


def cpu_of(pid):
    """All threads of the process and of the processes below it."""
    total = Cpu()
    for at in processes.tree(pid):
        for task in os.listdir(f"/proc/{at}/task"):
            busy, waiting, _ = _read(f"/proc/{at}/task/{task}/schedstat").split()
            total.total_ns += int(busy)
            total.wait_ns += int(waiting)
        fields = _read(f"/proc/{at}/stat").rsplit(")", 1)[1].split()
        total.user_ns += int(fields[11]) * TICK_NS
        total.system_ns += int(fields[12]) * TICK_NS
    return total


def _rollup(pid, pattern):
    text = _read(f"/proc/{pid}/smaps_rollup")
    return sum(int(kib) * 1024 for kib in re.findall(pattern, text, re.MULTILINE))


def private_bytes(pid):
    return sum(_rollup(at, r"^Private_(?:Clean|Dirty):\s+(\d+) kB") for at in processes.tree(pid))


def resident_bytes(pid):
    return sum(_rollup(at, r"^Rss:\s+(\d+) kB") for at in processes.tree(pid))


def open_files(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def kicks():
    """Interrupts one CPU has sent another, machine-wide: what a wake-up across CPUs costs most."""
    rows = [line.split() for line in _read("/proc/interrupts").splitlines()]
    return sum(int(count) for row in rows if row and row[0] in ("RES:", "CAL:")
               for count in row[1:] if count.isdigit())


class Steal:
    """Share of the machine's time another guest had since this was made."""

    def __init__(self):
        self.start = self._ticks()

    @staticmethod
    def _ticks():
        return [int(field) for field in _read("/proc/stat").split("\n", 1)[0].split()[1:9]]

    def percent(self):
        spent = [now - then for now, then in zip(self._ticks(), self.start)]
        return 100.0 * spent[7] / max(1, sum(spent))
