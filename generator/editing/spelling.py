"""How values are written into a spec: plain where that reads back as the same text, else in quotes."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from generator.diagnostics import Complaints
from generator.spec import nodes
from generator.spec.scalars import NotThatKind, as_text
from generator.spec.yaml_subset import parse_yaml

Value: TypeAlias = "str | Sequence[str] | Mapping[str, Value]"
"""What an entry says: a text, a list of texts, or entries of its own."""

WIDTH = 120
"""How long lines get before they are broken where they can be."""


def scalar(text: str, *, flow: bool = False) -> str:
    """Spell a text, in braces or brackets where *flow* says so."""
    if "\n" not in text and _reads_back(text, text, flow=flow):
        return text
    return '"' + "".join(_escaped(character) for character in text) + '"'


def quoted_like(text: str, quote: str) -> str:
    """Spell a text in the quotes that stood around another one."""
    return f"'{text}'" if quote == "'" and "'" not in text and text.isprintable() else scalar_in_quotes(text)


def scalar_in_quotes(text: str) -> str:
    """Spell a text in double quotes, whatever is in it."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def flow(value: Value) -> str:
    """Spell a value on one line, as it stands in braces or brackets."""
    match value:
        case str():
            return scalar(value, flow=True)
        case Mapping():
            return "{ " + ", ".join(f"{scalar(key, flow=True)}: {flow(inner)}" for key, inner in value.items()) + " }"
        case _:
            return "[" + ", ".join(scalar(item, flow=True) for item in value) + "]"


def block(key: str, value: Value, column: int, step: int) -> list[str]:
    """Spell an entry as lines.

    Args:
        key: Its key.
        value: What it says. Entries of texts alone stand in braces where a line holds them, as in a field's long form.
        column: Where the key stands, counted from 0.
        step: How much deeper the entries of a mapping stand.
    """
    margin = " " * column
    start = f"{margin}{scalar(key)}:"
    match value:
        case str():
            line = f"{start} {scalar(value)}"
            return [line] if len(line) <= WIDTH else _folded(start, value, column + step) or [line]
        case Mapping():
            if "type" in value:
                line = f"{start} {flow(value)}"
                if len(line) <= WIDTH:
                    return [line]
            lines = [start]
            for name, inner in value.items():
                lines += block(name, inner, column + step, step)
            return lines
        case _:
            line = f"{start} {flow(value)}"
            if len(line) <= WIDTH:
                return [line]
            return [start, *(f"{margin}{' ' * step}- {scalar(item)}" for item in value)]


def _folded(start: str, text: str, column: int) -> list[str] | None:
    """Spell a long sentence as a folded block; None where folding would not give it back."""
    margin = " " * column
    lines = textwrap.wrap(text, WIDTH - column, break_long_words=False, break_on_hyphens=False)
    written = [f"{start} >-", *(margin + line for line in lines)]
    return written if " ".join(lines) == text and _is_printable(text) else None


def _reads_back(written: str, text: str, *, flow: bool) -> bool:
    """Tell whether what is written without quotes is read as *text*, both as a key and as a value."""
    if not _is_printable(written):
        return False
    complaints = Complaints()
    line = f"k: {{ a: {written}, b: [{written}, c] }}" if flow else f"k: {written}"
    root = parse_yaml(line + "\n", "", complaints)
    if root is None or complaints:
        return False
    found: list[nodes.Node | None] = [root.get("k")]
    if flow:
        inside = root.get("k")
        second = inside.get("b") if isinstance(inside, nodes.Mapping) else None
        if not isinstance(inside, nodes.Mapping) or not isinstance(second, nodes.Sequence) or len(second.items) != 2:
            return False
        found = [inside.get("a"), second.items[0]]
    return all(_says(node, text) for node in found)


def _says(node: nodes.Node | None, text: str) -> bool:
    if not isinstance(node, nodes.Scalar):
        return False
    try:
        return as_text(node) == text
    except NotThatKind:
        return False


def _is_printable(text: str) -> bool:
    return text.isprintable()


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character == "\n":
        return "\\n"
    if character == "\t":
        return "\\t"
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
