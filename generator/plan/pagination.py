"""Ways to page, as declarations of the runtime, and what a page tells beside its records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from generator import naming
from generator.plan import literals
from generator.plan.code import Code, construct
from generator.plan.envelope import path
from generator.runtime import pagination as runtime
from generator.spec.pagination import LastRecordPagination, OffsetPagination, PageNumberPagination, Pagination
from generator.spec.words import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A figure that each page tells, as a property of the page."""

    name: str
    path: str
    doc: str


def plan_pagination(style: Pagination, names: dict[str, str]) -> Code:
    """Spell how a list goes on.

    Args:
        style: The style of the spec.
        names: The operation's parameters, Python name by wire name.
    """
    match style:
        case LastRecordPagination():
            return construct(
                runtime.LastRecordPagination,
                items=path(style.items),
                record_id=literals.string(style.record_id),
                forward=literals.string(names[style.forward]),
                backward=None if style.backward is None else literals.string(names[style.backward]),
                more=path(style.more),
                total=path(style.total),
            )
        case OffsetPagination():
            return construct(
                runtime.OffsetPagination,
                items=path(style.items),
                record_id=literals.string(style.record_id),
                offset=literals.string(names[style.offset]),
                at=path(style.at),
                more=path(style.more),
                total=path(style.total),
            )
        case PageNumberPagination():
            return construct(
                runtime.PageNumberPagination,
                items=path(style.items),
                page=literals.string(names[style.page]),
                at=path(style.at),
                holds=path(style.holds),
                pages=path(style.pages),
                total=path(style.total),
            )


def told(style: Pagination) -> tuple[Told, ...]:
    """Return what pages of a style tell beside their records."""
    match style:
        case LastRecordPagination(total=total) | OffsetPagination(total=total):
            return () if total is None else (_told(total, _TOTAL),)
        case PageNumberPagination():
            documented = (
                (style.at, "The number of this page, as it tells."),
                (style.holds, "How many records this page may hold, as it tells."),
                (style.pages, "How many pages there are in all, as this page tells."),
                (style.total, _TOTAL),
            )
            return tuple(_told(at, doc) for at, doc in documented if at is not None)


_TOTAL = "How many records there are in all, as this page tells."


# What a page has of its own.
_PAGE_MEMBERS = frozenset({"has_next_page", "in_order", "items", "next_page", "pages"})


