"""What the vendor announced since, and the version that follows from it."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from generator.spec import words
from generator.spec.shape import ChoiceShape, Key, ListShape, ParsedShape, RecordShape, TextShape, shown

KINDS = {
    "additive": "adds something that nobody has to know",
    "behaviour": "changes what happens, not what it looks like",
    "deprecation": "announces an end",
    "breaking": "code that worked may not work any more",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangelogEntry:
    """One announcement of the vendor, and the members of the spec that it touched."""

    date: datetime.date
    kind: str
    source: str
    quote: str
    doc: str
    adds: tuple[str, ...]
    changes: tuple[str, ...]
    removes: tuple[str, ...]
    deprecates: tuple[str, ...]
    sunset: datetime.date | None
    instead: str


def _date(text: str) -> datetime.date:
    # Python reads further forms, such as 20251006.
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{shown(text)} is no day of the calendar", 0) from None
    raise ValueError(f"{shown(text)} is not a day; write it like 2025-10-06", 0)


DATE = ParsedShape(_date, "a day", "S029", "2025-10-06")

_MEMBERS = ListShape(TextShape(what="the dotted name of a member"), one_is_enough=True)

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
            "deprecates": Key(_MEMBERS, "Members that are going to go.", default=()),
            "sunset": Key(DATE, "The day from which they may be gone.", default=None),
            "instead": Key(TextShape(what="the dotted name of a member"), "The member to use instead.", default=""),
        },
        "an entry",
    )
)


def version(entries: tuple[ChangelogEntry, ...]) -> str:
    """Return the package's version: 1.0.0, moved on by each entry from the oldest to the newest."""
    major, minor, patch = 1, 0, 0
    for entry in reversed(entries):
        match entry.kind:
            case "breaking":
                major, minor, patch = major + 1, 0, 0
            case "additive":
                minor, patch = minor + 1, 0
            case _:
                patch += 1
    return f"{major}.{minor}.{patch}"
