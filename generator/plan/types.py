"""What a spec's types become in Python: annotations of what is sent, checks before sending, and samples for tests."""

from __future__ import annotations

from collections.abc import Iterable

from generator.plan import literals
from generator.plan.code import Code, Import, construct
from generator.runtime import arguments as rules
from generator.runtime import filters
from generator.spec.members import Alias, Member, ObjectType
from generator.spec.schema import Types
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

_DATETIME = frozenset({Import("datetime")})
_DECIMAL = frozenset({Import("decimal")})
_SEQUENCE = frozenset({Import("collections.abc", "Sequence")})
_MAPPING = frozenset({Import("collections.abc", "Mapping")})
_LITERAL = frozenset({Import("typing", "Literal")})
_ANY_MODEL = Code("BaseModel", frozenset({Import("pydantic", "BaseModel")}))
_ANY = frozenset({Import("typing", "Any")})


def resolved(of: Type, types: Types) -> Type:
    """Return a type with its aliases spelled out at the top."""
    if isinstance(of, Reference):
        definition = types[of.name]
        if isinstance(definition, Alias):
            return resolved(definition.type, types)
    return of


def is_unknown(of: Type, types: Types) -> bool:
    """Tell whether the spec says that nobody knows what this is."""
    return resolved(of, types) == Anything(unknown=True)


def holds_decimals(of: Type, types: Types) -> bool:
    """Tell whether a value of this type may hold a number whose digits count."""
    seen: set[str] = set()
    following: list[Type] = [of]
    while following:
        match following.pop():
            case DecimalNumber():
                return True
            case Reference(name) if name not in seen:
                seen.add(name)
                definition = types[name]
                inner = (
                    [definition.type] if isinstance(definition, Alias) else [each.type for each in definition.fields]
                )
                following.extend(inner)
            case ListOf(item=inner_type) | MapOf(value=inner_type) | Nullable(inner=inner_type):
                following.append(inner_type)
            case Union(options):
                following.extend(options)
            case _:
                pass
    return False


def is_mixed(of: Type, types: Types) -> bool:
    """Tell whether a value may be one of several types."""
    found = resolved(of, types)
    return is_mixed(found.inner, types) if isinstance(found, Nullable) else isinstance(found, Union)


def union(parts: Iterable[Code]) -> Code:
    """Join annotations by `|`, each once."""
    once = list({part.text: part for part in parts}.values())
    return Code(" | ".join(part.text for part in once), frozenset[Import]().union(*(part.imports for part in once)))


def sent(of: Type, types: Types) -> Code:
    """Return the annotation of an argument that a caller gives."""
    match resolved(of, types):
        case Text() | Url() | Uuid():
            return Code("str")
        case Integer():
            return Code("int")
        case DecimalNumber():
            return Code("decimal.Decimal | int | str", _DECIMAL)
        case Boolean():
            return Code("bool")
        case DateTime():
            return Code("datetime.datetime | str", _DATETIME)
        case Date():
            return Code("datetime.date | str", _DATETIME)
        case Anything():
            return Code("object")
        case OneOf(words):
            return Code(f"Literal[{', '.join(map(literals.string, words))}]", _LITERAL)
        case ListOf(item):
            inner = sent(item, types)
            return Code(f"Sequence[{inner}]", inner.imports | _SEQUENCE)
        case MapOf(value):
            inner = sent(value, types)
            mapping = Code(f"Mapping[str, {inner}]", inner.imports | _MAPPING)
            return union((mapping, _ANY_MODEL)) if inner.text == "object" else mapping
        case Reference(name):
            return union((Code(name, frozenset({Import(".models", name)})), Code("Mapping[str, object]", _MAPPING)))
        case Union(options):
            return union(sent(option, types) for option in options)
        case Nullable(inner_type):
            return union((sent(inner_type, types), Code("None")))


