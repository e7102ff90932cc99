"""`python -m tests.torture`: measures the figures, two at a time, and prints a line for each.

--full       all of it; hours, where the slice takes minutes
--seed N     where chance begins; each run of the same seed tries the same
--only N     one figure, and it may be said again
--workers N  how many figures are measured side by side
--note       keep each figure, as soon as it is there, for docs/reliability.md
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time

from tests.guard import install
from tests.torture.figures import Scale
from tests.torture.page import NOTED
from tests.torture.running import Row, keep, measure, noted_rows, run


def main() -> int:
    """Measure, print, and tell by the status whether anything was found or left out."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, action="append", default=[])
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--note", action="store_true")
    parser.add_argument("--measure", type=int, nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    scale = Scale(is_full=asked.full, seed=asked.seed)
    # A shell that starts this in the background has interrupts ignored, and tests that interrupt would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _leave)
    if asked.measure:
        install().is_watching = True
        for row in measure(scale, asked.measure):
            _print(json.dumps(row))
        return 0
    is_good, begun = True, time.monotonic()
    seconds = {each["number"]: each.get("seconds", 60.0) for each in noted_rows(NOTED)}
    for each in run(scale, asked.only, seconds, asked.workers):
        if isinstance(each, str):
            is_good = is_good and "NOT" not in each
            _print(each)
            continue
        is_good = is_good and not each["failed"]
        _print(_line(each))
        if asked.note:
            keep(NOTED, each)
    _print(f"{'full' if asked.full else 'slice'}: {(time.monotonic() - begun) / 60:.1f} minutes")
    return 0 if is_good else 1


def _line(row: Row) -> str:
    happened = f"{row['failed']} failed" if row["failed"] else "none of it failed"
    line = f"{row['number']:2}  {row['goal']}: {row['tried']:,} {row['what']}; {happened} ({row['seconds']:.0f} s)"
    return "\n".join([line, *(f"      {fault}" for fault in row["faults"])])


def _leave(*_: object) -> None:
    # What was started is ended on the way out.
    sys.exit(128 + signal.SIGTERM)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
