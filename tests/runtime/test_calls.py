"""Calls as their users see them, sync and async, over a mock transport."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from generator.runtime.errors import (
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    InternalServerError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServiceUnavailableError,
)
from generator.runtime.request import CallOptions
from tests.runtime.ledgerly import (
    BODY_SERVICE,
    FORGET,
    KEY,
    LIMITED_SERVICE,
    LIST,
    NO_OPTIONS,
    PAY,
    POST,
    READ,
    TOKEN,
    Entry,
    FakeTime,
    Runner,
    bad,
    good,
)

if TYPE_CHECKING:
    from generator.runtime.operations import Operation


class Vendor:
    """Answers in turn, the last answer for ever, and keeps what it was asked."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        self._answers = answers
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        chosen = self._answers[min(len(self.requests), len(self._answers)) - 1]
        if isinstance(chosen, Exception):
            raise chosen
        return httpx2.Response(chosen.status_code, headers=chosen.headers, content=chosen.content)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(request.content) for request in self.requests]


def ok(data: object) -> httpx2.Response:
    return httpx2.Response(200, json=good(data))


ENTRY = {"entryId": "e1", "amount": 5}
UNAVAILABLE = httpx2.Response(503, json=bad("down"))


def test_result_is_the_unwrapped_content(runner: Runner) -> None:
    assert runner.call(READ, Vendor(ok(ENTRY)), {"entry_id": "e1"}) == Entry(entry_id="e1", amount=5)


def test_request_has_the_wire_names_and_the_composed_credential(runner: Runner) -> None:
    vendor = Vendor(ok({"records": [], "hasMore": False}))
    runner.call(LIST, vendor, {"limit": 5, "tags": "ab"})

    [request] = vendor.requests
    assert str(request.url) == "https://ledgerly.example/api/v2/listEntries"
    assert request.headers["authorization"] == f"Bearer {KEY}-{TOKEN}"
    assert request.headers["user-agent"].startswith("ledgerly/1.2.3 python/3.")
    assert vendor.bodies == [{"limit": 5, "tags": ["ab"]}]


def test_only_identity_and_gzip_are_asked_for(runner: Runner) -> None:
    vendor = Vendor(ok(ENTRY))
    runner.call(READ, vendor, {"entry_id": "e1"})

    assert vendor.requests[0].headers["accept-encoding"] == "gzip"


def test_credentials_in_the_body_stand_beside_the_arguments(runner: Runner) -> None:
    vendor = Vendor(ok({"records": [], "hasMore": False}))
    runner.call(LIST, vendor, {"limit": 5}, service=BODY_SERVICE)

    assert vendor.bodies == [{"authCode": KEY, "authToken": TOKEN, "limit": 5}]
    assert "authorization" not in vendor.requests[0].headers


def test_testing_flag_goes_only_where_the_operation_takes_it(runner: Runner) -> None:
    vendor = Vendor(ok({"records": [], "hasMore": False}))
    runner.steps([(LIST, {}, NO_OPTIONS), (POST, {}, NO_OPTIONS)], vendor, testing=True)

    assert vendor.bodies == [{"testing": True}, {}]


def test_path_query_and_header_arguments_find_their_places(runner: Runner) -> None:
    vendor = Vendor(ok(ENTRY))
    runner.call(READ, vendor, {"entry_id": "a/b?c#d%", "fields": ["x y", "z&"], "trace": "t1"})

    [request] = vendor.requests
    assert request.url.raw_path == b"/api/v2/entries/a%2Fb%3Fc%23d%25?fields=x%20y&fields=z%26"
    assert request.headers["x-trace"] == "t1"


def test_extra_options_are_sent_and_may_not_replace_ours(runner: Runner) -> None:
    vendor = Vendor(ok(1))
    options = CallOptions(None, {"X-More": "1"}, {"q": "a b"}, {"extra": [1]})
    runner.call(POST, vendor, {"amount": 1}, options)

    assert vendor.requests[0].headers["x-more"] == "1"
    assert vendor.requests[0].url.query == b"q=a%20b"
    assert vendor.bodies == [{"amount": 1, "extra": [1]}]


def test_operation_without_an_answer_returns_none(runner: Runner) -> None:
    assert runner.call(FORGET, Vendor(httpx2.Response(204))) is None
    assert runner.call(FORGET, Vendor(ok("whatever"))) is None


def test_vendors_refusal_inside_a_200_is_an_error(runner: Runner) -> None:
    body = bad("auth:forbidden", "Access\nforbidden")
    with pytest.raises(PermissionDeniedError) as caught:
        runner.call(READ, Vendor(httpx2.Response(200, json=body, headers={"x-request-id": "r1"})), {"entry_id": "e"})

    error = caught.value
    assert (error.status_code, error.code, error.message) == (200, "auth:forbidden", "Access\nforbidden")
    assert (error.details, error.body, error.request_id) == ({}, body, "r1")
    assert (error.operation, error.may_have_executed) == ("get_entry", False)
    assert error.response is not None
    assert str(error) == "get_entry was refused with 200: auth:forbidden; Access\\nforbidden"


