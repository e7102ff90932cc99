"""`generate --verify`: what is wrong with a package is found before it is written, and what is right passes."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from generator.output.errors import InspectionError, OutputError
from generator.output.verification import differences_from_twin, type_mistakes
from generator.pipeline import Settings, build, read_specs, verify
from generator.spec.harmless import harmless
from generator.tree import FileTree
from tests.golden.building import CASES, made, printed_from, spec_of
from tests.golden.building import FOLDER as CASES_FOLDER
from tests.golden.hostile import HARMLESS, PROSE, fitted
from tests.golden.test_hostile import folded, texts
from tests.pipeline.projects import Project, spec

PATH = PurePosixPath("a.py")


def silent(_what: str, _done: int, _whole: int) -> None:
    """Show no progress."""


@pytest.fixture
def books(tmp_path: Path) -> Project:
    """Give a project with one spec and no packages yet."""
    project = Project(tmp_path / "books")
    project.write("specs/one.yaml", spec("ledgerly_one"))
    return project


@pytest.mark.parametrize("case", CASES)
def test_package_differs_from_its_twin_in_texts_only(case: str) -> None:
    twin = printed_from(harmless(spec_of(CASES_FOLDER / case)))[1]

    assert list(differences_from_twin(case, made(case).tree, twin)) == []


def test_twin_has_no_prose_of_its_spec() -> None:
    numbered = spec_of(HARMLESS.parent)
    before, after = (set(map(folded, texts(printed_from(each)[1]))) for each in (numbered, harmless(numbered)))
    # Two are default values, which docstrings tell as they are.
    words = {number: folded(fitted(f"plain {number:02}", number)) for number in PROSE - {20, 42}}
    spoken = {number for number, each in words.items() if any(each in text for text in before)}

    assert len(spoken) > 15
    assert {number for number in spoken if any(words[number] in text for text in after)} == set()


def test_statement_that_came_from_words_is_a_difference() -> None:
    tree: FileTree = {PATH: '"""Words."""\n\nraise SystemExit\n'}

    assert list(differences_from_twin("p", tree, {PATH: '"""Other words."""\n'})) == [
        "p/a.py: words of its spec change more than texts"
    ]
    assert list(differences_from_twin("p", tree, {PATH: '"""Plain."""\n\nraise SystemExit\n'})) == []


def test_good_packages_pass_and_are_written(books: Project) -> None:
    run = books.run("generate", "--verify")

    assert (run.status, run.stderr) == (0, "ledgerly_one: published\n")
    assert (books.root / "generated" / "ledgerly_one" / "py.typed").is_file()


def test_mistake_of_any_kind_is_named_with_its_file(books: Project) -> None:
    settings = Settings(project=books.root, specs=books.root / "specs", output=books.root / "generated")
    selection = read_specs(settings)
    good = build(selection, selection.specs, settings, silent)
    tree = dict(good.trees["ledgerly_one"])
    tree[PurePosixPath("_service.py")] += "raise SystemExit\n"
    tree[PurePosixPath("_client.py")] += "x  =  1\n"
    tree[PurePosixPath("drift.py")] += "number: Missing\n"

    with pytest.raises(InspectionError) as caught:
        verify(replace(good, trees={"ledgerly_one": tree}), selection, settings, silent)

    told = "\n".join(caught.value.faults)
    assert "ledgerly_one/_service.py: words of its spec change more than texts" in told
    assert "ledgerly_one/_client.py: black would change it" in told
    assert "ledgerly_one/__init__.py" not in told
    # By both of them, in their own words.
    assert 'error: Name "Missing" is not defined' in told
    assert 'error: "Missing" is not defined' in told


def test_checkers_that_are_missing_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(name: str) -> object:
        return None if name == "pyright" else object()

    monkeypatch.setattr(importlib.util, "find_spec", find)

    with pytest.raises(OutputError) as caught:
        list(type_mistakes({}))

    assert str(caught.value) == "--verify needs pyright beside clientmill; run: pip install pyright"
