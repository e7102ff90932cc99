"""What was released before: the surfaces that packages remember, and the changelogs of today held against them.

A package remembers its surface in the folder where it is generated. Where a git repository has the folder, its last
commit remembers as well: what is not committed yet is not released, and may still be changed without a word. So a
changelog is right when it is right against one of the two.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from generator.changes.announcements import check_announcements
from generator.changes.extraction import surface_of
from generator.changes.spelling import SURFACE_FILE, SurfaceTextError, parse_surface, spell_line
from generator.changes.surface import Surface
from generator.diagnostics import Complaints, Position
from generator.repository import RepositoryError, repository_around
from generator.spec.document import Spec
from generator.spec.inheritance import inherit, reference_of
from generator.spec.nodes import Mapping as Document
from generator.spec.source import SpecSource

_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Released:
    """What is remembered of a package.

    Attributes:
        surface: What it offered.
        specs: The digests of the specs that it was made from, by their names.
    """

    surface: Surface
    specs: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What came of holding changelogs against what was released.

    Attributes:
        mistaken: The names of the files whose changelog is wrong.
        notes: What clientmill alone changes in packages, for people.
    """

    mistaken: frozenset[str]
    notes: tuple[str, ...]


def released_surface(output: Path, package: str) -> Surface | None:
    """Return what a package offered when it was released last; None where it never was, or where nobody can read it."""
    folder = output / package
    committed = _committed(folder)
    text = _text_of(folder / SURFACE_FILE) if committed is None else committed
    try:
        return parse_surface(text) if text else None
    except SurfaceTextError:
        return None


def check_released(
    output: Path,
    specs: Mapping[str, Spec],
    sources: Iterable[SpecSource],
    digests: Mapping[str, Mapping[str, str]],
    complaints: Complaints,
) -> Held:
    """Complain of every changelog that does not say what changed since its package was released.

    Args:
        output: The folder of the packages.
        specs: The specs without a mistake, by the names of their files.
        sources: All documents of the run.
        digests: For each spec, the digests of the files that it is made from, by their names.
        complaints: Takes what is wrong.

    Returns:
        The names of the files whose changelog is wrong, and what clientmill alone changes in packages, for people.
    """
    sources = tuple(sources)
    mistaken: set[str] = set()
    notes: list[str] = []
    for name, spec in specs.items():
        found = _complaints(output, spec, _whole(sources, name), digests[name], notes)
        complaints.found |= found.found
        if found:
            mistaken.add(name)
    return Held(mistaken=frozenset(mistaken), notes=tuple(notes))


def _complaints(
    output: Path,
    spec: Spec,
    root: Document | None,
    digests: Mapping[str, str],
    notes: list[str],
) -> Complaints:
    folder = output / spec.package
    found = Complaints()
    text = _text_of(folder / SURFACE_FILE)
    if text is None:
        return found
    try:
        released = Released(parse_surface(text), _specs_in(_text_of(folder / _MANIFEST)))
    except SurfaceTextError as error:
        # A merge leaves its marks; what was released is in the history, and generating writes the file anew.
        message = f"{error}; take one of the two sides of a merge, or restore the file from git"
        found.add(Position(f"{output.name}/{spec.package}/{SURFACE_FILE}"), "S134", "", message)
        return found
    current = surface_of(spec)
    if root is None or released.specs == digests:
        # The same specs make another surface only if clientmill does.
        if released.surface.lines != current.lines:
            notes.append(_by_clientmill(released.surface, current))
        return found
    check_announcements(spec, root, released.surface, current, found)
    if not found:
        return found
    committed = _committed(folder)
    if committed == "":
        return Complaints()
    if committed is None:
        return found
    again = Complaints()
    check_announcements(spec, root, parse_surface(committed), current, again)
    return again


def _by_clientmill(released: Surface, current: Surface) -> str:
    """Say what another clientmill makes of the same spec."""
    before, after = set(map(spell_line, released.lines)), set(map(spell_line, current.lines))
    return (
        f"{current.package}: the spec is the same, and clientmill alone says it otherwise in {SURFACE_FILE}: "
        f"new lines: {len(after - before)}, gone: {len(before - after)}; nothing has to be announced"
    )


def _whole(sources: tuple[SpecSource, ...], name: str) -> Document | None:
    source = next(each for each in sources if each.name == name)
    named = {reference: each for each in sources if (reference := reference_of(each)) is not None}
    return inherit(source, named, (), Complaints())


def _text_of(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _specs_in(manifest: str | None) -> Mapping[str, str]:
    """Return the digests that a manifest says; none where it cannot be read, which others complain about."""
    try:
        whole = json.loads(manifest or "{}")
    except json.JSONDecodeError:
        return {}
    found = cast("dict[str, object]", whole).get("specs") if isinstance(whole, dict) else None
    return (
        {str(key): str(value) for key, value in cast("dict[object, object]", found).items()}
        if isinstance(found, dict)
        else {}
    )


def _committed(folder: Path) -> str | None:
    """Return the surface as the last commit has it; nothing where it has none, None where there is no repository."""
    try:
        repository = repository_around(folder)
    except RepositoryError:
        return None
    try:
        text = repository.text_at(repository.commit("HEAD"), folder / SURFACE_FILE)
    except RepositoryError:
        # Nothing was ever committed.
        return ""
    if text is None:
        return ""
    try:
        parse_surface(text)
    except SurfaceTextError:
        return None
    return text
