"""Ways to page. A pagination looks at a page and names the next question; it neither fetches nor remembers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, cast

from .envelope import Path

Tells = Callable[[Path], object]
"""Reads what a page tells at a path of its content."""


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
