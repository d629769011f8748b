"""Load on a proxy: wrk and our own generator, both on the load CPU, both answering a dict."""

import json
import os
import socket
import ssl
import sys

from . import certificate, processes, programs

LOAD = {processes.LOAD_CPU}
REPORT = os.path.join(programs.BENCH, "wrk", "report.lua")


class LoadFailed(Exception):
    """The generator itself gave no result: the run is thrown away."""


class Moved(LoadFailed):
    """The machine changed under the run: worth another try."""


def _parse(text, marker=""):
    for line in text.splitlines():
        if line.startswith(marker + "{"):
            return json.loads(line[len(marker):])
    raise LoadFailed(text.strip()[-200:] or "no output")


def wrk(port, path, seconds, connections=64, kind="", tls=False):
    """kind: "" keeps connections, `close` ends each after its request, `post` sends 64 KB."""
    arguments = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s",
                 REPORT, f"{'https' if tls else 'http'}://127.0.0.1:{port}{path}"]
    out, _ = processes.run(arguments + (["--", kind] if kind else []), cpus=LOAD,
                           timeout=seconds + 30)
    return _parse(out, "@@")


def handshakes(port, seconds):
    script = os.path.join(programs.BENCH, "lab", "handshakes.py")
    out, _ = processes.run([sys.executable, script, str(port), str(seconds)], cpus=LOAD,
                           timeout=seconds + 30)
    return _parse(out)


def generate(mode, port, seconds=0.0, cpus=frozenset(LOAD), timeout=600, **options):
    arguments = [programs.path("loadgen"), mode, str(port), "--seconds", str(seconds)]
    for name, value in options.items():
        arguments += [f"--{name}", str(value)]
    out, _ = processes.run(arguments, cpus=cpus, timeout=timeout)
    return _parse(out)


def pace():
    """Nanoseconds to the other CPU and back: which of its two speeds the host has us at."""
    arguments = [programs.path("pace"), str(processes.PROXY_CPU), str(processes.LOAD_CPU)]
    return _parse(processes.run(arguments, timeout=60)[0])["pace_ns"]


class IdleClients:
    """Kept connections that have each made one request and now do nothing."""

    def __init__(self, port, count, timeout=5, tls=False):
        self.sockets = []
        terms = certificate.any_server() if tls else None
        try:
            for _ in range(count):
                client = socket.create_connection(("127.0.0.1", port), timeout=timeout)
                if terms:
                    client = terms.wrap_socket(client, server_hostname="bench")
                self.sockets.append(client)
                self._ask(client)
        except OSError as error:
            self.close()
            raise LoadFailed(f"idle client {len(self.sockets)}: {error}") from error

    @staticmethod
    def _ask(client):
        client.sendall(b"GET /36 HTTP/1.1\r\nHost: bench\r\n\r\n")
        answer = b""
        while b"\r\n\r\n" not in answer or len(answer.split(b"\r\n\r\n", 1)[1]) < 36:
            more = client.recv(4096)
            if not more:
                raise OSError("closed before its answer was whole")
            answer += more
        if not answer.startswith(b"HTTP/1.1 200"):
            raise OSError(answer.split(b"\r\n", 1)[0].decode(errors="replace"))

    def ask_again(self):
        """True if every client is still served on its connection."""
        try:
            for client in self.sockets:
                client.settimeout(2)
                self._ask(client)
        except OSError:
            return False
        return True

    def alive(self):
        """How many the proxy has not closed meanwhile."""
        return sum(1 for client in self.sockets if self._is_open(client))

    @staticmethod
    def _is_open(client):
        client.setblocking(False)
        try:
            return client.recv(1) != b""
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False

    def close(self):
        for client in self.sockets:
            client.close()
        self.sockets = []
