"""Texts that would do harm if they were printed as they are, in every place of a spec where a text may stand.

The twins have plain words with a number in all those places, each number once: `twin/spec.yaml` in most of them, the others
where forms, digests and logins have more. `infected` puts other texts there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).parent
HARMLESS = HERE / "twin" / "spec.yaml"
TWINS: Mapping[str, Path] = {
    "hostile_text": HARMLESS,
    "hostile_forms": HERE / "twin_of_forms" / "spec.yaml",
    "hostile_logins": HERE / "twin_of_logins" / "spec.yaml",
}
"""The hostile cases, and the harmless twin of each."""

PAYLOADS = {
    "docstring_ends": 'x"""\nraise SystemExit("ran")\n"""',
    "docstring_ends_by_apostrophes": "x'''\nraise SystemExit('ran')\n'''",
    "quotes": "'\"\"\"'''\"",
    "string_ends": "a', b=print(1), c='",
    "backslash_at_end": "ends in \\",
    "escaped_quote": '\\"\\\'\\\\"',
    "escapes": "\\x22\\u0022\\N{QUOTATION MARK}\\n\\0",
    "lines": "one\n\n\n    two\n\tthree",
    "braces": "{0.__class__} {{}} {x!r:>{y}} }",
    "percent": "%s %(x)s %% %",
    "template": "{{ 7 * 7 }}{% raw %}{# c #}{% include 'x' %}",
    "carriage_return": "a\rimport os\r\nb",
    "other_line_ends": "a\u2028import os\u2029b\x85c\x0bd\x0ce\x1cf",
    "nul_and_escape": "a\x00b\x1b[2Jc\x07\x7f",
    "turned_around": "\u202eevil\u2066x\u2069 \u200b\ufeff\xad",
    "no_characters": "\ufffe \U0001ffff \ue000 \U000e0001",
    "prompt": "x\n>>> raise SystemExit\n    >>> 1\n... 2",
    "prompt_at_start": ">>> raise SystemExit",
    "encoding_cookie": "-*- coding: utf-7 -*-\n# vim: set fileencoding=utf-7 :",
    "directives": "# type: ignore\n# noqa\n# fmt: off\n# mypy: ignore-errors\n# ruff: noqa\n# pyright: basic\n# fmt: skip",
    "more_directives": "# pylint: disable=all\n# pragma: no cover\n# nosec\n# isort: skip_file\n# yapf: disable",
    "html": "<script>alert(1)</script> <!-- <img src=x onerror=y> &lt; &#60; -->",
    "links": "[a](https://evil.example) ![i](javascript:x) <https://evil.example> https://evil.example www.evil.example",
    "markdown": "| cell | `code` **b** _i_ ~~s~~ ``` ~~~\n# heading\n- item\n> quote\n---\n1. one\n[r]: /evil",
    "toml": '"\n[project.scripts]\nx = "y"\n',
    "docs_markup": ".. include:: /etc/passwd\n:func:`x`\nArgs:\n    x: y",
    "words_of_ours": "Sent( Decimal( datetime. uuid.UUID( Limiter( result error Thing( builtins.",
    "very_long": "x" * 300,
    "other_scripts": "é ﬁ ﾃ ключ مفتاح 😀 İ",
}

# What a place takes: keys of mappings have one line and no blanks at their ends, words have no comma, and so on.
_ONE_LINE = frozenset({6, 8, 9, 12, 23, 28, 44, 47, 54, 55, 62, 64})
_KEYS_BESIDE_OTHERS = frozenset({9, 12, 56, 63, 64})
_WORDS = frozenset({18, 19, 34, 68, 69, 83, 84})
_HEADERS = frozenset({5, 31, 32, 98})
_ADDRESSES = frozenset({3})
_PATH_VALUES = frozenset({27, 36})
_XML = frozenset({89, 90, 93})
_NO_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Where a text is data, every character of it counts; elsewhere it is prose, whose white space is folded.
EXACT = frozenset({6, 7, 8, 9, 12, 13, 18, 19, 34, 23, 24, 27, 28, 29, 30, 31}) | frozenset(
    {33, 35, 37, 54, 55, 56, 62, 63, 67, 68, 69, 83, 84, 85, 86, 88}
)
PROSE = frozenset({1, 2, 4, 10, 14, 15, 16, 17, 20, 21, 22, 25, 38, 39, 41, 42}) | frozenset(
    {43, 53, 59, 60, 61, 65, 66, 71, 72, 73, 75, 80, 82, 91, 94, 97}
)

_DIGEST = re.compile(r'"digest of ([0-9 ]+)"')
_PLACE = re.compile(r'"([^"\n]*plain[ -]\d\d[^"\n]*)"|plain \d\d')
_TOKEN = re.compile(r"plain[ -](\d\d)")


def fitted(text: str, number: int) -> str:
    """Return *text* as the place with this number takes it."""
    if number in _ONE_LINE:
        text = " ".join(text.split("\n")).strip()
    if number in _WORDS:
        text = f"{re.sub('[,|?=]', ' ', text).strip()} {number}"
    if number in _HEADERS:
        text = "".join(character for character in text if " " < character < "\x7f") or "x"
    if number in _ADDRESSES:
        text = "".join(text.split()) or "x"
    if number in _PATH_VALUES:
        text = "".join(character for character in text if character >= " " and character != "\x7f").strip()
    if number in _XML:
        text = escape(_NO_XML.sub("", text), {"'": "&apos;"}) or "x"
    # Keys that meet others in one mapping.
    return f"{text} {number}" if number in _KEYS_BESIDE_OTHERS else text


def numbers(twin: Path = HARMLESS) -> frozenset[int]:
    """Return the numbers of the places that a twin has."""
    return frozenset(int(number) for number in _TOKEN.findall(twin.read_text(encoding="utf-8")))


def harmless_spec(twin: Path) -> str:
    """Return the spec of a twin, with the digests that its plain words make."""
    return _DIGEST.sub(lambda place: _digest(place, "plain {:02d}".format), twin.read_text(encoding="utf-8"))


def infected(choose: Callable[[int], str], twin: Path = HARMLESS) -> str:
    """Return a harmless spec with other texts in all its places, and the digests that they make.

    Args:
        choose: The text for the place with a number.
        twin: The harmless spec.
    """

    def put(token: re.Match[str]) -> str:
        number = int(token[1])
        return fitted(choose(number), number)

    def spell(place: re.Match[str]) -> str:
        return _quoted(_TOKEN.sub(put, place[1] or place[0]))

    def sign(place: re.Match[str]) -> str:
        return _digest(place, lambda number: fitted(choose(number), number))

    lines = twin.read_text(encoding="utf-8").split("\n")
    return "\n".join(line if line.startswith("#") else _PLACE.sub(spell, _DIGEST.sub(sign, line)) for line in lines[2:])


def hostile_spec(case: str) -> str:
    """Return the spec of a hostile case: each text stands in some places."""
    texts = tuple(PAYLOADS.values())
    return infected(lambda number: texts[number % len(texts)], TWINS[case])


def _digest(place: re.Match[str], text: Callable[[int], str]) -> str:
    return hashlib.sha256("".join(text(int(number)) for number in place[1].split()).encode()).hexdigest()


def _quoted(text: str) -> str:
    spelled = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if " " <= c <= "~" else f"\\U{ord(c):08x}" for c in spelled) + '"'
