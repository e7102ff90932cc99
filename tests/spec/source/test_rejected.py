"""One mistake each: `rejected/NAME.yaml`, and in `NAME.txt` what its author is told."""

from pathlib import Path

import pytest

from generator.cli.complaints import render
from generator.diagnostics import Complaints
from generator.spec.source import read_source

CASES = sorted((Path(__file__).parent / "rejected").glob("*.yaml"))


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_author_is_told(case: Path) -> None:
    complaints = Complaints()

    read_source(case, case.name, complaints)

    assert render(complaints.sorted()) == case.with_suffix(".txt").read_text(encoding="utf-8")


def test_every_case_has_a_complaint() -> None:
    silent = [
        case.stem for case in CASES if not case.with_suffix(".txt").read_text(encoding="utf-8").startswith(case.name)
    ]

    assert len(CASES) >= 30
    assert silent == []
