"""Small notations that many sections share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.spec.endpoints import Call, Returns, parse_call, parse_returns
from generator.spec.types import ListOf, Reference
from generator.spec.words import Composed, Hole, parse_composed, parse_duration, parse_path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("data", ("data",)),
        ("meta.errors.code", ("meta", "errors", "code")),
        ("_links.next-page", ("_links", "next-page")),
    ],
)
def test_path_is_names_between_dots(text: str, path: tuple[str, ...]) -> None:
    assert parse_path(text) == path


@pytest.mark.parametrize(
    ("text", "offset"), [("a..b", 2), (".a", 0), ("a.", 2), ("$.a", 0), ("a[0]", 0), ("a.b c", 2), ("a.*", 2)]
)
def test_path_has_no_language_of_its_own(text: str, offset: int) -> None:
    with pytest.raises(ValueError, match="is not a path") as refusal:
        parse_path(text)

    assert refusal.value.args[1] == offset


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("${token}", (Hole("token"),)),
        ("${authCode}-${authToken}", (Hole("authCode"), "-", Hole("authToken"))),
        ("Key ${key}", ("Key ", Hole("key"))),
        ("plain $ text", ("plain $ text",)),
        ("", ()),
    ],
)
def test_composed_text_has_holes(text: str, parts: tuple[str | Hole, ...]) -> None:
    assert parse_composed(text) == Composed(parts)


@pytest.mark.parametrize(("text", "offset"), [("a ${", 2), ("${}", 0), ("x${a b}", 1), ("${a.b()}", 0), ("${a}${b", 4)])
def test_hole_names_something(text: str, offset: int) -> None:
    with pytest.raises(ValueError, match=r"write \$\{name\}") as refusal:
        parse_composed(text)

    assert refusal.value.args[1] == offset


@pytest.mark.parametrize(
    ("text", "seconds"), [("1 second", 1), ("30 seconds", 30), ("1 minute", 60), ("2 hours", 7200), ("1 day", 86400)]
)
def test_duration_is_a_count_and_a_unit(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["60", "1s", "0 seconds", "one minute", "1  second", "-1 second", "1.5 hours", ""])
def test_duration_without_a_unit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "call", "placeholders"),
    [
        ("POST getHistory", Call("POST", "getHistory"), ()),
        ("GET workflows/{workflowId}/executions/{id}", None, ("workflowId", "id")),
        ("DELETE files/{name}.{ending}", None, ("name", "ending")),
        ("PUT v1.2/~self", Call("PUT", "v1.2/~self"), ()),
    ],
)
def test_call_is_a_method_and_a_path(text: str, call: Call | None, placeholders: tuple[str, ...]) -> None:
    found = parse_call(text)

    assert found.placeholders() == placeholders
    assert call is None or found == call


@pytest.mark.parametrize(
    "text",
    [
        "GET",
        "GET ",
        "getHistory",
        "get a",
        "GET /a",
        "GET a//b",
        "GET a/",
        "GET ../a",
        "GET a/./b",
        "GET a?b=c",
        "GET a#b",
        "GET {a}{b}",
        "GET {a}/{a}",
        "GET {}",
        "GET a b",
        "GET a\nb",
        "GET https://a.example/b",
        "GET %2e%2e/a",
        "TRACE a",
    ],
)
def test_call_to_elsewhere_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".") as refusal:
        parse_call(text)

    assert 0 <= refusal.value.args[1] <= len(text)


def test_answer_is_a_type_and_where_it_stands() -> None:
    assert parse_returns("list of User at page.users") == Returns(ListOf(Reference("User")), ("page", "users"))
    assert parse_returns("User") == Returns(Reference("User"))
    assert parse_returns("nothing") == Returns(None)


@given(st.text())
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    for parse in (parse_path, parse_composed, parse_duration, parse_call, parse_returns):
        try:
            parse(text)
        except ValueError as refusal:
            reason, offset = refusal.args

            assert reason
            assert 0 <= offset <= len(text)
