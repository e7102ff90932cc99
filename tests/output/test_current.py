import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.output import current
from generator.output.current import Memory
from generator.output.publish import publish
from tests.output.roots import provenance, tree


@pytest.fixture
def package(disk: Path) -> Path:
    publish(disk, {"some": tree(a="1\n", _runtime__deep__b="2\n" * 50_000)}, {"some": provenance()})
    Memory(disk).note({"some": "all"})
    return disk / "some"


def test_a_package_as_it_was_written_is_current(package: Path) -> None:
    assert Memory(package.parent).is_current("some", "all")
    assert Memory(str(package.parent)).is_current("some", "all")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files that are read, in their order."""
    names: list[str] = []
    really = current._read  # pyright: ignore[reportPrivateUsage] - it is counted

    def noted(path: str) -> bytes:
        names.append(Path(path).name)
        return really(path)

    monkeypatch.setattr(current, "_read", noted)
    return names


def test_files_whose_state_is_what_was_noted_are_not_read(package: Path, read: list[str]) -> None:
    memory = Memory(package.parent)

    assert [memory.is_current("some", "all") for _ in range(2)] == [True, True]
    assert read == ["made_from.json", "manifest.json", "manifest.json"]


def test_files_with_another_state_are_read_before_anything_is_said(package: Path, read: list[str]) -> None:
    (package / "a.py").touch()

    assert Memory(package.parent).is_current("some", "all")
    assert "a.py" in read


def test_a_package_that_was_edited_before_it_is_noted_is_not_current(package: Path) -> None:
    (package / "a.py").write_text("other\n", encoding="ascii")
    Memory(package.parent).note({"some": "all"})

    assert not Memory(package.parent).is_current("some", "all")


def test_what_is_not_ours_does_not_matter(package: Path) -> None:
    (package / "notes.txt").write_text("mine")
    (package / "__pycache__").mkdir()
    (package / "dist").mkdir()
    (package / "some.egg-info").symlink_to("/nonexistent")

    assert Memory(package.parent).is_current("some", "all")


def _replace_by_link(package: Path) -> None:
    (package / "a.py").rename(package.parent / "a.py")
    (package / "a.py").symlink_to(package.parent / "a.py")


def _replace_folder_by_link(package: Path) -> None:
    (package / "_runtime").rename(package.parent / "elsewhere")
    (package / "_runtime").symlink_to(package.parent / "elsewhere")


def _replace_package_by_link(package: Path) -> None:
    package.rename(package.parent / "elsewhere")
    package.symlink_to(package.parent / "elsewhere")


def _replace_by_pipe(package: Path) -> None:
    (package / "a.py").unlink()
    os.mkfifo(package / "a.py")


def _replace_manifest_by_pipe(package: Path) -> None:
    (package / "manifest.json").unlink()
    os.mkfifo(package / "manifest.json")


def _set_manifest(**told: object) -> Callable[[Path], None]:
    def change(package: Path) -> None:
        path = package / "manifest.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | told))

    return change


def _edit_and_put_the_times_back(package: Path) -> None:
    before = (package / "a.py").stat()
    with (package / "a.py").open("r+", encoding="ascii") as file:
        file.write("7")
    os.utime(package / "a.py", ns=(before.st_atime_ns, before.st_mtime_ns))


CHANGES: list[Callable[[Path], object]] = [
    _edit_and_put_the_times_back,
    lambda package: (package / "a.py").write_text("other\n"),
    lambda package: (package / "a.py").unlink(),
    lambda package: (package / "_runtime/deep/b.py").write_text("2\n" * 49_999),
    lambda package: (package / "manifest.json").unlink(),
    lambda package: (package / "manifest.json").write_text("[]"),
    lambda package: (package / "manifest.json").write_text("{"),
    lambda package: (package / "manifest.json").write_bytes(b"\xff"),
    lambda package: (package / "strange").symlink_to("a.py"),
    lambda package: os.mkfifo(package / "strange"),
    _set_manifest(format=2),
    _set_manifest(templates="others"),
    lambda package: (package.parent / ".clientmill/made_from.json").unlink(),
    lambda package: (package.parent / ".clientmill/made_from.json").write_text("["),
    lambda package: (package.parent / ".clientmill/made_from.json").write_text('{"some": 1}'),
    _set_manifest(files=[]),
    _set_manifest(files=["a.py"]),
    _set_manifest(files=None),
    _replace_by_link,
    _replace_folder_by_link,
    _replace_package_by_link,
    _replace_by_pipe,
    _replace_manifest_by_pipe,
]


@pytest.mark.parametrize("change", CHANGES)
def test_anything_out_of_the_ordinary_is_not_current(package: Path, change: Callable[[Path], object]) -> None:
    change(package)

    assert not Memory(package.parent).is_current("some", "all")


def test_other_inputs_and_other_packages_are_not_current(package: Path) -> None:
    assert not Memory(package.parent).is_current("some", "other")
    assert not Memory(package.parent).is_current("other", "all")
    assert not Memory(package.parent / "nowhere").is_current("some", "all")


def test_asking_imports_nothing_heavy() -> None:
    heavy = {"ctypes", "dataclasses", "difflib", "inspect", "pathlib", "subprocess", "typing"}
    code = "import sys; import generator.output.current; print(*sys.modules)"
    child = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, check=True, cwd=_PROJECT)

    assert heavy.isdisjoint(child.stdout.decode().split())


_PROJECT = Path(__file__).parents[2]


def test_a_package_that_is_gone_is_forgotten(package: Path) -> None:
    manifest = package / "manifest.json"
    text = manifest.read_text()
    manifest.unlink()
    Memory(package.parent).note({"some": "all"})
    manifest.write_text(text)

    assert not Memory(package.parent).is_current("some", "all")


def test_a_memory_that_cannot_be_written_harms_nothing(tmp_path: Path) -> None:
    Memory(tmp_path / "nowhere").note({"some": "all"})

    assert not (tmp_path / "nowhere").exists()
