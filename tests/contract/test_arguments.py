"""What goes out: the vendor's names, what was given and nothing else, and only what the vendor takes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest

from tests.contract.callers import Caller, for_each_caller
from tests.stand_ins.m360 import AUTH_CODE, AUTH_TOKEN, M360, good, record, record_v1, report, session_id

SECRETS = {"authCode": AUTH_CODE, "authToken": AUTH_TOKEN}

ID = session_id(7)
NOON = dt.datetime(2026, 8, 26, 12, tzinfo=dt.timezone(dt.timedelta(hours=2)))

SPELLINGS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("both", "get_history", {"order": "id:asc", "limit": 100}, {"order": "id:asc", "limit": 100}),
    ("both", "get_history", {"starting_after": ID}, {"startingAfter": ID}),
    ("both", "get_history", {"ending_before": ID}, {"endingBefore": ID}),
    ("both", "get_history", {"session_id": ID}, {"sessionId": ID}),
    ("both", "get_history", {"username": "shop"}, {"username": "shop"}),
    ("both", "get_history", {"has_diagnostics": False}, {"hasDiagnostics": False}),
    ("both", "get_history", {"has_blacklist_check": True}, {"hasBlacklistCheck": True}),
    ("v1", "get_history", {"imei": "350000000000001"}, {"imei": "350000000000001"}),
    ("v1", "get_history", {"m360id": "AS4"}, {"m360id": "AS4"}),
    ("v1", "get_history", {"marketing_name": "iPhone"}, {"marketingName": "iPhone"}),
    ("v1", "get_history", {"connection_time_min": NOON}, {"connectionTimeMin": "2026-08-26T12:00:00+02:00"}),
    ("v1", "get_history", {"connection_time_max": "2026-08-26"}, {"connectionTimeMax": "2026-08-26"}),
    ("v1", "get_history", {"has_grading": True, "has_wipe": False}, {"hasGrading": True, "hasWipe": False}),
    ("v1", "get_history", {"has_oem_check": True}, {"hasOemCheck": True}),
    ("v2", "get_history", {"imei": "350000000000001"}, {"imei": ["350000000000001"]}),
    ("v2", "get_history", {"imei": ["35a", "35-b"]}, {"imei": ["35a", "35-b"]}),
    ("v2", "get_history", {"serial": ("SER1", "SER2")}, {"serial": ["SER1", "SER2"]}),
    ("v2", "get_history", {"m360id": "AS4"}, {"m360id": ["AS4"]}),
    ("v2", "get_history", {"custom_id": "mine/1"}, {"customId": ["mine/1"]}),
    ("v2", "get_history", {"friendly_name": "iPhone"}, {"friendlyName": "iPhone"}),
    ("v2", "get_history", {"include_open": True}, {"includeOpen": True}),
    ("v2", "get_external_reports", {"imei": "350000000000001"}, {"imei": "350000000000001"}),
    ("v2", "get_external_reports", {"limit": 1, "order": "id:desc"}, {"limit": 1, "order": "id:desc"}),
    ("v2", "generate_report", {"diagnostics_result_id": "9"}, {"diagnosticsResultId": "9"}),
    ("v2", "generate_report", {"contents": ["wipe", "oem_check"]}, {"contents": ["wipe", "oem_check"]}),
    ("v2", "generate_report", {"date_time_format": "Y-m-d"}, {"dateTimeFormat": "Y-m-d"}),
    ("v2", "generate_report", {"time_zone": "Europe/Vilnius"}, {"timeZone": "Europe/Vilnius"}),
    ("both", "schedule_blacklist_check", {"imei_list": ["35"]}, {"imeiList": ["35"]}),
    ("both", "get_blacklist_checks_by_batch_id", {"batch_id": "b1"}, {"batchId": "b1"}),
]

MISTAKES: list[tuple[str, str, str, Any, str]] = [
    ("both", "get_history", "limit", 0, "at least 1 and at most 100"),
    ("both", "get_history", "limit", 101, "at least 1 and at most 100"),
    ("both", "get_history", "limit", True, "whole number|integer"),
    ("both", "get_history", "limit", "31337", "whole number|integer"),
    ("both", "get_history", "limit", 31337.5, "whole number|integer"),
    ("both", "get_history", "order", "rebmun:gnorw", "one of 'id:desc', 'id:asc'"),
    ("both", "get_history", "starting_after", "gnorw" * 3, "exactly 36 characters"),
    ("both", "get_history", "ending_before", "gnorw" * 9, "exactly 36 characters"),
    ("both", "get_history", "session_id", 31337, "string"),
    ("both", "get_history", "has_diagnostics", "gnorw", "True or False"),
    ("both", "schedule_blacklist_check", "imei_list", "gnorw", "list"),
    ("both", "schedule_blacklist_check", "imei_list", [31337], "string"),
    ("both", "schedule_blacklist_check", "imei_list", None, "required"),
    ("both", "get_blacklist_checks_by_batch_id", "batch_id", 31337, "string"),
    ("v1", "get_history", "imei", "qq", "3 to 64 characters"),
    ("v1", "get_history", "m360id", "gnorw" * 5, "3 to 20 characters"),
    ("v1", "get_history", "username", "qq", "3 to 100 characters"),
    ("v1", "get_history", "marketing_name", "gnorw" * 21, "3 to 100 characters"),
    ("v1", "get_history", "connection_time_min", dt.datetime(2031, 3, 3), "offset"),  # noqa: DTZ001 - what is refused
    ("v1", "get_history", "connection_time_max", "gnorw", "ISO 8601"),
    ("v2", "get_history", "imei", "gnorw", r"\^\[0-9a-fA-F-\]\{3,20\}\$"),
    ("v2", "get_history", "imei", ["0" * 15] * 11, "1 to 10 elements"),
    ("v2", "get_history", "imei", [], "1 to 10 elements"),
    ("v2", "get_history", "serial", ["qq"], "3 to 64 characters"),
    ("v2", "get_history", "serial", "gnorw-1", "match"),
    ("v2", "get_history", "m360id", "gnorw gnorw", "match"),
    ("v2", "get_history", "custom_id", "gnorw" * 11, "3 to 50 characters"),
    ("v2", "get_history", "friendly_name", "qq", "3 to 100 characters"),
    ("v2", "generate_report", "contents", ["gnorw"], "one of 'diagnostics'"),
]


def sent(vendor: M360, caller: Caller) -> Any:
    """Return the last body without the credentials of version 1."""
    body = dict(vendor.requests[-1].json)
    if caller.version == "v1":
        assert {name: body.pop(name) for name in SECRETS} == SECRETS
    return body


@pytest.mark.parametrize(("caller", "operation", "given", "expected"), for_each_caller(SPELLINGS))
def test_arguments_go_out_under_the_vendor_s_names(
    caller: Caller, vendor: M360, operation: str, given: dict[str, Any], expected: dict[str, Any]
) -> None:
    with caller.client(vendor) as session:
        # What the look-alike answers to made-up ids and sessions does not matter here.
        vendor.fail(lambda turn: turn.send(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"))
        session.error(operation, **given)

    assert sent(vendor, caller) == expected


def test_what_is_not_given_is_not_sent(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor) as session:
        session.call("get_history")
        nothing = sent(vendor, caller)
        session.call("get_history", limit=None, order=None, imei=None, extra_headers=None, extra_body=None)

    assert nothing == {}
    assert sent(vendor, caller) == {}
    assert [request.target for request in vendor.requests] == [f"/api/customer/{caller.version}/getHistory"] * 2


def test_requests_carry_no_header_that_nobody_asked_for(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor) as session:
        session.call("get_history")

    assert set(vendor.requests[0].headers) == {
        *("host", "user-agent", "accept", "accept-encoding", "content-type", "content-length"),
        *(("authorization",) if caller.version == "v2" else ()),
    }


def test_credentials_are_where_the_version_wants_them(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor) as session:
        session.call("get_history", limit=1)
    request = vendor.requests[0]

    if caller.version == "v1":
        assert request.json == {**SECRETS, "limit": 1}
        assert "authorization" not in request.headers
    else:
        assert request.json == {"limit": 1}
        assert request.headers["authorization"] == f"Bearer {AUTH_CODE}-{AUTH_TOKEN}"


@pytest.mark.parametrize(("caller", "operation", "name", "value", "rule"), for_each_caller(MISTAKES))
def test_mistake_is_a_value_error_that_names_argument_and_rule_and_not_the_value(
    caller: Caller, vendor: M360, operation: str, *, name: str, value: Any, rule: str
) -> None:
    with caller.client(vendor) as session, pytest.raises(ValueError, match=rf"^{name}\b.*({rule})") as caught:
        session.call(operation, **{name: value})

    assert isinstance(caught.value, caller.package.ArgumentError)
    assert not [canary for canary in ("gnorw", "31337", "qq", "2031") if canary in str(caught.value)]
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert not vendor.requests


def test_argument_of_no_such_name_is_a_type_error(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor) as session, pytest.raises(TypeError, match="no_such"):
        session.call("get_history", no_such=1)

    assert not vendor.requests


def test_paged_call_with_a_mistake_is_refused_when_it_is_asked(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor) as session, pytest.raises(ValueError, match="limit"):
        session.records(limit=1000)

    assert not vendor.requests


def test_one_and_a_list_find_the_same(vendor: M360) -> None:
    caller = Caller("v2", asynchronous=False)
    vendor.records = [record(number) for number in range(5)]
    with caller.client(vendor) as session:
        one = session.records(imei=f"35{3:013d}")
        several = session.records(imei=[f"35{3:013d}", f"35{1:013d}"], order="id:asc")

    assert [found.session_id for found in one] == [session_id(3)]
    assert [found.session_id for found in several] == [session_id(1), session_id(3)]


def test_version_1_finds_by_imei_or_serial_number(vendor: M360) -> None:
    caller = Caller("v1", asynchronous=True)
    vendor.records = [record_v1(number) for number in range(5)]
    with caller.client(vendor) as session:
        found = [session.records(imei=f"35{3:013d}"), session.records(imei="SER000003")]

    assert [[one.session_id for one in records] for records in found] == [[session_id(3)]] * 2


def test_extras_are_sent_beside_ours(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor) as session:
        session.call(
            "get_history",
            limit=5,
            extra_headers={"X-Trace": "t-1"},
            extra_query={"debug": True, "tag": ["a b", "c"]},
            extra_body={"testing": True},
        )
    request = vendor.requests[0]

    assert request.headers["x-trace"] == "t-1"
    assert request.query == "debug=true&tag=a%20b&tag=c"
    assert sent(vendor, caller) == {"limit": 5, "testing": True}


def test_parameter_that_the_vendor_has_and_we_do_not_know_goes_by_extra_body(vendor: M360) -> None:
    caller = Caller("v2", asynchronous=False)
    with caller.client(vendor) as session:
        links = session.call("generate_report", contents=["wipe"], extra_body={"sessionId": ID})

    assert set(links) == {"htmlLink", "pdfLink"}
    assert vendor.executions["generateReport"] == 1


@pytest.mark.parametrize(
    "extra",
    [
        {"extra_headers": {"authorization": "Bearer other"}},
        {"extra_headers": {"AUTHORIZATION": "Bearer other"}},
        {"extra_headers": {"Host": "elsewhere.example"}},
        {"extra_headers": {"Content-Length": "0"}},
        {"extra_headers": {"Cookie": "other=1"}},
        {"extra_headers": {"X-Trace": "a\r\nAuthorization: Bearer other"}},
    ],
)
def test_extra_headers_do_not_override_authentication_or_framing(
    caller: Caller, vendor: M360, extra: dict[str, Any]
) -> None:
    with caller.client(vendor) as session, pytest.raises(ValueError, match="extra_headers"):
        session.call("get_history", **extra)

    assert not vendor.requests


@pytest.mark.parametrize("field", ["authCode", "authToken"])
def test_extra_body_does_not_override_authentication(vendor: M360, field: str) -> None:
    for asynchronous in (False, True):
        caller = Caller("v1", asynchronous)
        with caller.client(vendor) as session, pytest.raises(ValueError, match=f"extra_body .*{field}"):
            session.call("get_history", extra_body={field: "other"})

    assert not vendor.requests


def test_extra_query_does_not_reach_the_credentials(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor) as session:
        session.call("get_history", extra_query={"authCode": "other", "authToken": "other"})

    assert vendor.executions["getHistory"] == 1


def test_arguments_of_one_call_do_not_reach_the_next(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor) as session:
        session.call("get_history", limit=3, extra_headers={"X-Trace": "t"}, extra_body={"testing": True})
        session.call("get_history")

    assert "x-trace" not in vendor.requests[1].headers
    assert sent(vendor, caller) == {}


def test_caller_s_own_collections_are_left_as_they_are(caller: Caller, vendor: M360) -> None:
    numbers, body, headers = ["35"], {"testing": False}, {"X-Trace": "t"}
    with caller.client(vendor) as session:
        session.call("schedule_blacklist_check", imei_list=numbers, extra_body=body, extra_headers=headers)

    assert (numbers, body, headers) == (["35"], {"testing": False}, {"X-Trace": "t"})


def test_reports_of_the_mobile_app_are_asked_for_with_plain_strings(vendor: M360) -> None:
    vendor.reports = [report(1), report(2)]
    with Caller("v2", asynchronous=True).client(vendor) as session:
        found = session.call("get_external_reports", imei=f"35{2:013d}", limit=1, order="id:desc")

    assert [one.uid for one in found] == ["report-2"]


def test_answer_to_the_vendor_s_own_example_is_an_empty_page(caller: Caller) -> None:
    empty: dict[str, Any] = (
        {"records": [], "hasMore": False} if caller.version == "v2" else {"totalCount": 0, "records": []}
    )
    with caller.against(lambda _: httpx2.Response(200, json=good(empty))) as session:
        page = session.call("get_history", limit=100)

    assert page.items == []
