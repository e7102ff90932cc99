"""Why a value does not fit a type, in the words of a spec's author."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from generator import naming
from generator.spec.members import TypeDefinition
from generator.spec.schema import Schema, strict_schema
from generator.spec.types import Anything, Date, DateTime, Type, Url, Uuid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jsonschema import ValidationError


@dataclass(frozen=True, slots=True, order=True)
class Mismatch:
    """One place where a value is not what its type says.

    Attributes:
        path: Where in the value.
        reason: What is wrong, and what would be right.
        is_of_key: Whether the last step of the path is a key that should not be there.
    """

    path: tuple[str, ...]
    reason: str
    is_of_key: bool = False


class Types:
    """The named types of a spec, ready to hold values against."""

    def __init__(self, types: Mapping[str, TypeDefinition]) -> None:
        self._types = types
        self._definitions: Schema = strict_schema(Anything(), types)["$defs"]

    def schema(self, of: Type) -> Schema:
        """Return the strict JSON Schema of one type, all named ones in it."""
        return {**strict_schema(of, {}), "$defs": self._definitions}


_KINDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "a mapping",
    "string": "text",
}

_FORMS: dict[str, str] = {
    str(strict_schema(of, {})["pattern"]): form
    for of, form in (
        (DateTime(), "a moment with its offset, such as 2026-11-21T08:30:00+00:00"),
        (Date(), "a day, such as 2026-11-21"),
        (Uuid(), "a UUID"),
        (Url(), "an address that begins with https://"),
    )
}


def mismatches(value: object, of: Type, types: Types) -> list[Mismatch]:
    """Return where and why *value* does not fit a type, in a stable order; no reference leaves the schema."""
    # Imported here: only an example needs it, and it takes a sixth of a second.
    import jsonschema  # noqa: PLC0415 - see above
    from referencing.jsonschema import EMPTY_REGISTRY  # noqa: PLC0415 - see above

    validator = jsonschema.Draft202012Validator(types.schema(of), registry=EMPTY_REGISTRY)
    # Its stubs leave the errors open.
    found = cast("Iterator[ValidationError]", cast("Any", validator).iter_errors(value))
    return sorted(mismatch for error in found for mismatch in _mismatches(error))


def _mismatches(error: ValidationError) -> Iterator[Mismatch]:
    path = tuple(str(step) for step in error.absolute_path)
    # Its stubs say that each of these may be unset, which holds only before the error is raised.
    limit: Any = error.validator_value
    instance: Any = error.instance
    schema: Any = error.schema
    match error.validator:
        case "anyOf":
            yield from _of_union(error, path)
        case "type":
            kinds = [limit] if isinstance(limit, str) else list(limit)
            wanted = " or ".join(_KINDS[kind] for kind in kinds)
            yield Mismatch(path, f"{wanted} is wanted here, not {_shown(instance)}")
        case "required":
            missing = [str(name) for name in limit if name not in instance]
            # Each missing field is an error of its own, told by the name in its message.
            yield from (
                Mismatch(path, f"the field '{name}' is missing; write '{name}?' in the type if it may be absent")
                for name in missing
                if error.message.startswith(repr(name))
            )
        case "additionalProperties" if limit is False:
            known: list[str] = list(schema["properties"])
            for name in cast("dict[str, object]", instance):
                if name not in known:
                    hint = naming.hint(name, known, what="it has")
                    yield Mismatch((*path, name), f"the type has no field '{name}'; {hint}", is_of_key=True)
        case "enum":
            hint = naming.hint(str(instance), (str(word) for word in limit), what="the words are")
            yield Mismatch(path, f"{_shown(instance)} is not one of the words; {hint}")
        case "pattern":
            yield Mismatch(path, f"{_shown(instance)} is not {_FORMS.get(str(limit), 'of the form of its type')}")
        case "minLength" | "maxLength":
            yield Mismatch(path, f"this text has {len(instance)} characters, and {_bound(error)}")
        case "minItems" | "maxItems":
            yield Mismatch(path, f"this list has {len(instance)} items, and {_bound(error)}")
        case "minimum" | "maximum":
            yield Mismatch(path, f"this is {instance}, and {_bound(error)}")
        case _:
            yield Mismatch(path, f"{_shown(instance)} does not fit its type")


def _bound(error: ValidationError) -> str:
    limit: Any = error.validator_value
    return f"the least is {limit}" if str(error.validator).startswith("min") else f"the most is {limit}"


def _of_union(error: ValidationError, path: tuple[str, ...]) -> Iterator[Mismatch]:
    """Tell of the one option of a union that the value is meant for, where one has its kind; else of all."""
    options: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        options.setdefault(int(cast("int", inner.relative_schema_path[0])), []).append(inner)
    meant = [found for found in options.values() if not any(_is_of_kind(inner) for inner in found)]
    if len(meant) == 1:
        for inner in meant[0]:
            yield from _mismatches(inner)
        return
    wanted = dict.fromkeys(
        mismatch.reason.partition(" is wanted here")[0]
        for found in options.values()
        for inner in found
        if _is_of_kind(inner)
        for mismatch in _mismatches(inner)
    )
    if not meant and wanted:
        yield Mismatch(path, f"{' or '.join(wanted)} is wanted here, not {_shown(error.instance)}")
    else:
        yield Mismatch(path, f"{_shown(error.instance)} fits none of the types that are taken here")


def _is_of_kind(error: ValidationError) -> bool:
    """Tell whether an option was refused for the very kind of the value."""
    return error.validator == "type" and not error.relative_path


def _shown(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case str():
            shown = value if len(value) <= 60 else value[:57] + "..."
            return re.sub(r"\s+", " ", f"'{shown}'")
        case _:
            return str(value)
