"""Each rule has a case: a spec before and after one change, and what is told about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.changes.comparison import compare
from generator.changes.extraction import surface_of
from generator.changes.rules import KINDS, RULES
from tests.changes.cases import Case, cases, surface
from tests.golden.building import CASES, FOLDER, spec_of

ALL = cases()
PAGE = Path(__file__).parents[2] / "docs" / "breaking-changes.md"


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_change_is_told_as_expected(case: Case) -> None:
    assert case.told() == case.golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_case_shows_the_rule_that_it_is_called_like(case: Case) -> None:
    assert case.name in {change.rule.id for change in case.report().changes}


def test_every_rule_has_a_case() -> None:
    assert len(RULES) >= 60
    assert {case.name for case in ALL} == RULES.keys()


def test_reasons_are_one_sentence_each() -> None:
    for rule in RULES.values():
        assert rule.kind in KINDS
        assert rule.reason.endswith(".")
        assert ". " not in rule.reason


@pytest.mark.parametrize("case", [case for case in ALL if (case.golden.parent / "before.yaml").exists()], ids=str)
def test_nothing_changes_from_a_spec_to_itself(case: Case) -> None:
    for name in ("before.yaml", "after.yaml"):
        same = surface(case.golden.parent / name)

        assert compare(same, same) == ()


@pytest.mark.parametrize("case", CASES)
def test_nothing_changes_from_a_package_to_itself(case: str) -> None:
    same = surface_of(spec_of(FOLDER / case))

    assert compare(same, same) == ()


def test_page_lists_every_rule_with_its_kind_and_reason() -> None:
    rows = {line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")}

    assert {row for row in rows if row.split("`")[1] in RULES} == {
        f"| `{rule.id}` | {rule.kind} | {rule.reason} |" for rule in RULES.values()
    }
