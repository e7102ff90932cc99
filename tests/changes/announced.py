"""The cases of `refused/` and `accepted/`: a released spec, the spec of today, and what its author is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generator.changes.announcements import check_announcements
from generator.changes.extraction import surface_of
from generator.cli.complaints import render
from generator.diagnostics import Complaints, Diagnostic
from generator.spec.parsing import parse_specs
from generator.spec.source import read_source
from tests.changes.cases import surface

REFUSED = Path(__file__).parent / "refused"
ACCEPTED = Path(__file__).parent / "accepted"


@dataclass(frozen=True, slots=True)
class Announcement:
    """A change, and what its changelog says of it."""

    folder: Path

    @property
    def golden(self) -> Path:
        """The file that says what the author is told."""
        return self.folder / "told.txt"

    def told(self) -> tuple[Diagnostic, ...]:
        """Return the complaints of today."""
        complaints = Complaints()
        path = self.folder / "after.yaml"
        source = read_source(path, f"{self.folder.name}.yaml", complaints)
        assert source is not None
        spec = parse_specs([source], complaints)[source.name]
        released = surface(self.folder / "before.yaml")
        check_announcements(spec, source.root, released, surface_of(spec), complaints)
        return complaints.sorted()

    def told_text(self) -> str:
        """Return the complaints of today as the command prints them."""
        return render(self.told())


def announcements(folder: Path) -> tuple[Announcement, ...]:
    """Return all cases of a folder in the order of their names."""
    return tuple(map(Announcement, sorted(folder.iterdir())))
