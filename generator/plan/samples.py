"""Values for tests, made from the types of a spec: arguments, answers, and what an answer becomes in Python."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from generator import naming
from generator.plan import literals, types
from generator.plan.bound_names import BoundNames
from generator.plan.code import Import, deeper
from generator.runtime.text_answers import TextAnswer
from generator.runtime.xml_answers import XmlAnswer
from generator.spec.answers import answer_form, is_xml
from generator.spec.document import Spec
from generator.spec.endpoints import Endpoint
from generator.spec.members import ABSENT, Member, ObjectType
from generator.spec.schema import object_names
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
    Uuid,
)

if TYPE_CHECKING:
    from generator.plan.operations import Operation


@dataclass(slots=True)
class Sampler:
    """Makes the values for one spec; the same ones in every run."""

    spec: Spec
    bound: BoundNames

    def imports(self, spoken_of: Collection[str]) -> frozenset[Import]:
        """Return what a module of tests imports for the models that it speaks of."""
        names = (name for name in object_names(self.spec.types) if self.bound.spelled(name).split(".")[0] in spoken_of)
        return deeper(map(self.bound.import_of, names))

    def arguments(self, endpoint: Endpoint, *, required_only: bool = False) -> dict[str, object]:
        """Return arguments for a call by wire name, as a caller gives them."""
        given: dict[str, object] = dict.fromkeys(endpoint.call.placeholders(), "text-1")
        for _, members in endpoint.groups():
            for member in members:
                if not (required_only and member.optional):
                    given[member.name] = self._argument(member)
        return given

    def _argument(self, member: Member) -> object:
        if member.example is not ABSENT:
            return member.example
        return types.sample(member.type, self.spec.types)

    def sent(self, endpoint: Endpoint, given: Mapping[str, object]) -> dict[str, object]:
        """Return what goes out for *given*: single values as lists where the vendor gets lists."""
        members = {member.name: member for _, group in endpoint.groups() for member in group}
        return {
            name: _as_sent(members[name].sent_as if name in members else None, value) for name, value in given.items()
        }

    def returned(self, operation: Operation) -> tuple[object, str | None]:
        """Return an answer's value as on the wire, and its Python spelling; none where nothing is answered."""
        returned = operation.endpoint.returns.type
        if returned is None:
            return None, None
        if isinstance(returned, Anything) and is_xml(self.spec, operation.endpoint):
            document: dict[str, object] = {xml_root(self.spec, operation.endpoint): {"value": "text 1"}}
            return document, literals.value(document)
        value = self.full(returned)
        return value, self.expected(returned, value)

    def expected_of(self, operation: Operation, value: object) -> str:
        """Spell what *value* of an operation's answer becomes in Python."""
        returned = operation.endpoint.returns.type
        return "None" if returned is None else self.expected(returned, value)

    def full(self, of: Type, depth: int = 0, inside: frozenset[str] = frozenset()) -> object:
        """Return a value as on the wire with all fields that are known, down to a few levels.

        What would hold another one of the objects that it is *inside* of is left empty, as far as the type allows.
        """
        known = self.spec.types
        match types.resolved(of, known):
            case Reference(name):
                definition = known[name]
                assert isinstance(definition, ObjectType)  # noqa: S101 - aliases are resolved already
                within = inside | {name} if depth >= 3 else inside
                members = [member for member in definition.fields if not member.optional or depth < 3]
                return {
                    member.name: (
                        self.full(member.type, depth + 1, within) if member.example is ABSENT else member.example
                    )
                    for member in members
                }
            case ListOf(item, minimum, _):
                return [] if not minimum and types.is_inside(item, known, inside) else [self.full(item, depth, inside)]
            case MapOf(value):
                return {} if types.is_inside(value, known, inside) else {"key": self.full(value, depth, inside)}
            case Nullable(inner):
                return None if types.is_inside(inner, known, inside) else self.full(inner, depth, inside)
            case Union(options):
                return self.full(types.ending(options, known, inside), depth, inside)
            case other:
                return types.sample(other, known)

    def record(self, of: Type, identity: str, identity_type: Type, number: int) -> dict[str, object]:
        """Return a small record that differs from others by its *identity* field, a value of *identity_type*."""
        value = types.sample(of, self.spec.types, number=number)
        record = dict(cast("dict[str, object]", value)) if isinstance(value, dict) else {}
        record[identity] = types.sample(identity_type, self.spec.types, number=number)
        return record

    def identified(self, of: Type, wire: str) -> str:
        """Spell how the field *wire* of `record` is read, where `record` is what such a type becomes in Python."""
        found = types.resolved(of, self.spec.types)
        if not isinstance(found, Reference):
            return f"record[{literals.string(wire)}]"
        member = self._member(of, wire)
        if member is None:
            return f"record.model_dump(by_alias=True)[{literals.string(wire)}]"
        return f"record.{member.alias or naming.attribute_name(wire)}"

    def identity(self, of: Type, wire: str, value: object) -> str:
        """Spell what a record's field *wire* with this value becomes in Python."""
        member = self._member(of, wire)
        return literals.value(value) if member is None else self.expected(member.type, value)

    def type_of(self, of: Type, wire: str) -> Type:
        """Return the type of a record's field; text where the record does not declare it."""
        member = self._member(of, wire)
        return Text() if member is None else member.type

    def _member(self, of: Type, wire: str) -> Member | None:
        found = types.resolved(of, self.spec.types)
        definition = self.spec.types[found.name] if isinstance(found, Reference) else None
        fields = definition.fields if isinstance(definition, ObjectType) else ()
        return next((member for member in fields if member.name == wire), None)

    def expected(self, of: Type, value: object) -> str:
        """Spell what a value on the wire becomes in Python."""
        match types.resolved(of, self.spec.types):
            case Nullable(inner):
                return "None" if value is None else self.expected(inner, value)
            case DateTime():
                return literals.value(datetime.datetime.fromisoformat(str(value)))
            case Date():
                return f"datetime.date.fromisoformat({literals.string(str(value))})"
            case Uuid():
                return f"uuid.UUID({literals.string(str(value))})"
            case DecimalNumber():
                return f"Decimal({literals.string(str(value))})"
            case ListOf(item):
                return "[" + ", ".join(self.expected(item, each) for each in cast("list[object]", value)) + "]"
            case MapOf(inner):
                entries = cast("dict[str, object]", value).items()
                return (
                    "{"
                    + ", ".join(f"{literals.string(key)}: {self.expected(inner, each)}" for key, each in entries)
                    + "}"
                )
            case Reference(name):
                return self._model(name, cast("dict[str, object]", value))
            case Union(options):
                fitting = next(
                    (option for option in options if _fits(types.resolved(option, self.spec.types), value)), options[0]
                )
                return self.expected(fitting, value)
            case _:
                return literals.value(value)

    def _model(self, name: str, value: dict[str, object]) -> str:
        definition = self.spec.types[name]
        assert isinstance(definition, ObjectType)  # noqa: S101 - aliases are resolved already
        members = {member.name: member for member in definition.fields}
        arguments = ", ".join(
            f"{members[wire].alias or naming.attribute_name(wire)}={self.expected(members[wire].type, each)}"
            for wire, each in value.items()
            if wire in members
        )
        return f"{self.bound.spelled(name)}({arguments})"

    def refused(self, of: Type) -> object:
        """Return a value that the type's annotation takes and its rule does not, or None where there is none."""
        match types.resolved(of, self.spec.types):
            case Text(minimum, maximum, _):
                if maximum is not None:
                    return "x" * (maximum + 1)
                return "" if minimum else None
            case Integer(minimum, maximum):
                if minimum is not None:
                    return minimum - 1
                return None if maximum is None else maximum + 1
            case ListOf(item, _, maximum) if maximum is not None and maximum <= 100:
                return [types.sample(item, self.spec.types)] * (maximum + 1)
            case Union(options):
                lists = [option for option in options if isinstance(types.resolved(option, self.spec.types), ListOf)]
                return self.refused(lists[0]) if lists else None
            case Nullable(inner):
                return self.refused(inner)
            case _:
                return None


def xml_root(spec: Spec, endpoint: Endpoint) -> str:
    """Return what the outermost element of an endpoint's answers may be called."""
    form = answer_form(spec, endpoint)
    return next(iter(form.roots), "answer") if isinstance(form, XmlAnswer | TextAnswer) else "answer"


def _as_sent(how: str | None, value: object) -> object:
    if how == "list":
        return cast("object", value) if isinstance(value, list) else [value]
    if how == "comma":
        return ",".join(map(str, cast("list[object]", value))) if isinstance(value, list) else value
    return value


def _fits(of: Type, value: object) -> bool:
    match of:
        case ListOf():
            return isinstance(value, list)
        case MapOf() | Reference():
            return isinstance(value, dict)
        case Boolean():
            return isinstance(value, bool)
        case Integer():
            return isinstance(value, int) and not isinstance(value, bool)
        case DecimalNumber():
            return isinstance(value, int | Decimal)
        case Text() | OneOf() | DateTime() | Date() | Uuid():
            return isinstance(value, str)
        case _:
            return True
