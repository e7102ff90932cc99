"""The walk through one entry of a changelog, word for word: every command of it is run, and says what the page says."""

from __future__ import annotations

from pathlib import Path

from tests.walks import steps, walk


def test_the_walk_does_what_it_says(tmp_path: Path) -> None:
    assert len(steps("docs/changelog-workflow.md")) > 12
    assert walk("docs/changelog-workflow.md", tmp_path) == []
