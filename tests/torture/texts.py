"""Every text of the corpus in every place where a spec has room for prose or data, held against the harmless twin."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
import warnings
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import cast

from generator.tree import FileTree
from tests.golden.hostile import EXACT, HARMLESS, fitted, infected, numbers
from tests.golden.test_hostile import harmless, structure
from tests.golden.test_hostile import texts as read_texts
from tests.torture.mutation import Findings, complaints_are_located, printed, read

_TOKEN = re.compile(r"plain[ -](\d\d)")
_TOML = PurePosixPath("pyproject.toml")


def try_text(payload: str, findings: Findings) -> None:
    """Put one text in all places, leaving out those that refuse it, until what is left is a package."""
    left = set(numbers())
    lines = HARMLESS.read_text(encoding="utf-8").split("\n")[2:]
    while left:
        document = _infected(payload, left)
        try:
            spec, complaints = read(document)
            if spec is not None:
                wrong = difference(printed(spec))
                if wrong:
                    findings.faults.append(f"{payload[:60]!a}: {wrong}")
                else:
                    findings.inert += len(left)
                return
        except Exception as error:  # noqa: BLE001 - a traceback is what is looked for
            findings.faults.append(f"{payload[:60]!a}: {type(error).__name__}: {str(error)[:300]}")
            return
        wrong = complaints_are_located(complaints, document)
        if wrong:
            findings.faults.append(f"{payload[:60]!a}: {wrong}")
            return
        told = {each.position.line for each in complaints.sorted()}
        refused = {int(number) for line in told for number in _TOKEN.findall(lines[line - 1])} & left
        # A complaint that stands elsewhere, such as at an example, is of some of them; nobody can say which.
        findings.refused += len(refused or left)
        left -= refused or left


def _infected(payload: str, numbers: set[int]) -> str:
    return infected(lambda number: payload if number in numbers else f"plain {number:02d}")


def try_reading_back(payload: str, findings: Findings) -> None:
    """Put one text in all places for data, and look for it in what the interpreter reads of the package."""
    exact = EXACT & numbers()
    document = _infected(payload, set(exact))
    spec, _ = read(document)
    if spec is None:
        findings.refused += len(exact)
        return
    found = set(read_texts(printed(spec)))
    for number in exact:
        expected = fitted(payload, number)
        if {expected, inspect.cleandoc(expected)} & found or any(expected in text for text in found):
            findings.inert += 1
        else:
            findings.faults.append(f"{payload[:60]!a} does not come back at place {number}")


def difference(tree: FileTree) -> str:
    """Return where a package differs from its harmless twin in more than texts; nothing when it does not."""
    twin = harmless()
    if tree.keys() != twin.keys():
        return "other files"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for path, text in tree.items():
            if path.suffix == ".py":
                compile(text, str(path), "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
                if structure(text) != structure(twin[path]):
                    return f"other code in {path}"
                if not all(character == "\n" or character.isprintable() for character in text):
                    return f"a character that is not seen in {path}"
    return "" if _keys(tomllib.loads(tree[_TOML])) == _keys(tomllib.loads(twin[_TOML])) else "other keys in the project"


def _keys(value: object) -> object:
    if isinstance(value, dict):
        return {key: _keys(item) for key, item in cast("Mapping[str, object]", value).items()}
    return type(value).__name__
