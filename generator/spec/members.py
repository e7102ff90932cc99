"""Fields of types and parameters of endpoints: a name, a type, and what is known of it."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Annotated

from generator import naming
from generator.spec import words
from generator.spec.locating import locate
from generator.spec.nodes import Mapping, Node, Scalar, Sequence
from generator.spec.notation import Notation, NotationError, parse_notation
from generator.spec.scalars import JsonValue
from generator.spec.shape import (
    BooleanShape,
    ChoiceShape,
    FirstShape,
    JsonShape,
    Key,
    ParsedShape,
    Place,
    RecordShape,
    Schema,
    Shape,
    TextShape,
    Unreadable,
    kind_of,
    shown,
)
from generator.spec.types import ListOf, Nullable, Text, Type, Union

ABSENT = object()
"""No example was given; null is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What stands beside a type, for a member and for a named type alike."""

    type: Notation
    pattern: str | None = None
    doc: str = ""
    source: str | None = None
    alias: str | None = None
    example: JsonValue | object = ABSENT
    sent_as: str | None = None
    secret: bool = False
    item: str | None = None
    within: str | None = None
    model: str | None = None
    filter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A field of a type, or a parameter of an endpoint, under the vendor's own name."""

    name: str
    optional: bool
    type: Type
    default: str | None
    doc: str
    source: str | None
    alias: str | None
    example: JsonValue | object
    sent_as: str | None
    secret: bool = False
    item: str | None = None
    within: str | None = None
    model: str | None = None
    filter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """A named type that is not an object of its own."""

    type: Type
    doc: str = ""
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectType:
    """A named type with fields."""

    fields: tuple[Member, ...]
    doc: str = ""
    source: str | None = None


TypeDefinition = Alias | ObjectType


def _read_notation(text: str) -> Notation:
    try:
        return parse_notation(text)
    except NotationError as mistake:
        raise ValueError(mistake.reason, mistake.offset) from None


def _read_pattern(text: str) -> str:
    """Compile a pattern on the engine that clients use, which runs in linear time and bounds its own size."""
    # Imported here: only a spec with a pattern needs it.
    import pydantic  # noqa: PLC0415 - see above
    import pydantic_core  # noqa: PLC0415 - see above

    try:
        pydantic.TypeAdapter[str](Annotated[str, pydantic.StringConstraints(pattern=text)])
    except pydantic_core.SchemaError as mistake:
        lines = str(mistake).splitlines()
        reason = next((line.removeprefix("error: ") for line in lines if line.startswith("error: ")), "")
        if not reason:
            raise ValueError("the pattern is too large for the clients' engine; say a length beside it", 0) from None
        # The engine shows the pattern behind four blanks, and carets below the mistake.
        carets = next((line.index("^") - 4 for line in lines if line.strip() and not line.strip("^ ")), 0)
        raise ValueError(f"the clients' engine, which runs in linear time, refuses it: {reason}", carets) from None
    return text


NOTATION = ParsedShape(_read_notation, "a type", "S030", "string 3..100")

_MAY_BE_ABSENT = "what may be absent has a '?' at the end of its name, such as 'dueOn?: date'; leave this out"
_MAY_BE_NULL = "what may be null has a '?' at the end of its type, such as 'dueOn: date?'; leave this out"
_RANGE = "a length or a range stands behind the type: write 'type: string 3..100', 'type: integer 1..100'"

LONG_FORM = RecordShape(
    Described,
    {
        "type": Key(NOTATION, "The type in the short notation."),
        "pattern": Key(
            ParsedShape(_read_pattern, "a regular expression", "S031", "^[0-9]+$"),
            "What text looks like.",
            default=None,
        ),
        "doc": Key(words.doc, "What it is for.", default=""),
        "source": Key(words.source_name, words.SOURCE_DOC, default=None),
        "alias": Key(words.python_name, "The Python name, where the derived one will not do.", default=None, name="as"),
        "example": Key(JsonShape(), "A value as on the wire.", default=ABSENT),
        "sent_as": Key(
            ChoiceShape(
                {"list": "a single value is sent as a list of one", "comma": "a list is sent as one text with commas"}
            ),
            "How the value is sent, where several types are taken.",
            default=None,
        ),
        "secret": Key(BooleanShape(), "Whether an argument is shown nowhere, and a field in no repr.", default=False),
        "item": Key(words.wire_name, "In XML: the name of the repeated element inside this one.", default=None),
        "within": Key(
            ChoiceShape({"attribute": "an attribute of the element that the type is"}),
            "In XML: what the field is, where it is no element.",
            default=None,
            name="in",
        ),
        "model": Key(
            ChoiceShape({"caller": "the caller may give a pydantic model of his own for it, by `model=`"}),
            "Who knows what is in a map, beside the vendor.",
            default=None,
        ),
        "filter": Key(
            TextShape(what="the name of a filter"),
            "The filter under `filters` by which the text is built.",
            default=None,
        ),
    },
    "a field",
    elsewhere=(
        ("allow_null", _MAY_BE_NULL),
        ("enum", "words are a type: write 'type: one of a, b'"),
        ("default", "the vendor's default stands behind the type: write 'type: integer = 20'"),
        ("description", "a sentence for people is its 'doc'"),
        ("format", "a type says it by itself: write 'type: date', 'datetime', 'uuid' or 'url'"),
        ("items", "what is in a list stands in its type: write 'type: list of string'"),
        *((key, _RANGE) for key in ("maxItems", "maxLength", "maximum", "minItems", "minLength", "minimum")),
        ("nullable", _MAY_BE_NULL),
        ("optional", _MAY_BE_ABSENT),
        ("properties", "an object has a name of its own: write its fields as a type under types, and that name here"),
        ("required", _MAY_BE_ABSENT),
    ),
)

