"""The digest of everything that a package is made from, so that a run with nothing to do does nothing.

Every run takes this way for every package, so it imports little and parses no YAML.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

VERSION = "0.1.0"
"""Our own version; a test holds it to the distribution's."""

_HERE = Path(__file__).resolve().parent

# What a line of the identity section says; quoted or unusual ones are left to the full run.
_LINE = re.compile(rb"^(vendor|version|package|like): *([0-9A-Za-z_./-]+) *$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SpecFile:
    """A spec as it lies on disk, read only as far as it says who it is."""

    name: str
    digest: str
    package: str
    reference: str
    like: str

    @property
    def version(self) -> tuple[str, str]:
        """The vendor and its version."""
        vendor, _, version = self.reference.partition("/")
        return vendor, version


def glance(name: str, content: bytes) -> SpecFile:
    """Read who a spec is without parsing it."""
    said = {key.decode(): value.decode() for key, value in _LINE.findall(content)}
    return SpecFile(
        name=name,
        digest=hashlib.sha256(content).hexdigest(),
        package=said.get("package", ""),
        reference=f"{said.get('vendor', '')}/{said.get('version', '')}",
        like=said.get("like", ""),
    )


# From its line to the next that begins a section.
_TYPES = re.compile(rb"^types:.*?(?=^[^\s#]|\Z)", re.MULTILINE | re.DOTALL)


def types_in(content: bytes) -> bytes:
    """Return the section of a spec that says its types, without parsing it; nothing where it has none."""
    found = _TYPES.search(content)
    return found[0] if found is not None else b""


def is_older(version: str, than: str) -> bool:
    """Tell whether a version comes before another of the same vendor: `v9` before `v10`, `2024-11` before `2025-01`."""
    return bool(version) and _counted(version) < _counted(than)


def _counted(version: str) -> tuple[tuple[int, int, str], ...]:
    parts: list[str] = re.findall(r"[0-9]+|[^0-9._-]+", version.lower())
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)


def older_versions(spec: SpecFile, files: Iterable[SpecFile]) -> tuple[SpecFile, ...]:
    """Return the specs of older versions of the same vendor that are like this one, or that it is like; nearest first."""
    vendor, version = spec.version
    found = [
        each
        for each in files
        if (each.like == spec.reference or each.reference == spec.like)
        and each.version[0] == vendor
        and is_older(each.version[1], version)
    ]
    return tuple(sorted(found, key=lambda each: _counted(each.version[1]), reverse=True))


class SpecFiles:
    """The spec files of a project, and what each is made from."""

    def __init__(self, files: Iterable[SpecFile]) -> None:
        self._by_name = {file.name: file for file in files}
        self._by_reference = {file.reference: file for file in self._by_name.values()}
        self._by_vendor: dict[str, list[SpecFile]] = {}
        for file in self._by_name.values():
            self._by_vendor.setdefault(file.version[0], []).append(file)

    @property
    def are_distinct(self) -> bool:
        """Whether no two say that they are the same version of the same vendor."""
        return len(self._by_reference) == len(self._by_name)

    @property
    def packages(self) -> frozenset[str]:
        """The packages that they want."""
        return frozenset(file.package for file in self._by_name.values())

    def lineage(self, name: str) -> tuple[SpecFile, ...]:
        """Return a spec, those that it is like, and those of older versions that its migration guide tells of."""
        spec = self._by_name[name]
        found = [spec]
        for each in (spec, *older_versions(spec, self._by_vendor[spec.version[0]])):
            self._add_bases(each, found)
        return tuple(found)

    def _add_bases(self, spec: SpecFile, found: list[SpecFile]) -> None:
        following: SpecFile | None = spec
        seen: list[SpecFile] = []
        while following is not None and following not in seen:
            seen.append(following)
            if following not in found:
                found.append(following)
            following = self._by_reference.get(following.like)

    def digest(self, name: str, line_length: int) -> str:
        """Return one digest of all that goes into a spec's package: the specs, ourselves, our templates and our tools."""
        whole = hashlib.sha256()
        for part in (generator_digest(), templates_digest(), *tool_versions().values(), str(line_length)):
            whole.update(part.encode() + b"\0")
        for spec in self.lineage(name):
            whole.update(f"{spec.name}\0{spec.digest}\0".encode())
        return whole.hexdigest()


@functools.cache
def generator_digest() -> str:
    """Return a digest of our own code."""
    return _digest(_HERE, ".py")


@functools.cache
def templates_digest() -> str:
    """Return a digest of all templates."""
    inside = _HERE / "templates"
    return _digest(inside if inside.is_dir() else _HERE.parent / "templates", ".j2")


@functools.cache
def tool_versions() -> Mapping[str, str]:
    """Return the versions of the tools that shape our output."""
    return {name: _installed_version(name) for name in ("black", "datamodel_code_generator")}


def _digest(folder: Path, suffix: str) -> str:
    whole = hashlib.sha256()
    for path, inside in sorted(_files(os.fspath(folder), "")):
        if inside.endswith(suffix):
            with open(path, "rb") as file:  # noqa: PTH123 - a Path for each file would double the time
                whole.update(inside.encode() + b"\0" + hashlib.sha256(file.read()).digest())
    return whole.hexdigest()


def _files(folder: str, inside: str) -> Iterable[tuple[str, str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = f"{inside}/{entry.name}"
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _files(entry.path, path)
            else:
                yield entry.path, path


def _installed_version(distribution: str) -> str:
    """Return the version of an installed distribution by the name of its metadata folder.

    `importlib.metadata` says the same, but its import costs more than all the rest of a run with nothing to do.
    """
    pattern = re.compile(re.escape(distribution) + r"-(.+)\.dist-info", re.IGNORECASE)
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")  # noqa: PTH208 - a Path for each entry would double the time
        except OSError:
            continue
        for name in names:
            found = pattern.fullmatch(name)
            if found is not None:
                return found[1]
    return "unknown"
