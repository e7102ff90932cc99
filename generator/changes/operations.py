"""The lines of the surface about operations, their parameters and fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator import naming
from generator.changes.lines import (
    FLAG,
    Fact,
    flag,
    joined,
    line,
    page_of,
    python_name,
    spelled_json,
    spelled_path,
    text_digest,
)
from generator.changes.surface import Line
from generator.spec.document import Spec
from generator.spec.endpoints import Endpoint, Returns
from generator.spec.idempotency_checks import is_keyed
from generator.spec.members import ABSENT, Member
from generator.spec.notation import spell_notation
from generator.spec.types import ListOf, MapOf, Nullable, Text, Type, Union


def operation_lines(spec: Spec, name: str, endpoint: Endpoint, ends: Mapping[str, tuple[Fact, ...]]) -> Iterator[Line]:
    """Return an operation, then its parameters."""
    *above, last = name.split(".")
    python = ".".join((*map(naming.parameter_name, above), endpoint.alias or naming.method_name(last)))
    returns, hashed = endpoint.returns, endpoint.hashed
    yield line(
        "operation",
        name,
        ("python", python if python != name else None),
        ("named", endpoint.alias),
        ("call", f"{endpoint.call.method} {endpoint.call.path}"),
        ("effect", endpoint.effect),
        ("pages", endpoint.pages),
        ("returns", _returned(returns)),
        ("at", spelled_path(returns.at) or None),
        flag("from_text", is_set=returns.from_text),
        flag("may_be_empty", is_set=returns.may_be_empty),
        ("auth", None if endpoint.auth is None else joined(endpoint.auth) or "none"),
        ("hashed", None if hashed is None else _hashed(endpoint)),
        flag("testing", is_set=spec.testing is not None and endpoint.testing),
        flag("keyed", is_set=is_keyed(spec, endpoint)),
        ("success", joined(f"{at}={word}" for at, word in endpoint.success.items())),
        ("aka", joined(endpoint.aka)),
        ("wait", None if endpoint.wait is None else _waiting(endpoint)),
        ("parts", None if endpoint.parts is None else _in_parts(endpoint)),
        *ends.get(name, ()),
        ("text", text_digest(endpoint.doc, page_of(spec, endpoint.source))),
    )
    listed = {member.name for member in endpoint.path}
    seen: set[str] = set()
    for placeholder in endpoint.call.placeholders():
        if placeholder not in listed:
            seen.add(placeholder)
            own = python_name(placeholder, naming.parameter_name(placeholder))
            yield line(
                "parameter",
                f"{name}.{placeholder}",
                ("required", ""),
                ("type", "string"),
                ("in", "path"),
                ("python", own),
            )
    for group, members in endpoint.groups():
        for member in members:
            member_name = f"{name}.{member.name}" if member.name not in seen else f"{name}.{group}.{member.name}"
            seen.add(member.name)
            parameter = member.alias or naming.parameter_name(member.name)
            yield member_line(spec, member_name, member, ends, python=parameter, place=group)


def _returned(returns: Returns) -> str:
    return "nothing" if returns.type is None else spell_notation(returns.type)


def _hashed(endpoint: Endpoint) -> str:
    hashed = endpoint.hashed
    assert hashed is not None  # noqa: S101 - asked for only where there is one
    if hashed.names is not None:
        return " ".join(hashed.names) or "nothing"
    if hashed.setting is not None:
        choices = ", ".join(f"{word}={' '.join(names) or 'nothing'}" for word, names in hashed.choices.items())
        return f"by {hashed.setting}: {choices}"
    return f"in an unknown order: {' '.join(hashed.unordered)}" if hashed.unordered else "unknown"


def _waiting(endpoint: Endpoint) -> str:
    wait = endpoint.wait
    assert wait is not None  # noqa: S101 - asked for only where there is one
    start = f" start {spelled_json(wait.start)}" if wait.start else ""
    return f"{wait.poll} until {spelled_path(wait.until)} is {' '.join(wait.done)} or {' '.join(wait.failed)}{start}"


def _in_parts(endpoint: Endpoint) -> str:
    parts = endpoint.parts
    assert parts is not None  # noqa: S101 - asked for only where there is one
    return f"{parts.rows} counted at {spelled_path(parts.created)} and {spelled_path(parts.failed)}"


def member_line(
    spec: Spec,
    name: str,
    member: Member,
    ends: Mapping[str, tuple[Fact, ...]],
    *,
    python: str,
    place: str | None = None,
) -> Line:
    """Return a field, or a parameter at its place."""
    example = None if member.example is ABSENT else [member.example]
    return line(
        "field" if place is None else "parameter",
        name,
        ("optional" if member.optional else "required", FLAG),
        ("type", spell_notation(member.type)),
        ("pattern", pattern_of(member.type)),
        ("default", member.default),
        ("in", member.within if place is None else place),
        ("item", member.item),
        ("sent_as", member.sent_as),
        ("filter", member.filter),
        ("model", member.model),
        flag("secret", is_set=member.secret),
        ("python", python_name(member.name, python)),
        ("named", member.alias),
        *ends.get(name, ()),
        ("text", text_digest(member.doc, page_of(spec, member.source), example)),
    )


def pattern_of(of: Type) -> str | None:
    """Return the pattern that a text, or the texts within, have to match."""
    match of:
        case Text(pattern=pattern):
            return pattern
        case ListOf(item=inner) | MapOf(value=inner) | Nullable(inner=inner):
            return pattern_of(inner)
        case Union(options):
            return next((found for found in map(pattern_of, options) if found is not None), None)
        case _:
            return None
