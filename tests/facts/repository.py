"""The files of the project that are not made by running it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Spelled in pieces, so that this file is not found by its own search.
MACHINE_PATH = re.compile(
    r"(?<![\w.$}])/(?:" + "|".join(("ho" + "me", "ro" + "ot", "wo" + "rk", "Us" + "ers")) + r")/(?!me/)\w"
)

_BINARY = frozenset({".pem"})


def ignored_names() -> tuple[re.Pattern[str], ...]:
    """Return what .gitignore says, as patterns of names."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    return tuple(re.compile(re.escape(line.strip("/")).replace(r"\*", ".*")) for line in lines)


def own_files() -> Iterator[Path]:
    """Yield every file that a clone has."""
    ignored = (*ignored_names(), re.compile(r"\.git"))

    def walk(folder: Path) -> Iterator[Path]:
        for path in sorted(folder.iterdir()):
            if any(pattern.fullmatch(path.name) for pattern in ignored):
                continue
            if path.is_dir():
                yield from walk(path)
            elif path.suffix not in _BINARY:
                yield path

    return walk(ROOT)
