"""Rules for arguments: each checks a value before anything is sent, and gives the JSON value to send.

A refusal names the argument and the rule and never the value, since values end up in logs.
"""

from __future__ import annotations

import datetime as dt
import decimal
import functools
import math
import re
import uuid
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Annotated, Final, Literal, Protocol, cast

from .errors import ArgumentError
from .values import dataclass

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


class Omitted(Enum):
    """The type of `OMIT`."""

    OMIT = "OMIT"

    def __repr__(self) -> str:
        return "OMIT"


OMIT: Final = Omitted.OMIT
"""Not given, where `None` is a value that the vendor takes."""


class Rule(Protocol):
    """What an argument has to be."""

    def check(self, name: str, value: object, /) -> Json:
        """Return the JSON value of *value*, or raise an `ArgumentError` that speaks of *name*."""
        ...


@dataclass(frozen=True)
class Text:
    """A string, of so many characters, that matches a pattern.

    Patterns run on a linear engine, so that no value can make one slow.
    """

    shortest: int = 0
    longest: int | None = None
    pattern: str | None = None

    def check(self, name: str, value: object, /) -> Json:
        if isinstance(value, Enum):
            value = value.value
        if not isinstance(value, str):
            raise ArgumentError(f"{name} must be a string, not {_kind(value)}")
        if not self.shortest <= len(value) <= (len(value) if self.longest is None else self.longest):
            raise ArgumentError(f"{name} must have {_span(self.shortest, self.longest, 'character')}, not {len(value)}")
        if not _is_unicode(value):
            raise ArgumentError(f"{name} must be text that UTF-8 can spell; it has a lone surrogate")
        if self.pattern is not None and not _matcher(self.pattern)(value):
            raise ArgumentError(f"{name} must match {self.pattern}")
        return str(value)


@dataclass(frozen=True)
class Integer:
    """A whole number within bounds."""

    least: int | None = None
    most: int | None = None

    def check(self, name: str, value: object, /) -> Json:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ArgumentError(f"{name} must be an integer, not {_kind(value)}")
        _bound(name, value, self.least, self.most)
        return int(value)


@dataclass(frozen=True)
class Number:
    """A finite number within bounds."""

    least: float | None = None
    most: float | None = None

    def check(self, name: str, value: object, /) -> Json:
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            raise ArgumentError(f"{name} must be a number, not {_kind(value)}")
        if not math.isfinite(value):
            raise ArgumentError(f"{name} must be a finite number")
        _bound(name, value, self.least, self.most)
        return value


@dataclass(frozen=True)
class Decimal:
    """An exact decimal number, for money: a `decimal.Decimal`, a whole number or a plain decimal text, never a float.

    Attributes:
        least: The smallest value that the vendor takes.
        most: The largest.
        places: How many digits may stand after the point.
        sent_as: Whether the body has it as text or as a number.
    """

    least: decimal.Decimal | int | None = None
    most: decimal.Decimal | int | None = None
    places: int | None = None
    sent_as: Literal["text", "number"] = "text"

    def check(self, name: str, value: object, /) -> Json:
        number = _exact(name, value)
        _bound(name, number, self.least, self.most)
        spelled = f"{number:f}"
        fraction = spelled.partition(".")[2]
        if self.places is not None and len(fraction) > self.places:
            raise ArgumentError(f"{name} must have at most {self.places} digits after the point")
        if self.sent_as == "text":
            return spelled
        # JSON's writer spells numbers through a float; what would lose a digit there must not go out.
        if decimal.Decimal(repr(float(number))) != number:
            raise ArgumentError(f"{name} has more digits than a JSON number carries exactly")
        return int(number) if number == number.to_integral_value() and not fraction else float(number)


@dataclass(frozen=True)
class Boolean:
    """True or false."""

    def check(self, name: str, value: object, /) -> Json:
        if not isinstance(value, bool):
            raise ArgumentError(f"{name} must be True or False, not {_kind(value)}")
        return value


@dataclass(frozen=True, init=False)
class Choice:
    """One of the values that the vendor documents."""

    values: tuple[str | int, ...]

    def __init__(self, *values: str | int) -> None:
        object.__setattr__(self, "values", values)

    def check(self, name: str, value: object, /) -> Json:
        if isinstance(value, Enum):
            value = value.value
        # True equals 1, and a vendor that takes 1 need not take true.
        if not isinstance(value, (str, int)) or isinstance(value, bool) or value not in self.values:
            raise ArgumentError(f"{name} must be one of {', '.join(map(repr, self.values))}")
        return value


