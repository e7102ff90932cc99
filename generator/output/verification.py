"""What `generate --verify` holds packages to beside what every run does: it takes seconds, and finds faults of ours."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from generator.output.errors import OutputError
from generator.tree import FileTree

_CHECKERS = {
    "mypy": ("--strict", "--no-incremental", "--no-error-summary", "."),
    "pyright": ("--warnings",),
}
_NEEDED = (*_CHECKERS, "pytest")
_SECONDS = 600.0


def differences_from_twin(package: str, tree: FileTree, twin: FileTree) -> Iterator[str]:
    """Yield where a package has another structure than its twin, whose spec has plain words for its prose.

    Args:
        package: Its name.
        tree: Its files.
        twin: What was printed for the twin; what is copied is not in it.
    """
    for path, text in twin.items():
        if path.suffix == ".py" and _structure(tree[path]) != _structure(text):
            yield f"{package}/{path}: words of its spec change more than texts"


def _structure(text: str) -> str:
    """Return what is left of a Python file without its texts."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


def type_mistakes(trees: Mapping[str, FileTree]) -> Iterator[str]:
    """Yield what mypy and pyright, both strict, have to say about packages and their tests.

    Args:
        trees: Package -> its files.

    Raises:
        OutputError: They are not installed here, or took longer than ten minutes.
    """
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise OutputError(
            f"--verify needs {' and '.join(missing)} beside clientmill; run: pip install {' '.join(missing)}"
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for package, tree in trees.items():
            for path, text in tree.items():
                (folder / package / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / package / path).write_text(text, encoding="utf-8")
        setting = {"typeCheckingMode": "strict", "pythonVersion": "3.11"}
        (folder / "pyrightconfig.json").write_text(json.dumps(setting), encoding="utf-8")
        (folder / "mypy.ini").write_text("[mypy]\npython_version = 3.11\n", encoding="utf-8")
        for checker, arguments in _CHECKERS.items():
            said = _run(checker, arguments, folder)
            yield from (line.replace(f"{os.fspath(folder)}{os.sep}", "").strip() for line in said)


def _run(checker: str, arguments: tuple[str, ...], folder: Path) -> tuple[str, ...]:
    more = ("--pythonpath", sys.executable) if checker == "pyright" else ()
    try:
        child = subprocess.run(  # noqa: S603  # a checker of types in the interpreter that runs us
            [sys.executable, "-m", checker, *more, *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise OutputError(f"{checker} took longer than {_SECONDS:g} seconds") from None
    if child.returncode == 0:
        return ()
    return tuple(line for line in (child.stdout + child.stderr).splitlines() if line.strip())