@pytest.mark.parametrize(
    ("operation", "code", "may_have_executed"),
    [
        (PAY, "auth:forbidden", False),
        (PAY, "bank:timeout", True),
        (POST, "bank:timeout", True),
        (READ, "bank:timeout", False),
    ],
)
def test_refusal_in_words_that_nobody_knows_may_be_half_a_success(
    runner: Runner, operation: Operation[Any], code: str, may_have_executed: bool  # noqa: FBT001 - a column
) -> None:
    arguments = {"entry_id": "e"} if operation is READ else {}
    with pytest.raises(APIStatusError) as caught:
        runner.call(operation, Vendor(httpx2.Response(200, json=bad(code))), arguments)

    assert caught.value.may_have_executed is may_have_executed


def test_vendors_word_for_success_outweighs_the_status(runner: Runner) -> None:
    [outcome] = runner.steps([(READ, {"entry_id": "e"}, NO_OPTIONS)], Vendor(httpx2.Response(200, json=bad("new"))))

    assert type(outcome) is APIStatusError


@pytest.mark.parametrize(
    ("status", "kind", "may_have_executed"),
    [
        (302, APIStatusError, True),
        (400, APIStatusError, False),
        (401, AuthenticationError, False),
        (403, PermissionDeniedError, False),
        (404, NotFoundError, False),
        (408, APIStatusError, True),
        (451, APIStatusError, False),
        (500, InternalServerError, True),
        (503, ServiceUnavailableError, True),
        (599, InternalServerError, True),
    ],
)
def test_status_decides_class_and_whether_it_may_have_executed(
    runner: Runner, status: int, kind: type[APIStatusError], may_have_executed: bool  # noqa: FBT001 - a column
) -> None:
    vendor = Vendor(httpx2.Response(status, content=b"<html>no</html>"))
    with pytest.raises(kind) as caught:
        runner.call(POST, vendor, {})

    assert (caught.value.status_code, caught.value.may_have_executed) == (status, may_have_executed)
    assert caught.value.body == "<html>no</html>"
    assert len(vendor.requests) == 1


def test_refused_credential_is_not_tried_again(runner: Runner) -> None:
    vendor = Vendor(httpx2.Response(401, json=bad("x")))
    with pytest.raises(AuthenticationError, match="check the credentials"):
        runner.call(READ, vendor, {"entry_id": "e"})

    assert len(vendor.requests) == 1


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b'{"data":{"entryId":5},"meta":{"success":true}}', "data.entryId"),
        (b'{"data":[],"meta":{"success":true}}', "data"),
        (b'{"data":{"entryId":"e"}}', "meta"),
        (b'{"data":{"entryId":"e"},"meta":{"success":null}}', "meta.success"),
        (b"<html>", ""),
        (b"", ""),
        (b'{"data":{"entryId":"e","x":NaN},"meta":{"success":true}}', ""),
        (b'{"data":{"entryId":"NIL, NaN","x":-Infinity},"meta":{"success":true}}', ""),
        (b'\xff{"data":1}', ""),
        (b"[" * 100_000, ""),
    ],
)
def test_body_that_cannot_be_is_a_validation_error_with_its_path(runner: Runner, body: bytes, path: str) -> None:
    with pytest.raises(APIResponseValidationError) as caught:
        runner.call(READ, Vendor(httpx2.Response(200, content=body)), {"entry_id": "e"})

    error = caught.value
    assert (error.path, error.operation, error.may_have_executed) == (path, "get_entry", True)
    assert error.response is not None
    assert error.response.content == body
    assert error.__cause__ is None
    assert error.__context__ is None


def test_a_text_may_have_the_words_that_no_number_may_be(runner: Runner) -> None:
    vendor = Vendor(httpx2.Response(200, content=b'{"data":{"entryId":"NN NaN, Infinity"},"meta":{"success":true}}'))

    assert runner.call(READ, vendor, {"entry_id": "e"}).entry_id == "NN NaN, Infinity"


def test_read_is_repeated_with_growing_waits(runner: Runner, fake_time: FakeTime) -> None:
    vendor = Vendor(UNAVAILABLE, UNAVAILABLE, ok(ENTRY))

    assert runner.call(READ, vendor, {"entry_id": "e"}, clock=fake_time.clock()).entry_id == "e1"
    assert fake_time.slept == [0.25, 0.5]


def test_tries_end_at_max_retries(runner: Runner, fake_time: FakeTime) -> None:
    vendor = Vendor(UNAVAILABLE)
    with pytest.raises(ServiceUnavailableError):
        runner.call(READ, vendor, {"entry_id": "e"}, max_retries=4, clock=fake_time.clock())

    assert len(vendor.requests) == 5


@pytest.mark.parametrize("operation", [POST, PAY])
@pytest.mark.parametrize(
    "answer", [UNAVAILABLE, httpx2.ReadTimeout("x"), httpx2.ReadError("x"), httpx2.WriteError("x")]
)
def test_what_may_have_been_carried_out_is_never_repeated(
    runner: Runner, operation: Operation[Any], answer: httpx2.Response | Exception
) -> None:
    vendor = Vendor(answer)
    [outcome] = runner.steps([(operation, {}, NO_OPTIONS)], vendor)

    assert outcome.may_have_executed is True
    assert len(vendor.requests) == 1


