"""What changed since a revision of git: the specs of two moments, read by today's clientmill and compared by its rules."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.changes.extraction import surface_of
from generator.changes.report import Report, report
from generator.changes.surface import Surface
from generator.diagnostics import Complaints, Diagnostic
from generator.output.layout import is_cache
from generator.pipeline import Settings, spec_paths
from generator.repository import Repository, RepositoryError, repository_around
from generator.spec.parsing import parse_specs
from generator.spec.source import SpecSource, parse_source, read_source

_SUFFIXES = (".yaml", ".yml")
_TESTS = "tests"
_PATIENCE = 600.0  # seconds, for the tests of one package


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The specs at one moment.

    Attributes:
        name: How people call it.
        surfaces: What each package offers, by its name; only of specs without a mistake.
        files: The name of the spec that each package is made from.
        diagnostics: What is wrong with the other specs.
    """

    name: str
    surfaces: Mapping[str, Surface]
    files: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What became of the old tests of one package.

    Attributes:
        package: Its name.
        command: What was run, as one would type it.
        summary: The last line of what it said.
        output: All that it said, where a test failed.
        passed: Whether all tests passed.
    """

    package: str
    command: str
    summary: str
    output: str
    passed: bool


def working_tree(settings: Settings) -> Moment:
    """Read the specs as they lie on disk."""
    complaints = Complaints()
    sources = [read_source(path, settings.name_of(path), complaints) for path in spec_paths(settings)]
    return _moment("the working tree", [source for source in sources if source is not None], complaints)


def at_revision(settings: Settings, revision: str) -> Moment:
    """Read the specs as a revision of git has them; nothing is checked out.

    Raises:
        RepositoryError: There is no repository, or no such revision.
    """
    repository, commit = _found(settings, revision)
    complaints = Complaints()
    listed = repository.files(commit, settings.specs, _SUFFIXES)
    shown = {
        path: name for path, name in sorted(listed.items()) if not any(part.startswith(".") for part in path.parts)
    }
    contents = repository.contents(shown.values())
    sources: list[SpecSource] = []
    for path, name in shown.items():
        file = settings.specs / path
        source = parse_source(contents[name], file, settings.name_of(file), complaints)
        if source is not None:
            sources.append(source)
    return _moment(revision, sources, complaints)


def _found(settings: Settings, revision: str) -> tuple[Repository, str]:
    repository = repository_around(settings.specs)
    return repository, repository.commit(revision)


def _moment(name: str, sources: list[SpecSource], complaints: Complaints) -> Moment:
    specs = parse_specs(sources, complaints)
    mistaken = {diagnostic.position.file for diagnostic in complaints.found}
    good = {file: spec for file, spec in specs.items() if file not in mistaken}
    return Moment(
        name=name,
        surfaces={spec.package: surface_of(spec) for spec in good.values()},
        files={spec.package: file for file, spec in good.items()},
        diagnostics=complaints.sorted(),
    )


def reports(old: Moment, new: Moment) -> tuple[Report, ...]:
    """Compare two moments package by package, in the order of their names.

    A package whose spec is under the same path as before, and has another name now, is compared with what it was.
    """
    pairs: dict[str, tuple[Surface | None, Surface | None]] = {}
    renamed: set[str] = set()
    by_file = {file: package for package, file in old.files.items()}
    for package, surface in new.surfaces.items():
        before = package if package in old.surfaces else by_file.get(new.files[package])
        if before is not None and before != package and before in new.surfaces:
            before = None
        if before is not None:
            renamed.add(before)
        pairs[package] = (None if before is None else old.surfaces[before], surface)
    for package, surface in old.surfaces.items():
        if package not in pairs and package not in renamed:
            pairs[package] = (surface, None)
    return tuple(report(*pairs[package]) for package in sorted(pairs))


def prove(settings: Settings, revision: str, package: str) -> Proof | None:
    """Run the tests that a package had at a revision against the package as it lies on disk, in a folder of their own.

    Args:
        settings: Where the run works; the package has to be generated.
        revision: Where the tests come from.
        package: The package.

    Returns:
        What became of them; None where the package has no tests at the revision.

    Raises:
        RepositoryError: There is no repository, no such revision, or no package on disk.
    """
    repository, commit = _found(settings, revision)
    there = settings.output / package
    if not (there / "manifest.json").is_file():
        raise RepositoryError(f"{settings.name_of(there)} is not there; run: clientmill generate")
    tests = repository.files(commit, there / _TESTS, (".py",))
    if not tests:
        return None
    contents = repository.contents(tests.values())
    with tempfile.TemporaryDirectory(prefix="clientmill-") as folder:
        copy = Path(folder, package)
        shutil.copytree(
            there, copy, ignore=lambda _, names: [name for name in names if is_cache(name) or name == _TESTS]
        )
        for path, name in tests.items():
            file = copy / _TESTS / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(contents[name])
        # The README is the new one; that its snippets run is what the new tests say.
        (copy / _TESTS / "test_readme.py").unlink(missing_ok=True)
        return _tested(package, Path(folder), revision)


def _tested(package: str, folder: Path, revision: str) -> Proof:
    words = ("-m", "pytest", "-q", "--import-mode=prepend", "-p", "no:cacheprovider", package)
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    surroundings |= {"PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, and the tests that were committed
            (sys.executable, *words),
            cwd=folder,
            env=surroundings,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RepositoryError(f"{package}: the tests of {revision} did not end in {_PATIENCE:.0f} seconds") from None
    lines = done.stdout.strip().splitlines()
    if "No module named pytest" in done.stderr:
        raise RepositoryError(
            "--prove runs the packages' tests with pytest, which is not there; run: pip install pytest"
        )
    return Proof(
        package=package,
        command=f"python {' '.join(words)}",
        summary=lines[-1] if lines else done.stderr.strip().splitlines()[-1],
        output="" if done.returncode == 0 else done.stdout + done.stderr,
        passed=done.returncode == 0,
    )
