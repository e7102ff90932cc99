"""The contract's lines about Monetize360's filters and webhooks."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import base64
import datetime
import decimal
import hashlib
import hmac
import inspect
import json
from typing import Any

import pytest

from generated.monetize360 import ArgumentError
from generated.monetize360._runtime import webhooks as runtime
from generated.monetize360.filters import F, Filter
from generated.monetize360.webhooks import (
    MdataCreatedEvent,
    Scheme,
    SeenDeliveries,
    UnknownEvent,
    WebhookError,
    WorkflowCompletedEvent,
    parse,
    verify,
)

SECRET = "your-webhook-secret"
HEADER = "X-Signature"
PLAIN = Scheme()
STAMPED = Scheme(signed=("timestamp", ".", "body"), timestamp_header="X-Timestamp", prefix="v1=", separator=",")
DELIVERY: dict[str, Any] = {
    "event": "workflow.completed",
    "timestamp": "2024-01-15T10:30:00Z",
    "data": {"workflowId": "workflow-uuid", "executionId": "execution-uuid", "status": "completed", "output": {}},
}
BODY = json.dumps(DELIVERY).encode()
SENT = 1705314600
"""The moment of the delivery in Unix seconds."""


def signed(message: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def refusal(body: bytes, headers: Any, **setting: Any) -> WebhookError:
    given: dict[str, Any] = {"secret": SECRET, "header": HEADER, "scheme": PLAIN, "now": SENT, **setting}
    with pytest.raises(WebhookError) as caught:
        verify(body, headers, **given)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert SECRET not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("built", "text"),
    [
        (F("status") == "active", "status:eq:active"),
        (F("status") != "active", "status:ne:active"),
        (F("amount") > 5, "amount:gt:5"),
        (F("amount") < decimal.Decimal("5.50"), "amount:lt:5.50"),
        (F("amount") >= 2.5, "amount:gte:2.5"),
        (F("active") <= True, "active:lte:true"),
        (F("name").contains("Doe"), "name:contains:Doe"),
        (F("tier").in_("premium,standard:a"), "tier:in:premium,standard:a"),
    ],
)
def test_filter_is_spelled(built: Filter, text: str) -> None:
    assert str(built) == text


@pytest.mark.parametrize("field", ["", " ", "a:b", "a\n", "\ud800"])
def test_field_that_cannot_be_spelled_is_refused(field: str) -> None:
    with pytest.raises(ArgumentError):
        F(field)


@pytest.mark.parametrize(
    "value", ["a:b", None, float("nan"), [1], datetime.datetime(2024, 1, 15, tzinfo=datetime.UTC), "a\nb", F("b")]
)
def test_value_that_cannot_be_spelled_is_refused(value: object) -> None:
    with pytest.raises(ArgumentError):
        _ = F("a") == value


def test_filters_are_not_joined_by_chance() -> None:
    with pytest.raises(TypeError, match="plain text"):
        _ = (F("a") == 1) and (F("b") == 2)


def test_known_event_is_typed() -> None:
    event = parse(BODY)

    assert isinstance(event, WorkflowCompletedEvent)
    assert (event.data.execution_id, event.data.status) == ("execution-uuid", "completed")
    assert event.timestamp == datetime.datetime(2024, 1, 15, 10, 30, tzinfo=datetime.UTC)


def test_unknown_events_and_payloads_are_kept() -> None:
    created = parse(json.dumps({**DELIVERY, "event": "mdata.created", "data": {"new": 1}}))
    other = parse(json.dumps({**DELIVERY, "event": "mdata.archived", "data": {"new": 1}, "more": 2}))

    assert isinstance(created, MdataCreatedEvent)
    assert isinstance(other, UnknownEvent)
    assert (created.data, other.event, other.data, other.model_extra) == (
        {"new": 1},
        "mdata.archived",
        {"new": 1},
        {"more": 2},
    )


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"{}", b'{"event":1}', b"[" * 100_000, b"x" * 2_000_000])
def test_what_is_no_event_is_one_kind_of_error(body: bytes) -> None:
    with pytest.raises(WebhookError) as caught:
        parse(body)

    assert caught.value.__context__ is None


def test_parse_says_that_it_verifies_nothing() -> None:
    assert "verifies nothing" in (inspect.getdoc(parse) or "")


def test_good_signatures_pass() -> None:
    stamped = signed(f"{SENT}.".encode() + BODY)
    base = base64.b64encode(hmac.new(SECRET.encode(), BODY, hashlib.sha256).digest()).decode()

    assert verify(BODY, {"x-signature": signed(BODY)}, secret=SECRET, header=HEADER, scheme=PLAIN, now=SENT) == parse(
        BODY
    )
    assert verify(
        BODY,
        [("X-SIGNATURE", f"v0=old,v1={'0' * 64},v1={stamped}"), ("x-timestamp", str(SENT))],
        secret=["another-secret", SECRET],
        header=HEADER,
        scheme=STAMPED,
        now=SENT,
    )
    assert verify(
        BODY, {HEADER: base}, secret=SECRET, header=HEADER, scheme=Scheme(encoding="base64"), now=SENT, tolerance=1
    )


@pytest.mark.parametrize(("late", "accepted"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_window_goes_both_ways(late: int, accepted: bool) -> None:  # noqa: FBT001 - a column of the table
    headers = {HEADER: signed(BODY)}
    if accepted:
        assert verify(BODY, headers, secret=SECRET, header=HEADER, scheme=PLAIN, now=SENT + late)
    else:
        assert refusal(BODY, headers, now=SENT + late).reason == "window"


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "x",
        signed(BODY + b" "),
        signed(BODY, ""),
        f"sha256={signed(BODY)}",
        f" {signed(BODY)}",
        "é" * 64,
        "0" * 10_000,
        ",".join(["0" * 64] * 17),
        base64.b64encode(hmac.new(SECRET.encode(), BODY, hashlib.sha256).digest()).decode(),
    ],
)
def test_bad_signatures_are_refused(signature: str) -> None:
    assert refusal(BODY, {HEADER: signature}).reason in ("header", "signature")


@pytest.mark.parametrize(
    "stamp",
    [
        f"+{SENT}",
        f" {SENT}",
        f"0{SENT}",
        "1_705_314_600",
        "١٧٠٥٣١٤٦٠٠",
        f"{SENT}.0",
        "1e9",
        f"{SENT}000",
        "9" * 400,
        "",
    ],
)
def test_strange_timestamps_are_refused(stamp: str) -> None:
    headers = {HEADER: f"v1={signed(stamp.encode() + b'.' + BODY)}", "X-Timestamp": stamp}

    assert refusal(BODY, headers, scheme=STAMPED).reason in ("header", "timestamp")


def test_header_that_is_there_twice_is_refused() -> None:
    headers = [(HEADER, signed(BODY)), (HEADER.lower(), signed(BODY))]

    assert refusal(BODY, headers).reason == "header"


def test_second_delivery_of_one_is_told() -> None:
    seen = SeenDeliveries()
    headers = {HEADER: signed(BODY)}
    verify(BODY, headers, secret=SECRET, header=HEADER, scheme=PLAIN, now=SENT, seen=seen)

    assert refusal(BODY, headers, seen=seen).reason == "seen"


@pytest.mark.parametrize("secret", ["", "short", " padded-secret", [], [""]])
def test_secret_that_cannot_be_meant_is_a_mistake_of_the_caller(secret: Any) -> None:
    with pytest.raises(ArgumentError):
        verify(BODY, {HEADER: signed(BODY, "")}, secret=secret, header=HEADER, scheme=PLAIN, now=SENT)


@pytest.mark.parametrize("tolerance", [0, -1, float("inf"), float("nan")])
def test_window_cannot_be_switched_off(tolerance: float) -> None:
    with pytest.raises(ArgumentError):
        verify(BODY, {}, secret=SECRET, header=HEADER, scheme=PLAIN, tolerance=tolerance)


def test_size_is_looked_at_before_anything_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {HEADER: signed(b"")}

    def hashing(*_: object) -> None:
        pytest.fail("it was hashed")

    monkeypatch.setattr(hmac, "new", hashing)

    assert refusal(b"x" * (runtime.MOST_BYTES + 1), headers).reason == "size"


def test_signatures_are_compared_in_constant_time() -> None:
    source = inspect.getsource(runtime._is_signed)

    assert "hmac.compare_digest" in source
    assert "==" not in source


@pytest.mark.parametrize(
    "name", ["", " ", "a\nb", "a\r\nX-Other: 1", "a\n", "\na", "a.b", "a b", "a\x00", "é", "a" * 201, "a,b", "a\u2028b"]
)
def test_id_that_cannot_be_signed_is_refused(name: str) -> None:
    scheme = Scheme(signed=("id", ".", "body"), id_header="X-Id")
    signature = signed(name.encode() + b"." + BODY)

    assert refusal(BODY, {HEADER: signature, "X-Id": name}, scheme=scheme).reason == "header"
    good = {HEADER: signed(b"msg-1." + BODY), "X-Id": "msg-1"}
    assert isinstance(verify(BODY, good, secret=SECRET, header=HEADER, scheme=scheme, now=SENT), WorkflowCompletedEvent)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ({"signed": ("timestamp", "."), "timestamp_header": "X-Timestamp"}, "signed must have the body in it"),
        ({"timestamp_header": "X-Timestamp"}, "timestamp_header and 'timestamp' in signed go together"),
        ({"signed": ("timestamp", ".", "body")}, "timestamp_header and 'timestamp' in signed go together"),
        ({"id_header": "X-Id"}, "id_header and 'id' in signed go together"),
        ({"separator": ""}, "separator must not be empty"),
    ],
)
def test_a_scheme_that_leaves_something_unsigned_is_refused(words: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ArgumentError, match=complaint):
        Scheme(**words)