def received(of: Type, types: Types) -> Code:
    """Return the annotation of an answer, as a type checker sees it; words are open, and the unknown is anything."""
    match resolved(of, types):
        case Text() | Url():
            return Code("str")
        case Integer():
            return Code("int")
        case DecimalNumber():
            return Code("decimal.Decimal", _DECIMAL)
        case Boolean():
            return Code("bool")
        case DateTime():
            return Code("datetime.datetime", _DATETIME)
        case Date():
            return Code("datetime.date", _DATETIME)
        case Uuid():
            return Code("uuid.UUID", frozenset({Import("uuid")}))
        case Anything():
            return Code("Any", _ANY)
        case OneOf(words):
            return Code(f"Literal[{', '.join(map(literals.string, words))}] | str", _LITERAL)
        case ListOf(item):
            inner = received(item, types)
            return Code(f"list[{inner}]", inner.imports)
        case MapOf(value):
            inner = received(value, types)
            return Code(f"dict[str, {inner}]", inner.imports)
        case Reference(name):
            return Code(name, frozenset({Import(".models", name)}))
        case Union(options):
            return union(received(option, types) for option in options)
        case Nullable(inner_type):
            return union((received(inner_type, types), Code("None")))


def member_rule(member: Member, types: Types) -> Code:
    """Return the check that a parameter passes before it is sent, and by which it becomes what is sent."""
    if member.filter is not None:
        return construct(filters.FilterText)
    if member.sent_as == "comma":
        return construct(rules.Joined)
    return rule(member.type, types, single=member.sent_as == "list")


def rule(of: Type, types: Types, *, single: bool = False) -> Code:
    """Return the check that an argument passes before it is sent.

    Args:
        of: The type.
        types: The spec's named types.
        single: Whether one element stands for a list of one, and the list is what is sent.
    """
    match resolved(of, types):
        case Text(minimum, maximum, pattern):
            return construct(rules.Text, *_zeroed(_bounds(minimum, maximum)), pattern=_maybe(pattern))
        case Url() | Uuid():
            return construct(rules.Text)
        case Integer(minimum, maximum):
            return construct(rules.Integer, *_bounds(minimum, maximum))
        case DecimalNumber(minimum, maximum):
            return construct(rules.Decimal, least=_number(minimum), most=_number(maximum))
        case Boolean():
            return construct(rules.Boolean)
        case DateTime():
            return construct(rules.DateTime)
        case Date():
            return construct(rules.Date)
        case Anything():
            return construct(rules.AnyValue)
        case OneOf(words):
            return construct(rules.Choice, *map(literals.string, words))
        case ListOf(item, minimum, maximum):
            bounds = _bounds(minimum, maximum) if minimum is not None or maximum is not None else ()
            return construct(rules.ListOf, rule(item, types), *_zeroed(bounds), single="True" if single else None)
        case MapOf(value):
            element = None if isinstance(resolved(value, types), Anything) else rule(value, types)
            return construct(rules.MappingOf, *(() if element is None else (element,)))
        case Reference():
            return construct(rules.MappingOf)
        case Union(options):
            lists = [option for option in options if isinstance(resolved(option, types), ListOf)]
            if single and lists:
                return rule(lists[0], types, single=True)
            return construct(rules.OneOf, *(rule(option, types) for option in options))
        case Nullable(inner_type):
            return rule(inner_type, types, single=single)


def _bounds(minimum: int | None, maximum: int | None) -> tuple[str, ...]:
    if maximum is not None:
        return (repr(minimum), repr(maximum))
    return () if minimum is None else (repr(minimum),)


