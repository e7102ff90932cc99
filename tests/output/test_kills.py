"""A run that ends at any file operation leaves each package old or new, whole, and the next run clears up."""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

import pytest

from generator.output.exchange import Exchange, exchange_folders
from generator.output.folder import EVENT
from generator.output.layout import PRIVATE
from generator.output.publish import Publication, publish
from tests.output.children import at, in_child, kill, operations
from tests.output.roots import State, leftovers, no_exchange, provenance, state, tree

NAMES = ("changed", "emptied", "fresh", "removed")
MOVES = {"exchange", "rename"}
CHANGES = (
    "os.mkdir",
    "os.rename",
    "os.rmdir",
    "os.remove",
    "os.link",
    "os.symlink",
    "os.chmod",
    "os.truncate",
    "shutil.",
)
PYTHONS = {*CHANGES, "open"}
EXCHANGES = pytest.mark.parametrize("exchange", [exchange_folders, no_exchange], ids=["one step", "two steps"])


def before(root: Path) -> None:
    """Make a root that the run of `work` changes in every way there is, with files of somebody else in it."""
    old = tree(a="old = 1\n", same="same = 1\n", _runtime__calls="old = 2\n", left="old = 3\n")
    publish(root, {name: old for name in NAMES if name != "fresh"}, dict.fromkeys(set(NAMES) - {"fresh"}, provenance()))
    (root / "changed" / "notes").mkdir()
    (root / "changed" / "notes" / "ideas.txt").write_text("mine")
    (root / "changed" / "link").symlink_to("/nonexistent")
    (root / "emptied" / "mine.txt").write_text("mine")


def work(root: Path, exchange: Exchange) -> Publication:
    new = tree(a="new = 1\n", same="same = 1\n", _runtime__calls="new = 2\n", models__all="new = 3\n")
    return publish(
        root,
        {"changed": new, "fresh": new},
        dict.fromkeys(("changed", "fresh"), provenance("two")),
        removed=("emptied", "removed"),
        exchange=exchange,
    )


class Scene:
    """One root before the run, copied for each try, and what each package may look like."""

    def __init__(self, folder: Path, exchange: Exchange) -> None:
        self.folder = folder
        self.exchange = exchange
        self.template = folder / "template"
        before(self.template)
        self.old = self.states(self.template)
        self.operations = operations(lambda: work(self.copy("traced"), exchange))
        self.new = self.states(folder / "traced")

    def copy(self, name: str) -> Path:
        return Path(shutil.copytree(self.template, self.folder / name, symlinks=True))

    def states(self, root: Path) -> dict[str, State | None]:
        return {name: state(root / name) for name in NAMES}

    def check_whole(self, root: Path) -> None:
        for name, found in self.states(root).items():
            if found is None and (root / PRIVATE / "journal.json").exists() and self.exchange is no_exchange:
                continue
            assert found in (self.old[name], self.new[name]), name

    def check_next_run(self, root: Path) -> None:
        """Run again, and see that all is new and nothing is left; what was kept is still there."""
        publication = work(root, self.exchange)

        assert {outcome.state for outcome in publication.outcomes} <= {"published", "removed", "unchanged", "refused"}
        assert self.states(root) == self.new
        assert leftovers(root) == []
        shutil.rmtree(root)

    def sweep(self, act: Callable[[], None], status: int, step: int = 1) -> int:
        for number in range(0, len(self.operations), step):
            root = self.copy(f"try{number}")
            ended = in_child(partial(work, root, self.exchange), at(number, act))
            assert ended.status == status, (number, self.operations[number], ended)
            self.check_whole(root)
            self.check_next_run(root)
        return len(self.operations)


@EXCHANGES
def test_a_kill_at_any_file_operation_leaves_whole_packages(disk: Path, exchange: Exchange) -> None:
    scene = Scene(disk, exchange)

    assert scene.old != scene.new
    assert scene.sweep(kill, 128 + signal.SIGKILL) > 150


