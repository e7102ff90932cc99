"""Retries: only what is safe is repeated, as the vendor asks, and all within one deadline."""

from __future__ import annotations

import threading
from typing import Any

import httpx2
import pytest

from tests.contract.callers import Caller
from tests.stand_ins import wire
from tests.stand_ins.m360 import M360, good

MAYBE_RECEIVED = [
    wire.reset_after_reading,
    wire.reset_unworked,
    wire.cut,
    wire.saying(500),
    wire.saying(502),
    wire.saying(503),
    wire.saying(503, b"", {"Retry-After": "0"}),
    wire.saying(504),
    wire.saying(408),
    wire.html_with_200,
]

PASSING = [
    wire.reset_after_reading,
    wire.cut,
    wire.saying(408),
    wire.saying(500),
    wire.saying(502),
    wire.saying(503, b"<html></html>", {"Content-Type": "text/html"}),
    wire.saying(504),
    wire.saying(429),
]

FINAL = [wire.saying(status) for status in (302, 400, 401, 403, 404, 409, 415, 422, 501)]


@pytest.mark.parametrize("fault", MAYBE_RECEIVED)
def test_what_may_have_been_received_is_never_repeated(caller: Caller, vendor: M360, fault: wire.Fault) -> None:
    vendor.fail(fault)
    with caller.client(vendor, max_retries=5) as session:
        error = session.error("schedule_blacklist_check", imei_list=["35"])

    assert isinstance(error, caller.package.APIError)
    assert error.may_have_executed is True
    assert len(vendor.requests) == 1


def test_what_timed_out_is_never_repeated(caller: Caller, vendor: M360) -> None:
    vendor.fail(wire.silent(3))
    with caller.client(vendor, max_retries=5) as session:
        error = session.error("schedule_blacklist_check", imei_list=["35"], timeout=httpx2.Timeout(0.2))

    assert isinstance(error, caller.package.APITimeoutError)
    assert error.may_have_executed is True
    assert (len(vendor.requests), vendor.executions["scheduleBlacklistCheck"]) == (1, 1)


def test_report_is_not_made_twice(vendor: M360) -> None:
    for asynchronous in (False, True):
        vendor.requests.clear()
        vendor.fail(wire.saying(503))
        with Caller("v2", asynchronous).client(vendor) as session:
            session.error("generate_report", extra_body={"sessionId": "s"})

        assert len(vendor.requests) == 1


def test_what_was_certainly_not_sent_is_repeated(caller: Caller) -> None:
    with M360(listening=False) as vendor:
        timer = threading.Timer(0.15, vendor.listen)
        timer.start()
        with caller.client(vendor, max_retries=30) as session:
            given = session.call("schedule_blacklist_check", imei_list=["35"])
        timer.join()

    assert set(given) == {"batchId"}
    assert vendor.executions["scheduleBlacklistCheck"] == 1


def test_what_was_refused_by_rate_limit_is_repeated(caller: Caller, vendor: M360) -> None:
    vendor.fail(wire.saying(429, b"", {"Retry-After": "0"}))
    with caller.client(vendor) as session:
        session.call("schedule_blacklist_check", imei_list=["35"])

    assert (len(vendor.requests), vendor.executions["scheduleBlacklistCheck"]) == (2, 1)


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("operation", ["get_history", "get_blacklist_checks_by_batch_id"])
def test_read_is_repeated_after_a_passing_failure(
    caller: Caller, vendor: M360, fault: wire.Fault, operation: str
) -> None:
    vendor.batches["v1-1"] = vendor.batches["v2-1"] = ["35"]
    arguments = {} if operation == "get_history" else {"batch_id": f"{caller.version}-1"}
    vendor.fail(fault)
    with caller.client(vendor, max_retries=1) as session:
        session.call(operation, **arguments)

    assert len(vendor.requests) == 2


@pytest.mark.parametrize("fault", FINAL)
def test_final_refusal_is_not_repeated(caller: Caller, vendor: M360, fault: wire.Fault) -> None:
    vendor.fail(fault)
    with caller.client(vendor, max_retries=5) as session:
        error = session.error("get_history")

    assert isinstance(error, caller.package.APIStatusError)
    assert len(vendor.requests) == 1


@pytest.mark.parametrize("most", [0, 1, 2])
def test_read_is_repeated_as_often_as_asked_for(caller: Caller, vendor: M360, most: int) -> None:
    vendor.fail(*[wire.saying(503, b"", {"Retry-After": "0.01"})] * 9)
    with caller.client(vendor, max_retries=most) as session:
        error = session.error("get_history")

    assert isinstance(error, caller.package.ServiceUnavailableError)
    assert len(vendor.requests) == 1 + most


def test_two_repetitions_are_the_default(caller: Caller, vendor: M360) -> None:
    vendor.fail(*[wire.saying(503, b"", {"Retry-After": "0.01"})] * 9)
    with caller.client(vendor) as session:
        session.error("get_history")

    assert len(vendor.requests) == 3


