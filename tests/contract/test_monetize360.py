"""The contract's lines about Monetize360: operations, pages, environments, limits, waiting, long lists."""

from __future__ import annotations

import datetime
import decimal
import json
import time
import traceback
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel

import generated.monetize360 as package
from generated.monetize360.filters import F
from generated.monetize360.models import Execution, Record
from tests.contract.monetize360 import Calling
from tests.stand_ins.monetize360 import Monetize360
from tests.stand_ins.wire import Turn, reset_after_reading, saying


class Customer(BaseModel):
    """What a caller keeps in a record."""

    name: str
    status: str = "active"
    balance: decimal.Decimal | None = None
    since: datetime.datetime | None = None


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def calling(request: pytest.FixtureRequest) -> Calling:
    return Calling(request.param)


@pytest.fixture
def vendor() -> Iterator[Monetize360]:
    with Monetize360() as server:
        yield server


def test_vendor_s_sample_runs_word_for_word(vendor: Monetize360, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor.fill("mobject-id", 3)
    monkeypatch.setattr(package.Client.__init__, "__kwdefaults__", {**_defaults(), "base_url": vendor.url})
    Client = package.Client  # noqa: N806 - the sample's own name

    client = Client(api_key="m360-stand-in-api-token")
    result = client.workflows.execute(workflow_id="workflow-id", data={"customerId": "cust-123"})
    records = client.mdata.query(mobject_id="mobject-id", filter="status:eq:active", limit=50)

    assert result.output == {"echo": {"customerId": "cust-123"}}
    assert [record.data["name"] for record in records] == ["Customer 0", "Customer 2"]
    client.close()


def _defaults() -> dict[str, Any]:
    return dict(package.Client.__init__.__kwdefaults__ or {})


def test_every_operation_of_the_contract_answers(calling: Calling, vendor: Monetize360) -> None:
    vendor.fill("m", 1)
    [record] = vendor.records["m"]
    with calling.client(vendor) as session:
        run = session.call("workflows.execute", "w", data={})
        session.call("mobjects.create", body={"name": "Customer"})
        answers = [
            session.call("workflows.list"),
            session.call("workflows.get", "w"),
            session.call("workflows.executions.list", "w"),
            session.call("workflows.executions.get", "w", run.execution_id),
            session.call("mobjects.list"),
            session.call("mobjects.get", "mobject-1"),
            session.call("mobjects.update", "mobject-1", body={"name": "Client"}),
            session.call("mdata.get", "m", record),
            session.call("mdata.update", "m", record, data={"status": "inactive"}),
            session.call("webhooks.create", url="https://a.example", events=["mdata.created"], secret="s" * 20),
        ]
        gone = session.call("mobjects.delete", "mobject-1")

    assert all(isinstance(answer, dict) for answer in answers)
    assert gone is None
    assert vendor.records["m"][record]["data"] == {"name": "Customer 0", "status": "inactive"}


def test_reading_goes_on_through_all_pages(calling: Calling, vendor: Monetize360) -> None:
    vendor.fill("m", 7)
    with calling.client(vendor) as session:
        records = session.records("mdata.query", "m", limit=3)
        page = session.call("mdata.query", "m", limit=3, offset=2)

    assert [record.data["name"] for record in records] == [f"Customer {number}" for number in range(7)]
    assert [request.query for request in vendor.requests[:3]] == ["limit=3", "limit=3&offset=3", "limit=3&offset=6"]
    assert (page.total, [type(record) for record in page.items]) == (7, [Record] * 3)


def test_page_that_repeats_itself_is_an_error(calling: Calling, vendor: Monetize360) -> None:
    page: dict[str, Any] = {
        "data": [{"id": "1", "data": {}}],
        "pagination": {"total": 9, "limit": 1, "offset": 0, "hasMore": True},
    }
    vendor.fail(*[saying(200, json.dumps(page).encode())] * 5)

    with calling.client(vendor) as session, pytest.raises(package.PaginationLoopError):
        session.records("mdata.query", "m")

    assert len(vendor.requests) == 2


@pytest.mark.parametrize("told", [{}, {"pagination": None}, {"pagination": {"hasMore": None, "total": 2}}])
def test_page_that_does_not_tell_its_pagination_is_no_error(
    calling: Calling, vendor: Monetize360, told: dict[str, Any]
) -> None:
    page: dict[str, Any] = {"data": [{"id": "1", "data": {}}, {"id": "2", "data": {}}], **told}
    vendor.fail(saying(200, json.dumps(page).encode()))
    with calling.client(vendor) as session:
        records = session.records("mdata.query", "m")

    assert [record.id for record in records] == ["1", "2"]


def test_records_are_read_into_the_caller_s_model(calling: Calling, vendor: Monetize360) -> None:
    vendor.fill("m", 3)
    with calling.client(vendor) as session:
        records = session.records("mdata.query", "m", filter=F("status") == "active", limit=1, model=Customer)
        made = session.call("mdata.create", "m", data=Customer(name="Ada"), model=Customer)

    assert [record.data for record in records] == [Customer(name="Customer 0"), Customer(name="Customer 2")]
    assert made.data == Customer(name="Ada")
    assert vendor.requests[0].query == "filter=status%3Aeq%3Aactive&limit=1"


def test_free_form_data_are_spelled_as_json(calling: Calling, vendor: Monetize360) -> None:
    since = datetime.datetime(2024, 1, 15, 10, 30, tzinfo=datetime.UTC)
    with calling.client(vendor) as session:
        session.call("mdata.create", "m", data={"balance": decimal.Decimal("250.10"), "since": since, "note": None})
        session.call("mdata.create", "m", data=Customer(name="Ada", balance=decimal.Decimal("250.10"), since=since))
        error = session.error("mdata.create", "m", data={"balance": decimal.Decimal("0.12345678901234567890")})

    assert json.loads(vendor.requests[0].body)["data"] == {
        "balance": 250.1,
        "since": "2024-01-15T10:30:00+00:00",
        "note": None,
    }
    assert json.loads(vendor.requests[1].body)["data"] == {
        "name": "Ada",
        "balance": 250.1,
        "since": "2024-01-15T10:30:00Z",
    }
    assert isinstance(error, ValueError)


def test_update_sends_only_what_was_given(calling: Calling, vendor: Monetize360) -> None:
    vendor.fill("m", 1)
    [record] = vendor.records["m"]
    with calling.client(vendor) as session:
        session.call("mdata.update", "m", record, data={"status": "inactive"})

    assert json.loads(vendor.requests[-1].body) == {"data": {"status": "inactive"}}


def test_deletion_answers_with_and_without_a_body(calling: Calling, vendor: Monetize360) -> None:
    vendor.fill("m", 2)
    first, second = vendor.records["m"]
    with calling.client(vendor) as session:
        told = session.call("mdata.delete", "m", first)
        vendor.deletes_without_a_word = True
        untold = session.call("mdata.delete", "m", second)

    assert (told.success, told.message, untold) == (True, "Record deleted successfully", None)


def test_error_tells_code_message_details_and_moment(calling: Calling, vendor: Monetize360) -> None:
    with calling.client(vendor) as session:
        error = session.error("mdata.create", "m", data={"email": "invalid-email"})

    assert isinstance(error, package.BadRequestError)
    assert (error.code, error.message) == ("VALIDATION_ERROR", "Invalid email address format")
    assert error.details == {"field": "email", "value": "invalid-email"}
    assert error.timestamp == datetime.datetime(2024, 1, 15, 10, 30, tzinfo=datetime.UTC)
    assert (error.operation, error.may_have_executed) == ("mdata.create", False)


@pytest.mark.parametrize("status", [200, 400, 500])
def test_plain_text_at_error_is_its_message(calling: Calling, vendor: Monetize360, status: int) -> None:
    vendor.fail(saying(status, b'{"error": "The Object is audited"}'))
    with calling.client(vendor, max_retries=0) as session:
        error = session.error("mobjects.delete", "m")

    assert isinstance(error, package.APIStatusError)
    assert (error.status_code, error.code, error.message) == (status, None, "The Object is audited")


def test_webhook_s_secret_is_sent_and_shown_nowhere(
    calling: Calling, vendor: Monetize360, caplog: pytest.LogCaptureFixture
) -> None:
    given = {"url": "https://app.example/hook", "events": ["workflow.completed"], "secret": "canary-of-the-webhook"}
    vendor.fail(reset_after_reading)
    with caplog.at_level(0), calling.client(vendor) as session:
        error = session.error("webhooks.create", **given)
    frames = traceback.TracebackException.from_exception(error, capture_locals=True).stack
    texts = [str(frame.locals) for frame in frames if "generated" in frame.filename]

    assert vendor.webhooks == [given]
    assert error.may_have_executed is True
    assert texts
    assert all("canary-of-the" not in text for text in (str(error), repr(error), caplog.text, *texts))


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        (None, "https://api.monetize360.com/v1"),
        ("production", "https://api.monetize360.com/v1"),
        ("sandbox", "https://sandbox.monetize360.com/v1"),
    ],
)
def test_environment_decides_the_address(calling: Calling, environment: str | None, address: str) -> None:
    setting: dict[str, Any] = {} if environment is None else {"environment": environment}
    with calling.client(**setting) as session:
        assert session.client.base_url == address


