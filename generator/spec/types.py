"""What a value may be, in the words of a spec: the result of reading the type notation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Text, with its length in characters."""

    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number."""

    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class DecimalNumber:
    """A number whose digits count, such as money."""

    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Boolean:
    """True or false."""


@dataclass(frozen=True, slots=True)
class DateTime:
    """A moment in ISO 8601, with its offset."""


@dataclass(frozen=True, slots=True)
class Date:
    """A day in ISO 8601."""


@dataclass(frozen=True, slots=True)
class Uuid:
    """A UUID in its text form."""


@dataclass(frozen=True, slots=True)
class Url:
    """An absolute URL as text."""


@dataclass(frozen=True, slots=True)
class Anything:
    """Any value. `unknown` says that the vendor does not tell, `any` that it may really be anything."""

    unknown: bool = False


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some words: open for what arrives, closed for what is sent."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list, with its length."""

    item: Type
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object whose keys are data."""

    value: Type


@dataclass(frozen=True, slots=True)
class Reference:
    """A type of the spec, by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Union:
    """One of several types."""

    options: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Nullable:
    """A type whose value may be null."""

    inner: Type


type_words = ("any", "boolean", "date", "datetime", "decimal", "integer", "string", "unknown", "url", "uuid")
"""The words of the notation that stand for a type by themselves."""

Type = (
    Text
    | Integer
    | DecimalNumber
    | Boolean
    | DateTime
    | Date
    | Uuid
    | Url
    | Anything
    | OneOf
    | ListOf
    | MapOf
    | Reference
    | Union
    | Nullable
)


def references(of: Type) -> Iterator[str]:
    """Yield the names of the spec's types that *of* mentions, in order."""
    match of:
        case Reference(name):
            yield name
        case ListOf(item=inner) | MapOf(value=inner) | Nullable(inner=inner):
            yield from references(inner)
        case Union(options):
            for option in options:
                yield from references(option)
        case _:
            pass
