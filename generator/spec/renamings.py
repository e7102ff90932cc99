"""What an older version called the same: tables of names that code can use while it moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.spec import words
from generator.spec.shape import Key, KindShape, MapShape, RecordShape, TextShape


@dataclass(frozen=True, slots=True, kw_only=True)
class Renaming:
    """A table of names: what an older version says, and what this one says.

    Attributes:
        names: The new name of each old one, where the table has no groups.
        groups: The same for each group, where the same old name may mean different things.
        by: The type of this version whose words the groups are.
        old: The member of the older version whose fields, words or keys the old names are.
        new: The same in this version for the new names.
    """

    names: Mapping[str, str] = field(default_factory=dict[str, str])
    groups: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    by: str | None = None
    old: str | None
    new: str | None
    doc: str
    quote: str
    source: str | None

    def rows(self) -> Iterator[tuple[tuple[str, ...], str, str]]:
        """Yield each pair of names, with the path in the table where it stands."""
        for old, new in self.names.items():
            yield ("names", old), old, new
        for group, names in self.groups.items():
            for old, new in names.items():
                yield ("groups", group, old), old, new


_TYPE = TextShape(r"[A-Z][0-9A-Za-z]*", "the name of a type, such as TestId")
_MEMBER = TextShape(
    rf"{_TYPE.pattern}(?:\.{words.wire_name.pattern})?", "a type or one of its fields, such as Test.details"
)

_SIDES: Mapping[str, Key[Any]] = {
    "old": Key(_MEMBER, "The member of the older version whose fields, words or keys these are.", default=None),
    "new": Key(_MEMBER, "The member of this version whose fields, words or keys these are.", default=None),
}
_ABOUT: Mapping[str, Key[Any]] = {
    "doc": Key(words.doc, "What callers should know of it.", default=""),
    "quote": Key(words.text, "The vendor's own words.", default=""),
    "source": Key(words.source_name, words.SOURCE_DOC, default=None),
}


RENAMED_FROM = MapShape(
    MapShape(
        KindShape(
            {
                "groups": RecordShape(
                    Renaming,
                    {
                        **_SIDES,
                        "by": Key(_TYPE, "The type of this version whose words the groups are.", default=None),
                        **_ABOUT,
                        "groups": Key(
                            MapShape(MapShape(words.text)), "For each group, the new name of each old one.", instead={}
                        ),
                    },
                    "a table of names",
                ),
                "names": RecordShape(
                    Renaming,
                    {
                        **_SIDES,
                        **_ABOUT,
                        "names": Key(MapShape(words.text), "The new name of each old one.", instead={}),
                    },
                    "a table of names",
                ),
            },
            "a table of names",
        ),
        r"[a-z][0-9a-z_]{0,63}",
        "the name of a table in snake_case, such as detail_keys",
    ),
    r"[0-9A-Za-z][0-9A-Za-z_.-]{0,15}",
    "a version such as v1",
)
