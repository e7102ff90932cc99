"""The README's walk, word for word: every command of it is run, and says what the README says."""

from __future__ import annotations

import re
from pathlib import Path

from tests.walks import ROOT, run, steps, walk


def test_the_walk_does_what_it_says(tmp_path: Path) -> None:
    assert len(steps("README.md")) > 10
    assert walk("README.md", tmp_path) == []


def test_the_commands_of_the_table_exist() -> None:
    table = set(re.findall(r"^\| `clientmill ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    told = run("clientmill --help", ROOT)

    assert table == set(re.findall(r"^  ([a-z]+)  ", told.partition("Commands:")[2], re.MULTILINE))
