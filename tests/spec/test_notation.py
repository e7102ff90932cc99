"""The short notation of types, form by form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.spec.notation import Notation, NotationError, parse_notation, spell_notation
from generator.spec.types import (
    Anything,
    Boolean,
    Date,
    DateTime,
    DecimalNumber,
    Integer,
    ListOf,
    MapOf,
    Nullable,
    OneOf,
    Reference,
    Text,
    Type,
    Union,
    Url,
    Uuid,
)

TYPES: tuple[tuple[str, Type], ...] = (
    ("string", Text()),
    ("string 36", Text(36, 36)),
    ("string 0", Text(0, 0)),
    ("string 3..100", Text(3, 100)),
    ("string 3..", Text(3, None)),
    ("string ..100", Text(None, 100)),
    ("integer", Integer()),
    ("integer 1..100", Integer(1, 100)),
    ("integer -5..5", Integer(-5, 5)),
    ("integer -5..-1", Integer(-5, -1)),
    ("integer 1..", Integer(1, None)),
    ("decimal", DecimalNumber()),
    ("decimal 0..", DecimalNumber(0, None)),
    ("boolean", Boolean()),
    ("datetime", DateTime()),
    ("date", Date()),
    ("uuid", Uuid()),
    ("url", Url()),
    ("any", Anything()),
    ("unknown", Anything(unknown=True)),
    ("User", Reference("User")),
    ("map of any", MapOf(Anything())),
    ("map of list of User", MapOf(ListOf(Reference("User")))),
    ("list of User", ListOf(Reference("User"))),
    ("list of User 1..10", ListOf(Reference("User"), 1, 10)),
    ("list of User 2", ListOf(Reference("User"), 2, 2)),
    ("list of string 1..10", ListOf(Text(), 1, 10)),
    ("list of list of User", ListOf(ListOf(Reference("User")))),
    ("one of a, b", OneOf(("a", "b"))),
    ("one of id:desc, id:asc", OneOf(("id:desc", "id:asc"))),
    ("one of a", OneOf(("a",))),
    ("list of one of a, b", ListOf(OneOf(("a", "b")))),
    ("string | list of string 1..10", Union((Text(), ListOf(Text(), 1, 10)))),
    ("Imei | list of Imei 1..10", Union((Reference("Imei"), ListOf(Reference("Imei"), 1, 10)))),
    ("User?", Nullable(Reference("User"))),
    ("string 36?", Nullable(Text(36, 36))),
    ("list of User?", Nullable(ListOf(Reference("User")))),
    ("one of a, b?", Nullable(OneOf(("a", "b")))),
    ("string | integer?", Nullable(Union((Text(), Integer())))),
    ("  string   3..100  ", Text(3, 100)),
)


@pytest.mark.parametrize("written", [text for text, _ in TYPES])
def test_type_is_spelled_as_it_reads(written: str) -> None:
    of = parse_notation(written).type

    assert parse_notation(spell_notation(of)).type == of


@pytest.mark.parametrize(("text", "expected"), TYPES)
def test_notation_reads_as(text: str, expected: Type) -> None:
    notation = parse_notation(text)

    assert notation == Notation(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("integer 1..100 = 20", Notation(Integer(1, 100), "20")),
        ("one of a, b = a", Notation(OneOf(("a", "b")), "a")),
        ("boolean? = false", Notation(Nullable(Boolean()), "false")),
        ("string = a = b", Notation(Text(), "a = b")),
    ],
)
def test_default_stands_behind_the_type(text: str, expected: Notation) -> None:
    notation = parse_notation(text)

    assert notation == expected


@pytest.mark.parametrize(
    ("text", "offset", "reason"),
    [
        ("", 0, "a type is missing here"),
        ("string |", 8, "a type is missing here"),
        ("list of ", 0, "write 'list of ...'"),
        ("one of", 0, "write 'one of a, b'"),
        ("one of a,, b", 9, "a word is missing between commas"),
        ("one of a, b, a", 13, "'a' stands twice"),
        ("int", 0, "write 'integer'"),
        ("str 3..10", 0, "write 'string'"),
        ("object", 0, "write 'map of any'"),
        ("null", 0, "write a '?' at the end of the type"),
        ("strnig", 0, "did you mean 'string'?"),
        ("list of strnig", 8, "did you mean 'string'?"),
        ("string | strnig", 9, "did you mean 'string'?"),
        ("string(36)", 0, "write for example 'string 36'"),
        ("integer[1..5]", 0, "write for example 'integer 1..100'"),
        ("User[]", 0, "write 'list of User'"),
        ("User? | string", 0, "a '?' stands at the end of the whole type"),
        ("string 3-100", 7, "'3-100' is not a range"),
        ("string -3..5", 7, "'-3..5' is not a range of lengths"),
        ("list of User -1..5", 13, "'-1..5' is not a range"),
        ("string ..", 7, "'..' is not a range"),
        ("string 9..3", 7, "write '3..9'"),
        ("string " + "9" * 5000, 7, "is not a range"),
        ("integer 5", 8, "'5' is not a range of numbers"),
        ("boolean 1..2", 0, "'boolean' takes no range"),
        ("User 1..2", 0, "'User' takes no range"),
        ("string | string", 0, "the same type stands twice"),
        ("integer = ", 8, "a default is missing"),
        ("list of " * 9 + "User", 72, "give the inner type a name"),
    ],
)
def test_refusal_says_where_and_what_is_right(text: str, offset: int, reason: str) -> None:
    with pytest.raises(NotationError) as refusal:
        parse_notation(text)

    assert reason in refusal.value.reason
    assert refusal.value.offset == offset


def test_refusal_quotes_no_more_than_a_line() -> None:
    with pytest.raises(NotationError) as refusal:
        parse_notation("x" * 100_000)

    assert len(refusal.value.reason) < 300


PIECES = st.sampled_from(
    (
        "string",
        "integer",
        "list of ",
        "map of ",
        "one of ",
        "User",
        " ",
        "|",
        "?",
        "..",
        ",",
        " = ",
        "-",
        "9",
        "a",
        "[]",
    )
)


def read(text: str) -> Notation | NotationError:
    try:
        return parse_notation(text)
    except NotationError as refusal:
        return refusal


@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)))
def test_any_text_is_a_type_or_refused_inside_itself(text: str) -> None:
    found = read(text)

    assert isinstance(found, Notation) or (found.reason and 0 <= found.offset <= len(text))


# A reader that looks at anything twice would take minutes for these.
@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("one of " + ", ".join(f"w{number}" for number in range(100_000)), False),
        ("|".join(f"T{number}" for number in range(100_000)), False),
        ("list of " * 100_000 + "User", True),
        ("map of " * 100_000 + "User", True),
        ("?" * 500_000, True),
        ("string " + "9" * 500_000, True),
        ("x" * 1_000_000, True),
    ],
    ids=["words", "options", "lists", "maps", "marks", "digits", "letters"],
)
def test_large_text_is_read_in_one_pass(text: str, refused: bool) -> None:  # noqa: FBT001 - a column of the table
    assert isinstance(read(text), NotationError) is refused
