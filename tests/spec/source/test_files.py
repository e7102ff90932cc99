"""Files that are none, and files that differ only in their bytes."""

import os
import socket
import stat
from pathlib import Path

import pytest
import yaml

from generator.diagnostics import Complaints
from generator.spec.source import MAXIMUM_BYTES, SpecSource, parse_source, read_source


def told(path: Path) -> str:
    """Read *path*, which is to fail, and return the one complaint."""
    complaints = Complaints()
    assert read_source(path, "specs/acme.yaml", complaints) is None
    (complaint,) = complaints.sorted()
    return str(complaint).removeprefix("specs/acme.yaml:1:1: ")


def parsed(data: bytes) -> SpecSource:
    complaints = Complaints()
    source = parse_source(data, Path("acme.yaml"), "acme.yaml", complaints)
    assert source is not None
    assert not complaints
    return source


def test_missing_file_is_refused(tmp_path: Path) -> None:
    assert told(tmp_path / "acme.yaml") == "S001: cannot be read: no such file"


def test_folder_is_refused(tmp_path: Path) -> None:
    assert told(tmp_path) == "S001: cannot be read: a folder; a spec is a regular file"


def test_pipe_without_a_writer_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert told(tmp_path / "pipe") == "S001: cannot be read: a pipe; a spec is a regular file"


def test_pipe_that_took_the_place_of_a_file_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    regular = tmp_path / "regular"
    regular.touch()
    path = tmp_path / "acme.yaml"
    os.mkfifo(path)
    answer = regular.stat()

    def still_regular(_: Path) -> os.stat_result:
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", still_regular)
        message = told(path)

    assert message == "S001: cannot be read: a pipe; a spec is a regular file"


def test_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("acme.yaml")

        assert told(Path("acme.yaml")) == "S001: cannot be read: a socket; a spec is a regular file"


def test_device_is_refused() -> None:
    assert told(Path("/dev/zero")) == "S001: cannot be read: a device; a spec is a regular file"


def test_link_to_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "gone")

    assert told(tmp_path / "link") == "S001: cannot be read: a link to nothing"


def test_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "link")

    assert told(tmp_path / "link").startswith("S001: cannot be read: ")


def test_name_with_nul_is_refused() -> None:
    assert told(Path("ac\0me.yaml")) == "S001: cannot be read: its name cannot be that of a file"


def test_name_longer_than_the_system_takes_is_refused(tmp_path: Path) -> None:
    assert told(tmp_path / ("a" * 300)) == "S001: cannot be read: File name too long"


def test_file_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text("vendor: acme\n", encoding="utf-8")

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    # Injected, since nothing is refused to root.
    monkeypatch.setattr(os, "open", refuse)

    assert told(path) == "S001: cannot be read: no permission to read it"


def test_link_to_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text("vendor: acme\n", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "acme.yaml")
    complaints = Complaints()

    source = read_source(tmp_path / "link", "link", complaints)

    assert source is not None
    assert source.root.keys == ("vendor",)


def test_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    path.write_bytes(b"#" * (MAXIMUM_BYTES + 1))

    assert told(path) == "S003: the file is larger than 2 MiB; write one spec per vendor and version"


def test_file_at_the_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    path.write_bytes(b"vendor: acme\n#".ljust(MAXIMUM_BYTES, b"x"))

    assert stat.S_ISREG(path.stat().st_mode)
    assert read_source(path, "acme.yaml", Complaints()) is not None


@pytest.mark.parametrize(
    "twin",
    [b"a: |\r\n  x\r\nb: 1\r\n", b"\xef\xbb\xbfa: |\n  x\nb: 1\n", b"a: |\n  x\nb: 1"],
    ids=["crlf", "byte order mark", "no end of the last line"],
)
def test_bytes_that_mean_nothing_change_nothing(twin: bytes) -> None:
    expected, actual = parsed(b"a: |\n  x\nb: 1\n"), parsed(twin)

    assert actual == expected
    assert actual.digest == expected.digest


def test_digest_is_that_of_the_text() -> None:
    assert parsed(b"a: 1\n").digest == "37b128c59f1f5097f73f82691cb519f1f568667faab5ced1b4ab979d36837eae"


def test_parser_without_libyaml_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    complaints = Complaints()

    assert parse_source(b"a: 1\n", Path("a.yaml"), "a.yaml", complaints) is None
    assert [complaint.code for complaint in complaints.sorted()] == ["S005"]
