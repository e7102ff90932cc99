"""The one door for text from a spec: every place where it may stand has its own way of spelling it."""

from __future__ import annotations

import datetime
import functools
import re
import textwrap
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import cast

_WIDTH = 112


def string(text: str) -> str:
    """Spell *text* as a Python string literal, in ASCII, with double quotes where black would put them."""
    spelled = ascii(text)
    if spelled.startswith("'") and '"' not in spelled:
        return f'"{spelled[1:-1]}"'.replace("\\'", "'")
    return spelled


def value(of: object) -> str:
    """Spell a JSON value, a date or a decimal as Python; a decimal needs `Decimal` imported.

    Raises:
        TypeError: It is something else, or a number that is not finite.
    """
    match of:
        case None | bool() | int():
            return repr(of)
        case str():
            return string(of)
        case Decimal() if of.is_finite():
            return repr(float(of)) if Decimal(repr(float(of))) == of else f"Decimal({string(str(of))})"
        case Mapping():
            entries = cast("Mapping[str, object]", of).items()
            return "{" + ", ".join(f"{string(key)}: {value(item)}" for key, item in entries) + "}"
        case list() | tuple():
            # Of an empty mapping in a list, the strictest checkers ask what it could hold.
            items = (value(item) for item in cast("Sequence[object]", of))
            return "[" + ", ".join("dict[str, object]()" if item == "{}" else item for item in items) + "]"
        case datetime.datetime():
            return f"datetime.datetime.fromisoformat({string(of.isoformat())})"
        case _:
            raise TypeError(f"no literal for a {type(of).__name__}")


def strings(items: Sequence[str]) -> str:
    """Spell a tuple of texts."""
    inner = ", ".join(string(item) for item in items)
    return f"({inner},)" if len(items) == 1 else f"({inner})"


def prose(text: str) -> str:
    """Fold the white space of running text, so that it can be wrapped anew."""
    return " ".join(text.split())


@functools.lru_cache(maxsize=4096)
def wrapped(text: str, width: int, begin: str = "", indent: str = "") -> str:
    """Wrap running text between words, *begin* before its first line and *indent* before the others."""
    # Remembered: most sentences of a package stand in it many times.
    return textwrap.fill(
        text, width, initial_indent=begin, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def docstring(paragraphs: Sequence[str], *, indent: int = 0) -> str:
    """Spell paragraphs as a docstring, whatever is in them.

    Args:
        paragraphs: Each is wrapped by itself; one that begins with a space or holds line breaks is laid out already.
        indent: How many columns the docstring stands to the right; continuation lines get as many spaces.
    """
    width = _WIDTH - indent
    laid_out = [
        (paragraph if paragraph.startswith(" ") or "\n" in paragraph else wrapped(paragraph, width))
        for paragraph in paragraphs
        if paragraph
    ]
    body = "\n\n".join(laid_out)
    lines = _escaped(body).split("\n")
    margin = " " * indent
    inner = "\n".join(f"{margin}{line}" if line and number else line for number, line in enumerate(lines))
    return f'"""{inner}\n{margin}"""' if len(lines) > 1 else f'"""{inner}"""'


# Where a quote would end a docstring, or where black would set a space before or after it.
_QUOTES_THAT_COUNT = re.compile(r'"{3,}|\A"|"(?=\s*\Z)')


_ORDINARY = re.compile(r"[ -\[\]-~\n]*")


def _escaped(text: str) -> str:
    kept = text
    if not _ORDINARY.fullmatch(text):
        kept = "".join(c if c in '\n"' or (c.isprintable() and c != "\\") else _escape(c) for c in text)
    kept = _QUOTES_THAT_COUNT.sub(lambda found: '\\"' * len(found[0]), kept)
    # A prompt in a docstring would be run by doctest collection.
    return re.sub(r"(?m)^(\s*)>>>", r"\1\\x3e>>", kept)


def _escape(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def toml_string(text: str) -> str:
    """Spell *text* as a TOML basic string."""
    return (
        '"' + "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else _toml_escape(c) for c in text) + '"'
    )


def _toml_escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def markdown(text: str) -> str:
    """Spell *text* for a line of Markdown: no markup, no HTML and no link of its own."""
    plain = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in prose(text))
    # What looks like an address becomes a link in many readers, unless its sign is escaped.
    return re.sub(r"([\\`*_{}\[\]<>|#~&!]|:(?=//)|(?<=www)\.)", r"\\\1", plain, flags=re.IGNORECASE)


def markdown_code(text: str, *, in_table: bool = True) -> str:
    """Spell *text* as code in a line of Markdown, where it may stand *in_table* too."""
    plain = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in prose(text))
    plain = plain.replace("|", "\\|") if in_table else plain
    fence = "`" * (max((len(run) for run in re.findall(r"`+", plain)), default=0) + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{pad}{plain}{pad}{fence}"
