"""Folders exchanged in one step on Linux and macOS, and in two where the system has no single one."""

import ctypes
import errno
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.output.errors import OutputError
from generator.output.exchange import ExchangeUnsupportedError, exchange_by, exchange_folders, find_call
from generator.output.folder import Folder, open_root
from generator.output.journal import exchange_in_two_steps, settle
from generator.output.layout import PRIVATE
from generator.output.publish import publish
from tests.output.children import operations
from tests.output.roots import leftovers, no_exchange, provenance, put, state, tree

Swap = Callable[[int, bytes, int, bytes, int], int]


def opened(path: Path) -> Folder:
    path.mkdir(parents=True, exist_ok=True)
    folder = open_root(path)
    assert folder is not None
    return folder


@pytest.fixture
def two(disk: Path) -> tuple[Folder, Folder]:
    """Give two folders that each hold a folder `some` that says whose it is."""
    for name in ("stage", "top"):
        (disk / name / "some").mkdir(parents=True)
        (disk / name / "some" / "whose").write_text(name)
    return opened(disk / "stage"), opened(disk / "top")


def whose(disk: Path) -> tuple[str, str]:
    return (disk / "stage/some/whose").read_text(), (disk / "top/some/whose").read_text()


class Macintosh:
    """A C library in the shape of macOS's, on the system call of Linux."""

    def __init__(self) -> None:
        self.calls: list[tuple[bytes, bytes, int]] = []

    def renameatx_np(self, old_folder: int, old: bytes, new_folder: int, new: bytes, flags: int) -> int:
        self.calls.append((old, new, flags))
        swap: Swap = ctypes.CDLL(None, use_errno=True).renameat2
        return swap(old_folder, old, new_folder, new, 2)


def answering(number: int) -> tuple[Swap, int]:
    def call(old_folder: int, old: bytes, new_folder: int, new: bytes, flags: int) -> int:
        del old_folder, old, new_folder, new, flags
        ctypes.set_errno(number)
        return -1

    return call, 2


def test_this_system_exchanges_in_one_step(disk: Path, two: tuple[Folder, Folder]) -> None:
    exchange_folders(*two, "some")

    assert whose(disk) == ("top", "stage")


def test_macos_exchanges_by_its_swap(disk: Path, two: tuple[Folder, Folder]) -> None:
    library = Macintosh()
    exchange_by(find_call("darwin", library), *two, "some")

    assert whose(disk) == ("top", "stage")
    assert library.calls == [(b"some", b"some", 2)]


def test_a_system_without_the_call_has_no_single_step(two: tuple[Folder, Folder]) -> None:
    assert find_call("freebsd14", Macintosh()) is None
    assert find_call("linux", Macintosh()) is None
    with pytest.raises(ExchangeUnsupportedError):
        exchange_by(None, *two, "some")


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM])
def test_a_file_system_that_cannot_is_told_from_an_error(two: tuple[Folder, Folder], number: int) -> None:
    with pytest.raises(ExchangeUnsupportedError):
        exchange_by(answering(number), *two, "some")
    with pytest.raises(OSError, match="Input/output error"):
        exchange_by(answering(errno.EIO), *two, "some")


def test_where_one_step_is_unsupported_two_steps_publish(disk: Path) -> None:
    put(disk, a="1\n")
    (disk / "some/mine.txt").write_text("mine")
    publication = publish(
        disk,
        {"some": tree(a="2\n")},
        {"some": provenance()},
        exchange=lambda stage, top, name: exchange_by(answering(errno.EINVAL), stage, top, name),
    )

    assert publication.outcomes[0].state == "published"
    assert (disk / "some/a.py").read_text() == "2\n"
    assert (disk / "some/mine.txt").read_text() == "mine"
    assert leftovers(disk) == []


@pytest.fixture
def half_way(disk: Path) -> Path:
    """Give a private folder as a run leaves it that is killed between the two steps."""
    private = disk / PRIVATE
    for name in ("stage", "aside"):
        (private / name / "some").mkdir(parents=True)
        (private / name / "some" / "whose").write_text(name)
    (private / "journal.json").write_text(json.dumps({"package": "some"}))
    return private


def settled(private: Path) -> str:
    with opened(private) as inner, opened(private.parent) as top:
        return settle(inner, top)


def test_a_half_way_exchange_ends_with_the_new_folder(half_way: Path, disk: Path) -> None:
    assert settled(half_way) == ""
    assert (disk / "some/whose").read_text() == "stage"
    assert not (half_way / "journal.json").exists()


def test_without_the_new_folder_the_old_one_comes_back(half_way: Path, disk: Path) -> None:
    (half_way / "stage/some/whose").unlink()
    (half_way / "stage/some").rmdir()

    assert settled(half_way) == ""
    assert (disk / "some/whose").read_text() == "aside"


def test_an_old_folder_that_somebody_replaced_meanwhile_is_kept(half_way: Path, disk: Path) -> None:
    (half_way / "rescued/some-1").mkdir(parents=True)
    (disk / "some").mkdir()

    assert str(half_way / "rescued/some-2") in settled(half_way)
    assert (half_way / "rescued/some-2/whose").read_text() == "aside"
    assert state(disk / "some") == {}


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"package": "../up"}', '{"package": ".x"}', '{"package": ""}'])
def test_a_journal_that_cannot_be_read_is_told(half_way: Path, disk: Path, text: str) -> None:
    (half_way / "journal.json").write_text(text)

    with pytest.raises(OutputError, match="cannot be read"):
        put(disk, a="1\n")
    assert (half_way / "aside/some/whose").exists()


def test_the_journal_is_on_the_disk_before_anything_is_moved(disk: Path) -> None:
    put(disk, a="1\n")
    told = operations(
        lambda: publish(disk, {"some": tree(a="2\n")}, {"some": provenance()}, exchange=no_exchange),
    )
    private = f"{disk}/{PRIVATE}"
    written = told.index(("write", f"{private}/journal.new", ""))

    assert told[written + 2 : written + 9] == [
        ("sync file", f"{private}/journal.new", ""),
        ("rename", f"{private}/journal.new", f"{private}/journal.json"),
        ("sync folder", private, ""),
        ("rename", f"{disk}/some", f"{private}/aside/some"),
        ("sync folder", f"{private}/aside", ""),
        ("sync folder", str(disk), ""),
        ("rename", f"{private}/stage/some", f"{disk}/some"),
    ]


def test_a_second_exchange_waits_for_the_first_to_be_settled(half_way: Path, two: tuple[Folder, Folder]) -> None:
    with opened(half_way) as private, pytest.raises(OutputError, match="exchange of some could not be finished"):
        exchange_in_two_steps(private, *two, "other")


def test_the_next_run_settles_before_anything_else(half_way: Path, disk: Path) -> None:
    publish(disk, {"other": tree(a="1\n")}, {"other": provenance()}, exchange=no_exchange)

    assert (disk / "some/whose").read_text() == "stage"
    assert not (half_way / "journal.json").exists()
    assert leftovers(disk) == []
