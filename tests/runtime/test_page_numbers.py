"""Lists of numbered pages: when they end, and what repeats."""

from __future__ import annotations

import pytest

from generator.runtime.envelope import Path
from generator.runtime.pagination import PageNumberPagination, Progress

PAGES = PageNumberPagination(items=("results",), page="page_number", at=("number",), pages=("pages",), total=("total",))


def following(
    progress: Progress, records: list[object], *, style: PageNumberPagination = PAGES, **told: object
) -> Progress | None:
    """Return what comes after a page with these records that tells these figures."""

    def tells(path: Path) -> object:
        return told.get(path[0])

    counted = Progress(
        arguments=progress.arguments,
        pages=progress.pages + 1,
        given=progress.given + len(records),
        marker=progress.marker,
    )
    return style.next(counted, records, tells)


START = Progress(arguments={"sort_order": "name"})


def test_next_page_has_the_next_number_and_the_same_question() -> None:
    found = following(START, ["a"], pages=3)

    assert found is not None
    assert found.arguments == {"sort_order": "name", "page_number": 2}


def test_reading_begins_where_the_caller_says() -> None:
    found = following(Progress(arguments={"page_number": 7}), ["a"], number=7, pages=9)

    assert found is not None
    assert found.arguments == {"page_number": 8}


@pytest.mark.parametrize("pages", [1, 0, -1])
def test_last_page_ends_the_list(pages: int) -> None:
    assert following(START, ["a"], pages=pages) is None


def test_short_page_is_not_the_end() -> None:
    assert following(START, ["a"], pages=2, total=50) is not None


def test_empty_page_is_the_end_whatever_it_tells() -> None:
    assert following(START, [], pages=99, total=99) is None


def test_number_of_pages_counts_more_than_that_of_records() -> None:
    assert following(START, ["a"], pages=2, total=1) is not None


def test_without_a_number_of_pages_the_total_ends_the_list() -> None:
    assert following(START, ["a", "b"], total=2) is None
    assert following(START, ["a", "b"], total=3) is not None


def test_total_does_not_end_a_list_that_was_begun_in_its_middle() -> None:
    assert following(Progress(arguments={"page_number": 2}), ["c", "d"], total=2) is not None


def test_without_any_figure_an_empty_page_ends_the_list() -> None:
    assert following(START, ["a"]) is not None
    assert following(START, []) is None


def test_page_of_another_number_than_was_asked_for_repeats() -> None:
    first = following(START, ["a"], number=1, pages=3)
    assert first is not None
    second = following(Progress(arguments=first.arguments, pages=1, given=1), ["b"], number=1, pages=3)

    assert second is not None
    assert second.repeated


def test_first_page_may_tell_another_number_than_was_asked_for() -> None:
    found = following(Progress(arguments={"page_number": 99}), ["a"], number=3, pages=3)

    assert found is None


def test_same_records_again_repeat() -> None:
    progress, steps = START, 0
    while not progress.repeated and steps < 10:
        found = following(progress, [{"name": "a"}])
        assert found is not None
        progress = Progress(
            arguments=found.arguments, pages=steps + 1, given=steps + 1, marker=found.marker, repeated=found.repeated
        )
        steps += 1

    assert progress.repeated
    assert steps < 4
