"""Projects with a spec, a package and a git repository, for what needs all three."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from generator.changes.spelling import SURFACE_FILE, spell_surface
from generator.diagnostics import Diagnostic
from generator.pipeline import Settings, read_specs
from tests.changes.cases import surface

_GIT = shutil.which("git") or "git"

SPEC = """\
vendor: ledgerly
version: v1
package: ledgerly
title: Ledgerly API
servers:
  live: https://api.ledgerly.example
endpoints:
  getInvoice:
    call: GET invoices/{id}
    effect: read
    returns: Invoice
types:
  Invoice:
    id: string
"""

PAID = "    paidOn?: date\n"
ENTRY = """\
changelog:
  - date: 2026-11-01
    source: observed
    kind: additive
    adds: [Invoice.paidOn]
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with `specs/` and `generated/`."""

    folder: Path

    @property
    def settings(self) -> Settings:
        """Where a run works in it."""
        return Settings(project=self.folder, specs=self.folder / "specs", output=self.folder / "generated")

    @property
    def spec(self) -> Path:
        """Its one spec."""
        return self.folder / "specs" / "ledgerly.yaml"

    @property
    def remembered(self) -> Path:
        """What its package remembers."""
        return self.folder / "generated" / "ledgerly" / SURFACE_FILE

    def write(self, text: str) -> None:
        """Write the spec."""
        self.spec.parent.mkdir(parents=True, exist_ok=True)
        self.spec.write_text(text, encoding="utf-8")

    def release(self) -> None:
        """Let the package remember the spec of today."""
        self.remembered.parent.mkdir(parents=True, exist_ok=True)
        self.remembered.write_text(spell_surface(surface(self.spec)), encoding="utf-8")

    def told(self) -> tuple[Diagnostic, ...]:
        """Return what the author is told."""
        return read_specs(self.settings).diagnostics

    def codes(self) -> list[str]:
        """Return the codes of what the author is told."""
        return [diagnostic.code for diagnostic in self.told()]

    def git(self, *words: str) -> str:
        """Run git in it."""
        identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@ledgerly.example")
        done = subprocess.run((_GIT, *identity, *words), cwd=self.folder, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self) -> str:
        """Commit all that is there; return the commit."""
        if not (self.folder / ".git").exists():
            self.git("init", "--quiet", "--initial-branch=main")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=A step")
        return self.git("rev-parse", "HEAD")
