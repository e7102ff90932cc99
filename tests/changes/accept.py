"""Accept what is told today about the cases as what is expected; read the diff before committing it.

Run as: python -m tests.changes.accept
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.changes import histories
from tests.changes.announced import REFUSED, announcements
from tests.changes.cases import cases


def main() -> int:
    """Write what differs; tell which files."""
    goldens = {case.golden: case.told() for case in cases()}
    goldens |= {case.golden: case.told_text() for case in announcements(REFUSED)}
    for name in histories.names():
        with tempfile.TemporaryDirectory() as folder:
            goldens[histories.FOLDER / name / "expected.txt"] = histories.text(name, Path(folder))
    for golden, told in goldens.items():
        if not golden.is_file() or golden.read_bytes() != told.encode():
            golden.write_bytes(told.encode())
            print(golden)  # noqa: T201 - this is what the command says
    return 0


if __name__ == "__main__":
    sys.exit(main())
