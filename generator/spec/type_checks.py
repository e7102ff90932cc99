"""What has to hold between types: names that exist and are used, values that can end, defaults that fit."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from generator.spec.checker import Checker
from generator.spec.document import Spec
from generator.spec.members import Alias, ObjectType
from generator.spec.types import (
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
    Uuid,
    references,
)


def check_types(checker: Checker) -> None:
    """Complain of types that are not there, that nothing uses, or that have no value; and of defaults that do not fit."""
    _names(checker)
    _recursion(checker)
    _defaults(checker)
    if not checker.is_broken("types") and not checker.is_broken("endpoints"):
        _unused(checker)


def _names(checker: Checker) -> None:
    names = frozenset(checker.written("types"))

    def look(path: tuple[str, ...], of: Type) -> None:
        for name in references(of):
            checker.known(checker.type_at(path), "S032", name, names, "type")

    for path, member in checker.members():
        look(path, member.type)
    for name, definition in checker.spec.types.items():
        if isinstance(definition, Alias):
            look(("types", name), definition.type)
    for name, endpoint in checker.spec.endpoints.items():
        if endpoint.returns.type is not None:
            look(("endpoints", name, "returns"), endpoint.returns.type)
    webhooks = checker.spec.webhooks
    for name, event in webhooks.events.items() if webhooks is not None else ():
        look(("webhooks", "events", name), event.type)


def _recursion(checker: Checker) -> None:
    """Refuse types that have to hold themselves, each ring once: no value of them could ever end."""
    types = checker.spec.types
    needed = {name: frozenset(_needed(name, checker.spec)) for name in types}
    rings = _without_dead_ends(needed)
    told: set[str] = set()
    for name in (name for name in types if name in rings):
        ring = _ring(name, rings) if name not in told else ()
        if ring:
            told.update(ring)
            shown = ring if len(ring) <= 8 else (*ring[:4], "...", ring[-1])
            way = " -> ".join((*shown, name))
            if any(isinstance(types[each], Alias) for each in ring):
                message = f"'{name}' leads back to itself: {way}; a recursive type is a mapping of fields, one of them absent or a list"
            else:
                message = (
                    f"no value of '{name}' could end, since it needs itself: {way}; let a field on the way be absent"
                )
            checker.complain(("types", name), "S033", message, key=True)


def _without_dead_ends(needed: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Leave only the types on rings and on ways between them, looking at each once."""
    for _ in range(2):
        # First the types that need nothing that is left, then, with all arrows turned, those that nothing needs.
        needed_by: dict[str, set[str]] = {name: set() for name in needed}
        for name, others in needed.items():
            for other in others & needed.keys():
                needed_by[other].add(name)
        open_ends = {name: len(others & needed.keys()) for name, others in needed.items()}
        following = [name for name, count in open_ends.items() if not count]
        while following:
            for name in needed_by[following.pop()]:
                open_ends[name] -= 1
                if not open_ends[name]:
                    following.append(name)
        needed = {name: frozenset(needed_by[name]) for name, count in open_ends.items() if count}
    return {name: others & needed.keys() for name, others in needed.items()}


