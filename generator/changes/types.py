"""Whether a type became wider or narrower, for what is sent and for what arrives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from generator.changes.surface import Surface
from generator.spec.notation import parse_notation
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

_DEPTH = 16
"""How many names deep types are looked into."""

_AS_PARSED = frozenset({"bool", "int", "str"})
"""Types of values that were given as they are when nothing was known of them."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A type as it was and as it is, with the names in it spelled out as far as they are no objects."""

    old: Type
    new: Type


def pair(old: str, old_surface: Surface, new: str, new_surface: Surface) -> Pair:
    """Read two notations, each with the types of its own surface."""
    return Pair(read(old, old_surface), read(new, new_surface))


def read(notation: str, surface: Surface) -> Type:
    """Read a notation and spell out the names in it that stand for no object."""
    return _resolved(parse_notation(notation).type, surface, 0)


def sent_changes(types: Pair) -> Iterator[str]:
    """Yield what became of a type that callers send, as ends of rule names."""
    old, new = types.old, types.new
    if _nullable(old) != _nullable(new):
        yield "null-allowed" if _nullable(new) else "null-refused"
        old, new = _without_null(old), _without_null(new)
    if old == new:
        return
    if isinstance(old, OneOf) and isinstance(new, OneOf):
        if set(new.words) - set(old.words):
            yield "words-added"
        if set(old.words) - set(new.words):
            yield "words-removed"
        return
    # What Python takes counts as well: a moment is taken as text too, and a text never as a moment.
    wider = _fits(old, new) and _accepted(old) <= _accepted(new)
    narrower = _fits(new, old)
    bounds = _unbounded(old) == _unbounded(new)
    if wider and not narrower:
        yield "bounds-widened" if bounds else "type-widened"
    elif narrower and not wider:
        yield "bounds-narrowed" if bounds else "type-narrowed"
    elif not (wider and narrower):
        yield "bounds-narrowed" if bounds else "type-changed"


def answered_changes(types: Pair, *, optional: bool) -> Iterator[str]:
    """Yield what became of a type that arrives, as ends of rule names.

    Args:
        types: The type.
        optional: Whether it was absent at times already.
    """
    old, new = types.old, types.new
    if _nullable(old) != _nullable(new):
        if not _nullable(new):
            yield "null-refused"
        else:
            yield "null-told" if optional else "null-allowed"
        old, new = _without_null(old), _without_null(new)
    if old == new:
        return
    if isinstance(old, OneOf) and isinstance(new, OneOf):
        if set(new.words) - set(old.words):
            yield "words-added"
        if set(old.words) - set(new.words):
            yield "words-removed"
        return
    before, after = _given(old), _given(new)
    if before == after:
        yield "bounds-changed"
    elif after < before or (before == frozenset({"Any"}) and after <= _AS_PARSED):
        yield "type-narrowed"
    elif before < after:
        yield "type-widened"
    else:
        yield "type-changed"


def _resolved(of: Type, surface: Surface, depth: int) -> Type:
    match of:
        case Reference(name) if depth < _DEPTH:
            line = surface.line("type", name)
            if line is None or line.has("object"):
                return of
            if line.has("words"):
                return OneOf(
                    tuple(word.name[len(name) + 1 :] for word in surface.of("word") if _is_of(word.name, name))
                )
            found = parse_notation(line.get("is") or "any").type
            return _resolved(found, surface, depth + 1)
        case ListOf():
            return replace(of, item=_resolved(of.item, surface, depth + 1))
        case MapOf(value):
            return MapOf(_resolved(value, surface, depth + 1))
        case Nullable(inner):
            return Nullable(_resolved(inner, surface, depth + 1))
        case Union(options):
            return Union(tuple(_resolved(option, surface, depth + 1) for option in options))
        case _:
            return of


def _is_of(word: str, name: str) -> bool:
    return word.startswith(f"{name}.")


def _nullable(of: Type) -> bool:
    return isinstance(of, Nullable)


def _without_null(of: Type) -> Type:
    return of.inner if isinstance(of, Nullable) else of


def _unbounded(of: Type) -> Type:
    match of:
        case Text() | Integer() | DecimalNumber():
            return replace(of, minimum=None, maximum=None)
        case ListOf(item):
            return ListOf(_unbounded(item))
        case MapOf(value):
            return MapOf(_unbounded(value))
        case Union(options):
            return Union(tuple(map(_unbounded, options)))
        case _:
            return of


def _fits(value: Type, into: Type) -> bool:
    """Tell whether every value of one type is one of the other, as it is sent."""
    match value, into:
        case _, Anything():
            return True
        case Nullable(inner), Nullable(other):
            return _fits(inner, other)
        case _, Nullable(other):
            return _fits(value, other)
        case Union(options), _:
            return all(_fits(option, into) for option in options)
        case _, Union(options):
            return any(_fits(value, option) for option in options)
        case Text(), Text():
            return _inside(value, into)
        case OneOf(words), OneOf(others):
            return set(words) <= set(others)
        case (OneOf() | Date() | DateTime() | Uuid() | Url()), Text():
            return into == Text()
        case Integer(), (Integer() | DecimalNumber()):
            return _inside(value, into)
        case DecimalNumber(), DecimalNumber():
            return _inside(value, into)
        case ListOf(item), ListOf(other):
            return _fits(item, other) and _inside(value, into)
        case MapOf(item), MapOf(other):
            return _fits(item, other)
        case Reference(), MapOf(Anything()):
            return True
        case _:
            return value == into


_Bounded = Text | Integer | DecimalNumber | ListOf


def _inside(value: _Bounded, into: _Bounded) -> bool:
    low = into.minimum is None or (value.minimum is not None and value.minimum >= into.minimum)
    high = into.maximum is None or (value.maximum is not None and value.maximum <= into.maximum)
    return low and high


def _accepted(of: Type) -> frozenset[str]:
    """Return the Python types that an argument may have."""
    match of:
        case Text() | Url() | Uuid() | OneOf():
            return frozenset({"str"})
        case Integer():
            return frozenset({"int"})
        case DecimalNumber():
            return frozenset({"Decimal", "int", "str"})
        case DateTime():
            return frozenset({"datetime", "str"})
        case Date():
            return frozenset({"date", "str"})
        case Union(options):
            return frozenset[str]().union(*map(_accepted, options))
        case Nullable(inner):
            return _accepted(inner) | {"None"}
        case Boolean():
            return frozenset({"bool"})
        case _:
            # Lists, maps and models: what is in them is compared as it is sent.
            return frozenset()


def _given(of: Type) -> frozenset[str]:
    """Return the Python types that a result may have."""
    match of:
        case Text() | Url() | OneOf():
            return frozenset({"str"})
        case Integer():
            return frozenset({"int"})
        case DecimalNumber():
            return frozenset({"Decimal"})
        case Boolean():
            return frozenset({"bool"})
        case DateTime():
            return frozenset({"datetime"})
        case Date():
            return frozenset({"date"})
        case Uuid():
            return frozenset({"UUID"})
        case Anything():
            return frozenset({"Any"})
        case Reference(name):
            return frozenset({name})
        case ListOf(item):
            return frozenset(f"list[{inner}]" for inner in _given(item))
        case MapOf(value):
            return frozenset(f"dict[{inner}]" for inner in _given(value))
        case Union(options):
            return frozenset[str]().union(*map(_given, options))
        case Nullable(inner):
            return _given(inner) | {"None"}
