"""Errors inside a 200 of vendors that have no flag for success, whatever the operation returns."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from pydantic import Field

from generator.runtime.decode import decoder
from generator.runtime.envelope import Envelope, ErrorRule, ErrorShape
from generator.runtime.errors import ConflictError, PermissionDeniedError
from generator.runtime.models import Model
from generator.runtime.operations import Operation, PagedOperation
from generator.runtime.pagination import LastRecordPagination
from tests.runtime.ledgerly import SERVICE, Entry, Runner

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.runtime.operations import Effect, Service

ERRORS = (
    ErrorShape(code=("error", "code"), message=("error", "message")),
    ErrorShape(message=("reason",), when=((("state",), "refused"),)),
    ErrorShape(message=("problems", "0", "text")),
    ErrorShape(anywhere="fault"),
)
RULES = (ErrorRule(code="closed", raises=PermissionDeniedError),)
REFUSAL = {"error": {"code": "closed", "message": "The books are closed."}}


class Note(Model):
    """Everything may be missing."""

    text: str | None = None
    state: str | None = None
    note_id: str | None = Field(default=None, serialization_alias="noteId")


def service(*data: str) -> Service:
    return replace(SERVICE, envelope=Envelope(data=data, errors=ERRORS), errors=RULES)


def operation(
    returns: Any, *, effect: Effect = "read", exact: bool = False, at: tuple[str, ...] = ()
) -> Operation[Any]:
    return Operation(
        name="note", method="POST", path="notes", effect=effect, body="json", returns=returns, exact=exact, at=at
    )


def answering(body: object, asked: list[int] | None = None) -> Callable[[httpx2.Request], httpx2.Response]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def handler(request: httpx2.Request) -> httpx2.Response:
        if asked is not None:
            asked.append(1)
        return httpx2.Response(200, content=content, request=request)

    return handler


@pytest.mark.parametrize(
    ("returns", "data"),
    [
        (None, ()),
        (None, ("data",)),
        (Note, ()),
        (Note | None, ()),
        (dict[str, Any], ()),
        (Any, ()),
    ],
)
@pytest.mark.parametrize("effect", ["read", "unsafe", "money"])
def test_error_of_its_own_is_raised(runner: Runner, returns: Any, data: tuple[str, ...], effect: Effect) -> None:
    asked: list[int] = []
    with pytest.raises(PermissionDeniedError, match=r"The books are closed\.") as caught:
        runner.call(operation(returns, effect=effect), answering(REFUSAL, asked), service=service(*data))

    assert (caught.value.status_code, caught.value.code, caught.value.body) == (200, "closed", REFUSAL)
    assert caught.value.may_have_executed is False
    assert len(asked) == 1


@pytest.mark.parametrize("returns", [Note, list[Note], dict[str, Any], Any, int])
@pytest.mark.parametrize("exact", [False, True])
def test_error_beside_content_is_raised(runner: Runner, returns: Any, *, exact: bool) -> None:
    content = {int: 3, list[Note]: [{"text": "a"}]}.get(returns, {"text": "a"})
    with pytest.raises(PermissionDeniedError):
        runner.call(
            operation(returns, effect="money", exact=exact, at=("note",)),
            answering({"data": {"note": content}, **REFUSAL}),
            service=service("data"),
        )


@pytest.mark.parametrize(
    "body",
    [
        {"state": "Refused.", "reason": "late"},
        {"problems": [{"text": "late"}]},
        {"text": "a", "deep": [{"fault": "late"}]},
        b'{"text": "a", "f\\u0061ult": {"message": "late"}}',
        b'{"\\u0065rror": {"code": "x", "message": "late"}}',
    ],
)
@pytest.mark.parametrize("returns", [None, Note])
def test_error_of_any_shape_is_raised(runner: Runner, returns: Any, body: object) -> None:
    with pytest.raises(Exception, match="was refused with 200") as caught:
        runner.call(operation(returns), answering(body), service=service())

    assert caught.value.message == "late"  # type: ignore[attr-defined] # whatever class it is, the words are on it


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"text": "a"}, "a"),
        ({"text": "a", "error": None}, "a"),
        ({"text": "a", "error": {"code": "closed"}}, "a"),
        ({"text": "a", "state": "taken", "reason": "none needed"}, "a"),
        ({"text": "by \\u0066ault of nobody", "problems": []}, "by \\u0066ault of nobody"),
        ({}, None),
    ],
)
def test_success_that_resembles_an_error_is_success(runner: Runner, body: object, text: str | None) -> None:
    found = runner.call(operation(Note), answering(body), service=service())

    assert found.text == text


@pytest.mark.parametrize("body", [b"", b" \r\n", b"OK", b"{}", b"[]", b'{"done": true}', b"<html>"])
def test_nothing_is_nothing_whatever_else_it_says(runner: Runner, body: bytes) -> None:
    assert runner.call(operation(None), answering(body), service=service()) is None


def test_page_beside_an_error_is_an_error(runner: Runner) -> None:
    pages = LastRecordPagination(items=("records",), record_id="entryId", forward="after", more=("hasMore",))
    listing: PagedOperation[Entry] = PagedOperation(
        name="l", method="GET", path="l", effect="read", returns=Entry, pages=pages
    )
    empty: list[object] = []
    body = {"data": {"records": empty, "hasMore": False}, **REFUSAL}
    with pytest.raises(PermissionDeniedError):
        runner.call(listing, answering(body), service=service("data"))


def test_code_inside_a_200_decides_the_class(runner: Runner) -> None:
    rules = (*RULES, ErrorRule(code="twice", raises=ConflictError))
    body = {"error": {"code": "twice", "message": "again"}}
    with pytest.raises(ConflictError):
        runner.call(operation(None, effect="money"), answering(body), service=replace(service(), errors=rules))


@pytest.mark.parametrize("content", [b'{"data": {"text": "a"}}', b'{"data": {"text": "a", "error": {"code": "x"}}}'])
def test_typed_success_is_not_read_a_second_time(content: bytes) -> None:
    shapes = (ErrorShape(code=("error", "code"), message=("error", "message")),)
    decoded = decoder(operation(Note), Envelope(data=("data",), errors=shapes)).decode(content)

    assert decoded.is_doubtful is False


def test_flag_for_success_decides_alone() -> None:
    envelope = Envelope(success=("ok",), errors=ERRORS)
    decoded = decoder(operation(Note), envelope).decode(json.dumps({"ok": True, **REFUSAL}).encode())

    assert decoded.is_doubtful is False


def test_money_keeps_its_digits_beside_the_look_for_an_error(runner: Runner) -> None:
    paid = runner.call(
        operation(dict[str, Decimal], effect="money", exact=True, at=("paid",)),
        answering(b'{"paid": {"amount": 12345678901234567890.12}, "reason": "x"}'),
        service=service(),
    )

    assert paid == {"amount": Decimal("12345678901234567890.12")}