def _ring(start: str, needed: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Return the names on a shortest way by which a type needs itself, or nothing."""
    came_from: dict[str, str] = {}
    following = deque((start,))
    while following:
        step = following.popleft()
        for other in sorted(needed[step]):
            if other == start:
                way = [step]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return tuple(reversed(way))
            if other not in came_from:
                came_from[other] = step
                following.append(other)
    return ()


def _needed(name: str, spec: Spec) -> Iterator[str]:
    """Yield the types without which a type has no value."""
    match spec.types.get(name):
        case Alias(type=aliased):
            # An alias may not lead to itself even through a list: it has no name of its own in the client.
            yield from references(aliased)
        case ObjectType(fields=fields):
            for field in fields:
                if not field.optional:
                    yield from _needed_by(field.type)
        case None:
            pass


def _needed_by(of: Type) -> Iterator[str]:
    match of:
        case Reference(name):
            yield name
        case ListOf(item=inner, minimum=minimum) if minimum:
            yield from _needed_by(inner)
        case _:
            pass


def _unused(checker: Checker) -> None:
    """Complain of each type that no endpoint leads to; one that only another such type mentions goes with that."""
    spec = checker.spec
    used = _reached(_mentioned_by_endpoints(spec), spec)
    idle = [name for name in spec.types if name not in used and _is_own(name, checker)]
    mentioned = {other for name in idle for other in _mentioned(name, spec) if other != name}
    told: set[str] = set()
    for name in (*(name for name in idle if name not in mentioned), *idle):
        if name not in told:
            told |= _reached((name,), spec)
            message = f"no endpoint takes or returns '{name}', nor does anything in one; use it or take it out"
            checker.complain(("types", name), "S056", message, key=True)


def _is_own(name: str, checker: Checker) -> bool:
    """Tell whether a type is written in this file and not taken from the spec that this one is like."""
    return checker.document.locate(("types", name), key=True).file == checker.document.root.position.file


def _mentioned_by_endpoints(spec: Spec) -> Iterator[str]:
    for endpoint in spec.endpoints.values():
        for _, members in endpoint.groups():
            for member in members:
                yield from references(member.type)
        if endpoint.returns.type is not None:
            yield from references(endpoint.returns.type)
    for event in spec.webhooks.events.values() if spec.webhooks is not None else ():
        yield from references(event.type)


def _mentioned(name: str, spec: Spec) -> Iterator[str]:
    match spec.types.get(name):
        case Alias(type=aliased):
            yield from references(aliased)
        case ObjectType(fields=fields):
            for field in fields:
                yield from references(field.type)
        case None:
            pass


def _reached(names: Iterable[str], spec: Spec) -> set[str]:
    found: set[str] = set()
    following = list(names)
    while following:
        name = following.pop()
        if name not in found:
            found.add(name)
            following.extend(_mentioned(name, spec))
    return found


def _defaults(checker: Checker) -> None:
    for path, member in checker.members():
        if member.default is None:
            continue
        reason = misfit(member.default, member.type, checker.spec)
        if reason:
            message = f"the default '{member.default}' does not fit: {reason}"
            checker.complain(checker.type_at(path), "S034", message, word=member.default)


_FORMS: tuple[tuple[type[Type], str, str], ...] = (
    (Integer, r"-?[0-9]{1,18}", "it is not a whole number"),
    (DecimalNumber, r"-?[0-9]{1,18}(\.[0-9]{1,18})?", "it is not a decimal number"),
    (Boolean, "true|false", "write true or false"),
    (Date, r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "it is not a day such as 2026-11-21"),
    (DateTime, r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ].+", "it is not a moment such as 2026-11-21T08:30:00+00:00"),
    (Uuid, r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", "it is not a UUID"),
    (ListOf, "(?!)", "lists have no default"),
    (MapOf, "(?!)", "maps have no default"),
)


def misfit(text: str, of: Type, spec: Spec) -> str | None:
    """Return why *text* is no value of a type, or None."""
    for kind, form, reason in _FORMS:
        if isinstance(of, kind) and not re.fullmatch(form, text):
            return reason
    match of:
        case Integer(minimum, maximum):
            return _beyond(int(text), minimum, maximum, "it is out of the range")
        case Text(minimum, maximum, _):
            return _beyond(len(text), minimum, maximum, "its length is out of the range")
        case OneOf(words) if text not in words:
            return f"the words are {', '.join(words[:20])}"
        case Nullable(inner):
            return misfit(text, inner, spec)
        case Reference(name):
            definition = spec.types.get(name)
            return misfit(text, definition.type, spec) if isinstance(definition, Alias) else None
        case _:
            return None


def _beyond(number: int, minimum: int | None, maximum: int | None, reason: str) -> str | None:
    if (minimum is not None and number < minimum) or (maximum is not None and number > maximum):
        low, high = "" if minimum is None else minimum, "" if maximum is None else maximum
        return f"{reason} {low}..{high}"
    return None
