"""JSON Schema of a spec's types: strict for the check of examples, loose for the models of what arrives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from generator.spec.members import Alias, ObjectType, TypeDefinition
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

Schema = dict[str, Any]
Types = Mapping[str, TypeDefinition]


def object_names(types: Types) -> tuple[str, ...]:
    """Return the names of the types that are objects of their own, in the author's order."""
    return tuple(name for name, definition in types.items() if isinstance(definition, ObjectType))


def strict_schema(of: Type, types: Types) -> Schema:
    """Return a schema that only what the spec says passes, with all named types in it.

    An object may not have a field that its type does not know: in an example that is a slip of the author.
    """
    definitions = {name: _definition(definition) for name, definition in types.items()}
    return {**_strict(of), "$defs": definitions}


def _definition(definition: TypeDefinition) -> Schema:
    match definition:
        case Alias(type=aliased):
            return _strict(aliased)
        case ObjectType(fields=fields):
            return {
                "type": "object",
                "properties": {field.name: _strict(field.type) for field in fields},
                "required": [field.name for field in fields if not field.optional],
                "additionalProperties": False,
            }


def _limits(**limits: int | str | None) -> Schema:
    return {name: limit for name, limit in limits.items() if limit is not None}


def _strict(of: Type) -> Schema:
    match of:
        case Text(minimum, maximum, _):
            # Patterns are left to the clients' linear engine; an example is not worth a backtracking one.
            return {"type": "string", **_limits(minLength=minimum, maxLength=maximum)}
        case Integer(minimum, maximum):
            return {"type": "integer", **_limits(minimum=minimum, maximum=maximum)}
        case DecimalNumber():
            return {"type": ["number", "string"]}
        case Boolean():
            return {"type": "boolean"}
        case DateTime():
            return {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$"}
        case Date():
            return {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
        case Uuid():
            return {"type": "string", "pattern": "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"}
        case Url():
            return {"type": "string", "pattern": "^https?://"}
        case Anything():
            return {}
        case OneOf(words):
            return {"enum": list(words)}
        case ListOf(item, minimum, maximum):
            return {"type": "array", "items": _strict(item), **_limits(minItems=minimum, maxItems=maximum)}
        case MapOf(value):
            return {"type": "object", "additionalProperties": _strict(value)}
        case Reference(name):
            return {"$ref": f"#/$defs/{name}"}
        case Union(options):
            return {"anyOf": [_strict(option) for option in options]}
        case Nullable(inner):
            return {"anyOf": [_strict(inner), {"type": "null"}]}


def loose_schema(types: Types, names: Iterable[str]) -> Schema:
    """Return a schema of the objects called *names*, as tolerant as a reader of answers has to be.

    Lengths, ranges and patterns are left out, words are open, and named types that are no objects are spelled out.
    """
    definitions: Schema = {}
    for name in names:
        definition = types[name]
        if isinstance(definition, ObjectType):
            properties = {field.name: loose(field.type, types) for field in definition.fields}
            required = [field.name for field in definition.fields if not field.optional]
            definitions[name] = {"type": "object", "properties": properties, "required": required}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": definitions}


def loose(of: Type, types: Types) -> Schema:
    """Return the tolerant schema of one type."""
    match of:
        case Text() | Url():
            return {"type": "string"}
        case Integer():
            return {"type": "integer"}
        case DecimalNumber():
            return {"type": "string", "format": "decimal"}
        case Boolean():
            return {"type": "boolean"}
        case DateTime():
            return {"type": "string", "format": "date-time"}
        case Date():
            return {"type": "string", "format": "date"}
        case Uuid():
            return {"type": "string", "format": "uuid"}
        case Anything():
            return {}
        case OneOf(words):
            return {"anyOf": [{"type": "string", "enum": list(words)}, {"type": "string"}]}
        case ListOf(item):
            return {"type": "array", "items": loose(item, types)}
        case MapOf(value):
            return {"type": "object", "additionalProperties": loose(value, types)}
        case Reference(name):
            definition = types[name]
            return {"$ref": f"#/$defs/{name}"} if isinstance(definition, ObjectType) else loose(definition.type, types)
        case Union(options):
            return {"anyOf": [loose(option, types) for option in options]}
        case Nullable(inner):
            return {"anyOf": [loose(inner, types), {"type": "null"}]}
