"""What a spec file is made of once its YAML is read: scalars, mappings and lists, each with its place in the file.

Nothing here has a type yet: `yes`, `1.10` and `2026-11-21` are text as the author wrote it. Whoever wants something
else of a scalar asks for it, by the readers in `scalars.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from generator.diagnostics import Position


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value, as text.

    Attributes:
        text: The value with quotes, escapes and folding undone.
        plain: Whether it stands in the file without quotes and not as a block.
        position: Where it begins; a quoted one at its quote.
        last_line: The line on which it ends, counted from 1.
        lead: How many columns after `position` the text begins where it stands in the file character by character
            (0 when plain, 1 in quotes); None where lines are folded or escapes undone.
    """

    text: str
    plain: bool
    position: Position
    last_line: int
    lead: int | None

    def at(self, offset: int) -> Position:
        """Return where the character at *offset* of the text stands, or the scalar's beginning where that is not known."""
        if self.lead is None:
            return self.position
        return Position(self.position.file, self.position.line, self.position.column + self.lead + offset)


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a mapping, and what stands under it."""

    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with values, in the file's order; no key is there twice.

    Attributes:
        entries: The keys and their values.
        position: Where it begins: at its first key, or at its brace.
        last_line: The line on which it ends, counted from 1.
        flow: Whether it is written in braces.
    """

    entries: tuple[Entry, ...]
    position: Position
    last_line: int
    flow: bool

    def get(self, key: str) -> Node | None:
        """Return what stands under *key*, if it is there."""
        return next((entry.value for entry in self.entries if entry.key.text == key), None)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in the file's order."""
        return tuple(entry.key.text for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list.

    Attributes:
        items: What is in it.
        position: Where it begins: at its first dash, or at its bracket.
        last_line: The line on which it ends, counted from 1.
        flow: Whether it is written in brackets.
    """

    items: tuple[Node, ...]
    position: Position
    last_line: int
    flow: bool


Node: TypeAlias = Scalar | Mapping | Sequence