DESCRIBED_SCALAR = ParsedShape(lambda text: Described(type=_read_notation(text)), "a type", "S030", "string 3..100")

_SHORT_OR_LONG: Shape[Described] = FirstShape(DESCRIBED_SCALAR, LONG_FORM)


@dataclass(frozen=True, slots=True)
class _MemberShape(Shape[Described]):
    """A type in its short or its long form, where people also write words in brackets, or an object in place."""

    def read(self, node: Node, place: Place) -> Described:
        if isinstance(node, Sequence):
            raise _no_list(node, place)
        if isinstance(node, Mapping) and _is_object(node):
            name = naming.class_name(place.path[-1].removesuffix("?"))
            message = f"an object has a name of its own; write these fields as a type under types, and '{name}' here"
            raise place.complain(node.position, "S022", message)
        return _SHORT_OR_LONG.read(node, place)

    def order(self, path: tuple[str, ...]) -> tuple[str, ...] | None:
        return _SHORT_OR_LONG.order(path)

    def schema(self) -> Schema:
        return _SHORT_OR_LONG.schema()


def _no_list(node: Sequence, place: Place) -> Unreadable:
    """Complain of a list where a type is wanted: several things in it are words, a single one is what a list has."""
    inside = [item.text for item in node.items if isinstance(item, Scalar)]
    right = f"one of {', '.join(inside[:8])}" if len(inside) > 1 else f"list of {(*inside, 'string')[0]}"
    return place.complain(node.position, "S022", f"a type is wanted here, not a list; write {shown(right)}")


def _is_object(node: Mapping) -> bool:
    """Tell whether a mapping has an object's fields, each with a type, rather than what the long form of a type has."""
    known = (*LONG_FORM.names(), *dict(LONG_FORM.elsewhere))
    return bool(node.entries) and all(
        entry.key.text not in known and naming.nearest(entry.key.text, ("type",)) is None and _is_notation(entry.value)
        for entry in node.entries
    )


DESCRIBED: Shape[Described] = _MemberShape()


def _typed(described: Described, node: Node, place: Place) -> Type:
    """Return the type with its pattern in it; complain of a pattern that no part of the type takes."""
    if described.pattern is None:
        return described.type.type
    patterned = _with_pattern(described.type.type, described.pattern)
    if patterned == described.type.type:
        message = "a pattern goes with 'string'; a type with a name carries its own pattern under types"
        place.inside("pattern").complain(locate(node, ("pattern",)), "S031", message)
    return patterned


def _with_pattern(of: Type, pattern: str) -> Type:
    match of:
        case Text():
            return replace(of, pattern=pattern)
        case ListOf():
            return replace(of, item=_with_pattern(of.item, pattern))
        case Nullable(inner):
            return Nullable(_with_pattern(inner, pattern))
        case Union(options):
            return Union(tuple(_with_pattern(option, pattern) for option in options))
        case _:
            return of


@dataclass(frozen=True, slots=True)
class MembersShape(Shape[tuple[Member, ...]]):
    """A mapping of names to types; a `?` at the end of a name says that it may be absent."""

    what: str
    name: TextShape = words.wire_name

    def read(self, node: Node, place: Place) -> tuple[Member, ...]:
        if not isinstance(node, Mapping):
            raise place.complain(
                node.position, "S022", f"{self.what} are a mapping of names to types, not {kind_of(node)}"
            )
        members: dict[str, Member] = {}
        for entry in node.entries:
            written = entry.key.text
            name = written.removesuffix("?")
            there = place.inside(written)
            try:
                self.name.read(replace(entry.key, text=name), there)
                described = DESCRIBED.read(entry.value, there)
            except Unreadable:
                continue
            if name in members:
                there.complain(
                    entry.key.position, "S011", f"'{name}' stands twice, once with and once without a '?'; keep one"
                )
                continue
            members[name] = Member(
                name=name,
                optional=written.endswith("?"),
                type=_typed(described, entry.value, there),
                default=described.type.default,
                doc=described.doc,
                source=described.source,
                alias=described.alias,
                example=described.example,
                sent_as=described.sent_as,
                secret=described.secret,
                item=described.item,
                within=described.within,
                model=described.model,
                filter=described.filter,
            )
        return tuple(members.values())

    def order(self, path: tuple[str, ...]) -> tuple[str, ...] | None:
        return LONG_FORM.order(path[1:]) if path else None

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": DESCRIBED.schema()}


