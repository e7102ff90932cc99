import json
import os
import stat
from pathlib import Path, PurePosixPath

import pytest

from generator.output import stage
from generator.output.compare import made_packages
from generator.output.errors import OutputError
from generator.output.exchange import Exchange, exchange_folders
from generator.output.folder import Folder
from generator.output.layout import PRIVATE
from generator.output.publish import Outcome, Publication, publish
from tests.output.roots import leftovers, no_exchange, no_link, provenance, put, state, tree


def only(publication: Publication) -> Outcome:
    (outcome,) = publication.outcomes
    assert publication.notes == ()
    return outcome


def test_a_package_comes_to_disk_as_planned_with_fixed_modes(disk: Path) -> None:
    before = os.umask(0o077)
    try:
        outcome = only(put(disk / "new" / "root", a="1\n", inner__b="\N{EURO SIGN}\n"))
    finally:
        os.umask(before)
    package = disk / "new/root/some"

    assert outcome == Outcome(package="some", state="published")
    assert (package / "inner/b.py").read_bytes() == "\N{EURO SIGN}\n".encode()
    assert {path.name for path in package.iterdir()} == {"a.py", "inner", "manifest.json"}
    assert [stat.S_IMODE(path.stat().st_mode) for path in (package, package / "inner")] == [0o755, 0o755]
    assert [stat.S_IMODE(path.stat().st_mode) for path in package.rglob("*.*")] == [0o644] * 3


def test_the_private_folder_is_private_and_ignored_by_git(disk: Path) -> None:
    put(disk, a="1\n")

    assert stat.S_IMODE((disk / PRIVATE).stat().st_mode) == 0o700
    assert (disk / PRIVATE / ".gitignore").read_text() == "*\n"
    assert leftovers(disk) == []


def test_nothing_to_do_touches_nothing(disk: Path) -> None:
    put(disk, a="1\n")
    before = {path: path.stat() for path in (disk / "some").rglob("*")}

    assert only(put(disk, a="1\n")).state == "unchanged"
    assert {path: path.stat() for path in (disk / "some").rglob("*")} == before


@pytest.mark.parametrize("links", [True, False], ids=["linked", "copied"])
def test_a_file_that_does_not_change_stays_the_file_it_is(
    disk: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool
) -> None:
    put(disk, same="1\n", other="2\n")
    before = (disk / "some/same.py").stat()
    if not links:
        monkeypatch.setattr(stage, "_link", no_link)
    put(disk, same="1\n", other="3\n")
    after = (disk / "some/same.py").stat()

    assert (after.st_ino == before.st_ino and after.st_mtime_ns == before.st_mtime_ns) is links
    assert after.st_nlink == 1


def test_a_file_with_other_modes_is_written_anew(disk: Path) -> None:
    put(disk, same="1\n", other="2\n")
    (disk / "some/same.py").chmod(0o600)
    put(disk, same="1\n", other="3\n")

    assert stat.S_IMODE((disk / "some/same.py").stat().st_mode) == 0o644


def test_a_file_that_somebody_gave_a_second_name_is_written_anew(disk: Path) -> None:
    put(disk, same="1\n", other="2\n")
    (disk / "second").hardlink_to(disk / "some/same.py")
    put(disk, same="1\n", other="3\n")

    assert (disk / "some/same.py").stat().st_nlink == 1
    assert (disk / "second").read_text() == "1\n"


@pytest.mark.parametrize("links", [True, False], ids=["linked", "copied"])
def test_what_is_not_ours_is_kept_and_reported(disk: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool) -> None:
    put(disk, a="1\n", inner__b="2\n")
    package = disk / "some"
    (package / "notes/deep").mkdir(parents=True)
    (package / "notes/deep/idea.txt").write_text("mine")
    (package / "notes/deep/idea.txt").chmod(0o400)
    (package / "notes/deep").chmod(0o550)
    (package / "inner/mine.txt").write_text("mine")
    (package / "link").symlink_to("/nonexistent")
    (package / "dist").mkdir()
    (package / "dist/some.whl").write_text("wheel")
    (package / "__pycache__").mkdir()
    if not links:
        monkeypatch.setattr(stage, "_link", no_link)
    outcome = only(put(disk, a="one\n"))

    assert outcome.state == "published"
    assert outcome.kept == tuple(PurePosixPath(path) for path in ("inner/mine.txt", "link", "notes"))
    assert (package / "link").readlink() == Path("/nonexistent")
    assert stat.S_IMODE((package / "notes/deep").stat().st_mode) == 0o550
    assert stat.S_IMODE((package / "notes/deep/idea.txt").stat().st_mode) == 0o400
    assert {str(path) for path in state(package) or ()} == {
        *("a.py", "manifest.json", "inner", "inner/mine.txt", "link", "dist", "dist/some.whl"),
        *("notes", "notes/deep", "notes/deep/idea.txt"),
    }
    assert leftovers(disk) == []


