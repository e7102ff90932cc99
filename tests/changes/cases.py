"""The cases of `cases/`: a spec before and after one change, and what is told about it.

What only another clientmill would have said stands as the text of a surface, in `before.txt`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generator.changes.extraction import surface_of
from generator.changes.report import Report, report, told
from generator.changes.spelling import parse_surface
from generator.changes.surface import Surface
from generator.diagnostics import Complaints
from generator.spec.parsing import parse_specs
from generator.spec.source import parse_source

FOLDER = Path(__file__).parent / "cases"


@dataclass(frozen=True, slots=True)
class Case:
    """One change, called like the rule that it shows."""

    name: str

    @property
    def golden(self) -> Path:
        """The file that says what is told."""
        return FOLDER / self.name / "expected.txt"

    def report(self) -> Report:
        """Return what is found today."""
        folder = FOLDER / self.name
        remembered = folder / "before.txt"
        before = parse_surface(remembered.read_text(encoding="utf-8")) if remembered.exists() else None
        return report(before or surface(folder / "before.yaml"), surface(folder / "after.yaml"))

    def told(self) -> str:
        """Return what is told today."""
        return told([self.report()])


def surface(path: Path) -> Surface:
    """Return the surface of a spec that has no mistake."""
    return surface_of_text(path.read_bytes(), path.name)


def surface_of_text(content: bytes, name: str = "spec.yaml") -> Surface:
    """Return the surface of the text of a spec that has no mistake."""
    complaints = Complaints()
    source = parse_source(content, Path(name), name, complaints)
    specs = parse_specs([source] if source is not None else [], complaints)
    if complaints:
        raise ValueError("\n".join(map(str, complaints.sorted())))
    return surface_of(specs[name])


def cases() -> tuple[Case, ...]:
    """Return all cases in the order of their names."""
    return tuple(Case(folder.name) for folder in sorted(FOLDER.iterdir()) if folder.is_dir())