def _told(at: Path, doc: str) -> Told:
    name = naming.attribute_name(at[-1])
    return Told(
        name=f"{name}_" if name in _PAGE_MEMBERS else name,
        path=literals.string(".".join(at)),
        doc=literals.docstring((doc,), indent=8),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PageScript:
    """A reading of three pages, for a test: what is asked and answered in turn, and in which order records come out.

    Attributes:
        name: What the reading shows.
        asked: What each question has beside the caller's own arguments, by wire name.
        answered: The content of each page, without the envelope.
        given: The ids of all records as on the wire, in the order in which a caller gets them.
        arguments: What the caller says, by wire name.
    """

    name: str
    asked: tuple[dict[str, object], ...]
    answered: tuple[dict[str, object], ...]
    given: tuple[object, ...]
    arguments: dict[str, object]


def record_field(style: Pagination) -> str:
    """Return the field of a record by which a test tells records apart."""
    match style:
        case LastRecordPagination(record_id=record_id) | OffsetPagination(record_id=record_id):
            return record_id
        case PageNumberPagination():
            # Its records need no name; a test gives them one.
            return "number"


def position_parameter(style: Pagination) -> str | None:
    """Return the parameter that takes what `record_field` holds, None where none does."""
    match style:
        case LastRecordPagination(forward=forward):
            return forward
        case OffsetPagination() | PageNumberPagination():
            return None


def page_scripts(style: Pagination, records: tuple[dict[str, object], ...]) -> tuple[PageScript, ...]:
    """Write the readings of three pages that a style allows.

    Args:
        style: The style of the spec.
        records: At least five records with different ids.
    """
    # Where pages do not tell of the last, an empty one after it does.
    after: tuple[tuple[dict[str, object], ...], ...] = () if tells_its_end(style) else ((),)
    match style:
        case LastRecordPagination():
            forward = PageScript(
                name="forward",
                asked=({}, *_asked(style.forward, [_id(style, each) for each in records[1 : 3 + len(after)]])),
                answered=_pages(style, (records[:2], records[2:3], records[3:4], *after)),
                given=tuple(_id(style, record) for record in records[:4]),
                arguments={},
            )
            if style.backward is None:
                return (forward,)
            backward = PageScript(
                name="backward",
                asked=_asked(
                    style.backward, [_id(style, records[number]) for number in (4, 2, 1, 0)[: 3 + len(after)]]
                ),
                answered=_pages(style, (records[2:4], records[1:2], records[:1], *after)),
                given=tuple(_id(style, record) for record in reversed(records[:4])),
                arguments={style.backward: _id(style, records[4])},
            )
            return (forward, backward)
        case OffsetPagination():
            parts = (records[:2], records[2:3], records[3:4], *after)
            starts = (0, 2, 3, 4)[: len(parts)]
            return (
                PageScript(
                    name="read_on",
                    asked=({}, *_asked(style.offset, starts[1:])),
                    answered=tuple(
                        _offset_page(style, list(part), start=start, total=4)
                        for start, part in zip(starts, parts, strict=True)
                    ),
                    given=tuple(record[style.record_id] for record in records[:4]),
                    arguments={},
                ),
            )
        case PageNumberPagination():
            parts = (records[:2], records[2:3], records[3:4], *after)
            return (
                PageScript(
                    name="read_on",
                    asked=({}, *_asked(style.page, range(2, len(parts) + 1))),
                    answered=tuple(
                        _numbered_page(style, list(part), number=number, pages=3, total=4)
                        for number, part in enumerate(parts, start=1)
                    ),
                    given=tuple(record[record_field(style)] for record in records[:4]),
                    arguments={},
                ),
            )


def _asked(name: str, values: Iterable[object]) -> tuple[dict[str, object], ...]:
    """Return the questions for pages, by the parameter that tells where they begin."""
    return tuple({name: value} for value in values)


def _numbered_page(
    style: PageNumberPagination, records: list[object], *, number: int, pages: int, total: int
) -> dict[str, object]:
    content = nested(style.items, records)
    told = ((style.at, number), (style.holds, max(1, len(records))), (style.pages, pages), (style.total, total))
    for at, value in told:
        if at is not None:
            content = merged(content, nested(at, value))
    return content


def _offset_page(style: OffsetPagination, records: list[object], *, start: int, total: int) -> dict[str, object]:
    content = nested(style.items, records)
    if style.at is not None:
        content = merged(content, nested(style.at, start))
    if style.more is not None:
        content = merged(content, nested(style.more, start + len(records) < total))
    if style.total is not None:
        content = merged(content, nested(style.total, total))
    return content


def _id(style: LastRecordPagination, record: dict[str, object]) -> object:
    return record[style.record_id]


def _pages(
    style: LastRecordPagination, pages: tuple[tuple[dict[str, object], ...], ...]
) -> tuple[dict[str, object], ...]:
    answered: list[dict[str, object]] = []
    for number, records in enumerate(pages):
        content = nested(style.items, list(records))
        if style.more is not None:
            content = merged(content, nested(style.more, number < len(pages) - 1))
        if style.total is not None:
            content = merged(content, nested(style.total, sum(map(len, pages))))
        answered.append(content)
    return tuple(answered)


def last_page(style: Pagination, records: list[object]) -> dict[str, object]:
    """Return the content of a page that has none after it."""
    match style:
        case LastRecordPagination():
            content = nested(style.items, records)
            if style.more is not None:
                content = merged(content, nested(style.more, value=False))
            if style.total is not None:
                content = merged(content, nested(style.total, len(records)))
            return content
        case OffsetPagination():
            return _offset_page(style, records, start=0, total=len(records))
        case PageNumberPagination():
            return _numbered_page(style, records, number=1, pages=1, total=len(records))


def tells_its_end(style: Pagination) -> bool:
    """Tell whether the last page says that it is; else it takes an empty one after it."""
    match style:
        case LastRecordPagination() | OffsetPagination():
            return style.more is not None or style.total is not None
        case PageNumberPagination():
            return style.pages is not None or style.total is not None


def nested(at: Path, value: object) -> dict[str, object]:
    """Return a body that holds *value* at a path."""
    for step in reversed(at):
        value = {step: value}
    return cast("dict[str, object]", value)


def merged(one: dict[str, object], other: dict[str, object]) -> dict[str, object]:
    """Return what two bodies hold together."""
    result = dict(one)
    for key, value in other.items():
        held = result.get(key)
        both = isinstance(held, dict) and isinstance(value, dict)
        result[key] = merged(cast("dict[str, object]", held), cast("dict[str, object]", value)) if both else value
    return result
