"""Printed Python read by its lines: where statements begin and end, told by brackets and quotes alone.

Parsing all that is printed, to learn no more than that, took half of the time of laying it out, and hundreds of megabytes
for a package of 1,000 operations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|' + r"'(?:[^'\\]|\\.)*'")


class Unit(NamedTuple):
    """A simple statement, the head of a block, a decorator, a docstring or a comment: lines from *begin* up to *end*."""

    indent: int
    begin: int
    end: int


class UnreadableError(Exception):
    """Stands in a text: something that takes more than its lines to be understood."""


def units(lines: Sequence[str]) -> Iterator[Unit]:
    """Yield the units of a text; the lines between them are blank.

    Raises:
        UnreadableError: There is a comment behind a statement, a text over several lines, or a line that goes on behind
            a backslash.
    """
    end = 0
    while end < len(lines):
        begin = end
        line = lines[begin]
        end += 1
        text = line.lstrip(" ")
        if not text:
            continue
        if text.startswith('"""'):
            end = _end_of_text(text, lines, end)
        elif not text.startswith("#"):
            depth = _opened(text)
            while depth > 0 and end < len(lines):
                depth += _opened(lines[end])
                end += 1
            if depth:
                raise UnreadableError
        yield Unit(len(line) - len(text), begin, end)


def _end_of_text(text: str, lines: Sequence[str], end: int) -> int:
    """Return where a docstring ends that begins on the line before *end*."""
    rest = text[3:]
    while '"""' not in rest:
        if "\\" in rest or end == len(lines):
            raise UnreadableError
        rest = lines[end]
        end += 1
    if "\\" in rest or not rest.endswith('"""') or rest.index('"""') < len(rest) - 3:
        raise UnreadableError
    return end


def _opened(text: str) -> int:
    """Return how many more brackets a line opens than it closes."""
    if '"' in text or "'" in text:
        if '"""' in text or "'''" in text:
            raise UnreadableError
        text = _TEXT.sub("", text)
        if '"' in text or "'" in text:
            raise UnreadableError
    if "#" in text or "\\" in text or "\t" in text:
        raise UnreadableError
    opened = text.count("(") + text.count("[") + text.count("{")
    return opened - text.count(")") - text.count("]") - text.count("}")
