"""The manifest that each package folder carries: what was written, and everything that it was made from."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import cast

from generator.output.layout import MADE_BY, MANIFEST_FORMAT


class ManifestError(ValueError):
    """A manifest.json cannot be trusted to say what we wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What one package was made from.

    Attributes:
        generator: Our own version.
        specs: The spec and those it builds on: path relative to the project, with slashes -> sha256 of its bytes.
        templates: One sha256 over all templates.
        black: The version that formatted.
        datamodel_code_generator: The version that made the models.
    """

    generator: str
    specs: Mapping[str, str]
    templates: str
    black: str
    datamodel_code_generator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A manifest as it was read from disk.

    Attributes:
        format: Its format number; ours are up to `MANIFEST_FORMAT`.
        generator: The version of clientmill that wrote it.
        files: sha256 of each file as it was written.
    """

    format: int
    generator: str
    files: Mapping[PurePosixPath, str]

    def newer_than(self, generator: str) -> str:
        """Say why a generator of this version has to leave the package alone; empty when it has not."""
        if self.format > MANIFEST_FORMAT:
            return f"made by a newer clientmill ({self.generator}, manifest format {self.format})"
        if version_key(self.generator) > version_key(generator):
            return f"made by a newer clientmill ({self.generator}; this is {generator})"
        return ""


def manifest_text(provenance: Provenance, files: Mapping[PurePosixPath, bytes]) -> str:
    """Spell the manifest of a package that holds *files*: the same inputs give the same bytes, on every machine."""
    for spec in provenance.specs:
        path = PurePosixPath(spec)
        if path.is_absolute() or ".." in path.parts or str(path) != spec:
            raise ValueError(f"{spec!r} is not a path inside the project")
    version_key(provenance.generator)
    document = {
        "made_by": MADE_BY,
        "format": MANIFEST_FORMAT,
        "generator": provenance.generator,
        "specs": dict(sorted(provenance.specs.items())),
        "templates": provenance.templates,
        "tools": {"black": provenance.black, "datamodel-code-generator": provenance.datamodel_code_generator},
        "files": {str(path): digest(files[path]) for path in sorted(files)},
    }
    return json.dumps(document, indent=2) + "\n"


def read_manifest(data: bytes) -> Manifest:
    """Read a manifest of ours, of any format.

    Raises:
        ManifestError: It is no manifest of ours, or not readable as one.
    """
    try:
        document: object = json.loads(data)
    except (ValueError, RecursionError):
        raise ManifestError("it is not JSON") from None
    if not isinstance(document, dict):
        raise ManifestError("it is not an object")
    told = cast("dict[str, object]", document)
    if told.get("made_by") != MADE_BY:
        raise ManifestError("it is not one of clientmill's")
    number, generator, files = told.get("format"), told.get("generator"), told.get("files")
    if not isinstance(number, int) or not isinstance(generator, str) or not isinstance(files, dict):
        raise ManifestError("its format, generator or files are missing")
    version_key(generator)
    digests: dict[PurePosixPath, str] = {}
    for path, hexadecimal in cast("dict[str, object]", files).items():
        if not isinstance(hexadecimal, str):
            raise ManifestError(f"it has no digest of {path!r}")
        digests[PurePosixPath(path)] = hexadecimal
    return Manifest(format=number, generator=generator, files=digests)


def digest(data: bytes) -> str:
    """Return the digest by which manifests know a file."""
    return hashlib.sha256(data).hexdigest()


_VERSION = re.compile(r"(\d+(?:\.\d+)*)(?:(a|b|rc)(\d+))?(?:\.post(\d+))?(?:\.dev(\d+))?(?:\+[a-z0-9.]+)?", re.ASCII)
_FINAL, _ONLY_DEVELOPMENT = 3, -1
_PHASES = {"a": 0, "b": 1, "rc": 2}


def version_key(version: str) -> tuple[tuple[int, ...], int, int, int, float]:
    """Return what sorts versions as Python packages sort them."""
    match = _VERSION.fullmatch(version)
    if match is None or len(version) > 100:
        raise ManifestError(f"{version[:100]!r} is not a version")
    numbers = [int(part) for part in match[1].split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    phase = _PHASES.get(match[2] or "", _ONLY_DEVELOPMENT if match[5] and not match[4] else _FINAL)
    development = float(match[5]) if match[5] else float("inf")
    return tuple(numbers), phase, int(match[3] or 0), int(match[4] or -1), development
