"""The same specs give the same bytes, wherever and however the command runs."""

from __future__ import annotations

import functools
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.pipeline.projects import Project

ROOT = Path(__file__).resolve().parents[2]

# Folders are listed in another order than they are: what depends on it differs from run to run.
_SHUFFLED = """
import os, random, sys

listdir, scandir = os.listdir, os.scandir


class Shuffled:
    def __init__(self, entries):
        with entries:
            self.entries = list(entries)
        random.shuffle(self.entries)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def __iter__(self):
        return iter(self.entries)

    def close(self):
        pass


os.listdir = lambda *arguments: random.sample(found := listdir(*arguments), len(found))
os.scandir = lambda *arguments: Shuffled(scandir(*arguments))
os.umask(int(sys.argv.pop(1), 8))

from generator.__main__ import main

main()
"""

_DEEP = "/".join(["folder"] * 30)
_SPACES = "a folder of books/Bücher und мир 名"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """How a run is surrounded: together they have every value, each beside several of the others."""

    seed: str
    locale: str
    zone: str
    umask: str
    folder: str


SURROUNDINGS = (
    Surroundings("0", "C", "UTC", "022", "plain"),
    Surroundings("1", "C.UTF-8", "Pacific/Kiritimati", "077", _DEEP),
    Surroundings("1", "POSIX", "UTC", "022", _SPACES),
    Surroundings("0", "C", "Pacific/Kiritimati", "077", _SPACES),
    Surroundings("0", "C.UTF-8", "UTC", "077", "plain"),
    Surroundings("1", "POSIX", "Pacific/Kiritimati", "022", _DEEP),
)


@pytest.fixture(scope="session")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Give a project with specs of many features, and nothing generated."""
    project = Project(tmp_path_factory.mktemp("specs"))
    project.write("pyproject.toml", "[tool.clientmill]\n")
    # Of one vendor, and so of versions apart.
    for case, version in (("hostile_text", "v9"), ("like", "v8")):
        for path in (ROOT / "tests" / "golden" / "cases" / case).glob("*.yaml"):
            text = path.read_text(encoding="utf-8").replace("version: v1", f"version: {version}")
            project.write(f"specs/{case}/{path.name}", text)
    return project


@pytest.fixture(scope="session")
def reference(specs: Project, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """Give the files that a plain run makes."""
    project = specs.copy(tmp_path_factory.mktemp("reference") / "books")
    run = project.run("generate")
    assert run.status == 0, run.stderr
    return project.files()


def environment(surroundings: Surroundings) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {
        "PYTHONHASHSEED": surroundings.seed,
        "LC_ALL": surroundings.locale,
        "TZ": surroundings.zone,
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@pytest.mark.parametrize("surroundings", SURROUNDINGS, ids=lambda each: f"{each.locale}-{each.zone[:3]}-{each.umask}")
def test_surroundings_change_nothing(
    surroundings: Surroundings, specs: Project, reference: Mapping[str, bytes], tmp_path: Path
) -> None:
    project = specs.copy(tmp_path / surroundings.folder)
    child = subprocess.run(
        [sys.executable, "-c", _SHUFFLED, surroundings.umask, "generate"],
        cwd=project.root,
        env=environment(surroundings),
        capture_output=True,
        check=False,
    )

    assert child.returncode == 0, child.stderr.decode(errors="replace")
    assert project.files() == reference


def interpreters() -> Iterator[Path]:
    """Yield the interpreters of this machine that are named for tests, on the path, or kept by pyenv."""
    yield from map(Path, os.environ.get("CLIENTMILL_PYTHONS", "").split())
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        yield from sorted(Path(folder).glob("python3.[0-9]*"))
    yield from sorted((Path.home() / ".pyenv" / "versions").glob("*/bin/python3"))


@functools.cache
def interpreter(version: str) -> Path | None:
    """Return an interpreter of a version that starts, or None."""
    for path in interpreters():
        if re.fullmatch(r"python3(\.\d+)?t?", path.name) is None and "CLIENTMILL_PYTHONS" not in os.environ:
            continue
        asked = "import sys; print('%d.%d' % sys.version_info[:2])"
        try:
            told = subprocess.run([path, "-c", asked], capture_output=True, text=True, timeout=20, check=False)
        except OSError:
            continue
        if told.returncode == 0 and told.stdout.strip() == version:
            return path
    return None


@functools.cache
def needed() -> frozenset[str]:
    """Return the names of all distributions that the command needs, on any version of Python."""
    found: set[str] = set()
    following = ["clientmill"]
    while following:
        name = following.pop()
        try:
            requirements = importlib.metadata.requires(name) or ()
        except importlib.metadata.PackageNotFoundError:
            continue
        for requirement in map(Requirement, requirements):
            wanted = canonicalize_name(requirement.name)
            if wanted not in found and "extra" not in str(requirement.marker):
                found.add(wanted)
                following.append(wanted)
    return frozenset(found)


@pytest.fixture(scope="session", params=["3.11", "3.13"])
def other_python(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an interpreter of another version, with what the command needs as it is pinned."""
    version = str(request.param)
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return Path(sys.executable)
    found = interpreter(version)
    if found is None:
        pytest.skip(f"there is no Python {version} on this machine; name one in CLIENTMILL_PYTHONS")
    folder = tmp_path_factory.mktemp("python") / version
    pinned = (ROOT / "requirements" / "development.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", pinned)
    wanted = folder.with_suffix(".txt")
    wanted.write_text("\n".join(each.rstrip("\n") for each in entries if each.split("==")[0] in needed()) + "\n")
    subprocess.run([found, "-m", "venv", "--without-pip", folder], check=True, capture_output=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--require-hashes", "--no-deps"]
    installed = subprocess.run(
        [*pip, "--only-binary", ":all:", "-r", str(wanted)], capture_output=True, text=True, check=False
    )
    if installed.returncode:
        reason = (installed.stderr.strip().splitlines() or ["no reason given"])[-1]
        pytest.skip(f"what clientmill needs could not be installed for Python {version}: {reason}")
    return python


def test_version_of_python_changes_nothing(
    other_python: Path, specs: Project, reference: Mapping[str, bytes], tmp_path: Path
) -> None:
    project = specs.copy(tmp_path / "books")
    # By itself, as it is installed: the folder of the clone is all that it needs beside its dependencies.
    clone = shutil.copytree(ROOT / "generator", tmp_path / "clone" / "generator").parent
    shutil.copytree(ROOT / "templates", clone / "templates")
    child = subprocess.run(
        [other_python, "-B", "-m", "generator", "generate"],
        cwd=project.root,
        env={**os.environ, "PYTHONPATH": str(clone)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert child.returncode == 0, child.stderr
    assert project.files() == reference
