"""`python -m benchmarks [ROW ...]`: measure, and print a table; `--note` keeps the figures and draws them into the page."""

from __future__ import annotations

import argparse
import sys
import time

from benchmarks import clients, generating, growing
from benchmarks.measuring import Row, as_table
from benchmarks.notes import note
from benchmarks.places import WORK
from benchmarks.profiles import PROFILES

ROWS: dict[str, Row] = {row.name: row for row in (*generating.ROWS, *clients.ROWS, *growing.ROWS)}


def main() -> int:
    """Measure the rows that are asked for; one that fails is told, and does not stop the others."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what things cost.")
    names = (*ROWS, *PROFILES)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"all, or some of: {', '.join(names)}")
    parser.add_argument("--note", action="store_true", help="keep the figures, and print docs/performance.md from them")
    asked = parser.parse_args()
    unknown = [name for name in asked.rows if name not in names]
    if unknown:
        parser.error(f"no row {', '.join(unknown)}; there are {', '.join(names)}")
    WORK.mkdir(exist_ok=True)
    chosen = asked.rows or names
    failed: list[str] = []
    for number, name in enumerate(chosen, start=1):
        sys.stderr.write(f"[{number}/{len(chosen)}] {name}\n")
        started = time.monotonic()
        try:
            _measure(name, keep=asked.note)
        except Exception as error:  # noqa: BLE001 - whatever a row dies of, the others are measured
            failed.append(name)
            sys.stderr.write(f"{name} FAILED: {error}\n")
        sys.stderr.write(f"[{number}/{len(chosen)}] {name}: {time.monotonic() - started:.0f} s\n")
    if failed:
        sys.stderr.write(f"not measured: {', '.join(failed)}; what was noted of them before stays\n")
    return 1 if failed else 0


def _measure(name: str, *, keep: bool) -> None:
    if name in PROFILES:
        profile = PROFILES[name]
        parts = profile.take()
        sys.stdout.write(profile.as_table(parts) + "\n\n")
        found = profile.as_json(parts)
        plots: dict[str, str] = {}
    else:
        row = ROWS[name]
        samples = row.measure()
        sys.stdout.write(as_table(row, samples) + "\n\n")
        found, plots = row.as_json(samples), row.drawn(samples)
    sys.stdout.flush()
    if keep:
        # After each row: what is measured is kept, whatever comes after it.
        note(name, found, plots, order=(*ROWS, *PROFILES))


if __name__ == "__main__":
    sys.exit(main())
