"""Errors: one tree, what each tells, and whether the request may have been carried out."""

from __future__ import annotations

import json
import pickle
from typing import Any

import httpx2
import pytest

from tests.contract.callers import Caller, for_each_caller, package
from tests.stand_ins import wire
from tests.stand_ins.m360 import M360, bad, session_id

TREE = {
    "APIError": "Exception",
    "APIConnectionError": "APIError",
    "APITimeoutError": "APIConnectionError",
    "APIResponseValidationError": "APIError",
    "PaginationLoopError": "APIResponseValidationError",
    "APIStatusError": "APIError",
    "BadRequestError": "APIStatusError",
    "AuthenticationError": "APIStatusError",
    "PermissionDeniedError": "APIStatusError",
    "NotFoundError": "APIStatusError",
    "ConflictError": "APIStatusError",
    "UnsupportedMediaTypeError": "APIStatusError",
    "UnprocessableEntityError": "APIStatusError",
    "RateLimitError": "APIStatusError",
    "InternalServerError": "APIStatusError",
    "ServiceUnavailableError": "InternalServerError",
}

STATUSES = [
    (400, "BadRequestError", False),
    (401, "AuthenticationError", False),
    (402, "APIStatusError", False),
    (403, "PermissionDeniedError", False),
    (404, "NotFoundError", False),
    (408, "APIStatusError", True),
    (409, "ConflictError", False),
    (415, "UnsupportedMediaTypeError", False),
    (418, "APIStatusError", False),
    (422, "UnprocessableEntityError", False),
    (429, "RateLimitError", False),
    (500, "InternalServerError", True),
    (501, "InternalServerError", True),
    (502, "InternalServerError", True),
    (503, "ServiceUnavailableError", True),
    (504, "InternalServerError", True),
    (599, "InternalServerError", True),
    (302, "APIStatusError", True),
]

REFUSAL = bad("orders:unknown_imei", "No such \u2028 device", {"imei": "350000000000001", "limit": 5})


def answering(status: int, document: object, headers: dict[str, str] | None = None) -> Any:
    def answer(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(status, headers=headers, content=json.dumps(document).encode())

    return answer


def test_tree_is_that_of_the_contract_and_importable_from_the_top(version: str) -> None:
    made: Any = package(version)

    assert {name: getattr(made, name).__bases__[0].__name__ for name in TREE} == TREE
    assert set(TREE) <= set(made.__all__)


@pytest.mark.parametrize(("status", "name", "may_have_executed"), STATUSES)
def test_status_decides_the_class_and_whether_it_may_have_executed(
    caller: Caller, status: int, name: str, *, may_have_executed: bool
) -> None:
    with caller.against(answering(status, {"unrelated": True}), max_retries=0) as session:
        error = session.error("schedule_blacklist_check", imei_list=["35"])

    assert type(error) is getattr(caller.package, name)
    assert (error.status_code, error.may_have_executed) == (status, may_have_executed)
    assert (error.code, error.message, error.details) == (None, None, {})
    assert error.body == {"unrelated": True}


@pytest.mark.parametrize("status", [200, 400, 404, 422, 500])
def test_error_tells_what_the_vendor_told_whatever_the_status(caller: Caller, status: int) -> None:
    with caller.against(answering(status, REFUSAL, {"X-Request-Id": "r-77"}), max_retries=0) as session:
        error = session.error("get_history")

    assert isinstance(error, caller.package.APIStatusError)
    assert error.status_code == status
    assert error.code == "orders:unknown_imei"
    assert error.message == "No such \u2028 device"
    assert error.details == {"imei": "350000000000001", "limit": 5}
    assert error.body == REFUSAL
    assert (error.response.status_code, json.loads(error.response.content)) == (status, REFUSAL)
    assert (error.operation, error.request_id) == ("get_history", "r-77")


def test_message_is_for_people_and_safe_to_print(caller: Caller) -> None:
    with caller.against(answering(422, REFUSAL)) as session:
        text = str(session.error("get_history"))

    assert {"get_history", "422", "orders:unknown_imei"} <= set(text.replace(":", " :", 1).replace(";", "").split())
    assert text.isprintable()


def test_details_that_say_nothing_are_an_empty_mapping(caller: Caller) -> None:
    with caller.against(answering(200, bad("auth:forbidden", "No"))) as session:
        error = session.error("get_history")

    assert error.details == {}
    assert error.details.get("anything") is None


def test_request_id_is_none_where_the_vendor_sends_none(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor) as session:
        error = session.error("get_blacklist_checks_by_batch_id", batch_id="none")

    assert isinstance(error, caller.package.NotFoundError)
    assert error.request_id is None


def test_body_that_is_not_json_is_told_as_text(caller: Caller, vendor: M360) -> None:
    vendor.fail(wire.saying(502, b"<h1>Bad gateway</h1>", {"Content-Type": "text/html"}))
    with caller.client(vendor, max_retries=0) as session:
        error = session.error("get_history")

    assert isinstance(error, caller.package.InternalServerError)
    assert error.body == "<h1>Bad gateway</h1>"
    assert error.response.content == b"<h1>Bad gateway</h1>"


@pytest.mark.parametrize("status", [200, 401, 403])
def test_refused_login_has_the_class_that_the_spec_gives_its_code_whatever_the_status(
    caller: Caller, status: int
) -> None:
    with M360(forbidden_status=status) as vendor, caller.client(vendor, auth_token="wrong") as session:
        error = session.error("get_history")

    assert isinstance(error, caller.package.AuthenticationError)
    assert isinstance(error, caller.package.PermissionDeniedError)
    assert type(error) is caller.package.AccessForbiddenError
    assert (error.code, error.details, error.may_have_executed) == ("auth:forbidden", {}, False)
    assert error.message == "Access forbidden with the given credentials"
    assert (error.status_code, len(vendor.requests)) == (status, 1)


def test_rate_limit_error_has_the_vendor_s_figures(caller: Caller, vendor: M360) -> None:
    vendor.account.requests_per_second = 0
    with caller.client(vendor, max_retries=0) as session:
        error = session.error("get_history")

    assert isinstance(error, caller.package.RateLimitError)
    assert error.code == "customer_api:too_many_requests"
    assert error.details == {"maximumRequestsPerSecond": 0}
    assert error.may_have_executed is False


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7.0), ("0", 0.0), ("soon", None), ("-1", None), ("1, 2", None), ("1e3", None), ("200", 200.0)],
)
def test_rate_limit_error_tells_how_long_to_wait(caller: Caller, value: str, seconds: float | None) -> None:
    answer = answering(429, bad("stand_in:other", "Slower"), {"Retry-After": value})
    with caller.against(answer, max_retries=0) as session:
        error = session.error("get_history")

    assert error.retry_after == seconds


