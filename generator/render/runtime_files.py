"""The part of the runtime that a package needs, copied byte for byte."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from generator.plan.code import RUNTIME
from generator.tree import FileTree

_GENERATOR = Path(__file__).resolve().parent.parent
_RUNTIME_FOLDER = _GENERATOR / "runtime"
_NEIGHBOUR = re.compile(r"^ *from \.(\w+) import ", re.MULTILINE)
# Texts and comments, in which a line may look like an import.
_TEXTS = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*+"""|"(?:[^"\\\n]|\\.)*+"|\'(?:[^\'\\\n]|\\.)*+\'|#[^\n]*', re.DOTALL)
_IMPORTED = re.compile(rf"^ *from \.+{RUNTIME}\.(\w+) import ", re.MULTILINE)
_REPLAY = _GENERATOR / "replay" / "replay.py"


def runtime_files(rendered: FileTree) -> FileTree:
    """Return the runtime modules that the printed files import, with all that those import, and the tests' stand-in."""
    wanted = {module for path, text in rendered.items() if path.suffix == ".py" for module in _imported(text)}
    files = {PurePosixPath(RUNTIME, "__init__.py"): _source("__init__")}
    for module in sorted(_closure(wanted)):
        files[PurePosixPath(RUNTIME, f"{module}.py")] = _source(module)
    files[PurePosixPath("py.typed")] = ""
    files[PurePosixPath("tests", "replay.py")] = _REPLAY.read_text(encoding="utf-8")
    return files


def _imported(text: str) -> Iterator[str]:
    """Yield the runtime modules that a printed file imports."""
    # Taking out texts takes longer than finding out that there is nothing to be found; most lines are those of tests.
    if f"{RUNTIME}." not in text:
        return
    yield from _IMPORTED.findall(_TEXTS.sub("", text))


def _closure(modules: Iterable[str]) -> set[str]:
    found: set[str] = set()
    following = list(modules)
    while following:
        module = following.pop()
        if module not in found:
            found.add(module)
            following.extend(_neighbours(module))
    return found


@functools.cache
def _neighbours(module: str) -> tuple[str, ...]:
    # Our own code, in which no text looks like an import: parsing it took a tenth of the run after an edit.
    return tuple(_NEIGHBOUR.findall(_source(module)))


@functools.cache
def _source(module: str) -> str:
    return (_RUNTIME_FOLDER / f"{module}.py").read_text(encoding="utf-8")
