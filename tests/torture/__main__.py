"""`python -m tests.torture`: measures the figures and prints their table.

--full     all of it; hours, where the slice takes minutes
--seed N   where chance begins; each run of the same seed tries the same
--only N   one figure, and it may be said again
--note     keep the table for docs/reliability.md
"""

from __future__ import annotations

import argparse
import datetime
import json
import platform
import signal
import sys
import time
from typing import Any

from tests.guard import install
from tests.torture.figures import FIGURES, Scale
from tests.torture.page import NOTED


def main() -> int:
    """Measure, print, and tell by the status whether anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, action="append")
    parser.add_argument("--note", action="store_true")
    asked = parser.parse_args()
    install().is_watching = True
    # A shell that starts this in the background has interrupts ignored, and tests that interrupt would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    scale = Scale(is_full=asked.full, seed=asked.seed)
    lines: list[dict[str, Any]] = []
    for figure in FIGURES:
        if asked.only and figure.number not in asked.only:
            continue
        begun = time.monotonic()
        measured = figure.measure(scale)
        seconds = time.monotonic() - begun
        happened = "none of it failed" if not measured.faults else f"{len(measured.faults)} failed"
        line = f"{figure.number:2}  {figure.goal}: {measured.tried:,} {measured.what}; {happened} ({seconds:.0f} s)"
        shown = "".join(f"      {fault}\n" for fault in measured.faults[:10])
        sys.stdout.write(f"{line}\n{shown}")
        sys.stdout.flush()
        lines.append(
            {
                "number": figure.number,
                "goal": figure.goal,
                "tried": measured.tried,
                "what": measured.what,
                "failed": len(measured.faults),
                "short": figure.short,
            }
        )
    if asked.note:
        run = {
            "run": "full" if asked.full else "slice",
            "seed": asked.seed,
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "python": platform.python_version(),
            "figures": lines,
        }
        NOTED.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    return 1 if any(line["failed"] for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
