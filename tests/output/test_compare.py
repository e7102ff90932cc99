import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import pytest

from generator.output.compare import Comparison, Obstacle, compare, made_packages, plan_packages, unified_diff
from generator.output.errors import OutputError
from generator.output.manifest import Provenance
from generator.output.publish import publish
from generator.tree import FileTree
from tests.output.roots import provenance, put, state, tree

OLD = {"a": "1\n", "b": "2\n", "inner__c": "3\n", "left__d": "4\n"}
NEW = {"a": "1\n", "b": "two\n", "inner__c": "3\n", "new": "5\n"}


@pytest.fixture
def package(disk: Path) -> Path:
    publish(disk, {"some": tree(**OLD)}, {"some": provenance(str(OLD))})
    return disk / "some"


def look(root: Path, texts: Mapping[str, str]) -> Comparison:
    """Compare one package, from the inputs that `put` gives it."""
    (comparison,) = compare(root, {"some": tree(**texts)}, {"some": provenance(str(dict(texts)))})
    return comparison


def paths(*names: str) -> tuple[PurePosixPath, ...]:
    return tuple(PurePosixPath(name) for name in names)


def test_what_was_published_is_clean(package: Path) -> None:
    comparison = look(package.parent, OLD)

    assert comparison.is_clean
    assert comparison.diff() == ""


def test_another_plan_tells_missing_changed_and_left_over(package: Path) -> None:
    comparison = look(package.parent, NEW)

    assert comparison.missing == paths("new.py")
    assert comparison.changed == paths("b.py", "manifest.json")
    assert comparison.left_over == paths("left/d.py")
    assert (comparison.edited, comparison.unknown, comparison.obstacles) == ((), (), ())
    assert not comparison.is_clean


def test_an_edit_is_told_from_a_change_of_the_plan(package: Path) -> None:
    (package / "a.py").write_text("mine\n")
    (package / "left/d.py").write_text("mine\n")
    comparison = look(package.parent, NEW)

    assert comparison.edited == paths("a.py", "left/d.py")
    assert comparison.changed == paths("b.py", "manifest.json")
    assert comparison.diff(comparison.edited) == (
        "--- some/a.py (on disk)\n+++ some/a.py (generated)\n@@ -1 +1 @@\n-mine\n+1\n"
        "--- some/left/d.py (on disk)\n+++ /dev/null\n@@ -1 +0,0 @@\n-mine\n"
    )


def test_an_edit_that_says_what_is_planned_is_none(package: Path) -> None:
    (package / "b.py").write_text("two\n")

    assert look(package.parent, NEW).edited == ()


def test_a_file_that_nobody_wrote_for_us_is_an_edit(package: Path) -> None:
    (package / "new.py").write_text("mine\n")

    assert look(package.parent, NEW).edited == paths("new.py")


def test_what_is_not_ours_is_told_once_and_caches_not_at_all(package: Path) -> None:
    for folder in ("notes/deep", "inner/__pycache__", ".mypy_cache", "dist", "some.egg-info", "inner/build"):
        (package / folder).mkdir(parents=True)
        (package / folder / "x").write_text("")
    (package / "inner/c.pyc").write_text("")
    (package / "link").symlink_to("/")
    comparison = look(package.parent, OLD)

    assert comparison.unknown == paths("inner/build", "link", "notes")
    assert comparison.build_products == paths("dist", "some.egg-info")
    assert comparison.is_clean


def test_a_planned_file_is_never_taken_for_a_build_product(disk: Path) -> None:
    put(disk, build__x="1\n")
    (disk / "some/build/x.py").write_text("mine\n")

    assert look(disk, {"build__x": "1\n"}).edited == paths("build/x.py")


@pytest.mark.parametrize("place", ["a.py", "inner", "manifest.json"])
@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "file"])
def test_what_stands_in_our_place_is_an_obstacle(package: Path, place: str, kind: str) -> None:
    (package / place).rename(package.parent / "moved")
    match kind:
        case "link":
            (package / place).symlink_to(package.parent / "moved")
        case "pipe":
            os.mkfifo(package / place)
        case "folder":
            (package / place).mkdir()
        case _:
            (package / place).write_text("")
    comparison = look(package.parent, OLD)
    allowed = (place == "inner") == (kind == "folder") and kind in {"folder", "file"}

    assert [str(obstacle) for obstacle in comparison.obstacles] == ([] if allowed else [f"{place} is a {kind}"])
    assert not comparison.is_clean


