"""Several runs at once in one root: one after the other, each whole."""

import fcntl
import os
import shutil
import signal
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from generator.output.errors import BusyError
from generator.output.exchange import exchange_folders
from generator.output.folder import open_root
from generator.output.layout import PRIVATE
from generator.output.lock import hold
from generator.output.publish import publish
from tests.output.children import at, in_child, kill, started
from tests.output.roots import leftovers, no_exchange, provenance, put, tree

FILES = 4


def _keep_publishing(root: Path, worker: int, rounds: int) -> int:
    """Publish a text of this worker's own, over and over; return how often it was published."""
    published = 0
    for turn in range(rounds):
        text = f"{worker} {turn}\n"
        files = tree(**{f"f{number}": text for number in range(FILES)})
        names = ("one", "two") if turn % 2 else ("one",)
        publication = publish(
            root,
            dict.fromkeys(names, files),
            dict.fromkeys(names, provenance(text)),
            removed=() if turn % 2 else ("two",),
            exchange=no_exchange if worker % 4 == 3 else exchange_folders,
        )
        assert all(outcome.state != "refused" for outcome in publication.outcomes), publication
        published += sum(outcome.state == "published" for outcome in publication.outcomes)
    return published


def _texts(package: Path) -> set[str] | None:
    """Return the different texts of one package, read through one open folder; None when it was replaced meanwhile."""
    try:
        folder = os.open(package, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        found: set[str] = set()
        for number in range(FILES):
            descriptor = os.open(f"f{number}.py", os.O_RDONLY, dir_fd=folder)
            with os.fdopen(descriptor) as file:
                found.add(file.read())
    except FileNotFoundError:
        return None
    else:
        return found
    finally:
        os.close(folder)


@pytest.mark.parametrize(("workers", "rounds"), [(2, 100), (8, 25)])
def test_runs_at_once_leave_no_mixed_package(disk: Path, workers: int, rounds: int) -> None:
    waits = [started(partial(_keep_publishing, disk, worker, rounds)) for worker in range(workers)]
    seen = 0
    deadline = time.monotonic() + 30
    while seen < 200 and time.monotonic() < deadline:
        for name in ("one", "two"):
            if texts := _texts(disk / name):
                seen += 1
                assert len(texts) == 1
    ended = [wait() for wait in waits]

    assert [one.status for one in ended] == [0] * workers, ended
    assert sum(one.answer for one in ended) >= workers * rounds
    assert len(_texts(disk / "one") or ()) == 1
    assert leftovers(disk) == []


def test_a_run_waits_for_another_and_says_so_once(disk: Path) -> None:
    put(disk, a="1\n")
    told: list[str] = []
    holder = os.open(disk / PRIVATE / "lock", os.O_RDWR)
    fcntl.flock(holder, fcntl.LOCK_EX)
    top = open_root(disk)
    assert top is not None

    def sleep(seconds: float) -> None:
        del seconds
        assert len(told) == 1
        sleeps.append(1)
        if len(sleeps) == 3:
            os.close(holder)

    sleeps: list[int] = []
    with top, hold(top, patience=10, waiting=told.append, clock=lambda: 0.0, sleep=sleep) as private:
        assert private.path == str(disk / PRIVATE)

    assert told == [f"waiting for another run (process {os.getpid()}) to finish publishing into {disk}"]
    assert len(sleeps) == 3


def test_patience_has_an_end(disk: Path) -> None:
    put(disk, a="1\n")
    holder = os.open(disk / PRIVATE / "lock", os.O_RDWR)
    fcntl.flock(holder, fcntl.LOCK_EX)

    with pytest.raises(BusyError, match="still publishing into"):
        publish(disk, {}, {}, patience=0)
    os.close(holder)
    assert publish(disk, {}, {}, patience=0).outcomes == ()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_run_that_died_holds_no_lock(disk: Path, number: signal.Signals) -> None:
    put(disk, a="1\n")
    ended = in_child(lambda: put(disk, a="2\n"), at(12, lambda: os.kill(os.getpid(), number)))

    assert ended.status in {128 + number, 130}
    assert publish(disk, {"some": tree(a="3\n")}, {"some": provenance()}, patience=0).outcomes[0].state == "published"


def test_a_lock_whose_folder_was_removed_meanwhile_is_taken_again(disk: Path) -> None:
    put(disk, a="1\n")
    holder = os.open(disk / PRIVATE / "lock", os.O_RDWR)
    fcntl.flock(holder, fcntl.LOCK_EX)
    top = open_root(disk)
    assert top is not None

    def sleep(seconds: float) -> None:
        del seconds
        shutil.rmtree(disk / PRIVATE)

    with top, hold(top, patience=10, waiting=lambda _: None, clock=lambda: 0.0, sleep=sleep) as private:
        assert private.same("lock", os.open(disk / PRIVATE / "lock", os.O_RDONLY))
    os.close(holder)


def test_a_lock_whose_folder_is_removed_while_it_is_taken_is_taken_again(disk: Path) -> None:
    def work() -> bool:
        removed: list[str] = []

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            del arguments
            if event == "fcntl.flock" and not removed:
                removed.append(event)
                shutil.rmtree(disk / PRIVATE)

        top = open_root(disk)
        assert top is not None
        sys.addaudithook(hook)
        with top, hold(top, patience=10, waiting=lambda _: None) as private:
            return bool(removed) and top.same(PRIVATE, private.descriptor)

    assert in_child(work).answer is True


def test_a_private_folder_cut_short_by_a_kill_is_made_good(disk: Path) -> None:
    for number in range(8):
        root = disk / str(number)
        in_child(partial(put, root, a="1\n"), at(number, kill))
        put(root, a="1\n")

        assert (root / PRIVATE / ".gitignore").read_text() == "*\n"
