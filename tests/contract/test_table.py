"""The table of the contract's lines names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path


def test_every_test_that_the_table_names_exists() -> None:
    folder = Path(__file__).parent
    named = set(re.findall(r"`(test_\w+)`", (folder / "README.md").read_text(encoding="utf-8")))
    written = {
        name
        for path in folder.glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert named
    assert not named - written


def test_every_test_has_a_row() -> None:
    folder = Path(__file__).parent
    table = (folder / "README.md").read_text(encoding="utf-8")
    written = {
        name
        for path in folder.glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        if path != Path(__file__)
    }

    assert sorted(name for name in written if f"`{name}`" not in table) == []
