"""Rules for arguments: what is sent, what is refused, and that a refusal never shows a value."""

from __future__ import annotations

import datetime as dt
import decimal
import time
from enum import Enum

import pytest

from generator.runtime.arguments import (
    AnyValue,
    Boolean,
    Choice,
    Date,
    DateTime,
    Decimal,
    Integer,
    ListOf,
    MappingOf,
    Number,
    OneOf,
    Rule,
    Text,
)
from generator.runtime.errors import ArgumentError
from tests.runtime.ledgerly import Entry

PLUS_ONE = dt.timezone(dt.timedelta(hours=1))
NOON = dt.datetime(2026, 1, 31, 12, 0, tzinfo=PLUS_ONE)


class Colour(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("rule", "value", "sent"),
    [
        (Text(3, 5), "abc", "abc"),
        (Text(), Colour.RED, "red"),
        (Text(pattern="^[a-f0-9-]{3}$"), "a-f", "a-f"),
        (Integer(1, 100), 100, 100),
        (Number(0, 1), 0.5, 0.5),
        (Boolean(), False, False),
        (Choice("red", "blue"), "red", "red"),
        (Choice("red"), Colour.RED, "red"),
        (Choice(1, 2), 1, 1),
        (ListOf(Text(), 1, 2, single=True), "a", ["a"]),
        (ListOf(Text(), 1, 2, single=True), ("a", "b"), ["a", "b"]),
        (DateTime(), NOON, "2026-01-31T12:00:00+01:00"),
        (DateTime(utc="Z", precision="seconds"), NOON, "2026-01-31T11:00:00Z"),
        (DateTime(), "2026-01-31T12:00:00+01:00", "2026-01-31T12:00:00+01:00"),
        (Date(), NOON.date(), "2026-01-31"),
        (Date(), "2026-01-31", "2026-01-31"),
        (Decimal(), decimal.Decimal("12.50"), "12.50"),
        (Decimal(), decimal.Decimal("1E+2"), "100"),
        (Decimal(), 7, "7"),
        (Decimal(), "0.10", "0.10"),
        (Decimal(sent_as="number"), "0.5", 0.5),
        (MappingOf(), {"a": [1, None, {"b": NOON}]}, {"a": [1, None, {"b": "2026-01-31T12:00:00+01:00"}]}),
        (AnyValue(), Entry(entry_id="e1"), {"entryId": "e1"}),
        (AnyValue(), decimal.Decimal("2.5"), 2.5),
        (OneOf(Integer(), Text()), "a", "a"),
    ],
)
def test_value_is_spelled_as_json(rule: Rule, value: object, sent: object) -> None:
    assert rule.check("it", value) == sent


@pytest.mark.parametrize(
    ("rule", "value", "message"),
    [
        (Text(), 5, "it must be a string, not int"),
        (Text(36, 36), "secret", "it must have exactly 36 characters, not 6"),
        (Text(3, 5), "secret", "it must have 3 to 5 characters, not 6"),
        (Text(1), "", "it must have at least 1 character, not 0"),
        (Text(pattern="^[0-9]+$"), "secret", "it must match ^[0-9]+$"),
        (Text(pattern="^[0-9]+$"), "1\n", "it must match ^[0-9]+$"),
        (Text(), "\ud800", "it must be text that UTF-8 can spell; it has a lone surrogate"),
        (Integer(1, 100), 101, "it must be at least 1 and at most 100"),
        (Integer(), True, "it must be an integer, not bool"),
        (Integer(), 1.0, "it must be an integer, not float"),
        (Number(), float("nan"), "it must be a finite number"),
        (Boolean(), 1, "it must be True or False, not int"),
        (Choice("red", "blue"), "secret", "it must be one of 'red', 'blue'"),
        (Choice(1, 2), True, "it must be one of 1, 2"),
        (ListOf(Text()), "secret", "it must be a list, not str"),
        (ListOf(Text(), 1, 2), [], "it must have 1 to 2 elements, not 0"),
        (ListOf(Text(1, 2)), ["a", "secret"], "it[1] must have 1 to 2 characters, not 6"),
        (
            DateTime(),
            NOON.replace(tzinfo=None),
            "it must know its offset from UTC; give it a tzinfo",
        ),
        (DateTime(), "tomorrow", "it must be an ISO 8601 time such as 2026-01-31T09:30:00+00:00"),
        (DateTime(), NOON.date(), "it must be a datetime or a text, not date"),
        (Date(), "2026-02-30", "it must be a day such as 2026-01-31"),
        (Date(), NOON, "it must be a date or a text, not datetime"),
        (Decimal(), 1.5, "it must be a Decimal, an integer or a text, not float"),
        (Decimal(), "1_000", "it must be a plain decimal number such as 12.50"),
        (Decimal(), "1e3", "it must be a plain decimal number such as 12.50"),
        (Decimal(), "\u0661", "it must be a plain decimal number such as 12.50"),
        (Decimal(), decimal.Decimal("NaN"), "it must be a finite number of at most 40 digits"),
        (Decimal(), decimal.Decimal("1E+999999"), "it must be a finite number of at most 40 digits"),
        (Decimal(), decimal.Decimal("-0"), "it must not be a negative zero"),
        (Decimal(places=2), "1.234", "it must have at most 2 digits after the point"),
        (Decimal(sent_as="number"), "12345678901234567.12", "it has more digits than a JSON number carries exactly"),
        (MappingOf(), ["secret"], "it must be a mapping, not list"),
        (AnyValue(), {"a": {1: 2}}, "a key of it['a'] must be a string, not int"),
        (AnyValue(), {"a": object()}, "it['a'] must be something that JSON can spell, not object"),
        (OneOf(Integer(), Boolean()), "s", "it must be an integer, not str; or it must be True or False, not str"),
    ],
)
def test_refusal_names_the_argument_and_the_rule(rule: Rule, value: object, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        rule.check("it", value)

    assert str(caught.value) == message
    assert isinstance(caught.value, ValueError)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_nesting_without_end_is_refused() -> None:
    ring: list[object] = []
    ring.append(ring)
    with pytest.raises(ArgumentError, match="less than 100 levels"):
        AnyValue().check("it", ring)


def test_no_value_makes_a_pattern_slow() -> None:
    rule = Text(pattern="^(a+)+$")
    started = time.process_time()
    with pytest.raises(ArgumentError):
        rule.check("it", "a" * 5000 + "!")

    assert time.process_time() - started < 5