@dataclass(frozen=True)
class DateTime:
    """A point in time as ISO 8601 text: an aware `datetime`, or a text that goes out as it is."""

    precision: Literal["seconds", "milliseconds", "microseconds", "auto"] = "auto"
    utc: Literal["offset", "Z"] = "offset"

    def check(self, name: str, value: object, /) -> Json:
        if isinstance(value, str):
            if not _is_iso_datetime(value):
                raise ArgumentError(f"{name} must be an ISO 8601 time such as 2026-01-31T09:30:00+00:00")
            return value
        if not isinstance(value, dt.datetime):
            raise ArgumentError(f"{name} must be a datetime or a text, not {_kind(value)}")
        if value.utcoffset() is None:
            raise ArgumentError(f"{name} must know its offset from UTC; give it a tzinfo")
        if self.utc == "offset":
            return value.isoformat(timespec=self.precision)
        spelled = value.astimezone(dt.UTC).isoformat(timespec=self.precision)
        return spelled.replace("+00:00", "Z")


@dataclass(frozen=True)
class Date:
    """A day as ISO 8601 text: a `date`, or a text that goes out as it is."""

    def check(self, name: str, value: object, /) -> Json:
        if isinstance(value, dt.datetime) or not isinstance(value, (dt.date, str)):
            raise ArgumentError(f"{name} must be a date or a text, not {_kind(value)}")
        if isinstance(value, dt.date):
            return value.isoformat()
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is None or not _parses(dt.date.fromisoformat, value):
            raise ArgumentError(f"{name} must be a day such as 2026-01-31")
        return value


@dataclass(frozen=True)
class ListOf:
    """A list of so many elements; with *single*, one element is taken for a list of one."""

    element: Rule
    fewest: int = 0
    most: int | None = None
    single: bool = False

    def check(self, name: str, value: object, /) -> Json:
        if self.single and not isinstance(value, (list, tuple)):
            value = [value]
        if not isinstance(value, (list, tuple)):
            raise ArgumentError(f"{name} must be a list, not {_kind(value)}")
        elements = list(cast("list[object]", value))
        if not self.fewest <= len(elements) <= (len(elements) if self.most is None else self.most):
            raise ArgumentError(f"{name} must have {_span(self.fewest, self.most, 'element')}, not {len(elements)}")
        return [self.element.check(f"{name}[{index}]", element) for index, element in enumerate(elements)]


@dataclass(frozen=True)
class Joined:
    """A text, or a list of texts that goes out as one with commas between."""

    def check(self, name: str, value: object, /) -> Json:
        if not isinstance(value, (list, tuple)):
            return Text().check(name, value)
        parts = [str(Text(1).check(f"{name}[{index}]", part)) for index, part in enumerate(cast("list[object]", value))]
        if any("," in part for part in parts):
            raise ArgumentError(f"{name} must have no commas inside its elements: they are sent with commas between")
        return ",".join(parts)


@dataclass(frozen=True)
class MappingOf:
    """A mapping from names to values that follow one rule."""

    element: Rule | None = None

    def check(self, name: str, value: object, /) -> Json:
        given: object = value
        if not isinstance(value, Mapping) and not callable(getattr(value, "model_dump", None)):
            raise ArgumentError(f"{name} must be a mapping, not {_kind(given)}")
        spelled = _spell(name, given, 0)
        if self.element is not None:
            for key, element in cast("dict[str, Json]", spelled).items():
                self.element.check(f"{name}[{key!r}]", element)
        return spelled


@dataclass(frozen=True)
class AnyValue:
    """Anything that JSON can spell, models and aware datetimes included."""

    def check(self, name: str, value: object, /) -> Json:
        return _spell(name, value, 0)


@dataclass(frozen=True, init=False)
class OneOf:
    """Whatever one of several rules takes; the first that does is used."""

    rules: tuple[Rule, ...]

    def __init__(self, *rules: Rule) -> None:
        object.__setattr__(self, "rules", rules)

    def check(self, name: str, value: object, /) -> Json:
        reasons: list[str] = []
        for rule in self.rules:
            try:
                return rule.check(name, value)
            except ArgumentError as error:
                reasons.append(str(error))
        raise ArgumentError("; or ".join(reasons))


