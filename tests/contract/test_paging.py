"""Pages: over all records and over pages, one held, at most one fetched ahead, and never without end."""

from __future__ import annotations

import asyncio
import gc
import json
import warnings
import weakref
from typing import Any

import httpx2
import pytest

from tests.contract.callers import Caller
from tests.stand_ins.m360 import AUTH_CODE, AUTH_TOKEN, M360, good, record, record_v1, session_id


def stock(caller: Caller, vendor: M360, count: int) -> None:
    """Give the vendor *count* records, the newest of the highest number."""
    sample = record if caller.version == "v2" else record_v1
    vendor.records = [sample(number) for number in range(count)]


def numbers(records: list[Any]) -> list[int]:
    return [int(found.session_id[:8]) for found in records]


def test_iterating_goes_over_all_records_of_all_pages(caller: Caller, vendor: M360) -> None:
    stock(caller, vendor, 8)
    with caller.client(vendor) as session:
        found = session.records(limit=3, order="id:asc")

    assert numbers(found) == list(range(8))
    assert [request.json.get("startingAfter") for request in vendor.requests] == [None, session_id(2), session_id(5)]
    assert {(request.json["limit"], request.json["order"]) for request in vendor.requests} == {(3, "id:asc")}


def test_iterating_backward_goes_over_all_records_before(caller: Caller, vendor: M360) -> None:
    stock(caller, vendor, 9)
    with caller.client(vendor) as session:
        found = session.records(limit=3, order="id:asc", ending_before=session_id(8))

    assert numbers(found) == [7, 6, 5, 4, 3, 2, 1, 0]
    asked = [request.json.get("endingBefore") for request in vendor.requests]
    assert asked[:3] == [session_id(8), session_id(5), session_id(2)]
    assert not [request for request in vendor.requests if "startingAfter" in request.json]


def test_pages_go_over_pages(caller: Caller, vendor: M360) -> None:
    stock(caller, vendor, 7)
    with caller.client(vendor) as session:
        pages = session.pages(limit=3, order="id:asc")

    assert [numbers(page.items) for page in pages] == [[0, 1, 2], [3, 4, 5], [6]]
    assert all(isinstance(page, caller.page_kind) for page in pages)


def test_first_page_leads_to_the_next_and_tells_when_there_is_none(caller: Caller, vendor: M360) -> None:
    stock(caller, vendor, 5)
    with caller.client(vendor) as session:
        page = session.call("get_history", limit=3, order="id:asc")
        has_next, following = page.has_next_page(), session.next_page(page)

        assert (numbers(page.items), has_next) == ([0, 1, 2], True)
        assert (numbers(following.items), following.has_next_page()) == ([3, 4], False)
        with pytest.raises(LookupError):
            session.next_page(following)
    assert len(vendor.requests) == 2


def test_page_can_be_iterated_over_itself(caller: Caller, vendor: M360) -> None:
    stock(caller, vendor, 5)
    with caller.client(vendor) as session:
        page = session.call("get_history", limit=2, order="id:asc")

        assert numbers(session.all(page)) == [0, 1, 2, 3, 4]
        assert [numbers(one.items) for one in session.all(page.pages())] == [[0, 1], [2, 3], [4]]


def test_page_of_a_question_that_goes_backward_is_iterated_over_backward(caller: Caller, vendor: M360) -> None:
    stock(caller, vendor, 6)
    with caller.client(vendor) as session:
        page = session.call("get_history", limit=2, order="id:asc", ending_before=session_id(5))

        assert numbers(page.items) == [3, 4]
        assert numbers(session.all(page)) == [4, 3, 2, 1, 0]


def test_pages_of_version_1_tell_the_total(vendor: M360) -> None:
    for asynchronous in (False, True):
        caller = Caller("v1", asynchronous)
        stock(caller, vendor, 5)
        with caller.client(vendor) as session:
            page = session.call("get_history", limit=2)
            following = session.next_page(page)

        assert (page.total_count, following.total_count) == (5, 5)


def test_version_2_does_not_trust_a_total() -> None:
    caller = Caller("v2", asynchronous=False)

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(json.loads(request.content))
        first = len(asked) == 1
        data = {"records": [record(len(asked))], "hasMore": first, "totalCount": None if first else 0}
        return httpx2.Response(200, json=good(data))

    asked: list[Any] = []
    with caller.against(answer) as session:
        found = session.records()

    assert numbers(found) == [1, 2]


def test_short_page_of_version_1_is_not_the_end(vendor: M360) -> None:
    vendor.most_per_page = 2
    for asynchronous in (False, True):
        caller = Caller("v1", asynchronous)
        stock(caller, vendor, 5)
        with caller.client(vendor) as session:
            found = session.records(limit=100, order="id:asc")

        assert numbers(found) == [0, 1, 2, 3, 4]


def test_version_1_asks_no_more_when_the_total_was_given_out(vendor: M360) -> None:
    caller = Caller("v1", asynchronous=True)
    stock(caller, vendor, 4)
    with caller.client(vendor) as session:
        session.records(limit=2)

    assert len(vendor.requests) == 2


def test_empty_history_is_one_page_without_a_next(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor) as session:
        page = session.call("get_history")
        found = session.records()

    assert (page.items, page.has_next_page(), found) == ([], False, [])
    assert len(vendor.requests) == 2


def test_empty_page_that_says_there_is_more_does_not_go_on_for_ever() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, json=good({"records": [], "hasMore": True}))

    asked: list[httpx2.Request] = []
    for asynchronous in (False, True):
        with Caller("v2", asynchronous).against(answer) as session:
            found = session.records()

        assert found == []
    assert len(asked) == 2