def test_repeated_request_is_the_same_request(caller: Caller, vendor: M360) -> None:
    vendor.fail(wire.saying(503, b"", {"Retry-After": "0"}))
    with caller.client(vendor) as session:
        session.call("get_history", limit=7, extra_headers={"X-Trace": "t"})
    one, other = vendor.requests

    assert (one.body, one.target, one.headers) == (other.body, other.target, other.headers)


def test_waits_grow_and_are_spread_by_chance(caller: Caller, vendor: M360) -> None:
    for chance in (1.0, 0.25):
        vendor.fail(*[wire.saying(503)] * 6)
        waits: list[float] = []

        async def wait_async(seconds: float, waits: list[float] = waits) -> None:
            waits.append(seconds)

        clock = caller.package._runtime.clock.Clock(
            random=lambda at=chance: at, sleep=waits.append, sleep_async=wait_async
        )
        with caller.client(vendor, clock=clock, max_retries=6) as session:
            session.call("get_history")

        assert waits == [min(8.0, 0.5 * 2**retry) * chance for retry in range(6)]


def test_retry_after_is_obeyed(caller: Caller, vendor: M360) -> None:
    # Longer than the first back-off can be.
    vendor.fail(wire.saying(503, b"", {"Retry-After": "0.7"}))
    with caller.client(vendor) as session:
        session.call("get_history")
    one, other = (request.at for request in vendor.requests)

    assert other - one >= 0.7


def test_vendor_s_own_figure_in_a_refusal_is_obeyed(vendor: M360) -> None:
    caller = Caller("v2", asynchronous=False)
    vendor.account.requests_per_second = 1
    with caller.client(vendor) as session:
        session.call("get_history")
        session.call("get_history")

    # The third try waited for the window that the refusal told of.
    assert vendor.requests[2].at - vendor.requests[1].at >= 1.0


def test_wait_past_the_deadline_is_not_begun_and_the_vendor_s_word_is_told(caller: Caller, vendor: M360) -> None:
    vendor.fail(wire.saying(503, b"", {"Retry-After": "30"}), wire.saying(429, b"", {"Retry-After": "3600"}))
    with caller.client(vendor, timeout=10) as session:
        one, other = session.error("get_history"), session.error("get_history")

    assert isinstance(one, caller.package.ServiceUnavailableError)
    assert isinstance(other, caller.package.RateLimitError)
    assert (one.retry_after, other.retry_after) == (30.0, 3600.0)
    assert len(vendor.requests) == 2


def test_deadline_holds_over_all_tries(caller: Caller, vendor: M360) -> None:
    def slowly_broken(turn: wire.Turn) -> None:
        turn.wait(0.2)
        turn.reset()

    vendor.fail(*[slowly_broken] * 50)
    with caller.client(vendor, timeout=0.5, max_retries=50) as session:
        error = session.error("get_history")

    assert isinstance(error, caller.package.APIConnectionError)
    assert 1 <= len(vendor.requests) <= 4


def test_deadline_of_a_call_goes_before_that_of_the_client(caller: Caller, vendor: M360) -> None:
    vendor.fail(wire.silent(5))
    with caller.client(vendor, timeout=30, max_retries=0) as session:
        error = session.error("get_history", timeout=0.2)

    assert isinstance(error, caller.package.APITimeoutError)


def test_dripping_answer_does_not_outlive_the_deadline(caller: Caller, vendor: M360) -> None:
    # Each byte comes in time, the whole would take four seconds and then be good.
    vendor.fail(wire.drip(0.02, 200))
    with caller.client(vendor, timeout=0.4) as session:
        error = session.error("get_history")

    assert isinstance(error, caller.package.APITimeoutError)


def test_bound_of_each_attempt_leaves_time_for_the_next(caller: Caller, vendor: M360) -> None:
    vendor.fail(wire.silent(5))
    with caller.client(vendor, timeout=httpx2.Timeout(0.2)) as session:
        session.call("get_history")

    assert len(vendor.requests) == 2


def test_each_page_has_the_deadline_anew(caller: Caller) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        moments.append(request.extensions["timeout"]["read"])
        sample: dict[str, Any] = {"sessionId": f"{len(moments):036d}"}
        told = {"hasMore": len(moments) < 3} if caller.version == "v2" else {"totalCount": 3}
        return httpx2.Response(200, json=good({"records": [sample], **told}))

    moments: list[float] = []
    with caller.against(answer, timeout=5) as session:
        session.records()

    assert len(moments) == 3
    assert min(moments) > 4


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), "5", True, None])
def test_timeout_that_makes_no_sense_is_refused(caller: Caller, timeout: Any) -> None:
    with pytest.raises(ValueError, match="timeout"):
        caller.client(timeout=timeout)


@pytest.mark.parametrize("max_retries", [-1, 1.5, "2", True])
def test_number_of_repetitions_that_makes_no_sense_is_refused(caller: Caller, max_retries: Any) -> None:
    with pytest.raises(ValueError, match="max_retries"):
        caller.client(max_retries=max_retries)
