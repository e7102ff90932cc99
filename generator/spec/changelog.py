"""What the vendor announced since, and the version that follows from it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass

from generator.spec import words
from generator.spec.shape import (
    BooleanShape,
    ChoiceShape,
    Key,
    ListShape,
    MapShape,
    ParsedShape,
    RecordShape,
    TextShape,
    shown,
)

KINDS = {
    "additive": "adds something that nobody has to know",
    "behaviour": "changes what happens, not what it looks like",
    "deprecation": "announces an end",
    "breaking": "code that worked may not work any more",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangelogEntry:
    """One announcement of the vendor, and the members of the spec that it touched.

    Attributes:
        date: The day of the announcement.
        kind: A key of `KINDS`.
        source: A name under `sources`.
        quote: The vendor's own words.
        doc: The same in words for callers.
        adds: Members that are new.
        changes: Members that changed.
        removes: Members that are gone.
        renames: Members under their old names, with the new ones.
        deprecates: Members that will end.
        sunset: The day of that end, where the vendor names one.
        instead: The member to use instead, or words for it.
        late: Whether the entry was noticed after a newer one was released.
    """

    date: datetime.date
    kind: str
    source: str
    quote: str
    doc: str
    adds: tuple[str, ...]
    changes: tuple[str, ...]
    removes: tuple[str, ...]
    renames: Mapping[str, str]
    deprecates: tuple[str, ...]
    sunset: datetime.date | None
    instead: str
    late: bool

    def named(self) -> tuple[str, ...]:
        """Return every member that the entry speaks of, under its old name and its new one."""
        renamed = (name for pair in self.renames.items() for name in pair)
        return (*self.adds, *self.changes, *self.removes, *renamed, *self.deprecates)


def _date(text: str) -> datetime.date:
    # Python reads further forms, such as 20251006.
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{shown(text)} is no day of the calendar", 0) from None
    raise ValueError(f"{shown(text)} is not a day; write it like 2025-10-06", 0)


DATE = ParsedShape(_date, "a day", "S029", "2025-10-06")

_MEMBER = TextShape(what="the dotted name of a member")
_MEMBERS = ListShape(_MEMBER, one_is_enough=True)

CHANGELOG = ListShape(
    RecordShape(
        ChangelogEntry,
        {
            "date": Key(DATE, "The day of the announcement."),
            "source": Key(words.source_name, words.SOURCE_DOC),
            "quote": Key(words.text, "The vendor's own words.", default=""),
            "kind": Key(ChoiceShape(KINDS), "What it means for callers."),
            "doc": Key(words.doc, "The same in words for callers.", default=""),
            "adds": Key(_MEMBERS, "Members that are new, such as `User.hidden`.", default=()),
            "changes": Key(_MEMBERS, "Members that changed.", default=()),
            "removes": Key(_MEMBERS, "Members that are gone.", default=()),
            "renames": Key(
                MapShape(_MEMBER), "Members that have another name now: the old name and the new one.", default={}
            ),
            "deprecates": Key(_MEMBERS, "Members that will end.", default=()),
            "sunset": Key(DATE, "The day on which what is deprecated ends.", default=None),
            "instead": Key(words.text, "What to use instead: a member, or words.", default=""),
            "late": Key(BooleanShape(), "Whether it was noticed only after a newer entry was released.", default=False),
        },
        "an entry",
    )
)


def version(entries: tuple[ChangelogEntry, ...]) -> str:
    """Return the package's version: 1.0.0, moved on by each entry from the oldest to the newest."""
    return version_of(tuple(entry.kind for entry in entries))


def version_of(kinds: tuple[str, ...]) -> str:
    """Return the version that entries of these kinds lead to, the newest first."""
    major, minor, patch = 1, 0, 0
    for kind in reversed(kinds):
        match kind:
            case "breaking":
                major, minor, patch = major + 1, 0, 0
            case "additive":
                minor, patch = minor + 1, 0
            case _:
                patch += 1
    return f"{major}.{minor}.{patch}"
