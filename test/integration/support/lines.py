"""The output of a process, as lines that can be waited for."""

import re
import threading
import time


class Lines:
    """The lines of a pipe, collected by a thread as they come."""

    def __init__(self, pipe):
        self._lines = []
        self._changed = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._collect, args=(pipe,), daemon=True)
        self._thread.start()

    def _collect(self, pipe):
        with pipe:
            for line in pipe:
                with self._changed:
                    self._lines.append(line.decode(errors="replace").rstrip("\n"))
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def all(self) -> list[str]:
        with self._changed:
            return list(self._lines)

    def matching(self, pattern) -> list[re.Match]:
        return [match for line in self.all() if (match := re.search(pattern, line))]

    def wait_for(self, pattern, deadline: float = 10.0) -> re.Match:
        """The first line that matches, whether it is there already or still to come."""
        return self.wait_for_count(pattern, 1, deadline)[0]

    def wait_for_count(self, pattern, count: int, deadline: float = 10.0) -> list[re.Match]:
        end = time.monotonic() + deadline
        with self._changed:
            while len(found := self.matching(pattern)) < count:
                left = end - time.monotonic()
                if self._ended or left <= 0:
                    text = "\n".join(self._lines[-50:])
                    raise AssertionError(f"{len(found)} of {count} lines match {pattern!r} in:\n{text}")
                self._changed.wait(left)
        return found

    def join(self):
        self._thread.join(10)
