"""What the environment asks of a run: which binary, and how much of everything."""

import functools
import mmap
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SCALE = float(os.environ.get("TIDEGATE_SCALE", "1.0"))


@functools.cache
def binary() -> Path:
    """TIDEGATE, or else the newest kind of build that exists."""
    candidates = [ROOT / "build" / preset / "tidegate" for preset in ("release", "debug")]
    if "TIDEGATE" in os.environ:
        candidates = [Path(os.environ["TIDEGATE"]).resolve()]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise FileNotFoundError(f"no tidegate at {', '.join(map(str, candidates))}")


@functools.cache
def sanitized() -> bool:
    """Whether the binary carries a sanitizer: it is slower, and its memory tells nothing."""
    with binary().open("rb") as file:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as image:
            return any(image.find(mark) >= 0 for mark in (b"__asan_init", b"__tsan_init"))


def scaled(amount: int, least: int = 1) -> int:
    return max(least, int(amount * SCALE))
