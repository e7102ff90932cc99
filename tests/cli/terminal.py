"""The command in a process of its own, on a terminal or not."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

COMMAND = (sys.executable, "-m", "generator")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended, and what it said."""

    status: int
    said: str


END_OF_INPUT = "\x04"
"""What a terminal sends when somebody types Ctrl-D."""


def on_a_terminal(
    folder: Path, *arguments: str, variables: Mapping[str, str] | None = None, typed: str = "", after: str = ""
) -> Ended:
    """Run the command on a terminal.

    Args:
        folder: Where it runs.
        arguments: Its arguments.
        variables: What its environment has beside ours.
        typed: What somebody types.
        after: Typed once this was said.
    """
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=folder,
        env={**environment, "TERM": "xterm", **(variables or {})},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        said += piece
        if typed and after.encode() in said:
            os.write(ours, typed.encode())
            typed = ""
    os.close(ours)
    return Ended(process.wait(60), said.decode().replace("\r\n", "\n"))


def away_from_a_terminal(folder: Path, *arguments: str, variables: Mapping[str, str] | None = None) -> Ended:
    """Run the command with its output in pipes, both in one."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env={**os.environ, **(variables or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    return Ended(done.returncode, done.stdout.decode())
