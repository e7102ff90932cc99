"""Answers that are no JSON: which element is a list, where an answer begins, and what one says when it is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from generator.runtime import envelope as runtime
from generator.runtime.documents import AnswerForm
from generator.runtime.text_answers import TextAnswer
from generator.runtime.xml_answers import ListAt, XmlAnswer
from generator.spec.document import Spec
from generator.spec.endpoints import Endpoint
from generator.spec.envelope import told_by
from generator.spec.error_classes import class_of
from generator.spec.members import Alias, ObjectType
from generator.spec.types import Boolean, Integer, ListOf, Nullable, Reference, Type, Union
from generator.spec.words import Path

# A type may hold itself; what stands deeper than this is as it came.
_LEVELS = 8


def is_xml(spec: Spec, endpoint: Endpoint) -> bool:
    """Tell whether an endpoint's answers are XML."""
    return spec.format.response == "xml" and not endpoint.returns.from_text


def value_path(spec: Spec, endpoint: Endpoint) -> Path:
    """Return where an endpoint's value stands: in XML a list stands at the element that wraps it."""
    at = endpoint.returns.at
    return at[:-1] if is_xml(spec, endpoint) and _list_of(spec, endpoint.returns.type) is not None else at


def answer_form(spec: Spec, endpoint: Endpoint) -> AnswerForm | None:
    """Return the form of an endpoint's answers, or None for JSON."""
    if endpoint.returns.from_text:
        return TextAnswer(roots=_roots(spec, endpoint))
    if spec.format.response != "xml":
        return None
    return XmlAnswer(roots=_roots(spec, endpoint), lists=tuple(_lists(spec, endpoint)))


def _roots(spec: Spec, endpoint: Endpoint) -> tuple[str, ...]:
    """Return what the outermost element of an answer may be called."""
    paths = [(*spec.envelope.data, *endpoint.returns.at), *(tuple(path.split(".")) for path in endpoint.success)]
    for shape in spec.envelope.errors:
        paths += [path for path in (shape.code, shape.message) if path is not None]
        paths += [tuple(path.split(".")) for path in shape.when]
    return tuple(dict.fromkeys(path[0] for path in paths if path))


def _list_of(spec: Spec, of: Type | None) -> ListOf | None:
    while isinstance(of, Reference):
        definition = spec.types.get(of.name)
        of = definition.type if isinstance(definition, Alias) else None
    return of if isinstance(of, ListOf) else None


def _lists(spec: Spec, endpoint: Endpoint) -> Iterator[ListAt]:
    if endpoint.returns.type is None:
        return
    at = (*spec.envelope.data, *endpoint.returns.at)
    listed = _list_of(spec, endpoint.returns.type)
    if listed is None:
        yield from _lists_inside(spec, endpoint.returns.type, at, 0)
    elif len(at) > 1:
        yield ListAt(path=at[:-1], item=at[-1])
        yield from _lists_inside(spec, listed.item, at[:-1], 0)


def _lists_inside(spec: Spec, of: Type, at: Path, depth: int) -> Iterator[ListAt]:
    match of:
        case Reference(name) if depth < _LEVELS:
            definition = spec.types.get(name)
            if isinstance(definition, Alias):
                yield from _lists_inside(spec, definition.type, at, depth + 1)
            elif isinstance(definition, ObjectType):
                for member in definition.fields:
                    path = (*at, member.name)
                    if member.item is not None:
                        yield ListAt(path=path, item=member.item)
                    yield from _lists_inside(spec, member.type, path, depth + 1)
        case ListOf(item=inner) | Nullable(inner=inner):
            yield from _lists_inside(spec, inner, at, depth)
        case _:
            pass


def lists_of_objects(spec: Spec, endpoint: Endpoint) -> tuple[Path, ...]:
    """Return where lists of objects stand in an endpoint's answer, from the whole body, the outer ones first."""
    style = spec.pagination.get(endpoint.pages) if endpoint.pages is not None else None
    at = (*spec.envelope.data, *(endpoint.returns.at if style is None else style.items))
    return () if endpoint.returns.type is None else tuple(_objects_in(spec, endpoint.returns.type, at, 0))


def _objects_in(spec: Spec, of: Type, at: Path, depth: int) -> Iterator[Path]:
    match of:
        case Reference(name) if depth < _LEVELS:
            definition = spec.types.get(name)
            if isinstance(definition, Alias):
                yield from _objects_in(spec, definition.type, at, depth + 1)
            elif isinstance(definition, ObjectType):
                for member in definition.fields:
                    yield from _objects_in(spec, member.type, (*at, member.name), depth + 1)
        case ListOf(item=inner):
            if at:
                yield at
            yield from _objects_in(spec, inner, at, depth)
        case Nullable(inner=inner):
            yield from _objects_in(spec, inner, at, depth)
        case _:
            pass


def runtime_envelope(spec: Spec) -> runtime.Envelope:
    """Return what clients know of failures."""
    return runtime.Envelope(
        success=spec.envelope.success,
        data=spec.envelope.data,
        errors=tuple(
            runtime.ErrorShape(
                code=shape.code,
                message=shape.message,
                details=shape.details,
                when=tuple((tuple(path.split(".")), word) for path, word in shape.when.items()),
                anywhere=shape.anywhere,
                is_text=shape.of == "text",
            )
            for shape in spec.envelope.errors
        ),
    )


def runtime_rules(spec: Spec) -> tuple[runtime.ErrorRule, ...]:
    """Return what clients know of the vendor's codes and messages."""
    rules: list[runtime.ErrorRule] = []
    for key, meaning in spec.errors.items():
        code, message = told_by(key)
        rules.append(
            runtime.ErrorRule(
                raises=class_of(spec, meaning.raises), code=code, message=message, temporary=meaning.temporary
            )
        )
    return tuple(rules)


def as_typed(value: object, of: Type, spec: Spec) -> object:
    """Return a value of a document, where all is text, as JSON would spell it for its type."""
    match of:
        case Reference(name):
            definition = spec.types.get(name)
            if isinstance(definition, Alias):
                return as_typed(value, definition.type, spec)
            if isinstance(definition, ObjectType) and isinstance(value, dict):
                types = {member.name: member.type for member in definition.fields}
                optional = {member.name for member in definition.fields if member.optional}
                entries = cast("dict[str, object]", value).items()
                return {
                    name: as_typed(each, types[name], spec) if name in types else each
                    for name, each in entries
                    if each is not None or name not in optional
                }
            return value
        case ListOf(item=item) if isinstance(value, list):
            return [as_typed(each, item, spec) for each in cast("list[object]", value)]
        case Nullable(inner=inner):
            return value if value is None else as_typed(value, inner, spec)
        case Union(options):
            typed = [as_typed(value, option, spec) for option in options]
            return next((each for each in typed if each is not value), value)
        case Integer() if isinstance(value, str) and value.removeprefix("-").isdecimal():
            return int(value)
        case Boolean() if value in ("0", "1"):
            return value == "1"
        case _:
            return value
