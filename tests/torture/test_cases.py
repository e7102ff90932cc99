"""The list of cases names tests that exist, says of each case how it stands, and is what the page shows."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.torture.cases import Case, exists, read_cases
from tests.torture.page import PAGE, page

ROOT = Path(__file__).parents[2]
CASES = read_cases()
GROUPS = ("B20", "S24", "F18", "N25", "M15", "T11", "R06", "K14", "A13", "X05", "P10", "W12", "L08", "U08")
"""Each letter, and its last case."""


def test_all_cases_are_there() -> None:
    expected = [f"{last[0]}{number:02d}" for last in GROUPS for number in range(1, int(last[1:]) + 1)]

    assert [case.name for case in CASES] == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_is_held_or_says_why_not(case: Case) -> None:
    missing = [test for test in case.tests if not exists(test)]
    twice = [test for test, count in Counter(case.tests).items() if count > 1]

    assert (missing, twice) == ([], [])
    assert case.tests or case.is_open or not case.applies, "neither a test nor a reason"
    assert case.applies or not case.tests, "a case that does not apply has nothing to hold"


def test_a_test_that_is_not_there_is_found() -> None:
    assert exists("torture/test_cases.py::test_all_cases_are_there")
    assert not exists("torture/test_cases.py::test_of_no_such_name")
    assert not exists("torture/test_of_no_such_file.py::test_all_cases_are_there")


def test_page_shows_the_list() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make reliability`"


def test_every_test_that_a_figure_runs_exists() -> None:
    source = (ROOT / "tests/torture/figures.py").read_text(encoding="utf-8").replace("{CONTRACT}", "tests/contract")
    named = re.findall(r"(tests/[\w/]+\.py)(?:::(test_\w+))?", source)

    assert len(named) > 20
    for path, name in named:
        assert f"def {name}" in (ROOT / path).read_text(encoding="utf-8"), (path, name)
