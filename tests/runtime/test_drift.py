"""What a client tells of answers that its spec does not know: where and of what kind, and never a value."""

from __future__ import annotations

import logging
from typing import Any, Literal

import httpx2
import pytest
from pydantic import Field

from generator.runtime.drift import Drift
from generator.runtime.errors import ArgumentError
from generator.runtime.models import Model
from generator.runtime.operations import Operation, PagedOperation
from tests.runtime.ledgerly import LIST, NO_OPTIONS, Entry, Runner, good

CANARY = "canary-value-77e1"


class Line(Model):
    """A line."""

    state: Literal["open", "paid"] | str | None = None  # noqa: PYI051 - so are words that may be others
    states: list[Literal["a", "b"] | str] | None = None  # noqa: PYI051 - the same


class Invoice(Model):
    """An invoice."""

    invoice_id: str | None = Field(default=None, serialization_alias="invoiceId")
    lines: list[Line] | None = None
    by_place: dict[str, Line] | None = Field(default=None, serialization_alias="byPlace")
    free: dict[str, Any] | None = None
    anything: Any = None


GET: Operation[Invoice] = Operation(name="get_invoice", method="GET", path="invoice", effect="read", returns=Invoice)


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def runner(request: pytest.FixtureRequest) -> Runner:
    """Give a way to call from a thread, and from a task."""
    return Runner(asynchronous=request.param)


def found(runner: Runner, data: object, operation: Operation[Any] = GET) -> list[tuple[str, str, str, str, str, int]]:
    """Return what is told of an answer: model, path, kind, name, type, count."""
    told: list[Drift] = []
    runner.call(operation, lambda _: httpx2.Response(200, json=good(data)), on_drift=told.append)
    assert all((each.package, each.operation) == ("ledgerly", operation.name) for each in told)
    assert CANARY not in repr(told)
    return [(each.owner, each.path, each.kind, each.name, each.type, each.count) for each in told]


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        (None, "null"), (True, "boolean"), (1, "integer"), (1.5, "number"), (CANARY, "string"), ([CANARY], "array"),
        ({CANARY: CANARY}, "object"),
    ],
    ids=str,
)  # fmt: skip
def test_a_new_field_is_told_with_its_json_type(runner: Runner, value: object, type_: str) -> None:
    assert found(runner, {"invoiceId": CANARY, "newField": value}) == [
        ("Invoice", "newField", "field", "newField", type_, 1)
    ]


def test_fields_are_counted_in_lists_and_maps_of_models(runner: Runner) -> None:
    data = {"lines": [{"x": 1}, {"x": 2}, {}], "byPlace": {CANARY: {"x": 1}, "b": {"y": CANARY}}}

    assert found(runner, data) == [
        ("Line", "lines[].x", "field", "x", "integer", 2),
        ("Line", "byPlace.*.x", "field", "x", "integer", 1),
        ("Line", "byPlace.*.y", "field", "y", "string", 1),
    ]


def test_a_new_word_is_told_without_the_word(runner: Runner) -> None:
    data = {"lines": [{"state": CANARY}, {"state": "paid"}, {"states": ["a", CANARY, CANARY]}, {"state": None}]}

    assert found(runner, data) == [
        ("Line", "lines[].state", "word", "state", "string", 1),
        ("Line", "lines[].states[]", "word", "states", "string", 2),
    ]


def test_keys_of_maps_and_of_what_may_be_anything_are_data(runner: Runner) -> None:
    data = {"free": {CANARY: {"a": 1}}, "anything": {CANARY: [CANARY]}}

    assert found(runner, data) == []


@pytest.mark.parametrize("name", ["+37060000001", "ada@example.com", "user 1", "", "f" * 65, "x12345", "5f3a9b"])
def test_a_name_that_may_be_data_is_not_told(runner: Runner, name: str) -> None:
    assert found(runner, {name: CANARY}) == [("Invoice", "*", "field", "*", "string", 1)]


def test_names_are_data_where_there_are_very_many(runner: Runner) -> None:
    crowd = {f"{first}{second}": 1 for first in "abcdefgh" for second in "abcdefgh"}

    assert found(runner, crowd) == [("Invoice", "*", "field", "*", "integer", 64)]


def test_each_page_is_looked_at(runner: Runner) -> None:
    pages = iter(
        [
            {"records": [{"entryId": "a", "new": 1}], "hasMore": True},
            {"records": [{"entryId": "b", "new": 1}], "hasMore": False},
        ]
    )
    told: list[Drift] = []
    operation: PagedOperation[Entry] = LIST
    runner.steps(
        [(operation, {}, NO_OPTIONS)],
        lambda _: httpx2.Response(200, json=good(next(pages))),
        records=True,
        on_drift=told.append,
    )

    assert [(each.owner, each.path, each.count) for each in told] == [("Entry", "[].new", 1)] * 2


def test_a_call_does_not_fail_for_what_is_said_about_it(runner: Runner, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_drift: Drift) -> None:
        raise OSError(CANARY)

    with caplog.at_level(logging.WARNING, logger="ledgerly"):
        got = runner.call(GET, lambda _: httpx2.Response(200, json=good({"new": 1})), on_drift=fail)

    assert got == Invoice.model_validate({"new": 1})
    assert [record.getMessage() for record in caplog.records] == ["on_drift failed with OSError"]


def test_what_cannot_be_told_is_refused_when_the_client_is_made(runner: Runner) -> None:
    with pytest.raises(ArgumentError, match="on_drift must be callable"):
        runner.call(GET, lambda _: httpx2.Response(200, json=good({})), on_drift="drift.json")