def _spell(name: str, value: object, depth: int) -> Json:
    if depth > 100:
        raise ArgumentError(f"{name} must be nested less than 100 levels deep")
    dump = getattr(value, "model_dump", None)
    if callable(dump):
        options = {"by_alias": True, "exclude_unset": True}
        return _spell(name, _exact_decimals(dump(mode="json", **options), dump(mode="python", **options)), depth)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return _spell(name, cast("object", value.value), depth + 1)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return Number().check(name, value)
    if isinstance(value, str):
        return Text().check(name, value)
    if isinstance(value, decimal.Decimal):
        return Decimal(sent_as="number").check(name, value)
    if isinstance(value, dt.datetime):
        return DateTime().check(name, value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, Mapping):
        entries = cast("Mapping[object, object]", value)
        for key in entries:
            Text().check(f"a key of {name}", key)
        return {str(key): _spell(f"{name}[{str(key)!r}]", element, depth + 1) for key, element in entries.items()}
    if isinstance(value, (list, tuple)):
        elements = cast("tuple[object, ...]", value)
        return [_spell(f"{name}[{index}]", element, depth + 1) for index, element in enumerate(elements)]
    raise ArgumentError(f"{name} must be something that JSON can spell, not {_kind(value)}")


def _exact_decimals(spelled: object, held: object) -> object:
    """Return a model's JSON form with the decimals that it holds, which pydantic spells as text."""
    if isinstance(held, decimal.Decimal):
        return held
    unchanged = spelled
    if isinstance(spelled, dict) and isinstance(held, Mapping):
        entries = cast("dict[str, object]", spelled)
        values = list(cast("Mapping[object, object]", held).values())
        if len(values) == len(entries):
            return {key: _exact_decimals(one, two) for (key, one), two in zip(entries.items(), values, strict=True)}
    if isinstance(spelled, list) and isinstance(held, (list, tuple)):
        elements = cast("list[object]", spelled)
        parts = cast("list[object]", held)
        if len(parts) == len(elements):
            return [_exact_decimals(one, two) for one, two in zip(elements, parts, strict=True)]
    return unchanged


def _exact(name: str, value: object) -> decimal.Decimal:
    if isinstance(value, str):
        # Python reads 1_000, other alphabets' digits and exponents of a million as well; vendors do not.
        if re.fullmatch(r"-?[0-9]{1,40}(\.[0-9]{1,40})?", value) is None:
            raise ArgumentError(f"{name} must be a plain decimal number such as 12.50")
        return decimal.Decimal(value)
    if isinstance(value, bool) or not isinstance(value, (int, decimal.Decimal)):
        raise ArgumentError(f"{name} must be a Decimal, an integer or a text, not {_kind(value)}")
    number = decimal.Decimal(value)
    if not number.is_finite() or (number and number.adjusted() > 40) or cast("int", number.as_tuple().exponent) < -40:
        raise ArgumentError(f"{name} must be a finite number of at most 40 digits")
    if number.is_zero() and number.is_signed():
        raise ArgumentError(f"{name} must not be a negative zero")
    return number


def _bound(
    name: str,
    value: float | decimal.Decimal,
    least: float | decimal.Decimal | None,
    most: float | decimal.Decimal | None,
) -> None:
    if (least is not None and value < least) or (most is not None and value > most):
        limits = " and ".join(
            text for text, limit in ((f"at least {least}", least), (f"at most {most}", most)) if limit is not None
        )
        raise ArgumentError(f"{name} must be {limits}")


def _span(least: int, most: int | None, noun: str) -> str:
    if most is None:
        return f"at least {least} {noun}{'' if least == 1 else 's'}"
    if least == most:
        return f"exactly {least} {noun}{'' if least == 1 else 's'}"
    return f"{least} to {most} {noun}s"


def _kind(value: object) -> str:
    return "None" if value is None else type(value).__name__


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text) if not text.isascii() else True


def _is_iso_datetime(text: str) -> bool:
    shaped = re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.,+\-]{2,}Z?)?", text)
    return shaped is not None and _parses(dt.datetime.fromisoformat, text)


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


@functools.cache
def _matcher(pattern: str) -> Callable[[str], bool]:
    """Compile *pattern* on pydantic's engine, which is linear in the length of the text."""
    import pydantic  # noqa: PLC0415 - when a pattern is first used: the generator reads these declarations without it

    adapter = pydantic.TypeAdapter[str](Annotated[str, pydantic.StringConstraints(pattern=pattern)])

    def matches(text: str) -> bool:
        try:
            adapter.validate_python(text)
        except pydantic.ValidationError:
            return False
        return True

    return matches