def _zeroed(bounds: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("0" if bound == "None" and number == 0 else bound for number, bound in enumerate(bounds))


def _number(number: int | None) -> str | None:
    return None if number is None else repr(number)


def _maybe(text: str | None) -> str | None:
    return None if text is None else literals.string(text)


def limits(of: Type, types: Types) -> str:
    """Say in words what an argument has to be, for its docstring; nothing where the annotation says it all."""
    match resolved(of, types):
        case Text(minimum, maximum, pattern):
            length = _span(minimum, maximum, "character")
            return " ".join(part for part in (length, f"Matches {pattern}." if pattern else "") if part)
        case Integer(minimum, maximum):
            return _span(minimum, maximum, "")
        case ListOf(item, minimum, maximum):
            element = limits(item, types)
            return " ".join(
                part for part in (_span(minimum, maximum, "element"), f"Each: {element}" if element else "") if part
            )
        case Union(options):
            lists = [option for option in options if isinstance(resolved(option, types), ListOf)]
            return limits(lists[0] if lists else options[0], types)
        case Nullable(inner):
            return limits(inner, types)
        case _:
            return ""


def _span(minimum: int | None, maximum: int | None, noun: str) -> str:
    words = f" {noun}s" if noun else ""
    match minimum, maximum:
        case None, None:
            return ""
        case int(), None:
            return f"At least {minimum}{words}."
        case None, int():
            return f"At most {maximum}{words}."
        case _ if minimum == maximum:
            return f"Exactly {minimum}{words}."
        case _:
            return f"{minimum} to {maximum}{words}."


def sample(of: Type, types: Types, *, number: int = 1, inside: frozenset[str] = frozenset()) -> object:
    """Return a JSON value of a type, for tests; the same each time, another one for each *number*.

    A named object is an object with its required fields only. What would hold another one of the objects that it is
    *inside* of is left empty, as far as the type allows, since the value would have no end.
    """
    match resolved(of, types):
        case Text(minimum, maximum, pattern):
            return _text(minimum, maximum, pattern, number)
        case Integer(minimum, maximum):
            least = 1 if minimum is None else minimum
            return least + number - 1 if maximum is None or least + number - 1 <= maximum else least
        case DecimalNumber():
            return f"{number}.50"
        case Boolean():
            return number % 2 == 1
        case DateTime():
            return f"2026-01-{number:02}T09:30:00+00:00"
        case Date():
            return f"2026-01-{number:02}"
        case Uuid():
            return f"00000000-0000-4000-8000-{number:012}"
        case Url():
            return f"https://example.com/{number}"
        case Anything():
            return f"value {number}"
        case OneOf(words):
            return words[(number - 1) % len(words)]
        case ListOf(item, minimum, _):
            if not minimum and is_inside(item, types, inside):
                return []
            several = range(max(1, minimum or 1))
            return [sample(item, types, number=number + step, inside=inside) for step in several]
        case MapOf(value):
            if is_inside(value, types, inside):
                return {}
            return {"key": sample(value, types, number=number, inside=inside)}
        case Reference(name):
            definition = types[name]
            assert isinstance(definition, ObjectType)  # noqa: S101 - aliases are resolved already
            return {
                member.name: sample(member.type, types, number=number, inside=inside | {name})
                for member in definition.fields
                if not member.optional
            }
        case Union(options):
            return sample(ending(options, types, inside), types, number=number, inside=inside)
        case Nullable(inner):
            if is_inside(inner, types, inside):
                return None
            return sample(inner, types, number=number, inside=inside)


def ending(options: tuple[Type, ...], types: Types, inside: frozenset[str]) -> Type:
    """Return the first of several types that holds none of the objects that it is *inside* of; else the first."""
    return next((option for option in options if not is_inside(option, types, inside)), options[0])


def is_inside(of: Type, types: Types, inside: frozenset[str]) -> bool:
    """Tell whether a value of a type, with nothing left out but what may be absent, holds one of the named objects."""
    if not inside:
        return False
    seen: set[str] = set()
    left = [of]
    while left:
        match resolved(left.pop(), types):
            case ListOf(inner, _, _) | MapOf(inner) | Nullable(inner):
                left.append(inner)
            case Union(options):
                left += options
            case Reference(name):
                if name in inside:
                    return True
                definition = types[name]
                if name not in seen and isinstance(definition, ObjectType):
                    seen.add(name)
                    left += [member.type for member in definition.fields if not member.optional]
            case _:
                pass
    return False


def _text(minimum: int | None, maximum: int | None, pattern: str | None, number: int) -> str:
    # Digits are in nearly every alphabet that a vendor's pattern allows.
    text = f"{number}" if pattern else f"text {number}"
    least, most = minimum or 0, len(text) if maximum is None else maximum
    filled = text.rjust(least, "0" if pattern else "x")
    return filled[-most:] if len(filled) > most else filled
