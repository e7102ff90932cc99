"""What ends: the announcements of the changelog, as callers are told of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from generator import naming
from generator.plan import literals
from generator.plan.code import Code, construct, tuple_of
from generator.runtime import deprecation as runtime
from generator.spec.changelog import ChangelogEntry
from generator.spec.document import Spec
from generator.spec.endpoints import GROUPS, Endpoint
from generator.spec.members import ObjectType

if TYPE_CHECKING:
    from generator.plan.parameters import Parameter


def end_of(spec: Spec, member: str) -> ChangelogEntry | None:
    """Return the newest announcement that a member ends."""
    return next((entry for entry in spec.changelog if member in entry.deprecates), None)


def end_text(spec: Spec, member: str) -> str:
    """Say when a member ends and what to use instead; nothing where it does not."""
    entry = end_of(spec, member)
    if entry is None:
        return ""
    gone = f"; it goes away on {entry.sunset.isoformat()}" if entry.sunset is not None else ""
    instead = f" Use {instead_of(spec, entry, member)} instead." if entry.instead else ""
    return f"Deprecated since {entry.date.isoformat()}{gone}.{instead}"


def plan_ends(spec: Spec, wire: str, parameters: Sequence[Parameter]) -> Code | None:
    """Plan what an operation warns of, or None where nothing of it ends."""
    ends: list[Code] = []
    for member, keyword in ((wire, ""), *((f"{wire}.{each.wire}", each.name) for each in parameters)):
        entry = end_of(spec, member)
        if entry is not None:
            instead = instead_of(spec, entry, member)
            ends.append(
                construct(
                    runtime.Deprecation,
                    since=literals.string(entry.date.isoformat()),
                    sunset=None if entry.sunset is None else literals.string(entry.sunset.isoformat()),
                    instead=literals.string(instead) if instead else None,
                    parameter=literals.string(keyword) if keyword else None,
                )
            )
    listed = tuple_of(ends)
    return None if listed is None else construct(runtime.Deprecations, listed)


def instead_of(spec: Spec, entry: ChangelogEntry, member: str) -> str:
    """Spell what is used instead as callers write it: an operation, an argument or a field."""
    name = entry.instead
    for wire, endpoint in sorted(spec.endpoints.items(), key=lambda each: len(each[0]), reverse=True):
        if name == wire:
            return f"`{_operation(wire, endpoint)}`"
        if name.startswith(f"{wire}."):
            keyword = _alias(endpoint, name[len(wire) + 1 :])
            own = member.startswith(f"{wire}.")
            return f"`{keyword}`" if own else f"`{keyword}` of `{_operation(wire, endpoint)}`"
    owner, _, field = name.partition(".")
    definition = spec.types.get(owner)
    if field and isinstance(definition, ObjectType):
        alias = next((each.alias for each in definition.fields if each.name == field), None)
        attribute = alias or naming.attribute_name(field)
        return f"`{attribute}`" if member.startswith(f"{owner}.") else f"`{owner}.{attribute}`"
    return f"`{name}`" if name and " " not in name else literals.prose(name)


def _operation(wire: str, endpoint: Endpoint) -> str:
    *groups, last = wire.split(".")
    return ".".join((*map(naming.parameter_name, groups), endpoint.alias or naming.method_name(last)))


def _alias(endpoint: Endpoint, parameter: str) -> str:
    members = (member for group in GROUPS for member in getattr(endpoint, group))
    alias = next((member.alias for member in members if member.name == parameter), None)
    return alias or naming.parameter_name(parameter)
