"""The README's walk, word for word: every command of it is run, and says what the README says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_WALK = re.compile(r"<!-- walk -->\n```console\n(.*?)```", re.DOTALL)


def _commands(block: str) -> list[tuple[str, str]]:
    """Split a console block into commands, with what each prints."""
    found: list[tuple[list[str], list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(([line[2:]], []))
        elif line.startswith(">") and not found[-1][1]:
            found[-1][0].append(line[2:])
        else:
            found[-1][1].append(line)
    return [("\n".join(command), "".join(f"{line}\n" for line in printed)) for command, printed in found]


def _run(command: str, folder: Path) -> str:
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


def _says(expected: str) -> re.Pattern[str]:
    """Return what an output has to match: `...` on a line of its own stands for any lines."""
    return re.compile(re.escape(expected).replace(re.escape("...\n"), "(?:.*\n)*"))


def test_the_walk_does_what_it_says(tmp_path: Path) -> None:
    walked = [
        pair for block in _WALK.findall((ROOT / "README.md").read_text(encoding="utf-8")) for pair in _commands(block)
    ]
    said = [_run(command, tmp_path) for command, _ in walked]

    assert len(walked) > 10
    for (command, expected), output in zip(walked, said, strict=True):
        assert _says(expected).fullmatch(output), f"{command}\nsaid: {output}\nnot: {expected}"


def test_the_commands_of_the_table_exist() -> None:
    table = set(re.findall(r"^\| `clientmill ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    told = _run("clientmill --help", ROOT)

    assert table == set(re.findall(r"^  ([a-z]+)  ", told.partition("Commands:")[2], re.MULTILINE))
