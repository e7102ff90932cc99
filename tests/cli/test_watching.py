"""`--watch`: a run at once, and one after each change of a spec."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from generator.cli.watching import changes
from generator.pipeline import Settings


class Enough(Exception):
    """The script is at its end."""


def _runs(folder: Path, script: list[Callable[[], object]]) -> int:
    """Count the runs while *script* happens, a step in each pause."""
    steps: Iterator[Callable[[], object]] = iter(script)

    def sleep(_seconds: float) -> None:
        step = next(steps, None)
        if step is None:
            raise Enough
        step()

    runs = 0
    settings = Settings(project=folder, specs=folder, output=folder / "out")
    with suppress(Enough):
        for _ in changes(settings, sleep=sleep):
            runs += 1
    return runs


def test_first_run_comes_at_once(tmp_path: Path) -> None:
    assert _runs(tmp_path, []) == 1


@pytest.mark.parametrize(
    ("name", "runs"),
    [("a.yaml", 2), ("deep/b.yml", 2), ("notes.txt", 1)],
)
def test_a_new_spec_is_a_change_and_another_file_is_not(tmp_path: Path, name: str, runs: int) -> None:
    def add() -> None:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("vendor: a\n")

    assert _runs(tmp_path, [lambda: None, add, lambda: None]) == runs


def test_each_edit_and_a_removal_is_a_change(tmp_path: Path) -> None:
    spec = tmp_path / "a.yaml"
    spec.write_text("vendor: a\n")

    assert _runs(tmp_path, [lambda: os.utime(spec, (1, 1)), lambda: spec.write_text("vendor: ab\n"), spec.unlink]) == 4
