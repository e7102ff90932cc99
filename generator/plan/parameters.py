"""Parameters: the arguments of a method, and how each is declared to the runtime."""

from __future__ import annotations

from dataclasses import dataclass

from generator import naming
from generator.plan import literals, types
from generator.plan.bound_names import BoundNames
from generator.plan.code import Code, Import, construct, unhidden
from generator.runtime import operations as runtime
from generator.spec.document import Spec
from generator.spec.endpoints import Endpoint
from generator.spec.members import Member
from generator.spec.types import Nullable, Text

_SEQUENCE = Import("collections.abc", "Sequence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """An argument of a method."""

    name: str
    wire: str
    place: str
    annotation: Code
    required: bool
    positional: bool
    default: str
    declaration: Code
    secret: bool = False

    def __str__(self) -> str:
        return f"{self.name}: {self.annotation}" + ("" if self.required else f" = {self.default}")


def plan_parameters(spec: Spec, endpoint: Endpoint, hidden: frozenset[str], bound: BoundNames) -> list[Parameter]:
    """Plan the arguments of an endpoint, those of its path first."""
    declared = {member.name: member for member in endpoint.path}
    placed = [(declared.get(wire) or _plain_part(wire), "path") for wire in endpoint.call.placeholders()]
    placed += [(member, group) for group, members in endpoint.groups() if group != "path" for member in members]
    return [_parameter(spec, member, place, hidden, bound) for member, place in placed]


def _plain_part(wire: str) -> Member:
    return Member(
        name=wire,
        optional=False,
        type=Text(),
        default=None,
        doc="",
        source=None,
        alias=None,
        example=None,
        sent_as=None,
    )


def _parameter(spec: Spec, member: Member, place: str, hidden: frozenset[str], bound: BoundNames) -> Parameter:
    name = member.alias or naming.parameter_name(member.name)
    annotation = bound.told_apart(types.sent(member.type, spec.types))
    if member.filter is not None:
        annotation = types.union((Code("Filter", frozenset({Import("._runtime.filters", "Filter")})), annotation))
    nullable = isinstance(types.resolved(member.type, spec.types), Nullable)
    if member.optional:
        # Where null is a value that the vendor takes, None is sent, and not given is another thing.
        annotation = types.union((annotation, Code("Omitted") if nullable else Code("None")))
    declaration = construct(
        runtime.Parameter,
        name=literals.string(name),
        wire=literals.string(member.name),
        place=literals.string(place),
        rule=types.member_rule(member, spec.types),
        required=None if member.optional else "True",
        nullable="True" if nullable else None,
    )
    return Parameter(
        name=name,
        wire=member.name,
        place=place,
        annotation=unhidden(annotation, hidden),
        default="OMIT" if nullable else "None",
        required=not member.optional,
        positional=place == "path",
        declaration=declaration,
        secret=member.secret,
    )


def hiding(parameter: Parameter) -> tuple[str, str]:
    """Spell how a secret argument is wrapped at once, so that no frame of ours holds it in the clear."""
    name = parameter.name
    wrapped = f"Secret.of({name})" if parameter.required else f"None if {name} is None else Secret.of({name})"
    return f"_{name} = {wrapped}", f"del {name}"


def order_of_digest(endpoint: Endpoint, hidden: frozenset[str]) -> tuple[Parameter, ...]:
    """Return the argument by which the caller says the order of a digest that the vendor does not document."""
    if endpoint.hashed is None or not endpoint.hashed.is_asked_for:
        return ()
    required = not endpoint.hashed.unordered
    annotation = Code("Sequence[str]" if required else "Sequence[str] | None", frozenset({_SEQUENCE}))
    return (
        Parameter(
            name="hashed",
            wire="",
            place="",
            annotation=unhidden(annotation, hidden),
            required=required,
            positional=False,
            default="None",
            declaration=Code(""),
        ),
    )