def test_page_that_repeats_itself_is_an_error(caller: Caller) -> None:
    sample = record if caller.version == "v2" else record_v1
    told = {"hasMore": True} if caller.version == "v2" else {"totalCount": 1000}

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        assert len(asked) < 20
        return httpx2.Response(200, json=good({"records": [sample(1), sample(2)], **told}))

    asked: list[httpx2.Request] = []
    with caller.against(answer) as session, pytest.raises(caller.package.PaginationLoopError) as caught:
        session.records()

    assert isinstance(caught.value, caller.package.APIResponseValidationError)
    assert (caught.value.operation, caught.value.response.status_code) == ("get_history", 200)
    assert len(asked) == 2


@pytest.mark.parametrize("ring", [2, 3, 5, 8])
def test_pages_that_lead_in_a_ring_are_an_error(caller: Caller, ring: int) -> None:
    sample = record if caller.version == "v2" else record_v1
    told = {"hasMore": True} if caller.version == "v2" else {"totalCount": 1000}

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        assert len(asked) < 50
        return httpx2.Response(200, json=good({"records": [sample(len(asked) % ring)], **told}))

    asked: list[httpx2.Request] = []
    with caller.against(answer) as session, pytest.raises(caller.package.PaginationLoopError):
        session.records()


def test_loop_that_stops_early_asks_for_no_more(caller: Caller, vendor: M360) -> None:
    stock(caller, vendor, 100)
    with caller.client(vendor) as session:
        found = session.records(4, limit=3)

    assert len(found) == 4
    assert len(vendor.requests) <= 3


def test_at_most_one_page_ahead_is_fetched(caller: Caller, vendor: M360) -> None:
    stock(caller, vendor, 100)
    with caller.client(vendor) as session:
        for taken in (1, 3, 4, 7):
            vendor.requests.clear()
            session.records(taken, limit=3)

            needed = -(-taken // 3)
            assert needed <= len(vendor.requests) <= needed + 1


def test_iterating_holds_one_page(vendor: M360) -> None:
    for version in ("v1", "v2"):
        caller = Caller(version, asynchronous=False)
        stock(caller, vendor, 12)
        with caller.client(vendor) as session:
            held: list[weakref.ref[Any]] = []
            alive: list[int] = []
            for found in session.client.get_history(limit=3):
                held.append(weakref.ref(found))
                del found
                gc.collect()
                alive.append(sum(one() is not None for one in held))

        assert max(alive) <= 2 * 3
        assert len(held) == 12


def test_iterating_in_a_task_holds_one_page(vendor: M360) -> None:
    async def most(caller: Caller) -> int:
        kind = caller.kind
        url = vendor.url(caller.version)
        async with kind(auth_code=AUTH_CODE, auth_token=AUTH_TOKEN, base_url=url, requests_per_second=1e5) as client:
            held: list[weakref.ref[Any]] = []
            alive: list[int] = []
            async for found in client.get_history(limit=3):
                held.append(weakref.ref(found))
                del found
                gc.collect()
                alive.append(sum(one() is not None for one in held))
        return max(alive)

    for version in ("v1", "v2"):
        caller = Caller(version, asynchronous=True)
        stock(caller, vendor, 12)

        assert asyncio.run(most(caller)) <= 2 * 3


def test_async_paged_call_sends_nothing_until_it_is_used(version: str, vendor: M360) -> None:
    async def main() -> tuple[int, int, int]:
        caller = Caller(version, asynchronous=True)
        stock(caller, vendor, 3)
        async with caller.client(vendor).client as client:
            question = client.get_history()
            iterator = aiter(client.get_history())
            await asyncio.sleep(0.05)
            before = len(vendor.requests)
            page = await question
            after = len(vendor.requests)
            await anext(iterator)
            return before, after, len(page.items)

    assert asyncio.run(main()) == (0, 1, 3)


def test_async_paged_call_that_is_dropped_unused_warns(version: str) -> None:
    client = Caller(version, asynchronous=True).kind(auth_code="a", auth_token="b")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        client.get_history()
        gc.collect()

    assert [warning.category for warning in caught] == [RuntimeWarning]
    assert "get_history" in str(caught[0].message)


def test_async_paged_call_that_is_used_does_not_warn(version: str, vendor: M360) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with Caller(version, asynchronous=True).client(vendor) as session:
            session.call("get_history")
            session.records()
            session.pages()
            gc.collect()

    assert len(vendor.requests) == 3


def test_failure_on_a_later_page_comes_where_it_is_reached(caller: Caller, vendor: M360) -> None:
    stock(caller, vendor, 6)
    with caller.client(vendor) as session:
        page = session.call("get_history", limit=3)
        vendor.fail(lambda turn: turn.send(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"))
        with pytest.raises(caller.package.NotFoundError):
            session.next_page(page)
        again = session.next_page(page)

    assert numbers(again.items) == [2, 1, 0]


def test_options_of_the_call_hold_for_every_page(caller: Caller, vendor: M360) -> None:
    stock(caller, vendor, 4)
    with caller.client(vendor) as session:
        session.records(limit=2, extra_headers={"X-Trace": "t"}, extra_query={"q": 1}, extra_body={"testing": False})

    assert [(one.headers["x-trace"], one.query, one.json["testing"]) for one in vendor.requests] == [
        ("t", "q=1", False)
    ] * 2
