"""`python -m benchmarks [ROW ...]`: measure, and print a table; `--json FILE` has all figures."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from pathlib import Path

from benchmarks import clients, generating
from benchmarks.measuring import as_json, as_table
from benchmarks.places import WORK

ROWS = {row.name: row for row in (*generating.ROWS, *clients.ROWS)}


def main() -> None:
    """Measure the rows that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what things cost.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"all, or some of: {', '.join(ROWS)}")
    parser.add_argument("--json", type=Path, default=WORK / "latest.json", help="where all figures go")
    asked = parser.parse_args()
    unknown = [name for name in asked.rows if name not in ROWS]
    if unknown:
        parser.error(f"no row {', '.join(unknown)}; there are {', '.join(ROWS)}")
    WORK.mkdir(exist_ok=True)
    told: list[dict[str, object]] = []
    for name in asked.rows or ROWS:
        samples = ROWS[name].measure()
        sys.stdout.write(as_table(ROWS[name], samples) + "\n\n")
        sys.stdout.flush()
        told.append(as_json(ROWS[name], samples))
    machine = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "load": os.getloadavg()[1],
    }
    asked.json.write_text(json.dumps({"machine": machine, "rows": told}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
