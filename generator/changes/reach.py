"""Who is affected: the operations through which a part of an API goes in or comes out."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from generator.changes.surface import Line, Surface
from generator.spec.notation import parse_notation
from generator.spec.types import references

Way = Literal["sent", "answered"]
"""Which way something goes: with a request, or with an answer."""


def operations_reaching(surface: Surface, line: Line, way: Way | None) -> tuple[str, ...]:
    """Return the operations that reach a line, in the surface's order; none for what concerns every call.

    Args:
        surface: Where the line stands.
        line: What changed.
        way: The way that matters of a type and what is in it; None where both do.
    """
    match line.kind:
        case "operation":
            return (line.name,)
        case "parameter":
            return (_operation_of(surface, line.name),)
        case "type":
            return _by_type(surface, way).get(line.name, ())
        case "field" | "word":
            owner = _owner(surface, line.name)
            return _by_type(surface, way).get(owner, ())
        case "pagination":
            return tuple(each.name for each in surface.of("operation") if each.get("pages") == line.name)
        case "idempotency":
            return tuple(each.name for each in surface.of("operation") if each.has("keyed"))
        case "filter" | "operator":
            name = line.name.partition(".")[0]
            used = (each.name for each in surface.of("parameter") if each.get("filter") == name)
            return tuple(dict.fromkeys(_operation_of(surface, each) for each in used))
        case _:
            return ()


def _owner(surface: Surface, name: str) -> str:
    """Return the type of a field or a word; either may have dots of its own."""
    head = name.partition(".")[0]
    return head if surface.line("type", head) is not None else ""


def _operation_of(surface: Surface, parameter: str) -> str:
    found = [each.name for each in surface.of("operation") if parameter.startswith(f"{each.name}.")]
    return max(found, key=len, default="")


# A surface is frozen; the few that a run compares are asked many times each.
@lru_cache(maxsize=64)
def _by_type(surface: Surface, way: Way | None) -> dict[str, tuple[str, ...]]:
    inner: dict[str, set[str]] = {}
    for line in surface.lines:
        if line.kind == "field":
            inner.setdefault(line.name.partition(".")[0], set()).update(_mentioned(line.get("type")))
        elif line.kind == "type" and line.has("is"):
            inner.setdefault(line.name, set()).update(_mentioned(line.get("is")))
    reached: dict[str, list[str]] = {}
    for operation in surface.of("operation"):
        start = set(_mentioned(operation.get("returns") if way != "sent" else None))
        for parameter in surface.of("parameter") if way != "answered" else ():
            if (
                parameter.name.startswith(f"{operation.name}.")
                and _operation_of(surface, parameter.name) == operation.name
            ):
                start.update(_mentioned(parameter.get("type")))
        for name in _closure(start, inner):
            reached.setdefault(name, []).append(operation.name)
    return {name: tuple(operations) for name, operations in reached.items()}


def _mentioned(notation: str | None) -> tuple[str, ...]:
    if notation is None or notation == "nothing":
        return ()
    return tuple(references(parse_notation(notation).type))


def _closure(start: set[str], inner: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    following = list(start)
    while following:
        name = following.pop()
        if name not in found:
            found.add(name)
            following.extend(inner.get(name, ()))
    return found
