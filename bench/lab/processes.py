"""Children: started pinned, waited for, and ended by their own id whatever happens."""

import atexit
import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
import time

PROXY_CPU = 0
LOAD_CPU = 1

_libc = ctypes.CDLL(None)
_running = []


class Unavailable(Exception):
    """A program is missing or did not start: the run goes on without it."""


def allow_many_files():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def user():
    """Whom a peer that insists on a user shall run its workers as."""
    return "root" if os.geteuid() == 0 else "nobody"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _prepare(cpus):
    def run():
        if cpus is not None:
            os.sched_setaffinity(0, cpus)
        _libc.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG: no orphan if this script is killed

    return run


def start(arguments, cpus=None, log=None, **more):
    """Starts a child on `cpus` (a set, or None for all); its output goes to the file `log`."""
    out = open(log, "ab") if log else subprocess.DEVNULL
    try:
        child = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                 preexec_fn=_prepare(cpus), **more)
    except OSError as error:
        raise Unavailable(f"{arguments[0]}: {error.strerror}") from error
    finally:
        if log:
            out.close()
    child.log = log
    _running.append(child)
    return child


def run(arguments, cpus=None, timeout=120):
    """Runs a child to its end and returns its standard output and exit code."""
    child = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True, preexec_fn=_prepare(cpus))
    _running.append(child)
    try:
        out, err = child.communicate(timeout=timeout)
    finally:
        stop(child)
    return out if out.strip() else err, child.returncode


def tree(pid):
    """The process and everything below it (an nginx worker, for one)."""
    found = [pid]
    for at in found:
        try:
            for task in os.listdir(f"/proc/{at}/task"):
                with open(f"/proc/{at}/task/{task}/children") as file:
                    found += [int(child) for child in file.read().split()]
        except OSError:
            continue
    return found


def _signal(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def stop(child, patience=3.0):
    """Asks twice (a second SIGTERM cuts a drain short), then ends what is left."""
    if child in _running:
        _running.remove(child)
    if child.poll() is not None:
        return
    below = tree(child.pid)[1:]
    deadline = time.monotonic() + patience
    child.terminate()
    asked_again = time.monotonic() + 0.3
    while child.poll() is None and time.monotonic() < deadline:
        if asked_again and time.monotonic() > asked_again:
            child.terminate()
            asked_again = None
        time.sleep(0.01)
    if child.poll() is None:
        child.kill()
        for pid in below:
            _signal(pid, signal.SIGKILL)
    child.wait()


def stop_all():
    for child in list(_running):
        stop(child, patience=1.0)


def last_words(child):
    if not child.log:
        return ""
    with open(child.log, errors="replace") as file:
        lines = [line.strip() for line in file if line.strip()]
    return lines[-1] if lines else ""


def wait_for_port(child, port, seconds=5.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise Unavailable(f"ended with {child.returncode}: {last_words(child)}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise Unavailable(f"nothing listens on port {port}: {last_words(child)}")


def _end(number, _frame):
    sys.exit(128 + number)


atexit.register(stop_all)
signal.signal(signal.SIGTERM, _end)
signal.signal(signal.SIGINT, _end)