def test_base_url_overrides_the_environment(calling: Calling) -> None:
    with calling.client(environment="sandbox", base_url="https://proxy.example/m360") as session:
        assert session.client.base_url == "https://proxy.example/m360"


def test_unknown_environment_is_a_mistake_of_the_caller(calling: Calling) -> None:
    with pytest.raises(package.ArgumentError, match="environment must be one of 'production', 'sandbox'"):
        calling.client(environment="staging")


def test_groups_follow_with_options_and_give_raw_answers(calling: Calling, vendor: Monetize360) -> None:
    with calling.client(vendor) as session:
        session.client = session.client.with_options(max_retries=0)
        vendor.fail(saying(503))
        error = session.error("workflows.executions.list", "w")
        raw = session.call("with_raw_response.workflows.executions.list", "w")

    assert isinstance(error, package.ServiceUnavailableError)
    assert (raw.status_code, raw.parsed, len(vendor.requests)) == (200, {"data": []}, 2)


def test_nothing_left_holds_the_next_request_back(calling: Calling, vendor: Monetize360) -> None:
    reset = int(time.time()) + 2
    vendor.fail(saying(200, b"{}", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}))
    with calling.client(vendor) as session:
        session.call("workflows.list")
        session.call("workflows.list")

    assert vendor.requests[1].at >= reset - 0.1


