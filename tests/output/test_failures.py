"""What fails on disk fails for one package, with its reason; the old one is whole, and the next run clears up."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.output.exchange import Exchange, exchange_folders
from generator.output.layout import PRIVATE
from generator.output.publish import Publication, publish
from tests.output.children import Watch, in_child, operations
from tests.output.roots import State, leftovers, no_exchange, provenance, state, tree

NAMES = ("changed", "fresh", "removed")
ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EMFILE)
CHANGING = {
    *("copy link", "create", "exchange", "link", "make folder", "open folder", "open lock", "remove", "remove folder"),
    *("rename", "set mode", "sign lock", "sync file", "sync folder", "write"),
}


def work(root: Path, exchange: Exchange, text: str) -> Publication:
    files = tree(a=f"{text}\n", same="1\n", inner__b=f"{text}\n")
    planned = ["changed", *(["removed"] if text == "old" else ["fresh"])]
    removed = () if text == "old" else ("removed",)
    provenances = dict.fromkeys(planned, provenance(text))
    return publish(root, dict.fromkeys(planned, files), provenances, removed=removed, exchange=exchange)


class Scene:
    """A root before the run, and every operation of the run that can fail."""

    def __init__(self, folder: Path, exchange: Exchange) -> None:
        self.folder = folder
        self.exchange = exchange
        self.template = folder / "template"
        work(self.template, exchange, "old")
        (self.template / "changed/mine.txt").write_text("mine")
        self.old = self.states(self.template)
        told = operations(lambda: work(self.copy("traced"), exchange, "new"))
        self.failing = [index for index, (what, _, _) in enumerate(told) if what in CHANGING]
        self.new = self.states(folder / "traced")

    def copy(self, name: str) -> Path:
        return Path(shutil.copytree(self.template, self.folder / name))

    def states(self, root: Path) -> dict[str, State | None]:
        return {name: state(root / name) for name in NAMES}

    def fail(self, watch: Callable[[int, int], Watch], number: int, code: int) -> None:
        """Let one run fail, look at what it left, and run again."""
        root = self.copy("try")
        ended = in_child(lambda: work(root, self.exchange, "new"), watch(number, code))
        found = self.states(root)
        told = str(ended.answer)
        if ended.status == 0:
            for outcome in ended.answer.outcomes:
                interrupted = found[outcome.package] is None and (root / PRIVATE / "journal.json").exists()
                whole = self.old if outcome.state == "refused" else self.new
                assert interrupted or found[outcome.package] == whole[outcome.package], (number, outcome)
                assert outcome.state != "refused" or outcome.reason
        else:
            assert "OutputError" in told, (number, ended)
            assert os.strerror(code) in told
            assert found == self.old

        work(root, self.exchange, "new")
        assert self.states(root) == self.new
        assert leftovers(root) == []
        shutil.rmtree(root)


def once(number: int, code: int) -> Watch:
    """Return what fails the operation of this number."""
    return failing(lambda seen: seen == number, code)


def for_ever(number: int, code: int) -> Watch:
    """Return what fails every changing operation from this number on."""
    return failing(lambda seen: seen >= number, code)


def failing(when: Callable[[int], bool], code: int) -> Watch:
    seen = -1

    def watch(operation: str, path: str, other: str) -> None:
        del path, other
        nonlocal seen
        seen += 1
        if when(seen) and operation in CHANGING:
            raise OSError(code, os.strerror(code))

    return watch


@pytest.mark.parametrize("exchange", [exchange_folders, no_exchange], ids=["one step", "two steps"])
def test_any_error_of_any_operation_leaves_what_the_outcome_says(disk: Path, exchange: Exchange) -> None:
    scene = Scene(disk, exchange)

    for turn, number in enumerate(scene.failing):
        for code in ERRORS if exchange is exchange_folders else (ERRORS[turn % len(ERRORS)],):
            scene.fail(once, number, code)
    assert len(scene.failing) > 60


@pytest.mark.parametrize("exchange", [exchange_folders, no_exchange], ids=["one step", "two steps"])
def test_a_disk_that_fails_for_good_leaves_what_the_outcome_says(disk: Path, exchange: Exchange) -> None:
    scene = Scene(disk, exchange)

    for turn, number in enumerate(scene.failing):
        scene.fail(for_ever, number, ERRORS[turn % len(ERRORS)])
    assert len(scene.failing) > 60


def test_an_exchange_that_can_neither_go_on_nor_back_keeps_both_folders_for_the_next_run(disk: Path) -> None:
    work(disk, exchange_folders, "old")
    aside = False

    def watch(operation: str, path: str, other: str) -> None:
        nonlocal aside
        if operation == "rename" and aside and path.endswith("/changed"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        aside = aside or "/aside/" in other

    publication = in_child(lambda: work(disk, no_exchange, "new"), watch).answer

    assert [outcome.state for outcome in publication.outcomes] == ["refused", "published", "removed"]
    assert publication.notes == ("the exchange of changed could not be finished; run again",)
    assert (disk / PRIVATE / "aside/changed/a.py").read_text() == "old\n"
    assert work(disk, no_exchange, "new").outcomes[0].state == "unchanged"
    assert (disk / "changed/a.py").read_text() == "new\n"
    assert leftovers(disk) == []


def test_a_new_folder_not_known_to_be_on_the_disk_keeps_the_old_one_until_it_is(disk: Path) -> None:
    work(disk, exchange_folders, "old")
    exchanged = False

    def watch(operation: str, path: str, other: str) -> None:
        del other
        nonlocal exchanged
        if exchanged and (operation == "exchange" or (operation, path) == ("sync folder", str(disk))):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        exchanged = exchanged or operation == "exchange"

    publication = in_child(lambda: work(disk, exchange_folders, "new"), watch).answer

    assert publication.outcomes[0].state == "published"
    assert publication.notes[0].startswith("not known to be on the disk, run again: ")
    assert (disk / PRIVATE / "stage/changed/a.py").read_text() == "old\n"
    again = [operation[:2] for operation in operations(lambda: work(disk, exchange_folders, "new"))]
    removals = [index for index, (what, _) in enumerate(again) if what == "remove"]
    assert {("sync folder", str(disk)), ("sync folder", f"{disk}/{PRIVATE}/stage")} <= set(again[: removals[0]])
    assert leftovers(disk) == []


def test_the_reason_names_the_error_and_the_file(disk: Path) -> None:
    (told,) = (
        index
        for index, (what, path, _) in enumerate(operations(lambda: work(disk / "one", exchange_folders, "old")))
        if what == "write" and path.endswith("stage/changed/inner/b.py")
    )
    outcomes = in_child(lambda: work(disk / "two", exchange_folders, "old"), once(told, errno.ENOSPC)).answer.outcomes

    assert [outcome.state for outcome in outcomes] == ["refused", "published"]
    assert outcomes[0].reason == f"No space left on device: {disk}/two/{PRIVATE}/stage/changed/inner/b.py"


def test_a_second_name_that_cannot_be_given_is_no_failure(disk: Path) -> None:
    work(disk, exchange_folders, "old")

    def watch(operation: str, path: str, other: str) -> None:
        del path, other
        if operation == "link":
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    publication = in_child(lambda: work(disk, exchange_folders, "new"), watch).answer

    assert {outcome.state for outcome in publication.outcomes} == {"published", "removed"}
    assert (disk / "changed/same.py").read_text() == "1\n"
