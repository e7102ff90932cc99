"""Ways to page. A pagination looks at a page and names the next question; it neither fetches nor remembers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, cast

from .envelope import Path
from .values import dataclass

Tells = Callable[[Path], object]
"""Reads what a page tells at a path of its content."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a reading has come.

    Attributes:
        arguments: The question that the page answers, by Python names.
        pages: How many pages there were, this one included.
        given: How many records there were, this page's included.
        total: How many there are in all, by the first page.
        marker: A position that was there before, moved on at growing distances, so that any ring is noticed with one
            position held.
        repeated: Whether this page's position was there before.
    """

    arguments: Mapping[str, object]
    pages: int = 0
    given: int = 0
    total: int | None = None
    marker: object = None
    repeated: bool = False

    def step(self, arguments: Mapping[str, object], position: object) -> Progress:
        """Return the progress with the next question, noticing a *position* that repeats."""
        # Powers of two (Brent): the marker stays where it is long enough for any ring to come around to it.
        moves = self.pages & (self.pages - 1) == 0
        return replace(
            self,
            arguments=arguments,
            marker=position if moves else self.marker,
            repeated=self.marker is not None and self.marker == position,
        )


class Pagination(Protocol):
    """A way to page."""

    @property
    def items(self) -> Path:
        """Where the records are, from the unwrapped content."""
        ...

    def told(self) -> Mapping[Path, str]:
        """Name what else is read from a page, with its kind: `boolean` or `integer`."""
        ...

    def next(self, progress: Progress, records: Sequence[object], tells: Tells, /) -> Progress | None:
        """Return the next question, None when this page is the last; *tells* reads what else the page tells."""
        ...

    def is_reversed(self, arguments: Mapping[str, object], /) -> bool:
        """Tell whether *arguments* read backward, so that records come last to first."""
        ...


@dataclass(frozen=True, kw_only=True)
class LastRecordPagination:
    """The next page begins after the last record of this one, or ends before its first.

    Attributes:
        items: Where the records are, from the unwrapped content.
        record_id: The record's field that is sent, by its wire name.
        forward: The parameter that asks for what follows, by its Python name.
        backward: The parameter that asks for what comes before.
        more: A boolean that tells whether there is another page.
        total: The number of records in all. Read until a page is empty or the first page's total has been given out;
            a short page is not the end.
    """

    items: Path
    record_id: str
    forward: str
    backward: str | None = None
    more: Path | None = None
    total: Path | None = None

    def told(self) -> Mapping[Path, str]:
        told: dict[Path, str] = {}
        if self.more is not None:
            told[self.more] = "boolean"
        if self.total is not None:
            told[self.total] = "integer"
        return told

    def next(self, progress: Progress, records: Sequence[object], tells: Tells, /) -> Progress | None:
        # A page without a record cannot name the next one, whatever it says about there being more.
        if not records:
            return None
        if self.more is not None and tells(self.more) is not True:
            return None
        total = progress.total
        if self.total is not None and progress.pages <= 1:
            told = tells(self.total)
            total = told if isinstance(told, int) else None
        if self.more is None and total is not None and progress.given >= total:
            return None
        backward = self.backward if self.is_reversed(progress.arguments) else None
        position = field_of(records[0 if backward else -1], self.record_id)
        if position is None:
            return None
        return replace(progress, total=total).step({**progress.arguments, backward or self.forward: position}, position)

    def is_reversed(self, arguments: Mapping[str, object], /) -> bool:
        return (
            self.backward is not None
            and arguments.get(self.backward) is not None
            and (arguments.get(self.forward) is None)
        )


@dataclass(frozen=True, kw_only=True)
class OffsetPagination:
    """The next page begins after as many records as there were before it and on it.

    Attributes:
        items: Where the records are, from the unwrapped content.
        record_id: The record's field by which a page that repeats is noticed, by its wire name.
        offset: The parameter that tells how many records to skip, by its Python name.
        at: Where a page tells how many records stand before it; it counts where the caller did not say.
        more: A boolean that tells whether there is another page.
        total: The number of records in all; it ends the list where no flag tells. Where neither does, an empty page
            ends it; a short page is not the end.
    """

    items: Path
    record_id: str
    offset: str
    at: Path | None = None
    more: Path | None = None
    total: Path | None = None

    def told(self) -> Mapping[Path, str]:
        told: dict[Path, str] = {}
        if self.at is not None:
            told[self.at] = "integer"
        if self.more is not None:
            told[self.more] = "boolean"
        if self.total is not None:
            told[self.total] = "integer"
        return told

    def next(self, progress: Progress, records: Sequence[object], tells: Tells, /) -> Progress | None:
        following = self._start(progress, tells) + len(records)
        more = None if self.more is None else tells(self.more)
        if not isinstance(more, bool):
            total = None if self.total is None else tells(self.total)
            more = following < total if isinstance(total, int) else bool(records)
        if not more:
            return None
        # A vendor that ignores the offset gives the same records again; an empty page leads back to itself.
        first = field_of(records[0], self.record_id) if records else None
        position = ("skipping", following) if first is None else ("from", first)
        return progress.step({**progress.arguments, self.offset: following}, position)

    def _start(self, progress: Progress, tells: Tells) -> int:
        asked = progress.arguments.get(self.offset)
        if asked is None and self.at is not None:
            asked = tells(self.at)
        return asked if isinstance(asked, int) else 0

    def is_reversed(self, arguments: Mapping[str, object], /) -> bool:  # noqa: ARG002 - the protocol's form
        return False


@dataclass(frozen=True, kw_only=True)
class PageNumberPagination:
    """The next page has the next number.

    A page that tells another number than it was asked for, or has the very records of one before, repeats.

    Attributes:
        items: Where the records are, from the unwrapped content.
        page: The parameter that takes the number, by its Python name; the first is 1.
        at: Where a page tells its own number.
        holds: Where a page tells how many records it may hold.
        pages: How many pages there are in all, by each page anew; the list is read to the last.
        total: The number of records in all; it ends a list that is read from its beginning and tells no number of
            pages. Where neither is told, an empty page ends it; a short page is not the end.
    """

    items: Path
    page: str
    at: Path | None = None
    holds: Path | None = None
    pages: Path | None = None
    total: Path | None = None

    def told(self) -> Mapping[Path, str]:
        return {path: "integer" for path in (self.at, self.holds, self.pages, self.total) if path is not None}

    def next(self, progress: Progress, records: Sequence[object], tells: Tells, /) -> Progress | None:
        asked = progress.arguments.get(self.page)
        number = asked if isinstance(asked, int) else 1
        told = None if self.at is None else tells(self.at)
        if isinstance(told, int) and told != number and progress.pages > 1:
            return replace(progress, repeated=True)
        # An empty page is past the end, whatever it says about there being more.
        if not records or self._ends(progress, number, tells):
            return None
        return progress.step({**progress.arguments, self.page: number + 1}, hash(repr(records)))

    def _ends(self, progress: Progress, number: int, tells: Tells) -> bool:
        pages = None if self.pages is None else tells(self.pages)
        if isinstance(pages, int):
            return number >= pages
        total = None if self.total is None else tells(self.total)
        is_whole = number == progress.pages
        return is_whole and isinstance(total, int) and progress.given >= total

    def is_reversed(self, arguments: Mapping[str, object], /) -> bool:  # noqa: ARG002 - the protocol's form
        return False


def field_of(record: object, wire: str) -> object:
    """Return a record's field by its wire name, whether the record is a model or plain."""
    if isinstance(record, Mapping):
        return cast("Mapping[str, object]", record).get(wire)
    name = _python_name(cast("Hashable", type(record)), wire)
    if name is not None:
        return getattr(record, name, None)
    extra = cast("Mapping[str, object] | None", getattr(record, "model_extra", None))
    return extra.get(wire) if extra else None


@functools.cache
def _python_name(model: Hashable, wire: str) -> str | None:
    """Return the attribute that holds a wire name, without importing what models are made of."""
    fields = cast("Mapping[str, object]", getattr(model, "model_fields", {}))
    for name, field in fields.items():
        if (getattr(field, "serialization_alias", None) or name) == wire:
            return name
    return None