def test_a_package_folder_that_is_a_link_is_not_followed(package: Path) -> None:
    package.rename(package.parent / "elsewhere")
    package.symlink_to("elsewhere")
    comparison = look(package.parent, OLD)

    assert comparison.obstacles == (Obstacle(PurePosixPath(), "link"),)
    assert str(comparison.obstacles[0]) == "the package folder is a link"
    assert comparison.found == {}


def test_a_file_with_a_second_name_is_an_obstacle_once_it_would_change(package: Path) -> None:
    os.link(package / "b.py", package.parent / "second")

    assert look(package.parent, OLD).is_clean
    assert look(package.parent, NEW).obstacles == (Obstacle(PurePosixPath("b.py"), "hard link"),)


def test_a_root_that_is_a_link_is_refused(package: Path) -> None:
    (package.parent / "link").symlink_to(package.parent)

    with pytest.raises(OutputError, match="is a link, not a folder"):
        look(package.parent / "link", OLD)


def test_a_link_between_project_and_root_is_refused(disk: Path) -> None:
    (disk / "real/root").mkdir(parents=True)
    (disk / "link").symlink_to("real")
    one = {"some": tree(**OLD)}, {"some": provenance()}

    assert not compare(disk / "link/root", *one)[0].is_clean
    with pytest.raises(OutputError, match="is a link"):
        compare(disk / "link/root", *one, project=disk)
    with pytest.raises(OutputError, match="is not inside"):
        compare(disk / "real", *one, project=disk / "link")


def test_without_a_root_all_is_missing_and_none_is_made(disk: Path) -> None:
    comparison = look(disk / "nowhere", OLD)

    assert comparison.missing == paths("a.py", "b.py", "inner/c.py", "left/d.py", "manifest.json")
    assert not (disk / "nowhere").exists()
    assert made_packages(disk / "nowhere") == ()


def test_comparing_writes_nothing(package: Path) -> None:
    (package / "a.py").write_text("mine\n")
    before = state(package.parent)
    look(package.parent, NEW)

    assert state(package.parent) == before


def test_made_packages_are_those_with_a_manifest_of_ours(package: Path) -> None:
    for name, text in (("foreign", '{"name": "x"}'), ("broken", "{"), ("empty", None)):
        (package.parent / name).mkdir()
        if text is not None:
            (package.parent / name / "manifest.json").write_text(text)
    (package.parent / "linked").symlink_to("some")

    assert made_packages(package.parent) == ("some",)


def test_arguments_that_contradict_each_other_are_refused() -> None:
    one, other = tree(a=""), provenance()
    contradictions: list[tuple[dict[str, FileTree], dict[str, Provenance], tuple[str, ...]]] = [
        ({"a": one}, {}, ()),
        ({"a": one}, {"a": other}, ("a",)),
        ({"a": one, "A": one}, {"a": other, "A": other}, ()),
        ({"../a": one}, {"../a": other}, ()),
        ({".clientmill": one}, {".clientmill": other}, ()),
        ({"a": {}}, {"a": other}, ()),
        ({"a": {PurePosixPath("manifest.json"): ""}}, {"a": other}, ()),
        ({}, {}, ("a/b",)),
    ]

    for trees, provenances, removed in contradictions:
        with pytest.raises(ValueError, match=r"."):
            plan_packages(trees, provenances, removed)


@pytest.mark.parametrize(
    ("old", "new", "diff"),
    [
        (b"a\n", b"a\n", ""),
        (b"", b"a", "--- x (on disk)\n+++ x (generated)\n@@ -0,0 +1 @@\n+a\n\\ No newline at end of file\n"),
        (None, b"", "x: an empty file\n"),
        (b"\xff", b"a\n", "Binary file x differs\n"),
        (
            b"a\x0cb\x85\n".replace(b"\x85", "\u2028".encode()),
            b"c\n",
            "--- x (on disk)\n+++ x (generated)\n@@ -1 +1 @@\n-a\x0cb\u2028\n+c\n",
        ),
    ],
)
def test_a_diff_has_lines_that_end_in_lf_alone(old: bytes | None, new: bytes | None, diff: str) -> None:
    assert unified_diff("x", old, new) == diff
