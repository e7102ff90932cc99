"""What a scalar is when text, a number, a truth value or JSON is wanted."""

from decimal import Decimal
from pathlib import Path

import pytest

from generator.diagnostics import Complaints
from generator.spec.source import (
    JsonValue,
    Node,
    NotThatKind,
    Scalar,
    as_boolean,
    as_integer,
    as_json,
    as_number,
    as_text,
    parse_source,
)


def node(written: str) -> Node:
    complaints = Complaints()
    source = parse_source(f"key: {written}\n".encode(), Path("a.yaml"), "a.yaml", complaints)
    assert source is not None
    assert not complaints
    return source.root.entries[0].value


def scalar(written: str) -> Scalar:
    found = node(written)
    assert isinstance(found, Scalar)
    return found


def exact(value: JsonValue) -> str:
    """Tell a value with its type and digits, since 1 == True == Decimal("1.0")."""
    return repr(value)


@pytest.mark.parametrize(
    "written",
    [
        "yes", "no", "on", "off", "y", "true", "1.10", "1:30", "2026-11-21", "20", "0", "-1", "0.5", "1e3", "1_000", "+1", ".inf",
        "0-255", "00:30", "a b", "<<", "=",
    ],
)  # fmt: skip
def test_plain_text_is_text_as_written(written: str) -> None:
    assert as_text(scalar(written)) == written


@pytest.mark.parametrize("written", ["010", "0755", "00", "-012", "+07", "0_7", "01.5", "0o17", "0x1F", "0b11"])
def test_number_with_a_leading_zero_is_no_text(written: str) -> None:
    with pytest.raises(NotThatKind, match="quote it"):
        as_text(scalar(written))

    assert as_text(scalar(f'"{written}"')) == written


@pytest.mark.parametrize("written", ["~", "null", "Null", "NULL"])
def test_nothing_is_no_text(written: str) -> None:
    with pytest.raises(NotThatKind, match="quote it"):
        as_text(scalar(written))

    assert as_text(scalar(f"'{written}'")) == written


def test_left_out_value_is_no_text() -> None:
    with pytest.raises(NotThatKind, match='nothing stands here; write the text, or "" for an empty one'):
        as_text(scalar(""))

    assert as_text(scalar('""')) == ""


@pytest.mark.parametrize(
    ("written", "number"), [("0", 0), ("20", 20), ("-7", -7), ("999999999999999999", 999999999999999999)]
)
def test_whole_number_is_read(written: str, number: int) -> None:
    assert as_integer(scalar(written)) == number


@pytest.mark.parametrize(
    "written",
    [
        "",
        "~",
        "1.0",
        "1e3",
        "+1",
        "010",
        "0x1F",
        "1_000",
        "1:30",
        "1,000",
        "true",
        '"20"',
        "'20'",
        "twenty",
        "٣",
        "|\n  20",
        "20 ?",
    ],
)
def test_anything_else_is_no_whole_number(written: str) -> None:
    with pytest.raises(NotThatKind, match="a whole number is wanted, such as 20, not "):
        as_integer(scalar(written))


@pytest.mark.parametrize("written", ["1000000000000000000", "9" * 5000, "-" + "9" * 19])
def test_number_with_too_many_digits_is_refused(written: str) -> None:
    for reader in (as_integer, as_number, as_json):
        with pytest.raises(NotThatKind, match="more than 18 digits"):
            reader(scalar(written))


@pytest.mark.parametrize("written", ["0", "20", "-7", "1.10", "0.000", "-0.5", "123456789012345678.123456789012345678"])
def test_decimal_number_keeps_its_digits(written: str) -> None:
    assert str(as_number(scalar(written))) == written


