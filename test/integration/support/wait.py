"""Waiting for a condition, never for a time."""

import time


def wait_until(condition, deadline: float = 10.0, what: str = ""):
    """Returns the first true value of condition(); fails when there is none within the deadline."""
    end = time.monotonic() + deadline
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline} s: {what or condition}")
        time.sleep(0.005)
    return value


class Stopwatch:
    """Runs from its creation."""

    def __init__(self):
        self.start = time.monotonic()

    def elapsed(self) -> float:
        return time.monotonic() - self.start


# Seconds within which comes what should come at once; what it is told from would never come, or in a minute.
AT_ONCE = 8.0


def fastest(run, tries: int = 5) -> float:
    """The shortest of a few runs: on a busy machine one may be late, a pause in the product is in all of them."""
    def seconds() -> float:
        watch = Stopwatch()
        run()
        return watch.elapsed()

    return min(seconds() for _ in range(tries))


def assert_fired(elapsed: float, timeout: float):
    """A timeout may not fire before its time. How long after it depends on what else the machine does."""
    assert elapsed >= timeout, f"fired after {elapsed:.3f} s instead of {timeout} s"
