"""Accept the packages of all golden cases as what is expected; read the diff before committing it.

Run as: python -m tests.golden.accept
"""

from __future__ import annotations

import shutil
import sys

from tests.golden.building import CASES, FOLDER, expected_folder, shown
from tests.golden.hostile import TWINS, hostile_spec


def main() -> int:
    """Write what differs; tell which files."""
    for case in TWINS:
        (FOLDER / case).mkdir(exist_ok=True)
        (FOLDER / case / "spec.yaml").write_text(hostile_spec(case), encoding="utf-8")
    for case in CASES:
        folder = expected_folder(case)
        wanted = {folder / path: text for path, text in shown(case).items()}
        there = {path for path in folder.rglob("*") if path.is_file()} if folder.is_dir() else set[object]()
        for path in sorted(there - wanted.keys(), key=str):
            print(f"{path} is gone")  # noqa: T201 - this is what the command says
        if there - wanted.keys():
            shutil.rmtree(folder)
        for path, text in wanted.items():
            if not path.is_file() or path.read_bytes() != text.encode():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text.encode())
                print(path)  # noqa: T201 - the same
    return 0


if __name__ == "__main__":
    sys.exit(main())
