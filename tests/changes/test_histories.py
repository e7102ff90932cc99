"""Fifteen years of a vendor's changelog, replayed: what is told, what moves in the package, what the old tests say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.changes import histories


@pytest.mark.parametrize("name", histories.names())
def test_history_is_told_as_expected(name: str, tmp_path: Path) -> None:
    told = histories.text(name, tmp_path)

    assert told == (histories.FOLDER / name / "expected.txt").read_text(encoding="utf-8")


def test_new_field_moves_only_lines_about_itself(tmp_path: Path) -> None:
    *_, before, last = histories.replayed("users_get", tmp_path)

    moved = [line for line in last.moved if line[:2] in ("+ ", "- ")]
    strangers = [line for line in moved if "hidden" not in line and "3.2.0" not in line and "3.1.0" not in line]

    assert before.proof is not None
    assert before.proof.passed
    assert last.proof is not None
    assert last.proof.passed
    # A text of an example answer is one line, which gains the field: its old form is gone.
    assert [line for line in strangers if "<users><user>" not in line] == []
    assert len(moved) <= 30


def test_edit_of_the_spec_is_at_most_seven_lines() -> None:
    folder = histories.FOLDER / "users_get"
    before, after = ((folder / f"{number}.yaml").read_text(encoding="utf-8").splitlines() for number in (4, 5))

    assert [line for line in before if line not in after] == []
    assert len(after) - len(before) <= 7
