"""Filters as texts, built from a field, an operator and a value; what the vendor does not document is refused."""

from __future__ import annotations

import decimal
import math
from enum import Enum
from typing import Literal, NoReturn, cast

from .arguments import Json, Text
from .errors import ArgumentError
from .values import dataclass

Operator = Literal["==", "!=", ">", "<", ">=", "<=", "contains", "in"]


@dataclass(frozen=True, kw_only=True)
class FilterForm:
    """How a vendor spells a filter.

    Attributes:
        separator: What stands between field, operator and value.
        operators: Pairs of an operator and the vendor's word for it.
    """

    separator: str
    operators: tuple[tuple[Operator, str], ...]

    def word(self, operator: Operator) -> str:
        """Return the vendor's word for an operator."""
        for known, word in self.operators:
            if known == operator:
                return word
        raise ArgumentError(f"the vendor documents no filter by {operator!r}; it has {', '.join(dict(self.operators))}")

    def spelled(self, field: str, operator: Operator, value: str) -> Filter:
        """Put the parts together."""
        return Filter(self.separator.join((field, self.word(operator), value)))


@dataclass(frozen=True)
class Filter:
    """A filter, ready to be sent; `str()` shows how it is spelled.

    How several are joined is not documented, so `and`, `or` and `not` are refused: write such a filter as a plain text.
    """

    text: str

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "a filter is neither true nor false, and how filters are joined is not documented; "
            "write the whole filter as a plain text"
        )


class Field:
    """A field to filter by: compare it, or call `contains` or `in_`."""

    __slots__ = ("_form", "_name")

    __hash__ = None  # type: ignore[assignment]  # a field compares to a filter, so it is no key of anything

    def __init__(self, name: str, form: FilterForm) -> None:
        text = _checked("a field of a filter", name)
        if not text.strip() or form.separator in text:
            raise ArgumentError(
                f"a field of a filter must not be empty and must not have {form.separator!r} in it, "
                "for which the vendor documents no escape"
            )
        self._name = text
        self._form = form

    def __eq__(self, value: object) -> Filter:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride] - a comparison of a field is a filter
        return self._compared("==", value)

    def __ne__(self, value: object) -> Filter:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride] - the same
        return self._compared("!=", value)

    def __gt__(self, value: object) -> Filter:
        return self._compared(">", value)

    def __lt__(self, value: object) -> Filter:
        return self._compared("<", value)

    def __ge__(self, value: object) -> Filter:
        return self._compared(">=", value)

    def __le__(self, value: object) -> Filter:
        return self._compared("<=", value)

    def contains(self, value: str) -> Filter:
        """Return the filter for texts with *value* in them."""
        return self._compared("contains", value)

    def in_(self, text: str) -> Filter:
        """Return the filter for one of several values.

        Args:
            text: The list as it is sent: the vendor does not show how one is spelled.
        """
        return self._form.spelled(self._name, "in", _checked("the list of a filter", text))

    def __repr__(self) -> str:
        return f"<Field {self._name}>"

    def _compared(self, operator: Operator, value: object) -> Filter:
        text = _value(self._name, value)
        if self._form.separator in text:
            raise ArgumentError(
                f"the value for {self._name} must not have {self._form.separator!r} in it, for which the vendor "
                "documents no escape; write the whole filter as a plain text"
            )
        return self._form.spelled(self._name, operator, text)


@dataclass(frozen=True)
class FilterText:
    """The rule for an argument that is a filter, or a text that goes out as it is."""

    def check(self, name: str, value: object, /) -> Json:
        return value.text if isinstance(value, Filter) else Text().check(name, value)


def _value(field: str, value: object) -> str:
    if isinstance(value, Enum):
        value = cast("object", value.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _checked(f"the value for {field}", value)
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return str(value)
    if isinstance(value, decimal.Decimal) and value.is_finite():
        return f"{value:f}"
    raise ArgumentError(
        f"the value for {field} must be a text, a finite number or a boolean, not {type(value).__name__}: "
        "how others are spelled is not documented; write the whole filter as a plain text"
    )


def _checked(name: str, text: object) -> str:
    checked = str(Text().check(name, text))
    if any(ord(character) < 32 or ord(character) == 127 for character in checked):
        raise ArgumentError(f"{name} must not have control characters")
    return checked
