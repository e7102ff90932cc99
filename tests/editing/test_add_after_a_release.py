"""`clientmill add` where something was released: what passes `check`, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.changes.extraction import surface_of
from generator.changes.spelling import SURFACE_FILE, spell_surface
from generator.pipeline import Settings, read_specs
from tests.editing.projects import LEDGERLY
from tests.pipeline.projects import Project

SPEC = "specs/ledgerly.yaml"
RELEASED = "  - date: 2026-11-02\n    source: pages\n    quote: Lines.\n    kind: additive\n    adds: [Invoice.lines, InvoiceLine]\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Give a project whose package remembers that its changelog was released."""
    made = Project(tmp_path / "books")
    made.write(SPEC, LEDGERLY)
    specs = read_specs(Settings(project=made.root, specs=made.root / "specs", output=made.root / "generated")).specs
    made.write(f"generated/ledgerly/{SURFACE_FILE}", spell_surface(surface_of(specs[SPEC])))
    return made


def add(project: Project, member: str, day: str, *more: str) -> tuple[int, str, str]:
    """Add a text of the pages; return the status, what was said, and the spec."""
    run = project.run("add", SPEC, member, "string?", "--date", day, "--source", "pages", *more)
    return run.status, run.stderr, (project.root / SPEC).read_text(encoding="utf-8")


def test_entry_that_was_released_is_not_joined(project: Project) -> None:
    first = add(project, "Invoice.paidBy", "2026-11-02", "--quote", "Lines.")
    second = add(project, "Invoice.paidTo", "2026-11-02", "--quote", "Lines.")
    checked = project.run("check")

    assert (first[0], second[0]) == (0, 0)
    assert RELEASED in second[2]
    assert "    adds: [Invoice.paidBy, Invoice.paidTo]\n" in second[2]
    assert (checked.status, checked.stderr) == (0, "1 spec checked, no mistakes\n")


def test_what_is_older_than_a_release_is_refused_unless_it_is_late(project: Project) -> None:
    refused = add(project, "Invoice.paidBy", "2026-10-01")
    told = add(project, "Invoice.paidBy", "2026-10-01", "--late")
    checked = project.run("check")

    assert refused[0] == 2
    assert (
        f"{SPEC} stays as it is: an entry of 2026-11-02 was released already, and 2026-10-01 is older; "
        "say --late if it was noticed only now"
    ) in refused[1]
    assert refused[2] == LEDGERLY
    assert told[0] == 0
    assert "    late: true\n" in told[2]
    assert (checked.status, checked.stderr) == (0, "1 spec checked, no mistakes\n")


def test_what_is_newer_needs_no_word_about_it(project: Project) -> None:
    status, _, spec = add(project, "Invoice.paidBy", "2026-11-20", "--late")

    assert status == 0
    assert "late" not in spec.replace(LEDGERLY, "")
    assert project.run("check").status == 0
