"""Walks in our pages: commands in a console block, each with what it prints, run one after the other."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_WALK = re.compile(r"<!-- walk -->\n```console\n(.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Step:
    """A command of a walk.

    Attributes:
        command: What is typed.
        expected: What it prints; `...` on a line of its own stands for any lines.
    """

    command: str
    expected: str

    def is_right(self, output: str) -> bool:
        """Tell whether the command printed what the page says."""
        pattern = re.escape(self.expected).replace(re.escape("...\n"), "(?:.*\n)*")
        return re.fullmatch(pattern, output) is not None


def steps(page: str) -> list[Step]:
    """Return the commands of all walks of a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [step for block in _WALK.findall(text) for step in _steps(block)]


def _steps(block: str) -> list[Step]:
    found: list[tuple[list[str], list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(([line[2:]], []))
        elif line.startswith(">") and not found[-1][1]:
            found[-1][0].append(line[2:])
        else:
            found[-1][1].append(line)
    return [Step("\n".join(command), "".join(f"{line}\n" for line in printed)) for command, printed in found]


def run(command: str, folder: Path) -> str:
    """Run a command in a person's shell, and return all that it prints."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(folder), "CLIENTMILL": str(ROOT), "LANG": "C.UTF-8"}
    done = subprocess.run(
        ["/bin/sh", "-c", command],  # the walk is for people's shells
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    return done.stdout.decode()


def walk(page: str, folder: Path) -> list[str]:
    """Run the walks of a page in a folder; return what a reader would not see there as the page says."""
    wrong: list[str] = []
    for step in steps(page):
        output = run(step.command, folder)
        if not step.is_right(output):
            wrong.append(f"{step.command}\nsaid: {output}\nnot: {step.expected}")
    return wrong
