"""What keeps a run inside its folders, even when somebody changes names between a look and an operation."""

import os
import stat
from collections.abc import Generator
from pathlib import Path

import pytest

from generator.output.errors import OutputError
from generator.output.folder import Folder, open_root


@pytest.fixture
def folder(disk: Path) -> Generator[Folder]:
    opened = open_root(disk / "root", create=True)
    assert opened is not None
    (disk / "target").mkdir()
    (disk / "target/file").write_text("precious")
    (disk / "root/file link").symlink_to(disk / "target/file")
    (disk / "root/folder link").symlink_to(disk / "target")
    (disk / "root/nowhere").symlink_to(disk / "target/new")
    with opened:
        yield opened


def test_no_operation_follows_a_link(folder: Folder, disk: Path) -> None:
    with pytest.raises(OSError, match="file link"):
        folder.read("file link")
    with pytest.raises(OSError, match="file link"):
        folder.sync_file("file link")
    with pytest.raises(FileExistsError):
        folder.write("file link", b"")
    with pytest.raises(FileExistsError):
        folder.write("nowhere", b"")
    with pytest.raises(OSError, match="nowhere"):
        folder.open_lock("nowhere")
    with pytest.raises(OSError, match="folder link"):
        folder.open("folder link")
    with pytest.raises(OSError, match="folder link"):
        folder.ensure("folder link")
    folder.remove_tree("folder link")

    assert [path.name for path in (disk / "target").iterdir()] == ["file"]
    assert (disk / "target/file").read_text() == "precious"


def test_a_pipe_is_neither_read_nor_waited_for(folder: Folder, disk: Path) -> None:
    os.mkfifo(disk / "root/pipe")

    with pytest.raises(OutputError, match="not a regular file"):
        folder.read("pipe")


def test_removing_a_tree_removes_links_and_not_what_they_point_to(folder: Folder, disk: Path) -> None:
    deep = disk / "root/tree/deep"
    deep.mkdir(parents=True)
    (deep / "link").symlink_to(disk / "target")
    (deep / "second").hardlink_to(disk / "target/file")
    deep.chmod(0o500)
    folder.remove_tree("tree")

    assert not (disk / "root/tree").exists()
    assert (disk / "target/file").read_text() == "precious"


def test_an_error_names_the_whole_path(folder: Folder, disk: Path) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        folder.read("gone")

    assert raised.value.filename == f"{disk}/root/gone"


def test_modes_are_as_asked_whatever_the_umask(folder: Folder, disk: Path) -> None:
    before = os.umask(0o777)
    try:
        folder.write("file", b"1", 0o640)
        folder.make("folder", 0o710).__exit__(None, None, None)
    finally:
        os.umask(before)

    assert stat.S_IMODE((disk / "root/file").stat().st_mode) == 0o640
    assert stat.S_IMODE((disk / "root/folder").stat().st_mode) == 0o710


def test_a_root_needs_a_place_below_the_project(disk: Path) -> None:
    (disk / "file").write_text("")

    for root in (disk, disk / "a/../../up"):
        with pytest.raises(OutputError, match="is not a folder inside"):
            open_root(root, disk)
    with pytest.raises(OutputError, match="is a file, not a folder"):
        open_root(disk / "file", create=True)
