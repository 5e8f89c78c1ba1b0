"""Programs of others, started by a test on free ports, stopped by their pid, their output kept."""

import ctypes
import os
import random
import shutil
import signal
import socket
import subprocess

from support.lines import Lines
from support.sockets import refused
from support.wait import wait_until

PATH = f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"
PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent():
    """For preexec_fn: so that not even a killed test run leaves anything behind."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def program(name: str, path: str = PATH) -> str:
    """Where it is. A test without its peer has failed: it is not skipped."""
    found = shutil.which(name, path=path)
    assert found, f"{name} is not installed: scripts/packages test installs it"
    return found


def free_port(host: str = "127.0.0.1") -> int:
    """A port below those that the kernel gives away by itself, so that nobody gets it meanwhile."""
    while True:
        port = random.SystemRandom().randrange(12_000, 32_000)
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port


def run(command: list, deadline: float = 60.0, **options) -> str:
    """The output of a program that ends by itself, and must succeed."""
    done = subprocess.run([program(command[0]), *map(str, command[1:])], stdin=options.pop("stdin", subprocess.DEVNULL),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=deadline, text=True, **options)
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


class Program:
    """One that runs until it is stopped. Its output, both streams together, is in `out`."""

    def __init__(self, command: list, **options):
        self.command = [program(command[0]), *map(str, command[1:])]
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent, **options)
        self.pid = self.process.pid
        self.out = Lines(self.process.stdout)

    def wait_listening(self, *endpoints, deadline: float = 20.0) -> "Program":
        def all_answer():
            assert self.process.poll() is None, f"{self.command} ended:\n" + "\n".join(self.out.all()[-50:])
            return not any(refused(endpoint) for endpoint in endpoints)

        wait_until(all_answer, deadline, f"{self.command[0]} listens on {endpoints}")
        return self

    def wait(self, deadline: float = 30.0) -> int:
        status = self.process.wait(deadline)
        self.out.join()
        return status

    def kill(self):
        """Without a word of farewell."""
        self.process.kill()
        self.wait()

    def stop(self, number: signal.Signals = signal.SIGTERM):
        """For teardown, whether it still runs or not."""
        if self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.wait()
        print(" ".join(self.command), *self.out.all()[-40:], sep="\n")
