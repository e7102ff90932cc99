"""The public surface of a package: one value on which every comparison rests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

FORMAT = 2
"""What a surface says of each name. It grows when surfaces begin to say more; see `KEYS_SINCE`."""

KEYS_SINCE: Mapping[str, int] = {"idempotency": 2, "operation.keyed": 2, "renaming": 2, "renamed": 2}
"""The format in which a fact was said first, by kind and word (`field.type`), or a kind, of those not said from the beginning.

What an older surface could not say is left out of a comparison with it, so that a newer clientmill alone changes nothing.
"""

DERIVED = ("python",)
"""Facts that follow from the others by what clientmill decides, not by what the vendor says."""


@dataclass(frozen=True, slots=True)
class Line:
    """One public name and all that is to be judged about it.

    Attributes:
        kind: What it is: `operation`, `parameter`, `field`, ...
        name: The name by which changelogs speak of it, in the vendor's words.
        facts: What is known of it, by words; a fact without a value is a flag.
    """

    kind: str
    name: str
    facts: tuple[tuple[str, str], ...] = ()

    def get(self, key: str) -> str | None:
        """Return the value of a fact, or None where it is not said."""
        return next((value for known, value in self.facts if known == key), None)

    def has(self, key: str) -> bool:
        """Tell whether a fact is said."""
        return any(known == key for known, _ in self.facts)

    def words(self, key: str) -> tuple[str, ...]:
        """Return the value of a fact that is a list."""
        value = self.get(key)
        return tuple(value.split(", ")) if value else ()

    @property
    def python(self) -> str:
        """The name in Python."""
        return self.get("python") or self.name.rpartition(".")[2]


@dataclass(frozen=True)
class Surface:
    """All public names of a package.

    Attributes:
        package: The Python package.
        lines: The names, in the order of the spec; no two of one kind and name.
        format: What this surface could say.
    """

    package: str
    lines: tuple[Line, ...]
    format: int = FORMAT

    @cached_property
    def by_key(self) -> Mapping[tuple[str, str], Line]:
        """The lines by kind and name."""
        return {(line.kind, line.name): line for line in self.lines}

    def of(self, kind: str) -> tuple[Line, ...]:
        """Return the lines of a kind."""
        return tuple(line for line in self.lines if line.kind == kind)

    def line(self, kind: str, name: str) -> Line | None:
        """Return a line, if it is there."""
        return self.by_key.get((kind, name))

    @cached_property
    def members(self) -> Mapping[str, Line]:
        """The lines that a changelog can speak of, by the name that it uses."""
        return {name: line for line in self.lines if (name := member_name(line))}


_SECTIONS = {
    "error": "errors",
    "pagination": "pagination",
    "server": "servers",
    "credential": "credentials",
    "setting": "settings",
    "filter": "filters",
    "auth": "auth",
    "event": "webhooks",
    "envelope": "envelope",
    "format": "format",
    "renaming": "renamed_from",
    "renamed": "renamed_from",
}
"""Kinds whose names are said with their section, for they stand in no type and no operation."""

_WHOLE_SECTIONS = frozenset({"rate_limit", "idempotency", "testing", "webhooks", "package"})


def member_name(line: Line) -> str:
    """Return the name by which a changelog speaks of a line; nothing for what is no member of a spec."""
    match line.kind:
        case "operation" | "parameter" | "type" | "field" | "word":
            return line.name
        case "operator":
            return f"filters.{line.name}"
        case "choice":
            return f"settings.{line.name}"
        case kind if kind in _SECTIONS:
            return f"{_SECTIONS[kind]}.{line.name}"
        case kind if kind in _WHOLE_SECTIONS:
            return kind
        case _:
            return ""
