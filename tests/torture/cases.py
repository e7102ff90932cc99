"""The cases that clients and the generator are held against, each with the tests that hold it."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
LIST = Path(__file__).with_name("cases.txt")

OPEN = "open:"
DOES_NOT_APPLY = "does not apply:"

_LINE = re.compile(r"([A-Z]\d\d) \| ([^|]+) \| (?:([^|]+) )?\|(?: ([^|]+))?")
_GROUP = re.compile(r"## ([A-Z]) \| (.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Something that may happen.

    Attributes:
        name: Its letter and number.
        group: What the cases of its letter are about.
        words: What happens.
        tests: The tests and files of cases that hold it, below the folder of the tests.
        remark: What is to be said about it; what begins with `OPEN` or holds it after a semicolon is not held yet.
    """

    name: str
    group: str
    words: str
    tests: tuple[str, ...]
    remark: str

    @property
    def is_open(self) -> bool:
        """Whether some of it is held by no test."""
        return OPEN in self.remark

    @property
    def applies(self) -> bool:
        """Whether there is something to hold."""
        return not self.remark.startswith(DOES_NOT_APPLY)


def read_cases() -> tuple[Case, ...]:
    """Return all cases in their order.

    Raises:
        ValueError: A line is neither a case, nor a group, nor a comment.
    """
    return tuple(_cases())


def _cases() -> Iterator[Case]:
    group = ""
    for line in LIST.read_text(encoding="utf-8").splitlines():
        heading, case = _GROUP.fullmatch(line), _LINE.fullmatch(line)
        if heading is not None:
            group = heading[2]
        elif case is not None:
            tests = tuple((case[3] or "").split())
            yield Case(name=case[1], group=group, words=case[2], tests=tests, remark=case[4] or "")
        elif line and not line.startswith("#"):
            raise ValueError(f"{LIST.name}: not a case: {line}")


def exists(test: str) -> bool:
    """Tell whether a test, or the file of a case, is there."""
    path, _, function = test.partition("::")
    return (TESTS / path).is_file() and (not function or function in _functions(path))


@functools.cache
def _functions(path: str) -> frozenset[str]:
    tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