def test_limit_of_the_headers_is_learnt(calling: Calling, vendor: Monetize360) -> None:
    with calling.client(vendor) as session:
        session.call("workflows.list")

        assert session.client._setting.limiter.requests == 100


def test_refusal_by_rate_is_repeated_after_the_reset(calling: Calling, vendor: Monetize360) -> None:
    moments: list[float] = []

    def too_many(turn: Turn) -> None:
        reset = int(time.time()) + 2
        moments.append(reset)
        saying(429, b'{"error":{"code":"X","message":"Y"}}', {"X-RateLimit-Reset": str(reset)})(turn)

    vendor.fail(too_many)
    with calling.client(vendor) as session:
        run = session.call("workflows.execute", "w", data={})

    assert (run.status, vendor.work["execute"]) == ("completed", 1)
    assert vendor.requests[1].at >= moments[0] - 0.1


def test_refusal_whose_reset_is_far_is_told(calling: Calling, vendor: Monetize360) -> None:
    vendor.fail(saying(429, b"{}", {"X-RateLimit-Reset": str(int(time.time()) + 3600)}))
    with calling.client(vendor) as session:
        error = session.error("workflows.list")

    assert isinstance(error, package.RateLimitError)
    assert error.retry_after is not None
    assert error.retry_after > 3000


def test_workflow_is_waited_for(calling: Calling, vendor: Monetize360) -> None:
    vendor.questions = 1
    with calling.client(vendor) as session:
        run = session.call("workflows.execute_and_wait", "w", data={"a": 1}, deadline=20)

    assert isinstance(run, Execution)
    assert (run.status, run.output) == ("completed", {"echo": {"a": 1}})
    assert json.loads(vendor.requests[0].body) == {"data": {"a": 1}, "async": True}
    assert vendor.work["execute"] == 1


