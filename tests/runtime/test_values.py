"""Data classes without written code behave as those of the standard library do."""

from __future__ import annotations

import copy
import dataclasses
import inspect
from collections.abc import Callable
from dataclasses import field, replace
from typing import Any

import pytest

from generator.runtime.operations import PagedOperation
from generator.runtime.pagination import OffsetPagination
from generator.runtime.values import value_class

Make = Callable[..., Any]


def point(make: Make, *, frozen: bool = True, kw_only: bool = False, eq: bool = True) -> Any:
    @make(frozen=frozen, kw_only=kw_only, eq=eq)
    class Point:
        """Where something is."""

        x: int
        y: int = 2
        secret: str = field(default="s", repr=False)
        marks: tuple[str, ...] = field(default_factory=tuple[str, ...])

    return Point


def both(**words: bool) -> tuple[Any, Any]:
    return point(value_class, **words), point(dataclasses.dataclass, **words)


def told(make: Callable[[], object]) -> str:
    """Return what is made, or the kind of mistake that it is."""
    try:
        return repr(make())
    except (TypeError, dataclasses.FrozenInstanceError) as error:
        return type(error).__name__


@pytest.mark.parametrize("kw_only", [False, True])
@pytest.mark.parametrize(
    ("positional", "named"),
    [
        ((), {}),
        ((1,), {}),
        ((), {"x": 1}),
        ((1, 2, "t", ()), {}),
        ((1, 2, "t", (), 5), {}),
        ((1,), {"x": 1}),
        ((1,), {"z": 1}),
        ((), {"y": 1}),
        ((), {"x": 1, "marks": ("a",)}),
    ],
)
def test_it_is_made_and_shown_as_one_of_the_standard_library_is(
    positional: tuple[object, ...], named: dict[str, object], *, kw_only: bool
) -> None:
    ours, theirs = both(kw_only=kw_only)

    assert told(lambda: ours(*positional, **named)) == told(lambda: theirs(*positional, **named))


@pytest.mark.parametrize("kw_only", [False, True])
def test_it_tells_how_it_is_called(*, kw_only: bool) -> None:
    ours, theirs = both(kw_only=kw_only)
    parameters = [(p.name, p.kind) for p in inspect.signature(theirs).parameters.values()]

    assert [(p.name, p.kind) for p in inspect.signature(ours).parameters.values()] == parameters
    assert inspect.signature(ours).parameters["y"].default == 2
    assert inspect.signature(ours).parameters["x"].default is inspect.Parameter.empty


def test_what_may_be_left_out_may_be_left_out_by_its_signature_too() -> None:
    ours, _ = both()

    inspect.signature(ours).bind(1)
    with pytest.raises(TypeError, match="'x'"):
        inspect.signature(ours).bind()


def test_it_is_equal_to_its_like_and_to_nothing_else() -> None:
    ours, theirs = both()

    assert ours(1) == ours(1)
    assert ours(1) != ours(2)
    assert ours(1) != ours(1, secret="t")
    assert ours(1) != theirs(1)
    assert {ours(1): "found"}[ours(1)] == "found"


def test_it_is_only_itself_where_that_was_asked_for() -> None:
    ours, _ = both(eq=False)
    one = ours(1)

    assert one != ours(1)
    assert {one: "found"}[one] == "found"


def test_it_keeps_what_it_was_made_with() -> None:
    ours, _ = both()
    one = ours(1)

    with pytest.raises(dataclasses.FrozenInstanceError, match="'x'"):
        one.x = 2
    with pytest.raises(dataclasses.FrozenInstanceError, match="'x'"):
        del one.x

    assert one.x == 1


def test_what_may_change_has_no_hash() -> None:
    ours, _ = both(frozen=False)
    one = ours(1)
    one.x = 3

    assert one == ours(3)
    with pytest.raises(TypeError):
        hash(one)


def test_it_is_replaced_and_copied_with_all_its_fields() -> None:
    ours, _ = both(kw_only=True)
    one = ours(x=1, secret="t")

    assert replace(one, y=5) == ours(x=1, y=5, secret="t")
    assert copy.copy(one) == copy.deepcopy(one) == one


def test_a_class_below_has_the_fields_above_and_its_own() -> None:
    pages = OffsetPagination(items=(), offset="offset", record_id="id")
    paged: PagedOperation[str] = PagedOperation(name="list", method="GET", path="things", effect="read", pages=pages)

    assert [field.name for field in dataclasses.fields(paged)][-2:] == ["ends", "pages"]
    assert (replace(paged, name="all").name, replace(paged, name="all").pages) == ("all", pages)
    with pytest.raises(TypeError, match="pages"):
        PagedOperation(name="list", method="GET", path="things", effect="read")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue] - the mistake


def test_methods_that_a_class_writes_itself_count() -> None:
    @value_class(frozen=True)
    class Short:
        """Shown in its own way."""

        x: int

        def __repr__(self) -> str:
            return "short"

    assert repr(Short(1)) == "short"  # type: ignore[call-arg] # what makes it is not the type checker's name for it


def test_an_empty_one_is_equal_to_its_like() -> None:
    @value_class(frozen=True)
    class Nothing:
        """Without fields."""

    assert Nothing() == Nothing()
    assert len({Nothing(), Nothing()}) == 1


def test_it_is_taken_apart_by_its_places() -> None:
    ours, theirs = both()

    assert ours.__match_args__ == theirs.__match_args__ == ("x", "y", "secret", "marks")


def test_it_looks_at_itself_once_it_has_its_fields() -> None:
    class Positive:
        """Takes no number below 1."""

        x: int = 1

        def __post_init__(self) -> None:
            """Refuse the others."""
            if self.x < 1:
                raise ValueError("too small")

    checked: Any = value_class(frozen=True)(Positive)

    assert checked(2).x == 2
    with pytest.raises(ValueError, match="too small"):
        checked(0)
    with pytest.raises(ValueError, match="too small"):
        replace(checked(2), x=0)
