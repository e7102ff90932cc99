"""Accept what authors are told today: `python -m tests.spec.accept` rewrites the goldens of `rejected/`."""

from __future__ import annotations

import sys

from tests.spec.cases import cases


def accept() -> int:
    """Rewrite each golden that differs; return how many did."""
    changed = 0
    for case in cases():
        told = case.told_text()
        if not case.golden.is_file() or case.golden.read_text(encoding="utf-8") != told:
            case.golden.write_text(told, encoding="utf-8", newline="\n")
            changed += 1
    return changed


if __name__ == "__main__":
    sys.stdout.write(f"{accept()} goldens of rejected specs changed\n")
