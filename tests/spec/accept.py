"""Accept what authors are told today: `python -m tests.spec.accept` rewrites the goldens of `rejected/`.

The page about diagnostics shows some of them, and is brought up to date with them.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.spec.cases import cases

PAGE = Path(__file__).parents[2] / "docs" / "diagnostics.md"
SHOWN = re.compile(r"^    (?P<file>\S+?):\d+:\d+: (?P<code>S\d{3}): .*$", re.MULTILINE)


def accept() -> int:
    """Rewrite each golden that differs; return how many did."""
    return sum(_write(case.golden, case.told_text()) for case in cases())


def accept_page() -> int:
    """Rewrite the complaints that the page shows of these cases; return whether one differed."""
    today: dict[tuple[str, str], str] = {}
    for case in cases():
        for line in case.told_text().splitlines():
            found = SHOWN.match(f"    {line}")
            if found is not None:
                today.setdefault((found["file"], found["code"]), line)

    def shown(found: re.Match[str]) -> str:
        # Folders of cases have files of the same names: what is shown of them is left to the author of the page.
        unique = "/" not in found["file"] and found["file"].removesuffix(".yaml") in {case.name for case in cases()}
        return f"    {today[found['file'], found['code']]}" if unique else found[0]

    return _write(PAGE, SHOWN.sub(shown, PAGE.read_text(encoding="utf-8")))


def _write(path: Path, text: str) -> bool:
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8", newline="\n")
    return True


if __name__ == "__main__":
    sys.stdout.write(f"{accept()} goldens of rejected specs and {int(accept_page())} pages changed\n")
