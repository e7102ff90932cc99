"""The straight line in code: from spec files to published packages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from generator.cache import NO_CACHE, Cache, key
from generator.diagnostics import Complaints, Diagnostic
from generator.inputs import (
    VERSION,
    SpecFiles,
    generator_digest,
    glance,
    templates_digest,
    tool_versions,
    types_in,
)
from generator.output.current import Memory
from generator.profile import PROFILE

if TYPE_CHECKING:
    from generator.changes.released import Held
    from generator.output.compare import Comparison
    from generator.output.inspection import Expectation, Inspector
    from generator.output.manifest import Provenance
    from generator.output.publish import Publication
    from generator.plan.declarations import Declarer
    from generator.plan.package import ClientPlan
    from generator.spec.document import Spec
    from generator.spec.source import SpecSource
    from generator.tree import FileTree

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where a run works.

    Attributes:
        project: The folder that paths in output are relative to.
        specs: The folder with the specs.
        output: The folder with the packages.
        line_length: How long lines of rendered code may be.
        remembers: Whether a run may use what earlier ones have worked out, and leave that to later ones.
    """

    project: Path
    specs: Path
    output: Path
    line_length: int = 120
    remembers: bool = False

    @property
    def cache(self) -> Cache:
        """What earlier runs have worked out."""
        return Cache(self.project / ".clientmill" / "cache") if self.remembers else NO_CACHE

    def name_of(self, path: Path) -> str:
        """Return a path as messages and headers name it."""
        absolute = Path(os.path.normpath(path.absolute()))
        project = Path(os.path.normpath(self.project.absolute()))
        return absolute.relative_to(project).as_posix() if absolute.is_relative_to(project) else path.as_posix()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a run has read: the good specs and what is wrong with the others.

    The notes say what clientmill alone changes in packages whose spec is what it was.
    """

    specs: Mapping[str, Spec]
    files: SpecFiles
    readable: bool
    diagnostics: tuple[Diagnostic, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """The packages of a run, before anything is written."""

    expectations: Mapping[str, Expectation]
    trees: Mapping[str, FileTree]
    provenances: Mapping[str, Provenance]
    made_from: Mapping[str, str]


def spec_paths(settings: Settings) -> tuple[Path, ...]:
    """Return every spec file below the folder of specs, in a stable order."""
    found = (path for pattern in ("**/*.yaml", "**/*.yml") for path in settings.specs.glob(pattern))
    return tuple(
        sorted(
            path for path in found if not any(part.startswith(".") for part in path.relative_to(settings.specs).parts)
        )
    )


def nothing_to_do(settings: Settings) -> bool:
    """Tell, without parsing anything, whether every package is what its spec says; in doubt it is not."""
    paths = spec_paths(settings)
    try:
        files = [glance(settings.name_of(path), path.read_bytes()) for path in paths if path.is_file()]
        folders = frozenset(each.name for each in settings.output.iterdir() if (each / "manifest.json").is_file())
    except OSError:
        return False
    specs = SpecFiles(files)
    if not files or len(files) < len(paths) or not specs.are_distinct or specs.packages != folders:
        return False
    memory = Memory(settings.output)
    return all(memory.is_current(file.package, specs.digest(file.name, settings.line_length)) for file in files)


def note_of_types(settings: Settings) -> str | None:
    """Return the name under which a run notes that it remembers all models, None where no spec has a type.

    It is found without parsing anything, so a run knows before it has read a spec whether it will have to make models.
    """
    try:
        types = [types_in(path.read_bytes()) for path in spec_paths(settings)]
    except OSError:
        return None
    return key("types", generator_digest(), *tool_versions().values(), *types) if any(types) else None


def read_specs(settings: Settings) -> Selection:
    """Read and check all specs of the project at once."""
    with PROFILE.stage("read", "all"):
        return _read(tuple((path, settings.name_of(path)) for path in spec_paths(settings)), settings)


def _read(paths: tuple[tuple[Path, str], ...], settings: Settings) -> Selection:
    # Imported here, as below: a run with nothing to do needs none of it.
    from generator.spec.parsing import parse_specs  # noqa: PLC0415 - see above
    from generator.spec.source import file_of, read_source  # noqa: PLC0415 - see above

    complaints = Complaints()
    sources: list[SpecSource] = []
    for path, name in paths:
        source = read_source(path, name, complaints)
        if source is not None:
            sources.append(source)
    # A file may be read and still have mistakes of YAML in it, so that the others are found in the same run.
    mistaken = {diagnostic.position.file for diagnostic in complaints.found}
    specs = parse_specs(sources, complaints)
    files = SpecFiles(map(file_of, sources))
    held = _hold_against_released(settings, specs, sources, files, complaints)
    mistaken |= held.mistaken
    return Selection(
        specs={
            name: spec for name, spec in specs.items() if mistaken.isdisjoint(file.name for file in files.lineage(name))
        },
        files=files,
        readable=len(sources) == len(paths),
        diagnostics=complaints.sorted(),
        notes=held.notes,
    )


def _hold_against_released(
    settings: Settings,
    specs: Mapping[str, Spec],
    sources: list[SpecSource],
    files: SpecFiles,
    complaints: Complaints,
) -> Held:
    """Hold each changelog against what its package was."""
    from generator.changes.released import check_released  # noqa: PLC0415 - see above

    digests = {name: {file.name: file.digest for file in files.lineage(name)} for name in specs}
    return check_released(settings.output, specs, sources, digests, complaints)


def _printed(
    spec: Spec, name: str, settings: Settings, declarer: Declarer | None = None
) -> tuple[ClientPlan, FileTree]:
    from generator.plan.declarations import declared  # noqa: PLC0415 - see above
    from generator.plan.package import plan_client  # noqa: PLC0415 - see above
    from generator.render.environment import create_environment  # noqa: PLC0415 - see above
    from generator.render.package import render_package  # noqa: PLC0415 - see above

    with PROFILE.stage("plan", name):
        plan = plan_client(spec, PurePosixPath(name), settings.cache, declarer or declared)
    with PROFILE.stage("render", name):
        return plan, render_package(plan, create_environment())


@dataclass(frozen=True, slots=True)
class _Made:
    """The package of one spec, as it comes out of the line, with what it has to be when it is imported."""

    name: str
    tree: FileTree
    expected: Expectation
    took: tuple[tuple[str, str, float], ...] = ()


def _make(
    selection: Selection, names: tuple[str, ...], settings: Settings, jobs: int, declarer: Declarer | None = None
) -> Iterator[_Made]:
    """Make packages one after the other; what black has to do for all of them is spread over *jobs* processes."""
    from generator.output.expectations import expectation  # noqa: PLC0415 - see above
    from generator.plan.models import prepare_models  # noqa: PLC0415 - see above
    from generator.render.formatting import format_packages  # noqa: PLC0415 - see above
    from generator.render.runtime_files import runtime_files  # noqa: PLC0415 - see above

    if declarer is not None:
        for name in names:
            prepare_models(selection.specs[name], settings.cache, declarer)
    printed = {name: _printed(selection.specs[name], name, settings, declarer) for name in names}
    trees = {plan.package: tree for plan, tree in printed.values()}
    with PROFILE.stage("format", names[0] if len(names) == 1 else "all"):
        formatted = format_packages(trees, settings.line_length, cache=settings.cache, jobs=jobs)
    for name, (plan, _) in printed.items():
        with PROFILE.stage("copy", name):
            tree = {**formatted[plan.package], **runtime_files(formatted[plan.package])}
        yield _Made(name, tree, expectation(plan))


def _make_elsewhere(files: tuple[tuple[Path, str], ...], settings: Settings) -> _Made:
    """Make a package in another process, which reads its spec and the bases of it by itself: faster than sending them."""
    PROFILE.clear()
    selection = _read(files, settings)
    (made,) = _make(selection, (files[0][1],), settings, 1)
    return replace(made, took=PROFILE.entries())


def _make_all(
    selection: Selection, names: tuple[str, ...], settings: Settings, jobs: int, declarer: Declarer | None
) -> Iterator[_Made]:
    """Make the packages, several at a time where there are many; they come in the order of *names*."""
    # Up to here, one process that imports and plans, and several that format, are faster than several that do all.
    if not names or jobs < 2 or len(names) <= 4 * jobs:
        yield from _make(selection, names, settings, jobs, declarer) if names else ()
        return
    import multiprocessing  # noqa: PLC0415 - see above
    import signal  # noqa: PLC0415 - see above
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - see above

    paths = {settings.name_of(path): path for path in spec_paths(settings)}
    tasks = [tuple((paths[file.name], file.name) for file in selection.files.lineage(name)) for name in names]
    executor = ProcessPoolExecutor(
        min(jobs, len(names)),
        # Started afresh: a fork would copy whatever threads of this process hold.
        mp_context=multiprocessing.get_context("spawn"),
        # An interrupt is this process's to answer.
        initializer=signal.signal,
        initargs=(signal.SIGINT, signal.SIG_IGN),
    )
    try:
        for future in [executor.submit(_make_elsewhere, files, settings) for files in tasks]:
            made = future.result()
            PROFILE.take(made.took)
            yield made
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def build(
    selection: Selection,
    names: Iterable[str],
    settings: Settings,
    progress: Progress,
    *,
    jobs: int = 1,
    declarer: Declarer | None = None,
) -> Build:
    """Make the packages of the specs called *names*, up to *jobs* of them at a time."""
    from generator.output.manifest import Provenance  # noqa: PLC0415 - see above

    names = tuple(names)
    expectations: dict[str, Expectation] = {}
    trees: dict[str, FileTree] = {}
    provenances: dict[str, Provenance] = {}
    made_from: dict[str, str] = {}
    for name in names[:1]:
        progress(f"generating {name}", 0, len(names))
    for done, made in enumerate(_make_all(selection, names, settings, jobs, declarer), start=1):
        following = f"generating {names[done]}" if done < len(names) else "generated"
        progress(following, done, len(names))
        package = made.expected.package
        expectations[package] = made.expected
        trees[package] = made.tree
        provenances[package] = Provenance(
            generator=VERSION,
            specs={file.name: file.digest for file in selection.files.lineage(made.name)},
            templates=templates_digest(),
            black=tool_versions()["black"],
            datamodel_code_generator=tool_versions()["datamodel_code_generator"],
        )
        made_from[package] = selection.files.digest(made.name, settings.line_length)
    return Build(expectations=expectations, trees=trees, provenances=provenances, made_from=made_from)


def verify(built: Build, selection: Selection, settings: Settings, progress: Progress) -> None:
    """Hold the packages of a run to what takes too long for every run: black twice, a harmless twin, strict types.

    Raises:
        InspectionError: With every fault found.
        OutputError: The checkers of types are not there.
    """
    from generator.output.errors import InspectionError  # noqa: PLC0415 - see above
    from generator.output.verification import differences_from_twin, type_mistakes  # noqa: PLC0415 - see above
    from generator.render.formatting import format_text  # noqa: PLC0415 - see above
    from generator.spec.harmless import harmless  # noqa: PLC0415 - see above

    names = {spec.package: name for name, spec in selection.specs.items()}
    faults: list[str] = []
    for done, (package, tree) in enumerate(built.trees.items()):
        name = names[package]
        progress(f"verifying {name}", done, len(built.trees))
        _, twin = _printed(harmless(selection.specs[name]), name, replace(settings, remembers=False))
        faults += differences_from_twin(package, tree, twin)
        faults += (
            f"{package}/{path}: black would change it"
            for path, text in tree.items()
            if path in twin and path.suffix == ".py" and format_text(text, settings.line_length) != text
        )
    progress("checking types", len(built.trees), len(built.trees))
    faults += type_mistakes(built.trees)
    if faults:
        raise InspectionError(tuple(faults))


def outdated(selection: Selection, names: Iterable[str], settings: Settings) -> tuple[str, ...]:
    """Return those of the specs called *names* whose package is not what they say."""
    memory = Memory(settings.output)
    return tuple(
        name
        for name in names
        if not memory.is_current(selection.specs[name].package, selection.files.digest(name, settings.line_length))
    )


def orphans(selection: Selection, settings: Settings) -> tuple[str, ...]:
    """Return the packages of ours whose spec is gone; none while a spec cannot be read and may claim one."""
    from generator.output.compare import made_packages  # noqa: PLC0415 - see above

    if not selection.readable:
        return ()
    return tuple(
        name for name in made_packages(settings.output, settings.project) if name not in selection.files.packages
    )


def write(
    built: Build,
    removed: Iterable[str],
    settings: Settings,
    *,
    force: bool,
    waiting: Callable[[str], None],
    inspector: Inspector | None = None,
) -> Publication:
    """Inspect and publish the packages of a run; each folder is the old one or the new one, whole."""
    from generator.output.inspection import inspect_packages  # noqa: PLC0415 - see above
    from generator.output.publish import publish  # noqa: PLC0415 - see above

    def inspect(folder: Path, packages: tuple[str, ...]) -> None:
        with PROFILE.stage("inspect", "all"):
            inspect_packages(folder, [built.expectations[package] for package in packages], ready=inspector)

    publication = publish(
        settings.output,
        built.trees,
        built.provenances,
        removed=tuple(removed),
        force=force,
        project=settings.project,
        inspect=inspect,
        waiting=waiting,
    )
    settled = {outcome.package for outcome in publication.outcomes if outcome.state in ("published", "unchanged")}
    Memory(settings.output).note({package: built.made_from[package] for package in settled & built.made_from.keys()})
    return publication


def differences(built: Build, removed: Iterable[str], settings: Settings) -> tuple[Comparison, ...]:
    """Compare the packages of a run with the disk by the same comparison that writing uses."""
    from generator.output.compare import compare  # noqa: PLC0415 - see above

    return compare(settings.output, built.trees, built.provenances, removed=tuple(removed), project=settings.project)