def test_refused_parameters_are_told_by_the_vendor(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor) as session:
        error = session.error("get_history", extra_body={"noSuchFilter": 1})

    assert isinstance(error, caller.package.UnprocessableEntityError)
    assert error.details == {"noSuchFilter": "unknown"}


KINDS: list[tuple[str, list[wire.Fault], str, bool]] = [
    ("both", [wire.reset_after_reading], "APIConnectionError", True),
    ("both", [wire.reset_unworked], "APIConnectionError", True),
    ("both", [wire.cut], "APIConnectionError", True),
    ("both", [wire.silent(3)], "APITimeoutError", True),
    ("both", [wire.drip(0.02, 200)], "APITimeoutError", True),
    ("both", [wire.html_with_200], "APIResponseValidationError", True),
    ("both", [wire.saying(503)], "ServiceUnavailableError", True),
    ("both", [wire.saying(404)], "NotFoundError", False),
    ("both", [wire.saying(200, b"nonsense", {"Content-Encoding": "gzip"})], "APIConnectionError", True),
    ("both", [wire.saying(200, b"{}", {"Content-Encoding": "br"})], "APIConnectionError", True),
    ("both", [lambda turn: turn.send(b"SSH-2.0-OpenSSH\r\n\r\n")], "APIConnectionError", True),
]


@pytest.mark.parametrize(("caller", "faults", "name", "may_have_executed"), for_each_caller(KINDS))
def test_every_failure_tells_whether_it_may_have_executed(
    caller: Caller, vendor: M360, faults: list[wire.Fault], name: str, *, may_have_executed: bool
) -> None:
    vendor.fail(*faults)
    with caller.client(vendor, timeout=0.4) as session:
        error = session.error("schedule_blacklist_check", imei_list=["35"])

    assert type(error) is getattr(caller.package, name)
    assert (error.may_have_executed, error.operation) == (may_have_executed, "schedule_blacklist_check")
    assert "schedule_blacklist_check" in str(error)
    assert vendor.executions["scheduleBlacklistCheck"] <= 1
    assert len(vendor.requests) == 1
    assert error.idempotency_key is None


def test_failure_to_connect_did_certainly_nothing(caller: Caller) -> None:
    with M360(listening=False) as vendor, caller.client(vendor, max_retries=1) as session:
        error = session.error("schedule_blacklist_check", imei_list=["35"])

    assert type(error) is caller.package.APIConnectionError
    assert error.may_have_executed is False
    assert (error.__cause__, error.__context__) == (None, None)


def test_host_that_does_not_exist_is_a_connection_error(caller: Caller) -> None:
    with caller.client(base_url="http://no-such-host.invalid/api", max_retries=0, timeout=5) as session:
        error = session.error("get_history")

    assert isinstance(error, caller.package.APIConnectionError)
    assert error.may_have_executed is False


def test_everything_that_a_call_raises_is_one_kind(caller: Caller, vendor: M360) -> None:
    kinds: set[type] = set()
    for fault in (wire.reset_after_reading, wire.cut, wire.html_with_200, wire.saying(500), wire.saying(418)):
        vendor.fail(fault)
        with caller.client(vendor, max_retries=0) as session:
            error: Exception = session.error("get_history")
            kinds.add(type(error))

    assert len(kinds) == 4
    assert all(issubclass(kind, caller.package.APIError) for kind in kinds)


def test_errors_can_be_pickled_and_stay_what_they_are(caller: Caller) -> None:
    with caller.against(answering(404, REFUSAL, {"X-Request-Id": "r-77"})) as session:
        error = session.error("get_history", session_id=session_id(1))
    twin = pickle.loads(pickle.dumps(error))  # noqa: S301 - what was dumped just now

    assert (type(twin), str(twin), twin.code, twin.request_id) == (type(error), str(error), error.code, "r-77")
