"""Proxies whose configuration is rewritten and loaded again while they run."""

import os
import signal
import time

from . import load, processes, programs

PATIENCE = 10.0
ASK_AGAIN = 0.5   # seconds: a signal can be lost while a process replaces itself


def write(path, text):
    """Whole or not at all, whenever it is read."""
    with open(path + ".new", "w") as file:
        file.write(text)
    os.replace(path + ".new", path)


class Reloadable:
    """command: from the path of its configuration. number: the signal that loads it again."""

    number = signal.SIGHUP

    def __init__(self, name, command, text, port):
        self.name, self.port, self.asked_again = name, port, 0
        self.config = programs.out_file("work", f"{name}.conf")
        self.log = programs.out_file("work", f"{name}.log")
        write(self.config, text)
        open(self.log, "w").close()
        self.child = processes.start(command(self.config), log=self.log)
        self.pid = self.child.pid
        processes.wait_for_port(self.child, port)

    def reload(self, text):
        """Returns when the new configuration serves."""
        write(self.config, text)
        before = self.mark()
        deadline = time.monotonic() + PATIENCE
        while not self._ask(before):
            if time.monotonic() > deadline or self.child.poll() is not None:
                raise load.LoadFailed(f"{self.name} did not reload: "
                                      f"{processes.last_words(self.child)}")
            self.asked_again += 1

    def _ask(self, before):
        self.child.send_signal(self.number)
        deadline = time.monotonic() + ASK_AGAIN
        while not self.is_done(before):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.002)
        return True

    def workers(self):
        """Processes below this one."""
        return processes.tree(self.pid)[1:]

    def log_size(self):
        return os.path.getsize(self.log)

    def said_since(self, before):
        with open(self.log, errors="replace") as file:
            file.seek(before)
            return file.read()

    def stop(self):
        processes.stop(self.child)


class Poise(Reloadable):
    """Says in its log that it has reloaded."""

    mark = Reloadable.log_size

    def __init__(self, program, name, text, port):
        super().__init__(name, lambda path: [program, "run", "-c", path], text, port)

    def is_done(self, before):
        said = self.said_since(before)
        if "reload refused" in said:
            raise load.LoadFailed(said.strip())
        return "reloaded: generation" in said


class Haproxy(Reloadable):
    """Says in its log that the master has started a new worker."""

    number = signal.SIGUSR2
    mark = Reloadable.log_size

    def __init__(self, name, text, port):
        super().__init__(name, lambda path: ["haproxy", "-W", "-db", "-f", path], text, port)

    def is_done(self, before):
        return "Loading success" in self.said_since(before)


class Nginx(Reloadable):
    """Says nothing: has reloaded when there is a worker that was not there before."""

    def __init__(self, name, text, port):
        super().__init__(name, lambda path: ["nginx", "-e", "stderr", "-g", "daemon off;", "-c",
                                             path], text, port)

    def mark(self):
        return set(self.workers())

    def is_done(self, before):
        return bool(set(self.workers()) - before)
