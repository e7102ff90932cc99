"""Pages, sync and async: what is asked, in which order records come, and when reading ends."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import gc
import json
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from generator.runtime.client import AsyncioClient, SyncClient
from generator.runtime.credentials import Credentials
from generator.runtime.errors import PaginationLoopError
from generator.runtime.pages import Page
from tests.runtime.ledgerly import (
    KEY,
    LIST,
    LIST_BY_TOTAL,
    NO_OPTIONS,
    SERVICE,
    TOKEN,
    Entry,
    Runner,
    good,
)

if TYPE_CHECKING:
    from collections.abc import Callable


class Ledger:
    """A vendor with numbered entries, *size* on a page."""

    def __init__(self, count: int, size: int, *, total: bool = False) -> None:
        self._ids = [f"e{number:03d}" for number in range(count)]
        self._size = size
        self._total = total
        self.questions: list[dict[str, Any]] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        question = json.loads(request.content)
        self.questions.append(question)
        ids = self._ids
        if "endingBefore" in question:
            ids = ids[: ids.index(question["endingBefore"])]
            page, more = ids[-self._size :], len(ids) > self._size
        else:
            start = ids.index(question["startingAfter"]) + 1 if "startingAfter" in question else 0
            page, more = ids[start : start + self._size], start + self._size < len(ids)
        data: dict[str, Any] = {"records": [{"entryId": entry} for entry in page]}
        data |= {"totalCount": len(self._ids)} if self._total else {"hasMore": more}
        return httpx2.Response(200, json=good(data))


def ids(records: list[Entry]) -> list[str]:
    return [record.entry_id for record in records]


def sync_client(handler: Callable[[httpx2.Request], httpx2.Response]) -> SyncClient:
    http_client = httpx2.Client(transport=httpx2.MockTransport(handler))
    return SyncClient(SERVICE, Credentials(auth_code=KEY, auth_token=TOKEN), http_client=http_client)


def async_client(handler: Callable[[httpx2.Request], httpx2.Response]) -> AsyncioClient:
    http_client = httpx2.AsyncClient(transport=httpx2.MockTransport(handler))
    return AsyncioClient(SERVICE, Credentials(auth_code=KEY, auth_token=TOKEN), http_client=http_client)


def test_iteration_goes_over_all_records_of_all_pages(runner: Runner) -> None:
    ledger = Ledger(5, 2)

    assert ids(runner.call(LIST, ledger, {"limit": 2}, records=True)) == ["e000", "e001", "e002", "e003", "e004"]
    assert ledger.questions == [
        {"limit": 2},
        {"limit": 2, "startingAfter": "e001"},
        {"limit": 2, "startingAfter": "e003"},
    ]


def test_reading_backward_turns_each_page_around(runner: Runner) -> None:
    ledger = Ledger(5, 2)
    start = {"ending_before": "e004"}

    assert ids(runner.call(LIST, ledger, start, records=True)) == ["e003", "e002", "e001", "e000"]
    assert ids(runner.call(LIST, Ledger(5, 2), start).items) == ["e002", "e003"]
    assert [question["endingBefore"] for question in ledger.questions] == ["e004", "e002"]


def test_total_of_the_first_page_ends_the_reading(runner: Runner) -> None:
    ledger = Ledger(4, 2, total=True)

    assert len(runner.call(LIST_BY_TOTAL, ledger, records=True)) == 4
    assert len(ledger.questions) == 2


def test_short_page_is_not_the_end_where_a_total_tells(runner: Runner) -> None:
    pages = [["e1", "e2"], ["e3"], ["e4", "e5"], []]

    def vendor(request: httpx2.Request) -> httpx2.Response:
        asked = json.loads(request.content).get("startingAfter")
        index = 0 if asked is None else next(i for i, page in enumerate(pages) if asked in page) + 1
        data = {"records": [{"entryId": entry} for entry in pages[index]], "totalCount": None if index else 5}
        return httpx2.Response(200, json=good(data))

    assert ids(runner.call(LIST_BY_TOTAL, vendor, records=True)) == ["e1", "e2", "e3", "e4", "e5"]


def test_page_without_a_total_leads_on_until_one_is_empty(runner: Runner) -> None:
    asked: list[object] = []

    def vendor(request: httpx2.Request) -> httpx2.Response:
        asked.append(json.loads(request.content))
        records = [{"entryId": f"e{len(asked)}"}] if len(asked) < 4 else []
        return httpx2.Response(200, json=good({"records": records}))

    assert len(runner.call(LIST_BY_TOTAL, vendor, records=True)) == 3
    assert len(asked) == 4


@pytest.mark.parametrize("ring", [1, 2, 3, 7])
def test_pages_that_lead_in_a_ring_are_an_error(runner: Runner, ring: int) -> None:
    asked: list[object] = []

    def vendor(_: httpx2.Request) -> httpx2.Response:
        asked.append(None)
        return httpx2.Response(200, json=good({"records": [{"entryId": f"e{len(asked) % ring}"}], "hasMore": True}))

    with pytest.raises(PaginationLoopError, match="leads back to a page that was there before"):
        runner.call(LIST, vendor, records=True)

    assert len(asked) <= 4 * ring + 2


def test_next_page_is_fetched_when_asked_for(runner: Runner) -> None:
    ledger = Ledger(3, 2)
    page = runner.call(LIST, ledger)

    assert ids(page.items) == ["e000", "e001"]
    assert page.has_next_page()
    assert len(ledger.questions) == 1


def test_last_page_has_no_next_one() -> None:
    page = sync_client(Ledger(1, 2))._page(LIST, {}, NO_OPTIONS)

    assert not page.has_next_page()
    with pytest.raises(LookupError, match=r"has_next_page\(\)"):
        page.next_page()


def test_pages_go_over_pages() -> None:
    pages = sync_client(Ledger(5, 2))._page(LIST, {}, NO_OPTIONS).pages()

    assert [ids(page.items) for page in pages] == [["e000", "e001"], ["e002", "e003"], ["e004"]]


def test_async_pages_go_over_pages() -> None:
    async def main() -> list[list[str]]:
        pages = async_client(Ledger(5, 2))._page(LIST, {}, NO_OPTIONS).pages()
        return [ids(page.items) async for page in pages]

    assert asyncio.run(main()) == [["e000", "e001"], ["e002", "e003"], ["e004"]]


def test_iteration_fetches_no_page_before_it_is_needed() -> None:
    ledger = Ledger(6, 2)
    records = iter(sync_client(ledger)._page(LIST, {}, NO_OPTIONS))
    for _ in range(2):
        next(records)

    assert len(ledger.questions) == 1
    assert next(records).entry_id == "e002"
    assert len(ledger.questions) == 2


def pages_alive() -> list[object]:
    """Return all pages that there are."""
    return [thing for thing in gc.get_objects() if isinstance(thing, Page)]


def test_iteration_holds_one_page() -> None:
    # Kept here, so that those of other tests neither come nor go meanwhile.
    before = pages_alive()
    records = iter(sync_client(Ledger(20, 2))._page(LIST, {}, NO_OPTIONS))
    for _ in range(15):
        next(records)
    gc.collect()

    assert len(pages_alive()) - len(before) == 1


class CountedPage(Page[Entry]):
    """A page that tells more."""

    @property
    def total_count(self) -> object:
        return self._told("totalCount")


def test_page_of_its_own_class_tells_more_and_stays_of_that_class() -> None:
    page = sync_client(Ledger(4, 2, total=True))._page_as(CountedPage, LIST_BY_TOTAL, {}, NO_OPTIONS)

    assert page.total_count == 4
    assert isinstance(page.next_page(), CountedPage)


def test_what_no_paging_needs_is_told_as_well() -> None:
    def vendor(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=good({"records": [], "hasMore": False, "totalCount": None, "x": {"y": [7]}}))

    page = sync_client(vendor)._page(LIST, {}, NO_OPTIONS)

    assert (page._told("totalCount"), page._told("x.y"), page._told("nowhere")) == (None, [7], None)


def test_async_request_that_is_dropped_unused_warns() -> None:
    client = async_client(Ledger(1, 1))
    with pytest.warns(RuntimeWarning, match="list_entries was called but nothing was sent"):
        client._page(LIST, {}, NO_OPTIONS)
