"""How a list goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from generator.spec import words
from generator.spec.shape import Key, KindShape, RecordShape
from generator.spec.words import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRecordPagination:
    """The next page is asked for by the id of this page's last record, the one before by that of its first."""

    items: Path
    record_id: str
    forward: str
    backward: str | None
    size: str | None
    more: Path | None
    total: Path | None

    def counted(self) -> tuple[str, ...]:
        """Return the keys that name parameters which take a number."""
        return ("size",)

    def parameters(self) -> dict[str, str]:
        """Return the parameters that this style sends, by the key that names each."""
        named = {"forward": self.forward, "backward": self.backward, "size": self.size}
        return {key: name for key, name in named.items() if name is not None}

    def paths(self) -> dict[str, Path | None]:
        """Return where in the unwrapped data this style looks, by the key that says so."""
        return {"items": self.items, "more": self.more, "total": self.total}

    def told(self) -> tuple[tuple[Path | None, type], ...]:
        """Return where a page tells more than its records, with what stands there."""
        return ((self.more, bool), (self.total, int))

    def told_apart_by(self) -> str | None:
        """Return the field of a record that has to be there."""
        return self.record_id


LAST_RECORD_PAGINATION = RecordShape(
    LastRecordPagination,
    {
        "items": Key(words.path, "Where the records stand, from the unwrapped data."),
        "record_id": Key(words.wire_name, "The field of a record that names it.", name="last_record"),
        "forward": Key(words.wire_name, "The parameter that takes the id of the last record."),
        "backward": Key(words.wire_name, "The parameter that takes the id of the first record.", default=None),
        "size": Key(words.wire_name, "The parameter that tells how many records a page holds.", default=None),
        "more": Key(words.path, "A flag that is true while another page exists.", default=None),
        "total": Key(
            words.path, "How many records there are in all; the list is read until they were given out.", default=None
        ),
    },
    "pagination by the last record",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OffsetPagination:
    """The next page is asked for by how many records stand before it."""

    items: Path
    offset: str
    size: str | None
    at: Path | None
    more: Path | None
    total: Path | None
    record_id: str

    def counted(self) -> tuple[str, ...]:
        """Return the keys that name parameters which take a number."""
        return ("offset", "size")

    def parameters(self) -> dict[str, str]:
        """Return the parameters that this style sends, by the key that names each."""
        named = {"offset": self.offset, "size": self.size}
        return {key: name for key, name in named.items() if name is not None}

    def paths(self) -> dict[str, Path | None]:
        """Return where in the unwrapped data this style looks, by the key that says so."""
        return {"items": self.items, "at": self.at, "more": self.more, "total": self.total}

    def told(self) -> tuple[tuple[Path | None, type], ...]:
        """Return where a page tells more than its records, with what stands there."""
        return ((self.more, bool), (self.total, int))

    def told_apart_by(self) -> str | None:
        """Return the field of a record that has to be there."""
        return self.record_id


OFFSET_PAGINATION = RecordShape(
    OffsetPagination,
    {
        "items": Key(words.path, "Where the records stand, from the unwrapped data."),
        "offset": Key(words.wire_name, "The parameter that tells how many records to skip."),
        "size": Key(words.wire_name, "The parameter that tells how many records a page holds.", default=None),
        "at": Key(words.path, "Where a page tells how many records stand before it.", default=None),
        "more": Key(words.path, "A flag that is true while another page exists.", default=None),
        "total": Key(
            words.path, "How many records there are in all; it ends the list where no flag tells.", default=None
        ),
        "record_id": Key(words.wire_name, "The field of a record by which a page that repeats is noticed.", name="id"),
    },
    "pagination by offset",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageNumberPagination:
    """Pages are numbered, and asked for by their number."""

    items: Path
    page: str
    size: str | None
    at: Path | None
    holds: Path | None
    pages: Path | None
    total: Path | None

    def counted(self) -> tuple[str, ...]:
        """Return the keys that name parameters which take a number."""
        return ("page", "size")

    def parameters(self) -> dict[str, str]:
        """Return the parameters that this style sends, by the key that names each."""
        named = {"page": self.page, "size": self.size}
        return {key: name for key, name in named.items() if name is not None}

    def paths(self) -> dict[str, Path | None]:
        """Return where in the unwrapped data this style looks, by the key that says so."""
        return {"items": self.items, "at": self.at, "holds": self.holds, "pages": self.pages, "total": self.total}

    def told(self) -> tuple[tuple[Path | None, type], ...]:
        """Return where a page tells more than its records, with what stands there."""
        return tuple((path, int) for path in (self.at, self.holds, self.pages, self.total))

    def told_apart_by(self) -> str | None:
        """Return the field of a record that has to be there."""
        return None


PAGE_NUMBER_PAGINATION = RecordShape(
    PageNumberPagination,
    {
        "items": Key(words.path, "Where the records stand, from the unwrapped data."),
        "page": Key(words.wire_name, "The parameter that takes the number of a page; the first is 1."),
        "size": Key(words.wire_name, "The parameter that tells how many records a page holds.", default=None),
        "at": Key(words.path, "Where a page tells its own number.", default=None),
        "holds": Key(words.path, "Where a page tells how many records it may hold.", default=None),
        "pages": Key(words.path, "How many pages there are in all; the list is read to the last.", default=None),
        "total": Key(
            words.path,
            "How many records there are in all; it ends the list where no number of pages does.",
            default=None,
        ),
    },
    "pagination by page number",
)

Pagination = LastRecordPagination | OffsetPagination | PageNumberPagination

_KINDS: dict[str, RecordShape[Any]] = {
    "last_record": LAST_RECORD_PAGINATION,
    "offset": OFFSET_PAGINATION,
    "page": PAGE_NUMBER_PAGINATION,
}

PAGINATION: KindShape[Pagination] = KindShape(_KINDS, "a pagination style")
"""A style is told by the key that only it has."""