def test_a_pipe_of_somebody_is_kept(disk: Path) -> None:
    put(disk, a="1\n")
    os.mkfifo(disk / "some/pipe")

    assert only(put(disk, a="2\n")).kept == (PurePosixPath("pipe"),)
    assert (disk / "some/pipe").is_fifo()


def test_a_pipe_that_cannot_be_kept_stops_its_package(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(disk, a="1\n")
    os.mkfifo(disk / "some/pipe")
    before = state(disk / "some")
    monkeypatch.setattr(stage, "_link", no_link)

    assert "cannot be kept" in only(put(disk, a="2\n")).reason
    assert state(disk / "some") == before
    assert leftovers(disk) == []


def test_an_edit_stops_its_package_with_a_diff_unless_forced(disk: Path) -> None:
    put(disk, a="1\n", b="2\n")
    (disk / "some/b.py").write_text("mine\n")
    before = state(disk / "some")
    outcome = only(put(disk, a="one\n", b="2\n"))

    assert (outcome.state, ": b.py; say it in the spec" in outcome.reason) == ("refused", True)
    assert "-mine\n+2\n" in outcome.diff
    assert state(disk / "some") == before
    assert only(put(disk, a="one\n", b="2\n", force=True)).state == "published"
    assert (disk / "some/b.py").read_text() == "2\n"


def test_a_folder_of_somebody_with_our_name_is_not_overwritten(disk: Path) -> None:
    (disk / "some").mkdir()
    (disk / "some/a.py").write_text("mine\n")

    assert only(put(disk, a="1\n")).state == "refused"
    assert state(disk / "some") == {"a.py": b"mine\n"}


def test_one_package_that_is_refused_does_not_stop_the_others(disk: Path) -> None:
    names = [f"p{number}" for number in range(20)]
    provenances = dict.fromkeys(names, provenance())
    publish(disk, dict.fromkeys(names, tree(a="1\n")), provenances)
    (disk / "p7/a.py").write_text("mine\n")
    publication = publish(disk, dict.fromkeys(names, tree(a="2\n")), provenances)

    assert [outcome.package for outcome in publication.outcomes if outcome.state == "refused"] == ["p7"]
    assert [outcome.state for outcome in publication.outcomes].count("published") == 19


@pytest.mark.parametrize("kind", ["link", "folder", "pipe", "hard link"])
def test_what_stands_in_our_place_stops_the_package_even_when_forced(disk: Path, kind: str) -> None:
    put(disk, a="1\n")
    precious = disk / "precious"
    precious.write_text("1\n")
    place = disk / "some/a.py"
    place.unlink()
    match kind:
        case "link":
            place.symlink_to(precious)
        case "folder":
            place.mkdir()
        case "pipe":
            os.mkfifo(place)
        case _:
            place.hardlink_to(precious)
    before = state(disk / "some")
    outcome = only(put(disk, a="2\n", force=True))

    assert (outcome.state, f"a.py is a {kind}" in outcome.reason) == ("refused", True)
    assert state(disk / "some") == before
    assert precious.read_text() == "1\n"


def test_a_linked_root_package_or_private_folder_is_not_followed(disk: Path) -> None:
    elsewhere = disk / "elsewhere"
    elsewhere.mkdir()
    root = disk / "root"
    root.mkdir()
    (disk / "link").symlink_to(elsewhere)
    (root / "some").symlink_to(elsewhere)

    with pytest.raises(OutputError, match="is a link, not a folder"):
        put(disk / "link", a="1\n")
    assert "the package folder is a link" in only(put(root, a="1\n")).reason
    for name in ("lock", ".gitignore"):
        (root / PRIVATE / name).unlink()
    (root / PRIVATE).rmdir()
    (root / PRIVATE).symlink_to(elsewhere)
    with pytest.raises(OutputError, match="cannot be published into"):
        put(root, a="1\n")
    assert state(elsewhere) == {}


def test_a_folder_swapped_for_a_link_during_the_run_is_not_followed(disk: Path) -> None:
    root, elsewhere = disk / "root", disk / "elsewhere"
    put(root, a="1\n")
    elsewhere.mkdir()

    def swap(folder: Path, names: tuple[str, ...]) -> None:
        assert names == ("some",)
        assert (folder / "some/a.py").read_text() == "2\n"
        root.rename(disk / "moved")
        root.symlink_to(elsewhere)

    publish(root, {"some": tree(a="2\n")}, {"some": provenance("2")}, inspect=swap)

    assert state(elsewhere) == {}
    assert (disk / "moved/some/a.py").read_text() == "2\n"


def test_an_edit_during_the_run_is_not_lost(disk: Path) -> None:
    put(disk, a="1\n", b="1\n")
    (disk / "some/mine.txt").write_text("mine")
    for path in ("a.py", "b.py", "mine.txt", "more.txt"):

        def save(folder: Path, names: tuple[str, ...], path: str = path) -> None:
            del folder, names
            (disk / "some/saved").write_text(f"saved {path}")
            (disk / "some/saved").rename(disk / "some" / path)

        outcome = only(publish(disk, {"some": tree(a="2\n", b="1\n")}, {"some": provenance(path)}, inspect=save))

        assert (outcome.state, "during this run" in outcome.reason) == ("refused", True)
        assert (disk / "some" / path).read_text() == f"saved {path}"
        put(disk, a="1\n", b="1\n", force=True)


def test_a_package_whose_spec_is_gone_is_removed(disk: Path) -> None:
    put(disk, a="1\n", inner__b="2\n")
    (disk / "some/__pycache__").mkdir()
    (disk / "some/__pycache__/a.pyc").write_text("")
    (disk / "some/inner/__pycache__").mkdir()

    assert only(publish(disk, {}, {}, removed=["some"])).state == "removed"
    assert not (disk / "some").exists()
    assert only(publish(disk, {}, {}, removed=["some"])).state == "unchanged"


@pytest.mark.parametrize("exchange", [exchange_folders, no_exchange])
def test_a_removed_package_leaves_what_is_not_ours(disk: Path, exchange: Exchange) -> None:
    put(disk, a="1\n", inner__b="2\n")
    (disk / "some/inner/mine.txt").write_text("mine")
    (disk / "some/dist").mkdir()
    outcome = only(publish(disk, {}, {}, removed=["some"], exchange=exchange))

    assert (outcome.state, outcome.kept) == ("removed", (PurePosixPath("dist"), PurePosixPath("inner/mine.txt")))
    assert state(disk / "some") == {"dist": None, "inner": None, "inner/mine.txt": b"mine"}
    assert only(publish(disk, {}, {}, removed=["some"])).state == "unchanged"
    assert leftovers(disk) == []


def test_a_removed_package_with_edits_stays_unless_forced(disk: Path) -> None:
    put(disk, a="1\n")
    (disk / "some/a.py").write_text("mine\n")

    assert "-mine" in only(publish(disk, {}, {}, removed=["some"])).diff
    assert (disk / "some/a.py").exists()
    assert only(publish(disk, {}, {}, removed=["some"], force=True)).state == "removed"


def test_a_folder_that_is_not_ours_is_not_removed(disk: Path) -> None:
    for name, text in (("other", '{"name": "x"}'), ("plain", None)):
        (disk / name).mkdir()
        (disk / name / "x").write_text("mine")
        if text is not None:
            (disk / name / "manifest.json").write_text(text)
        outcome = only(publish(disk, {}, {}, removed=[name], force=True))

        assert outcome.state == ("refused" if text else "unchanged")
        assert (disk / name / "x").read_text() == "mine"


def test_a_newer_generators_package_is_left_alone_unless_forced(disk: Path) -> None:
    put(disk, a="1\n", generator="2.0")
    before = state(disk / "some")

    assert "made by a newer clientmill (2.0; this is 1.9)" in only(put(disk, a="2\n", generator="1.9")).reason
    assert state(disk / "some") == before
    assert only(put(disk, a="2\n", generator="1.9", force=True)).state == "published"


@pytest.mark.parametrize("text", ['{"format": 2}', "{", "<<<<<<< ours"])
def test_a_manifest_that_says_nothing_stops_the_package_unless_forced(disk: Path, text: str) -> None:
    put(disk, a="1\n")
    path = disk / "some/manifest.json"
    if text.startswith('{"f'):
        text = json.dumps(json.loads(path.read_text()) | json.loads(text))
    path.write_text(text)

    assert "manifest" in only(put(disk, a="1\n")).reason
    assert only(put(disk, a="1\n", force=True)).state == "published"
    assert made_packages(disk) == ("some",)


def test_what_the_inspection_refuses_is_not_published(disk: Path) -> None:
    put(disk, a="1\n")
    before = state(disk / "some")

    def refuse(folder: Path, names: tuple[str, ...]) -> None:
        raise ValueError(f"{folder.name} {names}")

    names = sorted({"new", "some"})
    trees, provenances = dict.fromkeys(names, tree(a="2\n")), dict.fromkeys(names, provenance())
    with pytest.raises(ValueError, match=r"stage \('new', 'some'\)"):
        publish(disk, trees, provenances, inspect=refuse)
    assert state(disk / "some") == before
    assert not (disk / "new").exists()
    assert leftovers(disk) == []


def test_leftovers_that_cannot_be_removed_are_told(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(folder: Folder, name: str) -> None:
        raise PermissionError(13, "Permission denied", f"{folder.path}/{name}")

    put(disk, a="1\n")
    with monkeypatch.context() as context:
        context.setattr(Folder, "remove", fail)
        publication = put(disk, a="2\n")
        with pytest.raises(OutputError, match=r"cannot be removed: .*stage"):
            put(disk, a="3\n")

    assert publication.outcomes[0].state == "published"
    assert "the next run has to clear up" in publication.notes[0]
    assert only(put(disk, a="3\n")).state == "published"
    assert leftovers(disk) == []
