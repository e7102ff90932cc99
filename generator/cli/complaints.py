"""Complaints as they are shown: to a person, to a program, to a pull request.

What stands in them comes from specs, which anybody may have written. So characters that move a cursor, turn text around
or cannot be seen are shown by their numbers.
"""

import json
from collections.abc import Iterable
from typing import Literal, TypeAlias

from generator.diagnostics import Diagnostic

Style: TypeAlias = Literal["text", "json", "github"]

_BOLD, _RED, _RESET = "\033[1m", "\033[31m", "\033[0m"

# Those that Python calls printable, though nothing or only a blank is seen of them.
_UNSEEN = frozenset(
    chr(code)
    for codes in (
        (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
        range(0x180B, 0x1810),
        range(0xFE00, 0xFE10),
        range(0xE0100, 0xE01F0),
    )
    for code in codes
)

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def render(diagnostics: Iterable[Diagnostic], style: Style = "text", *, color: bool = False) -> str:
    """Return the complaints as they are printed, each line with its end.

    Args:
        diagnostics: The complaints, in their order.
        style: `text` for people, `json` for programs, `github` for annotations of a pull request.
        color: Whether the text style may use a terminal's colours.
    """
    match style:
        case "text":
            return "".join(_text(diagnostic, color=color) + "\n" for diagnostic in diagnostics)
        case "json":
            return _json(diagnostics)
        case "github":
            return "".join(_github(diagnostic) + "\n" for diagnostic in diagnostics)


def visible(text: str) -> str:
    """Return *text* with every character that a terminal obeys or hides spelled as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() and c not in _UNSEEN else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    code = ord(character)
    if character in _NAMED:
        return _NAMED[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _what(diagnostic: Diagnostic) -> str:
    message = visible(diagnostic.message)
    return f"{visible(diagnostic.place)}: {message}" if diagnostic.place else message


def _text(diagnostic: Diagnostic, *, color: bool) -> str:
    position = diagnostic.position
    file, code = visible(position.file), diagnostic.code
    if color:
        file, code = f"{_BOLD}{file}{_RESET}", f"{_RED}{code}{_RESET}"
    return f"{file}:{position.line}:{position.column}: {code}: {_what(diagnostic)}"


def _json(diagnostics: Iterable[Diagnostic]) -> str:
    found = [
        {
            "file": diagnostic.position.file,
            "line": diagnostic.position.line,
            "column": diagnostic.position.column,
            "code": diagnostic.code,
            "place": diagnostic.place,
            "message": diagnostic.message,
        }
        for diagnostic in diagnostics
    ]
    # A program gets the very characters, all but plain ASCII as escapes; JSON leaves out only U+007F.
    return json.dumps(found, indent=2).replace("\x7f", "\\u007f") + "\n"


def _github(diagnostic: Diagnostic) -> str:
    position = diagnostic.position
    file, title = _property(visible(position.file)), _property(diagnostic.code)
    where = f"file={file},line={position.line},col={position.column},title={title}"
    return f"::error {where}::{_data(_what(diagnostic))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
