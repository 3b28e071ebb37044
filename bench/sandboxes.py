"""Ten thousand sandboxes in one process, each with a world of every vendor: what one takes, and how long it is to make, reset and remove.

Memory is the process's resident memory, before and after; times are processor time, in the median and at p99.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from page import put

from emulator.assembly import assemble
from emulator.world.sandboxes import Sandboxes

WARM = 100  # what is made once is made by these
PAGE = os.sysconf("SC_PAGE_SIZE")


def resident() -> int:
    """Bytes."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def spent(act: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of processor time of each time, sorted."""
    found = []
    for _ in range(times):
        began = time.process_time()
        act()
        found.append((time.process_time() - began) * 1e3)
    return sorted(found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table; with --write, it goes to docs/performance.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sandboxes", type=int, default=10_000)
    parser.add_argument("--write", action="store_true", help="put the figures into docs")
    options = parser.parse_args(arguments)
    boxes = Sandboxes(assemble().makers)
    for _ in range(WARM):
        boxes.create({})
    before = resident()
    made = spent(lambda: boxes.create({}), options.sandboxes)
    taken = resident() - before
    each = iter(list(boxes))
    reset = spent(lambda: next(each).reset(), min(2000, options.sandboxes))
    names = iter([box.name for box in boxes][1:])
    removed = spent(lambda: boxes.remove(next(names)), min(2000, options.sandboxes))
    told = "\n".join(
        [
            f"{options.sandboxes:,} empty sandboxes: {taken / 2**20:,.0f} MiB, **{taken / options.sandboxes / 1000:.1f} kB each**.",
            f"Python {platform.python_version()}, {platform.machine()}, load average {os.getloadavg()[0]:.0f}.",
            "",
            "| processor time, ms | median | p99 |",
            "|---|---|---|",
            *(
                f"| {name} | {_at(times, 0.5):.2f} | {_at(times, 0.99):.2f} |"
                for name, times in (("make", made), ("reset", reset), ("remove", removed))
            ),
        ]
    )
    if options.write:
        put("bench/sandboxes.py", told)
    print(told)
    return 0


def _at(times: Sequence[float], share: float) -> float:
    return times[int(len(times) * share)]


if __name__ == "__main__":
    sys.exit(main())
