"""Mistakes of authors: `rejected/NAME.yaml`, or a folder of specs, and the exact words that its author is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.diagnostics import CODES, Complaints
from tests.spec.cases import Case, cases, read

CASES = cases()
SPECS = Path(__file__).parents[2] / "specs"

# Cases whose point is that several mistakes are told at once, in one file or in each of several.
SEVERAL = {
    "like_each_other",
    "package_claimed_twice",
    "package_of_the_base",
    "several_files",
    "several_mistakes",
}

OF_RELEASES = {"S130", "S131", "S132", "S133", "S134"}


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_author_is_told(case: Case) -> None:
    told = case.told_text()

    assert told == case.golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_nothing_is_made_of_a_spec_with_a_mistake(case: Case) -> None:
    complaints = Complaints()

    specs = read(case.specs, complaints)

    assert not specs.keys() & {diagnostic.position.file for diagnostic in complaints.found}


def test_one_mistake_makes_one_complaint() -> None:
    counted = {case.name: len(case.told()) for case in CASES}

    assert len(CASES) >= 150
    assert {name for name, count in counted.items() if count != 1} == SEVERAL


def test_every_code_of_a_spec_has_a_case() -> None:
    seen = {diagnostic.code for case in CASES for diagnostic in case.told()}

    # What is held against an earlier release has its cases in tests/changes.
    assert {code for code in CODES if code >= "S020" and code not in OF_RELEASES} <= seen
    assert seen <= CODES.keys()


def test_no_golden_is_left_over() -> None:
    folder = Path(__file__).parent / "rejected"

    assert set(folder.rglob("*.txt")) == {case.golden for case in CASES}


def test_all_mistakes_of_a_file_are_told_in_one_run() -> None:
    case = next(case for case in CASES if case.name == "several_mistakes")

    codes = [diagnostic.code for diagnostic in case.told()]

    assert codes == ["S023", "S050", "S020", "S024", "S032", "S030"]


def test_mistakes_of_all_files_are_told_in_one_run() -> None:
    case = next(case for case in CASES if case.name == "several_files")

    files = {diagnostic.position.file for diagnostic in case.told()}

    assert files == {"ledgerly.yaml", "other.yaml"}


def test_a_secret_is_shown_nowhere() -> None:
    told = "".join(case.told_text() for case in CASES if case.name.startswith("secret_"))

    assert "S063" in told
    assert "AbCdEfGh12345678" not in told


def test_a_complaint_points_into_its_file() -> None:
    for case in CASES:
        lengths = {name: [len(line) for line in path.read_text("utf-8").split("\n")] for name, path in case.specs}
        for diagnostic in case.told():
            position = diagnostic.position

            assert position.column <= lengths[position.file][position.line - 1] + 1, case.name


def test_the_projects_own_specs_have_no_mistake() -> None:
    complaints = Complaints()
    paths = sorted(SPECS.rglob("*.yaml"))

    specs = read(tuple((path.relative_to(SPECS).as_posix(), path) for path in paths), complaints)

    assert len(specs) == len(paths)
    assert complaints.sorted() == ()