@pytest.mark.parametrize(
    "written",
    [
        "",
        "1.",
        ".5",
        "1e3",
        "1.5e+3",
        ".inf",
        "-.Inf",
        ".nan",
        "NaN",
        "Infinity",
        "01.5",
        "1_0.5",
        "+1.5",
        '"1.5"',
        "1,5",
    ],
)
def test_anything_else_is_no_decimal_number(written: str) -> None:
    with pytest.raises(NotThatKind, match=r"a decimal number is wanted, such as 20 or 1\.50, not "):
        as_number(scalar(written))


def test_true_and_false_are_truth_values() -> None:
    assert as_boolean(scalar("true")) is True
    assert as_boolean(scalar("false")) is False


@pytest.mark.parametrize(
    "written",
    ["yes", "no", "on", "off", "y", "n", "True", "TRUE", "False", "1", "0", "", "~", '"true"', "'false'", "|-\n  true"],
)
def test_anything_else_is_no_truth_value(written: str) -> None:
    with pytest.raises(NotThatKind, match="write true or false, without quotes, not "):
        as_boolean(scalar(written))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("0", 0),
        ("-12", -12),
        ("1.10", Decimal("1.10")),
        ("-0.0", Decimal("-0.0")),
        ("1.5e+3", Decimal("1.5e+3")),
        ("1.50E-03", Decimal("1.50E-03")),
        ("text", "text"),
        ("two words", "two words"),
        ('"yes"', "yes"),
        ("'010'", "010"),
        ("|\n  1\n", "1\n"),
        ("id:desc", "id:desc"),
        ("1.2.3", "1.2.3"),
        ("+44 20 7946 0000", "+44 20 7946 0000"),
        ("10 %", "10 %"),
        ("123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"),
        ("Infinity", "Infinity"),
        ("${now}", "${now}"),
        ("[]", []),
        ("{}", {}),
        ("{ a: [1, two, { b: null }], c: 1.0 }", {"a": [1, "two", {"b": None}], "c": Decimal("1.0")}),
        ("{ yes: 1, 010: 2 }", {"yes": 1, "010": 2}),
    ],
)
def test_json_is_what_every_reader_sees(written: str, value: JsonValue) -> None:
    assert exact(as_json(node(written))) == exact(value)


@pytest.mark.parametrize(
    "written",
    [
        "yes", "Yes", "YES", "no", "on", "Off", "y", "N", "True", "TRUE", "False", "FALSE",
        "~", "Null", "NULL",
        "0o17", "0x1F", "0b11", "0755", "010", "1_000", "+1", "-0_1",
        "1:30", "190:20:30", "1:30.5", "00:30",
        ".5", "5.", "-.5", "1e3", "1E3", "1.5e3", "1.e+3", "12e03", "+1.5",
        ".inf", "-.Inf", "+.INF", ".nan", ".NaN",
        "2026-11-21", "2026-1-1", "2026-13-45", "2026-11-21T10:00:00Z", "2026-11-21 10:00:00", "2026-11-21t10:00:00.5+01:00",
        "<<", "=",
    ],
)  # fmt: skip
def test_json_refuses_what_readers_see_differently(written: str) -> None:
    with pytest.raises(NotThatKind, match="quote it"):
        as_json(node(written))

    assert as_json(node(f'"{written}"')) == written


def test_json_refuses_a_left_out_value() -> None:
    with pytest.raises(NotThatKind, match='write null, or "" for an empty text'):
        as_json(node(""))


def test_json_tells_all_that_it_refuses() -> None:
    document = node("{ a: yes, b: [1, 010], c: { d: ~ } }")

    with pytest.raises(NotThatKind) as caught:
        as_json(document)

    refusals = (caught.value, *caught.value.others)
    assert [(refusal.place, refusal.position.column) for refusal in refusals] == [("a", 11), ("b.1", 23), ("c.d", 37)]


def test_long_text_is_looked_at_in_bounded_time() -> None:
    for start in ("1", "1_", "1:1", "0", "2026-11-21 1:"):
        text = start * (200_000 // len(start)) + "!"

        assert as_json(node(text)) == text
