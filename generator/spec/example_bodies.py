"""What a client makes of an example's call: the fields of a body as they go out."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingABC
from decimal import Decimal
from typing import cast

from generator.spec.auth import BodyAuth, FormAuth
from generator.spec.document import Spec
from generator.spec.endpoints import Endpoint
from generator.spec.members import Alias
from generator.spec.types import DecimalNumber, ListOf, Nullable, Reference, Type, Union
from generator.spec.words import Composed, Hole


def added_by_auth(spec: Spec, endpoint: Endpoint) -> dict[str, str]:
    """Return what the section auth adds to the bodies of an endpoint, as an example spells it: with `${name}`."""
    parts = spec.auth.applied(endpoint.auth)
    fields = [part.fields for part in parts if isinstance(part, BodyAuth | FormAuth)]
    return {name: _spelled(value) for each in fields for name, value in each.items()}


def _spelled(composed: Composed) -> str:
    return "".join(f"${{{part.name}}}" if isinstance(part, Hole) else part for part in composed.parts)


def as_sent(how: str | None, value: object) -> object:
    """Return what goes out for an argument, *how* being its `sent_as`: a list of one, a text with commas, or itself."""
    if isinstance(value, list):
        items = cast("list[object]", value)
        return ",".join(map(str, items)) if how == "comma" else items
    return [value] if how == "list" else value


def is_same(one: object, other: object) -> bool:
    """Tell whether two JSON values are one: 1 and 1.0 are, 1 and true are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, MappingABC) and isinstance(other, MappingABC):
        left, right = cast("MappingABC[str, object]", one), cast("MappingABC[str, object]", other)
        return left.keys() == right.keys() and all(is_same(left[key], right[key]) for key in left)
    if isinstance(one, list) and isinstance(other, list):
        items, others = cast("list[object]", one), cast("list[object]", other)
        return len(items) == len(others) and all(map(is_same, items, others))
    return one == other


def sent_as_text(value: object, of: Type, spec: Spec) -> Iterator[tuple[tuple[str, ...], int | Decimal]]:
    """Yield the numbers in an argument that go out as text, with their places: decimals do, in no object of theirs."""
    match of:
        case DecimalNumber() if isinstance(value, int | Decimal) and not isinstance(value, bool):
            yield (), value
        case ListOf(item=item) if isinstance(value, list):
            for number, each in enumerate(cast("list[object]", value)):
                yield from (((str(number), *place), found) for place, found in sent_as_text(each, item, spec))
        case Nullable(inner):
            yield from sent_as_text(value, inner, spec)
        case Union(options):
            # A number that another of them takes goes out as that.
            found = [tuple(sent_as_text(value, option, spec)) for option in options if _may_be(value, option)]
            yield from found[0] if found and all(found) else ()
        case Reference(name):
            definition = spec.types.get(name)
            if isinstance(definition, Alias):
                yield from sent_as_text(value, definition.type, spec)
        case _:
            pass


def _may_be(value: object, of: Type) -> bool:
    return isinstance(of, ListOf) == isinstance(value, list)
