"""Taking a definition apart, so that black lays out each statement once, however many definitions have it in them.

What stays is a frame: the definition with a name in place of each statement and of the head of each block. A frame and
a statement by itself, with as much room as its depth leaves, come out of black as they do within the whole; tests hold
that for every generated file. Of the tests of a package, half of all lines are the same statements, and most of the
frames are the same: it halves a cold run, which is why it is worth a second way through black. Nothing is parsed for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.render.frames import NAME
from generator.render.lines import Unit, UnreadableError, units
from generator.render.spelling import BODY

_INDENT = 4


class Text(NamedTuple):
    """What black is asked for: a text, and how long its lines may be."""

    text: str
    line_length: int


class Statement(NamedTuple):
    """A statement, the head of a block or a method: how deep it stands, and itself; a head has a body put to it."""

    depth: int
    text: Text | Definition
    is_head: bool = False


class Definition(NamedTuple):
    """A definition taken apart."""

    frame: Text
    statements: tuple[Statement, ...]

    def texts(self) -> Iterator[Text]:
        """Yield what has to be formatted for it."""
        yield self.frame
        for statement in self.statements:
            if isinstance(statement.text, Text):
                yield statement.text
            else:
                yield from statement.text.texts()


def taken_apart(text: str, line_length: int) -> Definition | None:
    """Take a definition apart, or return None where it has anything in it that this does not know."""
    if NAME in text:
        return None
    lines = text.split("\n")
    try:
        return _apart(tuple(units(lines)), lines, line_length)
    except UnreadableError:
        return None


_HEAD = re.compile(r"(?P<head>(?:async )?(?:with|for|def)) ")
_HEADS = {
    "with": "with {}:",
    "async with": "async with {}:",
    "for": "for {} in ():",
    "async for": "async for {} in ():",
    "def": "def {}():",
    "async def": "async def {}():",
}
# What stays in the frame: a few of these are known there, and black lays out the others.
_OTHER = re.compile(
    r'["#@]|(?:class|import|from|del|pass|if|elif|else|try|except|finally|while|match|case|type|global|nonlocal|break'
    r"|continue|with|for|def|async)\b"
)
_WORD = re.compile("(?:return|raise) ")


def _apart(body: Sequence[Unit], lines: Sequence[str], line_length: int) -> Definition:
    """Put names in place of statements; what is none stays in the frame."""
    frame: list[str] = []
    statements: list[Statement] = []
    is_class = any(lines[unit.begin].startswith("class ") for unit in body if not unit.indent)
    done = position = 0
    while position < len(body):
        unit = body[position]
        begin, end = unit.begin, unit.end
        position += 1
        indent = lines[begin][: unit.indent]
        first = lines[begin][unit.indent :]
        depth = unit.indent // _INDENT
        head = _HEAD.match(first) if lines[end - 1].endswith(":") else None
        if unit.indent % _INDENT:
            raise UnreadableError
        if head is not None:
            if is_class and depth == 1 and head["head"].endswith("def"):
                following = _following(body, position)
                method = _method(body[position - 1 : following], lines, line_length)
                if method is not None:
                    frame += [*lines[done:begin], f"{indent}def {NAME}():", f"{indent}{' ' * _INDENT}pass"]
                    statements.append(Statement(depth, method))
                    done, position = body[following - 1].end, following
                    continue
            text = _text(first, lines[begin + 1 : end]) + BODY
            instead = _HEADS[head["head"]].format(NAME)
        elif _OTHER.match(first) or lines[end - 1].endswith(":"):
            continue
        else:
            text = _text(first, lines[begin + 1 : end])
            word = _WORD.match(first)
            instead = f"{word.group()}{NAME}" if word else NAME
        frame += [*lines[done:begin], indent + instead]
        statements.append(Statement(depth, Text(text, line_length - unit.indent), head is not None))
        done = end
    frame += lines[done:]
    return Definition(Text("\n".join([*frame, ""]), line_length), tuple(statements))


def _following(body: Sequence[Unit], position: int) -> int:
    """Return where the block ends whose head is the unit before *position*."""
    head = body[position - 1]
    return next((number for number in range(position, len(body)) if body[number].indent <= head.indent), len(body))


def _method(body: Sequence[Unit], lines: Sequence[str], line_length: int) -> Definition | None:
    """Take a method apart as a definition of its own; None where it is not indented all through."""
    first, end = body[0].begin, body[-1].end
    margin = " " * _INDENT
    inside = [line.removeprefix(margin) for line in lines[first:end]]
    if any(line == short for line, short in zip(lines[first:end], inside, strict=True) if line):
        return None
    shifted = [Unit(unit.indent - _INDENT, unit.begin - first, unit.end - first) for unit in body]
    return _apart(shifted, inside, line_length - _INDENT)


def _text(first: str, more: Sequence[str]) -> str:
    return "\n".join([first, *more])


def put_together(definition: Definition, formatted: Mapping[Text, str]) -> str | None:
    """Put formatted statements into their formatted frame, or return None where they do not fit."""
    statements = iter(definition.statements)
    whole: list[str] = []
    lines = iter(formatted[definition.frame].split("\n"))
    for line in lines:
        if NAME not in line:
            whole.append(line)
            continue
        statement = next(statements)
        indent = " " * (_INDENT * statement.depth)
        text = _whole(statement, formatted)
        if text is None or not line.startswith(indent) or line[len(indent)] == " ":
            return None
        if isinstance(statement.text, Definition):
            # The body that its frame had put to it.
            next(lines)
        whole += [indent + each if each else each for each in text.split("\n")]
    return "\n".join(whole)


def _whole(statement: Statement, formatted: Mapping[Text, str]) -> str | None:
    if isinstance(statement.text, Definition):
        text = put_together(statement.text, formatted)
        return None if text is None else text.removesuffix("\n")
    text, end = formatted[statement.text], BODY if statement.is_head else "\n"
    return text.removesuffix(end) if text.endswith(end) else None
