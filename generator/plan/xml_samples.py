"""XML for tests: what an answer of a type looks like on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from generator.plan import types
from generator.spec.document import Spec
from generator.spec.members import ObjectType
from generator.spec.types import ListOf, Nullable, Reference, Type

ATTRIBUTE = "@"
"""Stands before the name of an attribute in a document that is to be spelled."""


def document_of(value: object, of: Type, spec: Spec) -> object:
    """Return a typed value as XML has it: lists as repeated elements in a wrapper, attributes apart, all else as text."""
    match types.resolved(of, spec.types):
        case Reference(name) if isinstance(value, Mapping):
            definition = spec.types[name]
            assert isinstance(definition, ObjectType)  # noqa: S101 - aliases are resolved already
            members = {member.name: member for member in definition.fields}
            document: dict[str, object] = {}
            for wire, each in cast("Mapping[str, object]", value).items():
                member = members[wire]
                inner = document_of(each, member.type, spec)
                if member.item is not None:
                    inner = {member.item: inner}
                document[f"{ATTRIBUTE}{wire}" if member.within == "attribute" else wire] = inner
            return document
        case ListOf(item=item) if isinstance(value, list):
            return [document_of(each, item, spec) for each in cast("list[object]", value)]
        case Nullable(inner=inner_type):
            return None if value is None else document_of(value, inner_type, spec)
        case _:
            return value


def xml(document: Mapping[str, object]) -> str:
    """Spell a document of one element."""
    return "".join(_element(name, each) for name, each in document.items())


def _element(name: str, value: object) -> str:
    # Imported here: it loads all of HTTP and TLS, and few vendors speak XML.
    from xml.sax.saxutils import escape, quoteattr  # noqa: PLC0415 - see above

    if isinstance(value, list):
        return "".join(_element(name, each) for each in cast("list[object]", value))
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, object]", value)
        attributes = "".join(
            f" {key.removeprefix(ATTRIBUTE)}={quoteattr(_text(each))}"
            for key, each in entries.items()
            if key.startswith(ATTRIBUTE)
        )
        inner = "".join(_element(key, each) for key, each in entries.items() if not key.startswith(ATTRIBUTE))
        return f"<{name}{attributes}>{inner}</{name}>"
    return f"<{name}/>" if value is None else f"<{name}>{escape(_text(value))}</{name}>"


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
