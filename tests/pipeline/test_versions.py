"""Versions of one vendor: which is the older, and what that means for the package of the newer."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from generator.inputs import SpecFiles, glance, is_older, older_versions
from generator.pipeline import Selection, Settings, read_specs
from generator.plan.package import plan_client
from generator.render.environment import create_environment
from generator.render.package import render_package
from tests.pipeline.projects import spec

OLD = spec("ledgerly_nine", "v9")
NEW = "vendor: ledgerly\nversion: v10\npackage: ledgerly_ten\ntitle: Ledgerly API, version 10\nlike: ledgerly/v9\n"
TABLE = "renamed_from:\n  v9:\n    words:\n      names: { unpaid: open }\n"
GUIDE = PurePosixPath("MIGRATION.md")


def read(folder: Path, **texts: str) -> Selection:
    """Read specs of a project, by the names of their files."""
    specs = folder / "specs"
    specs.mkdir(exist_ok=True)
    for name, text in texts.items():
        (specs / f"{name}.yaml").write_text(text, encoding="utf-8")
    return read_specs(Settings(project=folder, specs=specs, output=folder / "generated"))


def printed(selection: Selection, name: str) -> dict[PurePosixPath, str]:
    """Return what is printed for a spec."""
    plan = plan_client(selection.specs[f"specs/{name}.yaml"], PurePosixPath(f"specs/{name}.yaml"))
    return dict(render_package(plan, create_environment()))


@pytest.mark.parametrize(
    ("older", "newer"),
    [("v1", "v2"), ("v9", "v10"), ("M2", "m4"), ("2024-11", "2025-01"), ("1.9", "1.10"), ("v1", "v1.1")],
)
def test_versions_count_as_people_count(older: str, newer: str) -> None:
    assert is_older(older, newer)
    assert not is_older(newer, older)
    assert not is_older(newer, newer)


def test_only_the_newer_has_a_guide_whichever_is_the_base(tmp_path: Path) -> None:
    forth = read(tmp_path, old=OLD, new=NEW)
    back = read(
        tmp_path,
        old=NEW.replace("v9", "v8").replace("v10", "v9").replace("v8", "v10").replace("ledgerly_ten", "ledgerly_nine"),
        new=spec("ledgerly_ten", "v10"),
    )

    for selection in (forth, back):
        assert selection.diagnostics == ()
        assert GUIDE in printed(selection, "new")
        assert GUIDE not in printed(selection, "old")


def test_change_of_the_older_spec_makes_the_guide_of_the_newer_another(tmp_path: Path) -> None:
    before = printed(read(tmp_path, old=OLD, new=NEW), "new")
    added = OLD.replace(
        "endpoints:", "endpoints:\n  pingNine:\n    call: GET ping\n    effect: read\n    returns: nothing\n"
    )
    after = printed(read(tmp_path, old=added, new=f"{NEW}without: [endpoints.pingNine]\n"), "new")

    assert {path for path in after if after[path] != before[path]} == {GUIDE}
    assert "`ping_nine`" in after[GUIDE]


def test_both_specs_are_inputs_of_the_package_with_the_guide() -> None:
    old, new = glance("old.yaml", OLD.encode()), glance("new.yaml", NEW.encode())
    base = glance("new.yaml", NEW.replace("like: ledgerly/v9\n", "").encode())
    like_it = glance("old.yaml", f"like: ledgerly/v10\n{OLD}".encode())

    assert older_versions(base, (base, like_it)) == (like_it,)
    for files in ((old, new), (like_it, base)):
        assert {each.name for each in SpecFiles(files).lineage(files[1].name)} == {"old.yaml", "new.yaml"}


def test_mistake_in_the_older_holds_back_the_newer(tmp_path: Path) -> None:
    selection = read(
        tmp_path, old=OLD.replace("title:", "tilte:"), new=spec("ledgerly_ten", "v10") + "like: ledgerly/v9\n"
    )

    assert selection.specs == {}


def test_tables_stay_when_the_older_spec_is_gone(tmp_path: Path) -> None:
    tree = printed(read(tmp_path, new=spec("ledgerly_ten", "v10") + TABLE), "new")

    assert "WORDS_FROM_V9" in tree[PurePosixPath("migration.py")]
    assert "`WORDS_FROM_V9`" in tree[GUIDE]
