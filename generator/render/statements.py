"""Taking a definition apart, so that black lays out each statement once, however many definitions have it in them.

What stays is a frame: the definition with a name in place of each statement and of the head of each block. A frame and
a statement by itself, with as much room as its depth leaves, come out of black as they do within the whole; tests hold
that for every generated file. Of the tests of a package, half of all lines are the same statements, and most of the
frames are the same: it halves a cold run, which is why it is worth a second way through black.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import EllipsisType

from generator.render.frames import NAME
from generator.render.spelling import BODY

_INDENT = 4

_PLAIN = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Assert, ast.Expr, ast.Return, ast.Raise)
_Block = ast.With | ast.AsyncWith | ast.For | ast.AsyncFor | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Text:
    """What black is asked for: a text, and how long its lines may be."""

    text: str
    line_length: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, the head of a block or a method: how deep it stands, and itself; a head has a body put to it."""

    depth: int
    text: Text | Definition
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
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


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the text a statement stands, and what takes its place in the frame."""

    begin: int
    end: int
    instead: str
    statement: Statement


def taken_apart(text: str, line_length: int) -> Definition | None:
    """Take a definition apart, or return None where it has anything in it that this does not know."""
    if NAME in text or "\\\n" in text:
        return None
    try:
        return _apart(ast.parse(text).body, text.split("\n"), line_length)
    except _UnknownError:
        return None


def _apart(body: Sequence[ast.stmt], lines: Sequence[str], line_length: int) -> Definition:
    places = list(_places(body, lines, 0, line_length))
    frame: list[str] = []
    done = 0
    for place in places:
        frame += [*lines[done : place.begin], place.instead]
        done = place.end
    frame += lines[done:]
    return Definition(Text("\n".join([*frame, ""]), line_length), tuple(place.statement for place in places))


class _UnknownError(Exception):
    """Stands in a definition: something whose layout may depend on what is around it."""


def _places(body: Sequence[ast.stmt], lines: Sequence[str], depth: int, line_length: int) -> Iterator[_Place]:
    """Yield the places of the statements in a body; what is not one of those stays in the frame."""
    room = line_length - _INDENT * depth
    for node in body:
        match node:
            case ast.Expr(value=ast.Constant()):
                continue
            case ast.ClassDef():
                for each in node.body:
                    method = _method(each, lines, depth + 1, line_length)
                    yield from _places([each], lines, depth + 1, line_length) if method is None else (method,)
            case ast.FunctionDef(body=[ast.Expr(value=ast.Constant(value=EllipsisType()))]):
                continue
            case ast.For(orelse=[_, *_]) | ast.AsyncFor(orelse=[_, *_]):
                continue
            case _ if isinstance(node, _Block):
                yield _head(node, lines, depth, room)
                yield from _places(node.body, lines, depth + 1, line_length)
            case _ if isinstance(node, _PLAIN):
                begin, end = node.lineno - 1, node.end_lineno or node.lineno
                word = "return " if isinstance(node, ast.Return) else "raise " if isinstance(node, ast.Raise) else ""
                instead = f"{' ' * node.col_offset}{word}{NAME}"
                statement = Statement(depth, Text(_text(lines[begin:end], node.col_offset), room))
                yield _Place(begin, end, instead, statement)
            case _:
                continue


def _method(node: ast.stmt, lines: Sequence[str], depth: int, line_length: int) -> _Place | None:
    """Return the place of a method, which is laid out as a definition of its own; None for what is none."""
    begin, end = node.lineno - 1, node.end_lineno or node.lineno
    inside = [line.removeprefix(" " * _INDENT) for line in lines[begin:end]]
    if (
        depth != 1
        or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        or node.body[0].lineno == node.lineno
        or lines[begin : begin + 1] == inside[:1]
        or any(line == short for line, short in zip(lines[begin:end], inside, strict=True) if line)
    ):
        return None
    text = "\n".join(inside)
    function = ast.parse(text).body[0]
    definition = _apart([function], inside, line_length - _INDENT)
    instead = f"{' ' * _INDENT}def {NAME}():\n{' ' * 2 * _INDENT}pass"
    return _Place(begin, end, instead, Statement(depth, definition))


def _head(node: _Block, lines: Sequence[str], depth: int, room: int) -> _Place:
    begin = node.lineno - 1
    first = node.body[0]
    end = min([first.lineno, *(each.lineno for each in getattr(first, "decorator_list", ()))]) - 1
    while end > begin and not lines[end - 1].strip():
        end -= 1
    if begin == end:
        raise _UnknownError
    text = _text(lines[begin:end], node.col_offset)
    # A comment is black's to place, and a body behind the colon is its to move.
    if "#" in text or not text.endswith(":"):
        raise _UnknownError
    word = {
        ast.With: "with {}:",
        ast.AsyncWith: "async with {}:",
        ast.For: "for {} in ():",
        ast.AsyncFor: "async for {} in ():",
        ast.FunctionDef: "def {}():",
        ast.AsyncFunctionDef: "async def {}():",
    }[type(node)]
    instead = " " * node.col_offset + word.format(NAME)
    return _Place(begin, end, instead, Statement(depth, Text(text + BODY, room), is_head=True))


def _text(lines: Sequence[str], column: int) -> str:
    """Return a statement without its indent."""
    text = "\n".join([lines[0][column:], *lines[1:]])
    if lines[0][:column].strip() or '"""' in text or "'''" in text:
        raise _UnknownError
    return text


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
