"""Paging by offset, as a conversation."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

import pytest

from generator.runtime.decode import at
from generator.runtime.pagination import OffsetPagination, Progress

BY_OFFSET = OffsetPagination(
    items=("data",),
    record_id="id",
    offset="skip",
    at=("page", "skip"),
    more=("page", "more"),
    total=("page", "total"),
)


def following(progress: Progress, ids: str, **page: Any) -> Progress | None:
    records = [{"id": each} for each in ids]
    return BY_OFFSET.next(progress, records, functools.partial(at, {"data": records, "page": page}))


def test_next_page_begins_after_what_was_skipped_and_given() -> None:
    found = following(Progress(arguments={"skip": 10, "q": "x"}, pages=1), "ab", more=True)

    assert found is not None
    assert found.arguments == {"skip": 12, "q": "x"}


def test_offset_that_the_page_tells_counts_where_the_caller_gave_none() -> None:
    found = following(Progress(arguments={}, pages=1), "ab", more=True, skip=5)

    assert found is not None
    assert found.arguments == {"skip": 7}


@pytest.mark.parametrize(
    ("ids", "page", "goes_on"),
    [
        ("ab", {"more": False, "total": 9}, False),
        ("ab", {"more": True, "total": 2}, True),
        ("ab", {"total": 2}, False),
        ("ab", {"total": 3}, True),
        ("ab", {}, True),
        ("", {}, False),
    ],
)
def test_flag_ends_the_list_then_the_total_then_an_empty_page(ids: str, page: dict[str, Any], *, goes_on: bool) -> None:
    assert (following(Progress(arguments={}, pages=1), ids, **page) is not None) is goes_on


def test_same_records_again_are_noticed() -> None:
    second = following(Progress(arguments={}, pages=1), "ab", more=True)
    assert second is not None

    third = following(replace(second, pages=2), "ab", more=True)

    assert third is not None
    assert third.repeated
