"""The cases of `rejected/`: a spec with one mistake, or a folder of specs, and what its author is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generator.cli.complaints import render
from generator.diagnostics import Complaints, Diagnostic
from generator.spec.document import Spec
from generator.spec.parsing import parse_specs
from generator.spec.source import read_source

FOLDER = Path(__file__).parent / "rejected"


@dataclass(frozen=True, slots=True)
class Case:
    """One mistake.

    Attributes:
        name: What it is.
        golden: The file that says what its author is told.
        specs: The specs that are read together, by the names that complaints give them.
    """

    name: str
    golden: Path
    specs: tuple[tuple[str, Path], ...]

    def told(self) -> tuple[Diagnostic, ...]:
        """Return the complaints of today."""
        complaints = Complaints()
        read(self.specs, complaints)
        return complaints.sorted()

    def told_text(self) -> str:
        """Return the complaints of today as the command prints them."""
        return render(self.told())


def read(specs: tuple[tuple[str, Path], ...], complaints: Complaints) -> dict[str, Spec]:
    """Read specs as a run does."""
    sources = (read_source(path, name, complaints) for name, path in specs)
    return parse_specs([source for source in sources if source is not None], complaints)


def cases() -> tuple[Case, ...]:
    """Return all cases in the order of their names."""
    found: list[Case] = []
    for entry in sorted(FOLDER.iterdir()):
        if entry.is_dir():
            inside = sorted(entry.rglob("*.yaml"))
            specs = tuple((path.relative_to(entry).as_posix(), path) for path in inside)
            found.append(Case(entry.name, entry / "told.txt", specs))
        elif entry.suffix == ".yaml":
            found.append(Case(entry.stem, entry.with_suffix(".txt"), ((entry.name, entry),)))
    return tuple(found)
