"""What counts as released: what the folder remembers, or the last commit; and what another clientmill makes of it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from generator.changes.spelling import SURFACE_FILE
from generator.cli.complaints import render
from tests.changes.projects import ENTRY, PAID, SPEC, Project

MERGE_MARKS = Path(__file__).parent / "released" / "merge_marks"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.write(SPEC)
    return made


def test_first_release_needs_no_entries(project: Project) -> None:
    assert project.codes() == []


def test_what_is_new_since_the_release_needs_an_entry(project: Project) -> None:
    project.release()
    project.write(SPEC + PAID)

    assert project.codes() == ["S130"]


def test_nothing_is_made_of_a_spec_that_does_not_tell(project: Project) -> None:
    from generator.pipeline import read_specs

    project.release()
    project.write(SPEC + PAID)

    assert read_specs(project.settings).specs == {}


def test_an_entry_is_enough(project: Project) -> None:
    project.release()
    project.write(SPEC + PAID + ENTRY)

    assert project.codes() == []


def test_what_is_not_committed_may_still_be_changed(project: Project) -> None:
    project.release()
    project.commit()
    project.write(SPEC + PAID + ENTRY)
    project.release()
    project.write(SPEC + PAID.replace("date", "datetime") + ENTRY.replace("11-01", "11-02"))

    assert project.codes() == []


def test_what_is_committed_may_not(project: Project) -> None:
    project.write(SPEC + PAID + ENTRY)
    project.release()
    project.commit()
    project.write(SPEC + PAID.replace("date", "datetime") + ENTRY.replace("11-01", "11-02"))

    assert set(project.codes()) == {"S131", "S133"}


def test_package_that_was_never_committed_is_a_first_release(project: Project) -> None:
    project.commit()
    project.release()
    project.write(SPEC + PAID)

    assert project.codes() == []


def test_the_same_spec_needs_no_entry_whatever_clientmill_makes_of_it(project: Project) -> None:
    project.release()
    text = project.remembered.read_text(encoding="utf-8")
    project.remembered.write_text(
        text.replace("field Invoice.id: required", "field Invoice.id: optional"), encoding="utf-8"
    )
    told = project.codes()
    digest = hashlib.sha256(project.spec.read_bytes()).hexdigest()
    manifest = {"specs": {"specs/ledgerly.yaml": digest}}
    (project.remembered.parent / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    assert told == ["S130"]
    assert project.codes() == []


def test_names_that_clientmill_alone_makes_need_no_entry(project: Project) -> None:
    project.write(SPEC + PAID)
    project.release()
    text = project.remembered.read_text(encoding="utf-8")
    project.remembered.write_text(text.replace("python paid_on", "python paidon"), encoding="utf-8")
    project.write(SPEC + PAID + "# Another text.\n")

    assert project.codes() == []


def test_what_an_older_surface_could_not_say_needs_no_entry(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.release()
    text = project.remembered.read_text(encoding="utf-8")
    project.remembered.write_text(text.replace("field Invoice.id: required; type", "field Invoice.id: required; kind"))
    project.write(SPEC + "# Another text.\n")
    told = project.codes()
    monkeypatch.setattr("generator.changes.comparison.KEYS_SINCE", {"field.type": 2, "field.kind": 2})

    assert told == ["S130"]
    assert project.codes() == []


def test_merge_marks_are_told_with_their_line(project: Project) -> None:
    project.write((MERGE_MARKS / "spec.yaml").read_text(encoding="utf-8"))
    project.release()
    text = project.remembered.read_text(encoding="utf-8")
    project.remembered.write_text(text + "<<<<<<< ours\n", encoding="utf-8")

    assert render(project.told()) == (MERGE_MARKS / "told.txt").read_text(encoding="utf-8")


def test_base_of_a_spec_counts_as_its_own_words(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write(SPEC)
    child = tmp_path / "specs" / "child.yaml"
    like = "vendor: ledgerly\nversion: v2\npackage: ledgerly_v2\ntitle: Ledgerly API 2\nlike: ledgerly/v1\n"
    child.write_text(like, encoding="utf-8")
    from generator.changes.extraction import surface_of
    from generator.changes.spelling import spell_surface
    from generator.pipeline import read_specs

    specs = read_specs(project.settings).specs
    remembered = tmp_path / "generated" / "ledgerly_v2" / SURFACE_FILE
    remembered.parent.mkdir(parents=True)
    remembered.write_text(spell_surface(surface_of(specs["specs/child.yaml"])), encoding="utf-8")
    project.write(SPEC + PAID)

    (told,) = project.told()

    assert (told.position.file, told.code) == ("specs/ledgerly.yaml", "S130")
