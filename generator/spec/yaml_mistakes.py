"""What the YAML parser says of a broken file, in an author's words and at the place of the cause."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import yaml

_Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Failure:
    """What the parser knows of a mistake, lines and columns counted from 0."""

    problem: str
    context: str
    at: _Place
    began: _Place
    lines: list[str]
    last: yaml.ScalarEvent | None

    def character(self, place: _Place) -> str:
        """Return the character at a place, or nothing behind the last."""
        line, column = place
        return self.lines[line][column : column + 1] if line < len(self.lines) else ""

    def line_number(self) -> int:
        """The line, as authors count, where the parser gave up: the last one at the file's end."""
        return min(self.at[0] + 1, len(self.lines))


def explain(error: Exception, text: str, last: yaml.ScalarEvent | None) -> tuple[int, int, str]:
    """Return line, column and message for what the parser raised.

    Args:
        error: What it raised, of any class.
        text: The document.
        last: The last scalar that the parser gave, which a missing quote may have made too long.
    """
    if not isinstance(error, yaml.MarkedYAMLError):
        return 1, 1, f"not valid YAML ({type(error).__name__})"
    at = _place(error.problem_mark)
    began = _place(error.context_mark) if error.context_mark is not None else at
    lines = text.removesuffix("\n").split("\n")
    failure = _Failure(error.problem or "", error.context or "", at, began, lines, last)
    for sign, answer in _ANSWERS:
        if sign in failure.problem or sign in failure.context:
            (line, column), message = answer(failure)
            return line + 1, column + 1, message
    return at[0] + 1, at[1] + 1, f"not valid YAML: {failure.problem}"


class _Mark(Protocol):
    """Where something stands; the C parser and PyYAML each have their own."""

    line: int
    column: int


def _place(mark: _Mark | None) -> _Place:
    return (0, 0) if mark is None else (mark.line, mark.column)


def _quote(failure: _Failure) -> tuple[_Place, str]:
    quote = failure.character(failure.began)
    return failure.began, f"the quote {quote} that opens here is never closed"


def _escape(failure: _Failure) -> tuple[_Place, str]:
    line, column = failure.at
    escape = failure.lines[line][column : column + 2]
    return failure.at, f"{escape} means nothing in double quotes; write \\{escape}, or use single quotes"


def _escaped_character(failure: _Failure) -> tuple[_Place, str]:
    line, column = failure.at
    # The mark is behind the backslash and its letter.
    return (line, max(column - 2, 0)), "this escape names no character; in double quotes a backslash is written \\\\"


def _token(failure: _Failure) -> tuple[_Place, str]:
    character = failure.character(failure.at)
    if character == "\t":
        return failure.at, "a tab cannot indent; use spaces"
    return failure.at, f"a text cannot begin with {character}; put it in quotes"


def _tab(failure: _Failure) -> tuple[_Place, str]:
    return failure.at, "a tab cannot indent; use spaces"


def _second_colon(failure: _Failure) -> tuple[_Place, str]:
    last = failure.last
    if last is not None and last.start_mark is not None and last.start_mark.line < failure.at[0]:
        line = failure.lines[failure.at[0]]
        place = failure.at[0], len(line) - len(line.lstrip())
        return place, "this key is indented deeper than the line above, whose key has a value already"
    return failure.at, "no key can end here; put a text with a colon in quotes, and every key on a line of its own"


def _dash(failure: _Failure) -> tuple[_Place, str]:
    return failure.at, "a list begins on its own line; put a text that begins with '- ' in quotes"


def _no_colon(failure: _Failure) -> tuple[_Place, str]:
    return failure.began, "this is no 'key: value'; a colon and a space are missing, or quotes around a long text"


# A text from its first `${name}` on.
_HOLES = re.compile(r"\$\{[^\s{}]*\}(?:[^\s,{}\[\]$]|\$\{[^\s{}]*\})*")


