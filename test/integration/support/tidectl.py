"""Runs tidectl, plainly or on a terminal of its own."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

from support.programs import die_with_parent
from support.settings import binary


def command(*arguments) -> list[str]:
    return [str(binary().with_name("tidectl")), *map(str, arguments)]


def environment(socket, **more) -> dict:
    plain = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TIDEGATE_SOCKET")}
    return {**plain, "TERM": "xterm", **({"TIDEGATE_SOCKET": str(socket)} if socket else {}), **more}


def tidectl(socket, *arguments, **more) -> subprocess.CompletedProcess:
    """Both ends of its output are pipes."""
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=20, check=False,
                          stdin=subprocess.DEVNULL, env=environment(socket, **more))


def done(socket, *arguments) -> str:
    """What it prints when it succeeds, as it must."""
    ended = tidectl(socket, *arguments)
    assert (ended.returncode, ended.stderr) == (0, ""), ended
    return ended.stdout


class OnTerminal:
    """tidectl in the foreground of a terminal of 24 x 100."""

    def __init__(self, socket, *arguments, **more):
        self.screen = ""
        self._master, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
        self.before = termios.tcgetattr(self._master)

        def own_terminal():
            die_with_parent()
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(command(*arguments), stdin=terminal, stdout=terminal, stderr=terminal,
                                        preexec_fn=own_terminal, env=environment(socket, **more))
        self._terminal = terminal  # kept open, or what was written last is lost with its last user

    def wait_for(self, text: str, deadline: float = 10.0) -> str:
        """All that was written, once it has the text in it."""
        end = time.monotonic() + deadline
        while text not in self.screen:
            left = end - time.monotonic()
            assert left > 0 and self._read(left), f"{text!r} is not in {self.screen!r}"
        return self.screen

    def _read(self, seconds: float) -> bool:
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        self.screen += os.read(self._master, 65536).decode()
        return True

    def press(self, key: str):
        os.write(self._master, key.encode())

    def signal(self, number: signal.Signals):
        self.process.send_signal(number)

    def settings(self) -> list:
        return termios.tcgetattr(self._master)  # both ends have the same

    def wait(self) -> int:
        """Its exit status; the rest of the output is in `screen` then."""
        status = self.process.wait(10)
        while self._read(0.05):
            pass
        return status

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._master)
        os.close(self._terminal)