@EXCHANGES
def test_an_interrupt_during_file_operations_leaves_whole_packages_and_a_free_lock(
    disk: Path, exchange: Exchange
) -> None:
    scene = Scene(disk, exchange)

    assert scene.sweep(lambda: os.kill(os.getpid(), signal.SIGINT), 130, step=2) > 150


def test_a_kill_while_clearing_up_after_a_kill_leaves_whole_packages(disk: Path) -> None:
    scene = Scene(disk, no_exchange)
    moved_aside = [
        index for index, (what, _, other) in enumerate(scene.operations) if what == "rename" and "aside" in other
    ]
    first = scene.copy("first")
    in_child(lambda: work(first, no_exchange), at(moved_aside[0] + 1, kill))
    assert state(first / "changed") is None
    told = operations(lambda: work(Path(shutil.copytree(first, disk / "second", symlinks=True)), no_exchange))
    # From the new stage on it is a run like any other.
    stage = str(disk / "second" / PRIVATE / "stage")
    last = max(index for index, (what, path, _) in enumerate(told) if (what, path) == ("make folder", stage))

    for number in range(last):
        root = Path(shutil.copytree(first, disk / f"again{number}", symlinks=True))
        assert in_child(partial(work, root, no_exchange), at(number, kill)).status == 128 + signal.SIGKILL
        scene.check_whole(root)
        scene.check_next_run(root)
    assert last > 30


def test_terminating_leaves_whole_packages_and_a_free_lock(disk: Path) -> None:
    scene = Scene(disk, exchange_folders)

    for number in range(0, len(scene.operations), 10):
        root = scene.copy(f"try{number}")
        ended = in_child(
            partial(work, root, exchange_folders), at(number, lambda: os.kill(os.getpid(), signal.SIGTERM))
        )
        assert ended.status == 128 + signal.SIGTERM
        scene.check_whole(root)
        scene.check_next_run(root)


@EXCHANGES
def test_everything_is_on_the_disk_before_it_gets_its_name(disk: Path, exchange: Exchange) -> None:
    """A power cut may lose whatever was not synced, in any order: so the order of syncing is the promise."""
    told = Scene(disk, exchange).operations
    root = str(disk / "traced")
    stage = f"{root}/{PRIVATE}/stage"

    for package in ("changed", "emptied", "fresh"):
        moves = [index for index, (what, path, _) in enumerate(told) if what in MOVES and path == f"{stage}/{package}"]
        earlier = told[: moves[0]]
        made = [
            (index, what, other or path)
            for index, (what, path, other) in enumerate(earlier)
            if what in {"create", "write", "link", "make folder"} and (other or path).startswith(f"{stage}/{package}/")
        ]
        for index, what, path in made:
            assert what not in {"create", "write"} or ("sync file", path, "") in earlier[index:]
            assert ("sync folder", path.rpartition("/")[0], "") in earlier[index:]
        assert made
        assert ("sync folder", stage, "") in earlier
        until_the_next_change = takewhile(
            lambda operation: operation[0] not in MOVES | {"remove", "remove folder"}, told[moves[-1] + 1 :]
        )
        assert {("sync folder", root, ""), ("sync folder", stage, "")} <= set(until_the_next_change)


def test_every_change_of_the_disk_is_told_before_it_happens(disk: Path) -> None:
    """The sweeps stop at what is told, so nothing may happen besides."""
    told: list[str] = []

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == EVENT:
            told.append(arguments[0])
        elif event.startswith(CHANGES) or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
            told.append(event)

    def work_listening() -> list[str]:
        sys.addaudithook(hook)
        work(disk / "root", exchange_folders)
        return told

    before(disk / "root")
    answer = in_child(work_listening).answer
    pairs = {(first, second) for first, second in pairwise(answer) if second in PYTHONS}

    assert pairs == {
        ("create", "open"),
        ("link", "os.link"),
        ("make folder", "os.mkdir"),
        ("open lock", "open"),
        ("remove", "os.remove"),
        ("remove folder", "os.rmdir"),
        ("rename", "os.rename"),
        ("set mode", "os.chmod"),
        ("sign lock", "os.truncate"),
    }