def _bracket(failure: _Failure) -> tuple[_Place, str]:
    line, column = failure.at
    # YAML takes the brace of `${name}` for one of its own.
    text = failure.lines[line] if line < len(failure.lines) else ""
    hole = _HOLES.match(text, column - 1) if column else None
    if hole is not None:
        start = max(text.rfind(sign, 0, column) for sign in " ,[{") + 1
        return (
            line,
            start,
        ), f'between braces or brackets a text with ${{ is quoted; write "{text[start : hole.end()]}"'
    opened = failure.character(failure.began)
    closing = {"[": "]", "{": "}"}.get(opened, "a bracket")
    message = (
        f"{opened} opens here, and line {failure.line_number()} has neither a comma nor {closing} where one is due; "
        "close it, or put a text with brackets, commas or colons in quotes"
    )
    return failure.began, message


def _structure(failure: _Failure) -> tuple[_Place, str]:
    last = failure.last
    if (
        last is not None
        and last.style
        and last.style in "\"'"
        and last.start_mark is not None
        and last.end_mark is not None
    ):
        start, end = _place(last.start_mark), _place(last.end_mark)
        if end[0] == failure.at[0] and end[1] <= failure.at[1]:
            if start[0] < end[0]:
                return start, f"the quote {last.style} that opens here ends in line {end[0] + 1}; was it to end before?"
            return failure.at, "there is more after the closing quote; put the whole text in quotes"
    character = failure.character(failure.at)
    if character in {"]", "}"}:
        return failure.at, f"{character} closes nothing; put a text with brackets in quotes"
    if character == ":":
        return failure.at, "there is no key before the colon"
    line = failure.lines[failure.at[0]] if failure.at[0] < len(failure.lines) else ""
    if line[failure.at[1] :].startswith(("- ", "-")) and "mapping" in failure.context:
        return failure.at, "a list item stands where a key is due; indent it below its key, which has no value yet"
    return failure.at, "this line fits no line above; align it with its neighbours, with spaces"


def _content(failure: _Failure) -> tuple[_Place, str]:
    character = failure.character(failure.at)
    if not character:
        return failure.at, "a value is missing here"
    return failure.at, f"a value cannot begin with {character}; put a text in quotes"


def _header(failure: _Failure) -> tuple[_Place, str]:
    sign = failure.character(failure.began)
    return failure.began, f"after {sign} the text begins on the next line; put a text that begins with {sign} in quotes"


def _beginning(sign: str, feature: str) -> Callable[[_Failure], tuple[_Place, str]]:
    def answer(failure: _Failure) -> tuple[_Place, str]:
        return failure.began, f"specs have no {feature}; put a text that begins with {sign} in quotes"

    return answer


def _after_end(failure: _Failure) -> tuple[_Place, str]:
    return failure.at, "the document ended before this; a spec is one mapping"


# A part of what libyaml says, and what an author is told; the first that fits counts.
_ANSWERS: tuple[tuple[str, Callable[[_Failure], tuple[_Place, str]]], ...] = (
    ("while scanning a quoted scalar", _quote),
    ("found unknown escape character", _escape),
    ("invalid Unicode character escape", _escaped_character),
    ("expected hexdecimal number", _escaped_character),
    ("found a tab character", _tab),
    ("cannot start any token", _token),
    ("mapping values are not allowed", _second_colon),
    ("block sequence entries are not allowed", _dash),
    ("could not find expected ':'", _no_colon),
    ("expected ',' or", _bracket),
    ("while scanning an alias", _beginning("*", "aliases")),
    ("while scanning an anchor", _beginning("&", "anchors")),
    ("while scanning a directive", _beginning("%", "directives")),
    ("a tag", _beginning("!", "tags")),
    ("undefined tag handle", _beginning("!", "tags")),
    ("while scanning a block scalar", _header),
    ("expected <document start>", _after_end),
    ("did not find expected node content", _content),
    ("while parsing a block", _structure),
)