FIELDS = MembersShape("fields")

LONG_OBJECT = RecordShape(
    ObjectType,
    {
        "doc": Key(words.doc, "What it is.", default=""),
        "source": Key(words.source_name, words.SOURCE_DOC, default=None),
        "fields": Key(FIELDS, "Its fields by their wire names."),
    },
    "a type",
)


_ALIAS_KEYS = ("type", "pattern", "doc", "source")

ALIAS: Shape[Described] = FirstShape(
    DESCRIBED_SCALAR,
    RecordShape(Described, {key: LONG_FORM.keys[key] for key in _ALIAS_KEYS}, "a type that is no object"),
)


def is_long_object(node: Node) -> bool:
    """Tell whether a type is written with its fields under `fields`, rather than as nothing but fields."""
    if not isinstance(node, Mapping) or "fields" not in node.keys:
        return False
    # A field of an object may be called `fields` as well; its type is no mapping, or a mapping with `type`.
    fields = node.get("fields")
    return set(node.keys) <= set(LONG_OBJECT.names()) or (isinstance(fields, Mapping) and "type" not in fields.keys)


def _is_long_alias(node: Mapping) -> bool:
    """Tell whether a mapping is the long form of a type, rather than an object with a field called `type`."""
    if "type" not in node.keys:
        return False
    known = LONG_FORM.names()
    others = [entry for entry in node.entries if entry.key.text not in known]
    return all(naming.nearest(entry.key.text, known) and not _is_notation(entry.value) for entry in others)


def _is_notation(node: Node) -> bool:
    if not isinstance(node, Scalar):
        return True
    try:
        parse_notation(node.text)
    except NotationError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class TypesShape(Shape[MappingABC[str, TypeDefinition]]):
    """The section `types`: a notation or a long form with `type` is an alias, all else an object with fields."""

    def read(self, node: Node, place: Place) -> MappingABC[str, TypeDefinition]:
        if not isinstance(node, Mapping):
            raise place.complain(node.position, "S022", f"types is a mapping, not {kind_of(node)}")
        found: dict[str, TypeDefinition] = {}
        for entry in node.entries:
            there = place.inside(entry.key.text)
            if not re.fullmatch(r"[A-Z][0-9A-Za-z]{0,63}", entry.key.text):
                words_hint = naming.class_name(entry.key.text)
                there.complain(entry.key.position, "S023", f"a type's name is in PascalCase, such as '{words_hint}'")
                continue
            try:
                found[entry.key.text] = self._definition(entry.value, there)
            except Unreadable:
                continue
        return MappingProxyType(found)

    def _definition(self, node: Node, place: Place) -> TypeDefinition:
        if isinstance(node, Mapping):
            if is_long_object(node):
                return LONG_OBJECT.read(node, place)
            if not _is_long_alias(node):
                return ObjectType(fields=FIELDS.read(node, place))
        if isinstance(node, Sequence):
            raise _no_list(node, place)
        described = ALIAS.read(node, place)
        if described.type.default is not None:
            there = place.inside("type") if isinstance(node, Mapping) else place
            position = locate(node, ("type",) if isinstance(node, Mapping) else (), word=described.type.default)
            there.complain(position, "S034", "a named type has no default; write it where the type is used")
        return Alias(type=_typed(described, node, place), doc=described.doc, source=described.source)

    def order(self, path: tuple[str, ...]) -> tuple[str, ...] | None:
        match path:
            case (_,):
                # Only the keys of a long form; the fields of an object without one stay as they are.
                return ("type", *LONG_OBJECT.names())
            case (_, "fields", *rest):
                return FIELDS.order(tuple(rest))
            case (_, *rest):
                return FIELDS.order(tuple(rest))
            case _:
                return None

    def schema(self) -> Schema:
        value: Schema = {"anyOf": [DESCRIBED.schema(), LONG_OBJECT.schema(), FIELDS.schema()]}
        return {"type": "object", "additionalProperties": value}


TYPES = TypesShape()