@pytest.mark.parametrize("operation", [POST, PAY, READ])
def test_what_was_certainly_not_sent_is_repeated(
    runner: Runner, operation: Operation[Any], fake_time: FakeTime
) -> None:
    vendor = Vendor(httpx2.ConnectError(TOKEN), httpx2.ConnectTimeout("x"), ok(ENTRY))
    runner.call(operation, vendor, {"entry_id": "e"}, clock=fake_time.clock())

    assert len(vendor.requests) == 3


def test_unreachable_vendor_is_a_connection_error_that_sent_nothing(runner: Runner, fake_time: FakeTime) -> None:
    with pytest.raises(APIConnectionError) as caught:
        runner.call(PAY, Vendor(httpx2.ConnectError(TOKEN)), clock=fake_time.clock())

    assert caught.value.may_have_executed is False
    assert TOKEN not in str(caught.value)
    assert caught.value.__context__ is None


def test_no_answer_in_time_is_a_timeout(runner: Runner) -> None:
    with pytest.raises(APITimeoutError) as caught:
        runner.call(PAY, Vendor(httpx2.ReadTimeout("x")))

    assert caught.value.may_have_executed is True


def test_refusal_by_rate_limit_is_repeated_even_for_money(runner: Runner, fake_time: FakeTime) -> None:
    vendor = Vendor(httpx2.Response(429, json=bad("x"), headers={"retry-after": "3"}), ok(1))

    assert runner.call(PAY, vendor, clock=fake_time.clock()) == 1
    assert fake_time.slept == [3.0]


def test_wait_longer_than_the_vendor_may_ask_is_told_and_not_waited(runner: Runner, fake_time: FakeTime) -> None:
    vendor = Vendor(httpx2.Response(429, json=bad("x"), headers={"retry-after": "100000"}))
    with pytest.raises(RateLimitError, match="asks to wait 100000 seconds") as caught:
        runner.call(READ, vendor, {"entry_id": "e"}, clock=fake_time.clock(), timeout=1e6)

    assert caught.value.retry_after == 100_000
    assert fake_time.slept == []


def test_wait_that_reaches_the_deadline_is_not_begun(runner: Runner, fake_time: FakeTime) -> None:
    vendor = Vendor(httpx2.Response(429, json=bad("x"), headers={"retry-after": "30"}))
    with pytest.raises(RateLimitError):
        runner.call(READ, vendor, {"entry_id": "e"}, CallOptions(10.0), clock=fake_time.clock())

    assert fake_time.slept == []


def test_limit_told_by_a_refusal_is_learned(runner: Runner, fake_time: FakeTime) -> None:
    refusal = httpx2.Response(429, json=bad("api:too_many", details={"maximumRequestsPerSecond": 2}))
    vendor = Vendor(refusal, ok(1))
    runner.steps([(POST, {}, NO_OPTIONS)], vendor, service=LIMITED_SERVICE, clock=fake_time.clock())

    assert fake_time.slept == [1.0]


def test_money_asks_for_a_connection_of_its_own(runner: Runner) -> None:
    vendor = Vendor(ok(1))
    runner.steps([(PAY, {}, NO_OPTIONS), (POST, {}, NO_OPTIONS)], vendor)

    assert [request.headers.get("connection") for request in vendor.requests] == ["close", None]


def test_redirect_is_an_error_and_is_not_followed(runner: Runner) -> None:
    vendor = Vendor(httpx2.Response(307, headers={"location": "https://elsewhere.example/"}))
    with pytest.raises(APIStatusError):
        runner.call(READ, vendor, {"entry_id": "e"})

    assert len(vendor.requests) == 1


def test_cookies_are_ignored(runner: Runner) -> None:
    vendor = Vendor(httpx2.Response(200, json=good(ENTRY), headers={"set-cookie": "a=b"}))
    runner.steps([(READ, {"entry_id": "e"}, NO_OPTIONS)] * 2, vendor)

    assert "cookie" not in vendor.requests[1].headers


def test_secret_echoed_by_the_vendor_is_taken_out_of_the_text(runner: Runner) -> None:
    with pytest.raises(APIStatusError) as caught:
        runner.call(READ, Vendor(httpx2.Response(400, json=bad("x", f"bad token {TOKEN}"))), {"entry_id": "e"})

    assert caught.value.message == "bad token [hidden]"
    assert TOKEN not in str(caught.value)


def test_outage_does_not_multiply_the_load(runner: Runner, fake_time: FakeTime) -> None:
    vendor = Vendor(UNAVAILABLE)
    calls = 200
    runner.steps([(READ, {"entry_id": "e"}, NO_OPTIONS)] * calls, vendor, clock=fake_time.clock())

    assert len(vendor.requests) <= calls * 1.2 + 20
