"""Results: typed models that keep what the spec does not know, and the answer as it came beside them."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel

from tests.contract.callers import Caller
from tests.stand_ins import wire
from tests.stand_ins.m360 import M360, good, record, record_v1, report, session_id


def sample(caller: Caller, number: int = 1, **fields: Any) -> dict[str, Any]:
    return (record if caller.version == "v2" else record_v1)(number, **fields)


def body_of(caller: Caller, *records: object) -> dict[str, Any]:
    told = {"hasMore": False} if caller.version == "v2" else {"totalCount": len(records)}
    return good({"records": list(records), **told})


def first(caller: Caller, vendor: M360, **fields: Any) -> Any:
    """Return the one record of the history."""
    vendor.records = [sample(caller, **fields)]
    with caller.client(vendor) as session:
        return session.call("get_history").items[0]


def test_record_has_snake_case_attributes(caller: Caller, vendor: M360) -> None:
    found = first(caller, vendor)

    assert isinstance(found, caller.models.DeviceSession)
    assert (found.session_id, found.imei, found.m360id if caller.version == "v2" else found.serial) == (
        session_id(1),
        f"35{1:013d}",
        "M000001" if caller.version == "v2" else "SER000001",
    )


def test_irregular_names_of_the_vendor_have_regular_ones_here() -> None:
    one, other = Caller("v1", asynchronous=False).models, Caller("v2", asynchronous=False).models

    assert one.DeviceSession.model_fields["total_ram_size"].serialization_alias == "totalRAMSize"
    assert other.DeviceSession.model_fields["mdm_state"].serialization_alias == "MDMState"
    assert other.DeviceSession.model_fields["m360id"].serialization_alias is None


def test_diagnostics_of_version_2_are_runs_of_tests(vendor: M360) -> None:
    found = first(Caller("v2", asynchronous=False), vendor)

    assert [[test.result for test in run.tests] for run in found.diagnostics_results] == [["Passed", "Failed"]]
    assert found.diagnostics_reports[0].html_link == "https://reports.example/1"


def test_diagnostics_of_version_1_are_keyed_by_the_test(vendor: M360) -> None:
    found = first(Caller("v1", asynchronous=False), vendor)

    assert found.diagnostics_results[0]["storage"].status == "failed"
    assert found.diagnostics_results[0]["storage"].details == {"total": "256 GB"}
    assert found.oem_check_result["battery"].is_original is True


@pytest.mark.parametrize(
    ("spelled", "moment"),
    [
        ("2026-08-26T05:14:12+00:00", dt.datetime(2026, 8, 26, 5, 14, 12, tzinfo=dt.UTC)),
        ("2026-08-26T05:14:12Z", dt.datetime(2026, 8, 26, 5, 14, 12, tzinfo=dt.UTC)),
        ("2026-08-26T07:14:12.25+02:00", dt.datetime(2026, 8, 26, 5, 14, 12, 250000, tzinfo=dt.UTC)),
    ],
)
def test_times_with_a_stated_offset_are_aware(vendor: M360, spelled: str, moment: dt.datetime) -> None:
    found = first(Caller("v2", asynchronous=False), vendor, connectionTime=spelled, createdAt=spelled)

    assert (found.connection_time, found.created_at) == (moment, moment)
    assert found.connection_time.utcoffset() is not None


def test_times_of_unknown_form_stay_the_text_that_came(vendor: M360) -> None:
    one = first(Caller("v1", asynchronous=False), vendor, connectionTime="26.08.2026 05:14")
    other = first(Caller("v2", asynchronous=False), vendor)

    assert one.connection_time == "26.08.2026 05:14"
    assert other.diagnostics_results[0].finished_time == "2026-08-26T05:20:00+00:00"


def test_numbers_as_text_stay_text(caller: Caller, vendor: M360) -> None:
    assert first(caller, vendor).battery_health_percent == "100%"


def test_unknown_fields_are_kept(caller: Caller, vendor: M360) -> None:
    found = first(caller, vendor, newField={"deep": [1, 2]}, model_dump="data", __class__="data")

    assert found.model_extra == {"newField": {"deep": [1, 2]}, "model_dump": "data", "__class__": "data"}
    assert callable(found.model_dump)


def test_unknown_words_arrive_as_plain_strings(caller: Caller, vendor: M360) -> None:
    if caller.version == "v2":
        runs: Any = [{"finishedTime": "t", "tests": [{"testId": "Hologram", "result": "Perhaps"}]}]
        test = first(caller, vendor, diagnosticsResults=runs).diagnostics_results[0].tests[0]
        words = (test.test_id, test.result)
    else:
        found = first(caller, vendor, simLockStatus="Perhaps", diagnosticsResults=[{"hologram": {"status": "Perhaps"}}])
        words = (found.sim_lock_status, found.diagnostics_results[0]["hologram"].status)

    assert {type(word) for word in words} == {str}
    assert "Perhaps" in words


def test_missing_and_null_fields_are_none(caller: Caller) -> None:
    bare = {"sessionId": session_id(1), "imei": None}
    with caller.against(lambda _: httpx2.Response(200, json=body_of(caller, bare))) as session:
        found = session.call("get_history").items[0]

    assert (found.imei, found.serial, found.diagnostics_results) == (None, None, None)


@pytest.mark.parametrize("empty", [{}, []])
def test_device_may_be_empty_in_either_form(vendor: M360, empty: object) -> None:
    assert first(Caller("v2", asynchronous=False), vendor, device=empty).device == empty


def test_models_are_made_by_python_names(caller: Caller) -> None:
    made = caller.models.DeviceSession(session_id=session_id(1), battery_health_percent="99%")

    assert made.model_dump(by_alias=True) == {"sessionId": session_id(1), "batteryHealthPercent": "99%"}


def test_answers_are_read_by_wire_names_only(caller: Caller) -> None:
    tricky = {"sessionId": session_id(1), "friendly_name": "other", "marketing_name": "other"}
    with caller.against(lambda _: httpx2.Response(200, json=body_of(caller, tricky))) as session:
        found = session.call("get_history").items[0]

    assert found.marketing_name is None
    assert found.model_extra["marketing_name"] == "other"


def test_dump_by_alias_gives_back_what_came(caller: Caller, vendor: M360) -> None:
    came = sample(caller, newField=[None, {"deep": 1.5}], imei2=None)
    vendor.records = [came]
    with caller.client(vendor) as session:
        dumped = session.call("get_history").items[0].model_dump(by_alias=True)
    if caller.version == "v2":
        for name in ("connectionTime", "createdAt"):
            dumped[name] = dumped[name].isoformat()

    assert dumped == came
    assert json.loads(json.dumps(dumped)) == came


def test_dump_as_json_gives_back_the_same_moments(vendor: M360) -> None:
    found = first(Caller("v2", asynchronous=False), vendor)
    again = json.loads(found.model_dump_json(by_alias=True))

    assert dt.datetime.fromisoformat(again.pop("connectionTime")) == found.connection_time
    assert dt.datetime.fromisoformat(again.pop("createdAt")) == found.created_at
    assert again == {name: value for name, value in record(1).items() if name not in ("connectionTime", "createdAt")}


def test_models_of_the_package_are_pydantic_s(caller: Caller) -> None:
    made = [getattr(caller.models, name) for name in caller.models.__all__]

    assert made
    assert all(issubclass(model, BaseModel) for model in made)


def test_reports_are_a_list(vendor: M360) -> None:
    vendor.reports = [report(1), report(2, tests=[{"testId": "New", "result": "NA"}])]
    with Caller("v2", asynchronous=True).client(vendor) as session:
        found = session.call("get_external_reports")
        vendor.reports = []
        nothing = session.call("get_external_reports")

    assert [one.uid for one in found] == ["report-1", "report-2"]
    assert found[1].tests[0].test_id == "New"
    assert nothing == []


def test_answer_of_unknown_form_is_the_parsed_content(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor) as session:
        scheduled = session.call("schedule_blacklist_check", imei_list=["35"])
        checked = session.call("get_blacklist_checks_by_batch_id", batch_id=scheduled["batchId"])

    assert checked == {"checks": [{"imei": "35", "state": "done"}]}


WRONG: list[tuple[bytes, str]] = [
    (b"", ""),
    (b"<html>Back soon</html>", ""),
    (b"[1, 2]", ""),
    (b"null", ""),
    (b"{}", "meta|data"),
    (b'{"data": {"records": [], "hasMore": false}, "meta": {}}', "meta.success"),
    (b'{"data": {}, "meta": {"success": true}}', "data.records"),
    (b'{"data": [], "meta": {"success": true}}', "data"),
    (b'{"data": {"records": {}}, "meta": {"success": true}}', "data.records"),
    (b'{"data": {"records": [{"sessionId": 5}]}, "meta": {"success": true}}', "data.records.0.sessionId"),
    (b'{"data": {"records": [{"sessionId": "s", "imei": [1]}]}, "meta": {"success": true}}', "data.records.0.imei"),
    (b'{"data": {"records": []}, "meta": {"success": "canary"}}', "meta.success"),
    (b'{"data": {"records": [], "x": NaN}, "meta": {"success": true}}', ""),
    (b'{"data": {"records": []}, "meta": {"success": true}} tail', ""),
    (b"\xff\xfe", ""),
]


@pytest.mark.parametrize(("content", "path"), WRONG)
def test_body_that_cannot_be_tells_path_operation_and_response(caller: Caller, content: bytes, path: str) -> None:
    with caller.against(lambda _: httpx2.Response(200, content=content)) as session:
        error = session.error("get_history")

    assert type(error) is caller.package.APIResponseValidationError
    assert error.path in path.split("|")
    assert (error.operation, error.response.status_code, error.response.content) == ("get_history", 200, content)
    assert error.operation in str(error)
    assert "canary" not in str(error)
    assert error.may_have_executed is True


def test_wrong_body_of_what_changes_something_may_have_executed_and_is_not_repeated(
    caller: Caller, vendor: M360
) -> None:
    vendor.fail(wire.html_with_200, at="scheduleBlacklistCheck")
    with caller.client(vendor) as session:
        error = session.error("schedule_blacklist_check", imei_list=["35"])

    assert isinstance(error, caller.package.APIResponseValidationError)
    assert error.may_have_executed is True
    assert len(vendor.requests) == 1


def test_packed_answer_is_unpacked(caller: Caller, vendor: M360) -> None:
    vendor.records = [sample(caller)]
    vendor.fail(wire.gzipped)
    with caller.client(vendor) as session:
        answer = session.raw("get_history")

    assert vendor.requests[0].headers["accept-encoding"] == "gzip"
    assert answer.parsed.items[0].session_id == session_id(1)
    assert json.loads(answer.content)["meta"] == {"success": True}


def test_raw_response_tells_the_answer_beside_the_result(caller: Caller, vendor: M360) -> None:
    vendor.fail(wire.adding({"X-Kind": "special"}))
    with caller.client(vendor) as session:
        answer = session.raw("schedule_blacklist_check", imei_list=["35"])

    assert answer.parsed == json.loads(answer.content)["data"]
    assert (answer.status_code, answer.headers["x-kind"], answer.headers["X-KIND"]) == (200, "special", "special")
    assert isinstance(answer.elapsed, float)
    assert isinstance(answer, caller.package.RawResponse)


def test_raw_page_goes_on_to_the_next(caller: Caller, vendor: M360) -> None:
    vendor.records = [sample(caller, number) for number in range(3)]
    with caller.client(vendor) as session:
        answer = session.raw("get_history", limit=2)
        following = session.next_page(answer.parsed)

    assert isinstance(answer.parsed, caller.page_kind)
    assert [len(answer.parsed.items), len(following.items)] == [2, 1]


def test_raw_call_raises_the_same_errors(caller: Caller, vendor: M360) -> None:
    vendor.fail(wire.saying(404))
    with caller.client(vendor) as session, pytest.raises(caller.package.NotFoundError):
        session.raw("get_history")


def test_large_numbers_in_answers_of_unknown_form_stay_whole(caller: Caller) -> None:
    body = good({"count": 12345678901234567890, "price": 0.1})
    with caller.against(lambda _: httpx2.Response(200, json=body)) as session:
        found = session.call("get_blacklist_checks_by_batch_id", batch_id="b")

    assert found["count"] == 12345678901234567890
    assert Decimal(str(found["price"])) == Decimal("0.1")
