"""Versions: what a surface's announcements make of them, and what a change asks for."""

from __future__ import annotations

from generator.changes.rules import BUMPS, Kind
from generator.changes.surface import Surface
from generator.spec.changelog import version_of

Version = tuple[int, int, int]


def version(surface: Surface) -> str:
    """Return the version that the announcements of a surface lead to."""
    return version_of(tuple(line.get("kind") or "" for line in surface.of("entry")))


def following(of: str, kind: Kind | None) -> str:
    """Return the version that comes after another when a change of a kind is released."""
    major, minor, patch = numbers(of)
    match BUMPS[kind] if kind is not None else 0:
        case 3:
            return f"{major + 1}.0.0"
        case 2:
            return f"{major}.{minor + 1}.0"
        case 1:
            return f"{major}.{minor}.{patch + 1}"
        case _:
            return of


def numbers(of: str) -> Version:
    """Return a version as numbers, which compare as versions do."""
    major, minor, patch = map(int, of.split("."))
    return (major, minor, patch)
