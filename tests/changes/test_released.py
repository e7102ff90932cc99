"""What counts as released: what the folder remembers, or the last commit; and what another clientmill makes of it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from generator.changes.extraction import surface_of
from generator.changes.spelling import SURFACE_FILE, spell_surface
from generator.changes.surface import FORMAT
from generator.cli.complaints import render
from generator.pipeline import read_specs
from tests.changes.projects import ENTRY, PAID, SPEC, Project

TABLE = """\
renamed_from:
  v1:
    words:
      names:
        unpaid: open
"""
KEYED = (
    SPEC.replace("version: v1", "version: v2")
    .replace("GET invoices/{id}", "POST invoices")
    .replace("effect: read", "effect: unsafe")
    .replace("endpoints:", "idempotency: { key: header Idempotency-Key, lifetime: 1 day }\nendpoints:")
)

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


def test_repository_without_a_commit_has_released_nothing(project: Project) -> None:
    project.git("init", "--quiet")
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
    (note,) = read_specs(project.settings).notes
    assert note == (
        "ledgerly: the spec is the same, and clientmill alone says it otherwise in SURFACE.txt: "
        "new lines: 1, gone: 1; nothing has to be announced"
    )


def test_names_that_clientmill_alone_makes_need_no_entry(project: Project) -> None:
    project.write(SPEC + PAID)
    project.release()
    text = project.remembered.read_text(encoding="utf-8")
    project.remembered.write_text(text.replace("python paid_on", "python paidon"), encoding="utf-8")
    project.write(SPEC + PAID + "# Another text.\n")

    assert project.codes() == []


def test_tables_and_keys_that_an_older_surface_could_not_say_need_no_entry(project: Project) -> None:
    keyed = KEYED + TABLE
    project.write(keyed)
    project.release()
    text = project.remembered.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith(("renaming", "renamed", "idempotency"))]
    older = "\n".join(lines).replace("; keyed", "").replace(f"Format {FORMAT}.", "Format 1.") + "\n"
    project.remembered.write_text(older.replace("Format 1.", f"Format {FORMAT}."), encoding="utf-8")
    project.write(keyed + "# Another text.\n")
    told = project.codes()
    project.remembered.write_text(older, encoding="utf-8")

    # The section and the call that carries keys, and the table with its names, each once.
    assert told == ["S130", "S130"]
    assert project.codes() == []


def test_a_name_of_a_table_is_announced_by_itself_or_with_its_table(project: Project) -> None:
    project.write(SPEC.replace("v1", "v2") + TABLE)
    project.release()
    changed = SPEC.replace("v1", "v2") + TABLE.replace("unpaid: open", "unpaid: due")
    entry = ENTRY.replace("additive", "behaviour").replace("adds: [Invoice.paidOn]", "changes: [{}]")
    project.write(changed)
    told = project.told()
    project.write(changed + entry.format("renamed_from.v1.words.unpaid"))
    by_itself = project.codes()
    project.write(changed + entry.format("renamed_from.v1.words"))

    assert [(each.code, each.position.line, each.place) for each in told] == [
        ("S130", 19, "renamed_from.v1.words.names.unpaid")
    ]
    assert by_itself == []
    assert project.codes() == []


def test_what_an_older_surface_could_not_say_needs_no_entry(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.release()
    text = project.remembered.read_text(encoding="utf-8")
    older = text.replace("field Invoice.id: required; type", "field Invoice.id: required; kind")
    project.remembered.write_text(older.replace(f"Format {FORMAT}.", f"Format {FORMAT - 1}."))
    project.write(SPEC + "# Another text.\n")
    told = project.codes()
    monkeypatch.setattr("generator.changes.comparison.KEYS_SINCE", {"field.type": FORMAT, "field.kind": FORMAT})

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

    specs = read_specs(project.settings).specs
    remembered = tmp_path / "generated" / "ledgerly_v2" / SURFACE_FILE
    remembered.parent.mkdir(parents=True)
    remembered.write_text(spell_surface(surface_of(specs["specs/child.yaml"])), encoding="utf-8")
    project.write(SPEC + PAID)

    (told,) = project.told()

    assert (told.position.file, told.code) == ("specs/ledgerly.yaml", "S130")
