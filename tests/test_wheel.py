"""The distribution: built twice it is the same, and as a wheel it works far from the clone."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.pipeline.projects import PROJECT_FILE, Project, spec

ROOT = Path(__file__).resolve().parents[1]


def _run(*command: str | Path, folder: Path, variables: Mapping[str, str] | None = None) -> str:
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env={**kept, **(variables or {})},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def _built(folder: Path) -> dict[str, Path]:
    """Build both distributions; nothing is fetched, since the build backend is installed here."""
    command = (sys.executable, "-m", "hatchling", "build", "-d", folder)
    _run(*command, folder=ROOT, variables={"SOURCE_DATE_EPOCH": "1767225600"})
    return {path.suffix: path for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return _built(tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def installed(built: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of commands of an environment with the wheel in it.

    Our own environment lends its libraries, behind the wheel and without the clone, so that nothing is fetched.
    """
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    site = Path(_run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=folder).strip())
    offline = ("--no-index", "--no-deps", "--no-compile", "--quiet")
    _run(sys.executable, "-m", "pip", "--python", python, "install", *offline, built[".whl"], folder=folder)
    # A path from a file in there is not searched for further such files, one of which leads to the clone.
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder / "bin"


def test_building_twice_gives_the_same_bytes(built: dict[str, Path], tmp_path: Path) -> None:
    def digests(paths: dict[str, Path]) -> dict[str, str]:
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths.values()}

    assert digests(_built(tmp_path)) == digests(built)


def test_wheel_holds_the_generator_with_its_templates_and_nothing_else(built: dict[str, Path]) -> None:
    names = zipfile.ZipFile(built[".whl"]).namelist()
    ours = {
        f"generator/{path.relative_to(ROOT / 'generator').as_posix()}" for path in (ROOT / "generator").rglob("*.py")
    }
    templates = {f"generator/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "templates").rglob("*.j2")}

    assert {name for name in names if name.endswith((".py", ".j2"))} == ours | templates
    assert {name.split("/")[0].split("-")[0] for name in names} == {"generator", "clientmill"}


def test_sources_hold_no_tests_and_no_packages(built: dict[str, Path]) -> None:
    with tarfile.open(built[".gz"]) as archive:
        folders = {name.split("/")[1] for name in archive.getnames()}

    assert {"generator", "templates", "pyproject.toml", "LICENSE"} <= folders
    assert folders.isdisjoint({"tests", "generated", "specs", ".github"})


def test_wheel_generates_in_a_project_of_ones_own(installed: Path, tmp_path: Path) -> None:
    project = Project(tmp_path / "books")
    project.write("pyproject.toml", PROJECT_FILE + 'specs = "apis"\noutput = "src"\n')
    project.write("apis/ledgerly.yaml", spec("ledgerly_v1"))
    command = installed / "clientmill"

    assert _run(command, "check", folder=project.root) == "1 spec checked, no mistakes\n"
    assert _run(command, "generate", folder=project.root) == "ledgerly_v1: published\n"
    assert _run(command, "generate", folder=project.root) == "1 package up to date\n"
    use = "import ledgerly_v1; print(ledgerly_v1.Client(api_key='x').base_url)"
    assert _run(installed / "python", "-W", "error", "-c", use, folder=project.root / "src") == (
        "https://api.ledgerly.example/v1\n"
    )


def test_wheel_is_what_runs(installed: Path, tmp_path: Path) -> None:
    where = _run(installed / "python", "-c", "import generator; print(generator.__file__)", folder=tmp_path).strip()

    assert Path(where).is_relative_to(installed.parent)
