"""Models: what comes in goes out, whatever its names."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import pytest
from pydantic import Field, TypeAdapter

from generator.runtime.decode import Malformed, decoder, parse
from generator.runtime.envelope import Envelope
from generator.runtime.models import Model
from generator.runtime.operations import Operation
from tests.runtime.ledgerly import Entry


class Test(Model):
    """Fields with the names that vendors choose."""

    __test__ = False

    test_id: str = Field(serialization_alias="testId")
    result: Literal["Passed", "Failed"] | str | None = None  # noqa: PYI051 - an open enumeration says what is known
    mdm_state: Any = Field(default=None, serialization_alias="MDMState")
    async_: bool | None = Field(default=None, serialization_alias="async")
    model_config_: str | None = Field(default=None, serialization_alias="model_config")
    copy_: str | None = Field(default=None, serialization_alias="copy")
    class_: str | None = Field(default=None, serialization_alias="class")
    private: str | None = Field(default=None, serialization_alias="_private")
    dunder: str | None = Field(default=None, serialization_alias="__init__")
    dashed: str | None = Field(default=None, serialization_alias="x-y z.ü")
    same: str | None = None
    created: dt.datetime | None = None


class Outer(Model):
    """A model of models."""

    tests: list[Test] | None = None
    next: Outer | None = None


HOSTILE: dict[str, Any] = {
    "testId": "t",
    "MDMState": {"a": 1},
    "async": True,
    "model_config": "m",
    "copy": "c",
    "class": "k",
    "_private": "p",
    "__init__": "i",
    "x-y z.ü": "d",
    "same": "s",
    "later": {"new": [1]},
    "model_fields": "f",
    "self": "me",
}


def read(model: Any, document: Any) -> Any:
    return TypeAdapter[Any](model).validate_python(document, by_alias=True, by_name=False)


def test_what_came_is_what_goes_out() -> None:
    assert read(Test, HOSTILE).model_dump(by_alias=True) == HOSTILE
    assert parse(read(Test, HOSTILE).model_dump_json(by_alias=True).encode()) == HOSTILE


def test_constructor_takes_python_names() -> None:
    made = Test(test_id="t", async_=True, class_="k")

    assert made.model_dump(by_alias=True) == {"testId": "t", "async": True, "class": "k"}


def test_answers_are_read_by_wire_name_only() -> None:
    entry = read(Entry, {"entryId": "e", "entry_id": "other"})

    assert entry.entry_id == "e"
    assert entry.model_extra == {"entry_id": "other"}


def test_field_that_is_missing_or_null_is_none() -> None:
    assert read(Outer, {}).tests is None
    assert (
        read(Outer, {"tests": None, "next": {"tests": [{"testId": "t", "result": "New"}]}}).next.tests[0].result
        == "New"
    )


def test_dump_without_wire_names_has_every_field() -> None:
    assert read(Entry, {"entryId": "e"}).model_dump() == {"entry_id": "e", "amount": None}


def test_schema_is_built_when_first_used() -> None:
    class Late(Model):
        value: int

    assert Late.__pydantic_complete__ is False


def test_subclass_keeps_the_wire_names() -> None:
    class More(Entry):
        note: str | None = Field(default=None, serialization_alias="theNote")

    assert read(More, {"entryId": "e", "theNote": "n"}).model_dump(by_alias=True) == {"entryId": "e", "theNote": "n"}


EXACT: Operation[Any] = Operation(name="x", method="GET", path="x", effect="read", returns=Any, exact=True)


def test_exact_numbers_keep_every_digit() -> None:
    decoded = decoder(EXACT, Envelope()).decode(b'{"amount":1234567890.123456789012}')

    assert str(decoded.value["amount"]) == "1234567890.123456789012"


def test_repeated_key_is_refused_where_numbers_are_exact() -> None:
    with pytest.raises(Malformed, match="a key is there twice"):
        decoder(EXACT, Envelope()).decode(b'{"amount":1,"amount":2}')


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "not JSON"),
        (b"\xff", "not UTF-8"),
        (b"[NaN]", "NaN is not a number"),
        (b"[" * 200_000, "nested too deeply"),
        (b"9" * 5000, "a number with too many digits"),
        (b"\xef\xbb\xbf{}", "not JSON"),
    ],
)
def test_what_is_not_json_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        parse(content)


def test_decoder_is_made_once() -> None:
    envelope = Envelope()

    assert decoder(EXACT, envelope) is decoder(EXACT, envelope)