def test_wait_ends_at_its_deadline_and_tells_what_was_started(calling: Calling, vendor: Monetize360) -> None:
    vendor.questions = 3
    with calling.client(vendor) as session:
        error = session.error("workflows.execute_and_wait", "w", data={}, deadline=1.2)

    [started] = vendor.executions
    assert isinstance(error, package.WaitTimeoutError)
    assert isinstance(error, package.APITimeoutError)
    assert (error.may_have_executed, error.last.execution_id) == (True, started)
    assert started in str(error)


def test_failure_while_it_is_waited_for_tells_that_it_was_started(calling: Calling, vendor: Monetize360) -> None:
    vendor.questions = 3
    vendor.fail(lambda turn: turn.send(turn.work().spelled()), saying(404, b"{}"))
    with calling.client(vendor) as session:
        error = session.error("workflows.execute_and_wait", "w", data={}, deadline=20)

    assert type(error) is package.NotFoundError
    assert error.may_have_executed is True
    assert vendor.work["execute"] == 1


def test_status_that_the_caller_knows_to_be_final_ends_the_wait(calling: Calling, vendor: Monetize360) -> None:
    vendor.questions = 3
    with calling.client(vendor) as session:
        run = session.call("workflows.execute_and_wait", "w", data={}, final_statuses=["running"])

    assert run.status == "running"


def test_bulk_insert_tells_its_counters(calling: Calling, vendor: Monetize360) -> None:
    with calling.client(vendor) as session:
        told = session.call("mdata.bulk_insert", "m", data=[{"name": "a"}, {"email": "wrong"}])

    assert (told.success, told.total_processed, told.created, told.failed) == (True, 2, 1, 1)


def test_long_list_tells_of_each_row(calling: Calling, vendor: Monetize360) -> None:
    rows = [{"number": number} for number in range(4)] + [{"email": "wrong"}] * 2 + [{"number": 6}, {"email": "wrong"}]
    with calling.client(vendor) as session:
        report = session.call("mdata.bulk_insert_in_parts", "m", data=rows, size=2)

    assert (report.created, report.failed, report.complete) == (5, 3, False)
    assert (report.created_rows, report.failed_rows, report.mixed_rows) == ([0, 1, 2, 3], [4, 5], [6, 7])
    assert (report.unknown_rows, report.unsent_rows) == ([], [])


def test_long_list_stops_where_it_is_not_known_what_happened(calling: Calling, vendor: Monetize360) -> None:
    rows = [{"number": number} for number in range(10)]
    vendor.fail(lambda turn: turn.send(turn.work().spelled()), reset_after_reading)
    with calling.client(vendor) as session:
        report = session.call("mdata.bulk_insert_in_parts", "m", data=rows, size=3)

    assert (report.created_rows, report.unknown_rows, report.unsent_rows) == ([0, 1, 2], [3, 4, 5], [6, 7, 8, 9])
    assert (vendor.work["bulk"], [error.may_have_executed for error in report.errors]) == (2, [True])


def test_long_list_is_looked_at_before_anything_is_sent(calling: Calling, vendor: Monetize360) -> None:
    with calling.client(vendor) as session:
        error = session.error("mdata.bulk_insert_in_parts", "m", data=[{"a": 1}, {"a": object()}], size=1)

    assert isinstance(error, package.ArgumentError)
    assert vendor.requests == []


def test_what_must_not_happen_twice_is_not_repeated(calling: Calling, vendor: Monetize360) -> None:
    vendor.fail(reset_after_reading)
    with calling.client(vendor) as session:
        error = session.error("workflows.execute", "w", data={})

    assert (error.may_have_executed, vendor.work["execute"]) == (True, 1)


def test_key_is_shown_nowhere(calling: Calling, vendor: Monetize360, caplog: pytest.LogCaptureFixture) -> None:
    key = "canary-key-of-the-caller"
    with caplog.at_level(0), calling.client(vendor, api_key=key) as session:
        error = session.error("workflows.list")

    assert isinstance(error, package.AuthenticationError)
    assert all(key not in text for text in (str(error), repr(error), repr(session.client), caplog.text))


def test_http_client_of_the_caller_is_used() -> None:
    answer = httpx2.MockTransport(lambda _: httpx2.Response(200, json={"data": []}))
    with package.Client(api_key="key", http_client=httpx2.Client(transport=answer)) as client:
        assert list(client.mdata.query("m")) == []
