"""Small projects, and runs of the command in them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click.testing

from generator.cli.commands import clientmill

SPEC = """\
vendor: ledgerly
version: {version}
package: {package}
title: Ledgerly API

servers:
  live: https://api.ledgerly.example/v1

credentials:
  apiKey: {{ env: LEDGERLY_API_KEY, secret: true, doc: The key. }}

auth:
  bearer: ${{apiKey}}

endpoints:
  getInvoice:
    call: GET invoices/{{id}}
    effect: read
    doc: {doc}
    returns: string at number
"""

PROJECT_FILE = '[project]\nname = "books"\nversion = "1"\n\n[tool.clientmill]\n'


def spec(package: str, version: str = "", doc: str = "Reads an invoice.") -> str:
    """Return a spec that becomes *package*."""
    return SPEC.format(package=package, version=version or package, doc=doc)


@dataclass(frozen=True, slots=True)
class Run:
    """How a run ended, and what it said."""

    status: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with specs."""

    root: Path

    def write(self, path: str, text: str) -> Path:
        """Write a file, with the folders that it stands in."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def run(self, *arguments: str, inside: str = ".") -> Run:
        """Run the command in this process, in a folder of the project."""
        before = Path.cwd()
        os.chdir(self.root / inside)
        try:
            result = click.testing.CliRunner().invoke(clientmill, arguments)
        finally:
            os.chdir(before)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Run(result.exit_code, result.stdout, result.stderr)

    def packages(self, output: str = "generated") -> list[str]:
        """Return the names of the packages that are there."""
        folder = self.root / output
        return sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))

    def files(self) -> Mapping[str, bytes]:
        """Return every file of the project but the lock's, which every writing run touches."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and ".clientmill" not in path.parts
        }

    def times(self) -> Mapping[str, tuple[int, int]]:
        """Return when everything in the project was last changed, and which file it is."""
        return {
            path.relative_to(self.root).as_posix(): (path.stat().st_mtime_ns, path.stat().st_ino)
            for path in sorted(self.root.rglob("*"))
        }

    def copy(self, root: Path) -> Project:
        """Return a copy of this project."""
        shutil.copytree(self.root, root)
        return Project(root)
