"""Shapes: what a part of a spec looks like, said once, for the check and for the editor's JSON Schema.

A shape reads a node and either returns a value or complains and raises `Unreadable`. Whoever reads several things
catches it and goes on, so that an author sees every mistake of a file in one run.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Container
from collections.abc import Mapping as MappingABC
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

from generator import naming
from generator.diagnostics import Complaints, Position
from generator.spec.nodes import Entry, Mapping, Node, Scalar, Sequence
from generator.spec.scalars import JsonValue, NotThatKind, as_boolean, as_integer, as_json, as_text
from generator.spec.secrecy import looks_secret, redacted

T = TypeVar("T")
Schema = dict[str, Any]

REQUIRED: Final = object()

# Of a mapping with more unknown keys than these, the rest are not told: it is another thing altogether.
_MOST_SLIPS = 50


class Unreadable(Exception):
    """A node is not what its shape says; the complaint is made already."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a document a node stands, and whom to tell about it."""

    complaints: Complaints
    path: tuple[str, ...] = ()

    def inside(self, key: str) -> Place:
        """Return the place of what stands under *key*."""
        return Place(self.complaints, (*self.path, key))

    def complain(self, position: Position, code: str, message: str) -> Unreadable:
        """Note a complaint and return what the shape raises."""
        self.complaints.add(position, code, ".".join(self.path), redacted(message))
        return Unreadable()


def shown(text: str) -> str:
    """Return an author's text as a message quotes it: no longer than a line takes."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


class Shape(ABC, Generic[T]):
    """What a node has to look like, and the value that it becomes."""

    @abstractmethod
    def read(self, node: Node, place: Place) -> T:
        """Return the value of *node*.

        Raises:
            Unreadable: The node is something else; the author has been told.
        """

    @abstractmethod
    def schema(self) -> Schema:
        """Return the JSON Schema by which an editor completes and checks the same."""

    def order(self, path: tuple[str, ...]) -> tuple[str, ...] | None:  # noqa: ARG002 - for shapes with keys inside
        """Return the canonical order of the keys at *path* inside, or None where the author's order stays."""
        return None


def kind_of(node: Node) -> str:
    """Name the kind of a node in an author's words."""
    match node:
        case Scalar():
            return "a single value"
        case Mapping():
            return "a mapping"
        case Sequence():
            return "a list"


@dataclass(frozen=True, slots=True)
class TextShape(Shape[str]):
    """Text, taken as it is written; numbers and words like `on` included."""

    pattern: str | None = None
    what: str = "text"

    def read(self, node: Node, place: Place) -> str:
        if not isinstance(node, Scalar):
            raise place.complain(node.position, "S022", f"{self.what} is wanted here, not {kind_of(node)}")
        try:
            text = as_text(node)
        except NotThatKind as refusal:
            raise place.complain(node.position, "S013", refusal.reason) from None
        if not text.strip():
            raise place.complain(node.position, "S023", f"{self.what} is wanted here, not an empty text")
        if self.pattern is not None and not re.fullmatch(self.pattern, text):
            if looks_secret(text):
                # Told as that already, wherever it stands.
                raise Unreadable
            raise place.complain(node.position, "S023", f"{shown(text)} is not {self.what}")
        return text

    def schema(self) -> Schema:
        # Editors see a plain number or a date where we see text.
        schema: Schema = {"type": ["string", "number", "boolean"]}
        return schema if self.pattern is None else schema | {"pattern": f"^(?:{self.pattern})$"}


@dataclass(frozen=True, slots=True)
class IntegerShape(Shape[int]):
    """A whole number within bounds."""

    minimum: int
    maximum: int

    def read(self, node: Node, place: Place) -> int:
        if not isinstance(node, Scalar):
            raise place.complain(node.position, "S022", f"a whole number is wanted here, not {kind_of(node)}")
        try:
            number = as_integer(node)
        except NotThatKind as refusal:
            raise place.complain(node.position, "S013", refusal.reason) from None
        if not self.minimum <= number <= self.maximum:
            raise place.complain(
                node.position, "S023", f"{number} is out of range; it may be {self.minimum} to {self.maximum}"
            )
        return number

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True, slots=True)
class BooleanShape(Shape[bool]):
    """`true` or `false`."""

    def read(self, node: Node, place: Place) -> bool:
        if not isinstance(node, Scalar):
            raise place.complain(node.position, "S022", f"true or false is wanted here, not {kind_of(node)}")
        try:
            return as_boolean(node)
        except NotThatKind as refusal:
            raise place.complain(node.position, "S013", refusal.reason) from None

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class ChoiceShape(Shape[str]):
    """One of a few words, each with what it means."""

    words: MappingABC[str, str]

    def read(self, node: Node, place: Place) -> str:
        text = TextShape(what="one of " + ", ".join(self.words)).read(node, place)
        if text not in self.words:
            message = f"{shown(text)} is not known here; {naming.hint(text, self.words, what='it may be')}"
            raise place.complain(node.position, "S024", message)
        return text

    def schema(self) -> Schema:
        return {"oneOf": [{"const": word, "description": doc} for word, doc in self.words.items()]}


@dataclass(frozen=True, slots=True)
class JsonShape(Shape[JsonValue]):
    """A JSON value as on the wire, such as the body of an example."""

    def read(self, node: Node, place: Place) -> JsonValue:
        try:
            return as_json(node)
        except NotThatKind as refusal:
            for each in (refusal, *refusal.others):
                there = place.inside(each.place) if each.place else place
                there.complain(each.position, "S013", each.reason)
            raise Unreadable from None

    def schema(self) -> Schema:
        return {}


@dataclass(frozen=True, slots=True)
class ParsedShape(Shape[T]):
    """Text in a little notation of its own, read by a function that raises `ValueError` with the reason.

    The reason may carry a second argument, the offset of the mistake in the text.
    """

    parse: Callable[[str], T]
    what: str
    code: str
    example: str

    def read(self, node: Node, place: Place) -> T:
        text = TextShape(what=self.what).read(node, place)
        try:
            return self.parse(text)
        except ValueError as mistake:
            raise place.complain(inside(node, mistake), self.code, str(mistake.args[0])) from None

    def schema(self) -> Schema:
        return {"type": ["string", "number", "boolean"], "description": self.what, "examples": [self.example]}


def inside(node: Node, mistake: ValueError) -> Position:
    """Return where a mistake stands that knows its offset in the text of a scalar."""
    if isinstance(node, Scalar) and len(mistake.args) > 1:
        return node.at(int(mistake.args[1]))
    return node.position


@dataclass(frozen=True, slots=True)
class ListShape(Shape[tuple[T, ...]]):
    """A list of things of one shape; a single thing stands for a list of one where *one_is_enough*."""

    item: Shape[T]
    one_is_enough: bool = False

    def read(self, node: Node, place: Place) -> tuple[T, ...]:
        if self.one_is_enough and not isinstance(node, Sequence):
            return (self.item.read(node, place),)
        if not isinstance(node, Sequence):
            raise place.complain(node.position, "S022", f"a list is wanted here, not {kind_of(node)}")
        items: list[T] = []
        for index, entry in enumerate(node.items):
            try:
                items.append(self.item.read(entry, place.inside(str(index))))
            except Unreadable:
                continue
        return tuple(items)

    def order(self, path: tuple[str, ...]) -> tuple[str, ...] | None:
        return self.item.order(path[1:]) if path else None

    def schema(self) -> Schema:
        many: Schema = {"type": "array", "items": self.item.schema()}
        return {"anyOf": [self.item.schema(), many]} if self.one_is_enough else many


@dataclass(frozen=True, slots=True)
class MapShape(Shape[MappingABC[str, T]]):
    """A mapping whose keys are the author's names; *key* says what a name looks like."""

    value: Shape[T]
    key: str = r"\S(?:.*\S)?"
    what: str = "a name"

    def read(self, node: Node, place: Place) -> MappingABC[str, T]:
        if not isinstance(node, Mapping):
            raise place.complain(node.position, "S022", f"a mapping is wanted here, not {kind_of(node)}")
        found: dict[str, T] = {}
        for entry in node.entries:
            there = place.inside(entry.key.text)
            if not re.fullmatch(self.key, entry.key.text):
                there.complain(entry.key.position, "S023", f"{shown(entry.key.text)} is not {self.what}")
                continue
            try:
                found[entry.key.text] = self.value.read(entry.value, there)
            except Unreadable:
                continue
        return MappingProxyType(found)

    def order(self, path: tuple[str, ...]) -> tuple[str, ...] | None:
        return self.value.order(path[1:]) if path else None

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": self.value.schema()}


@dataclass(frozen=True, slots=True)
class FirstShape(Shape[T]):
    """A short form for a scalar beside the long form for a mapping."""

    scalar: Shape[T]
    mapping: Shape[T]

    def read(self, node: Node, place: Place) -> T:
        return (self.scalar if isinstance(node, Scalar) else self.mapping).read(node, place)

    def order(self, path: tuple[str, ...]) -> tuple[str, ...] | None:
        return self.mapping.order(path)

    def schema(self) -> Schema:
        return {"anyOf": [self.scalar.schema(), self.mapping.schema()]}


@dataclass(frozen=True, slots=True)
class Key(Generic[T]):
    """A key of a record.

    Attributes:
        shape: What its value looks like.
        doc: What it is for.
        default: What holds when it is absent.
        name: How it is written, where its field has another name.
        instead: What stands for a value that is needed and has a mistake, so that the rest can still be checked.
    """

    shape: Shape[T]
    doc: str
    default: object = REQUIRED
    name: str | None = None
    instead: object = REQUIRED


@dataclass(frozen=True, slots=True)
class RecordShape(Shape[T]):
    """A mapping with known keys that becomes a dataclass; `keys` go by the names of its fields.

    What authors write who know such things from *elsewhere* goes by its key, and says what there is instead.
    """

    build: Callable[..., T]
    keys: MappingABC[str, Key[Any]]
    what: str
    elsewhere: tuple[tuple[str, str], ...] = ()

    def names(self) -> dict[str, str]:
        """Return the key as written for each field of the dataclass, in the canonical order."""
        return {key.name or field: field for field, key in self.keys.items()}

    def read(self, node: Node, place: Place) -> T:
        if not isinstance(node, Mapping):
            raise place.complain(node.position, "S022", f"{self.what} is a mapping, not {kind_of(node)}")
        names = self.names()
        meant = _meant(node, tuple(names), dict(self.elsewhere))
        values: dict[str, Any] = {}
        failed = False
        unknown = 0
        for entry in node.entries:
            field = names.get(entry.key.text)
            if field is None and (unknown := unknown + 1) <= _MOST_SLIPS:
                near = meant.get(entry.key.text)
                self._unknown(entry, near, place, split=node.flow and _is_nothing(entry.value))
                field = None if near is None else names[near]
            if field is None:
                continue
            with suppress(Unreadable):
                values[field] = self.keys[field].shape.read(entry.value, place.inside(entry.key.text))
        given = {entry.key.text for entry in node.entries}.union(meant.values())
        for name, field in names.items():
            key = self.keys[field]
            if name not in given and key.default is REQUIRED:
                place.complain(node.position, "S021", f"{self.what} needs the key '{name}': {key.doc}")
            if field not in values:
                values[field] = key.default if key.default is not REQUIRED else key.instead
                failed = failed or values[field] is REQUIRED
        if failed:
            raise Unreadable
        return self.build(**values)

    def _unknown(self, entry: Entry, near: str | None, place: Place, *, split: bool) -> None:
        key = entry.key.text
        if split:
            message = "between braces a comma ends a value; put the whole text before it in quotes, or write the keys on lines"
            place.complain(entry.key.position, "S020", f"{shown(key)} is no key: {message}")
            return
        right = f"{self.what} takes: {', '.join(self.names())}" if near is None else f"did you mean '{near}'?"
        right = dict(self.elsewhere).get(key, right)
        place.inside(key).complain(entry.key.position, "S020", f"unknown key; {right}")

    def order(self, path: tuple[str, ...]) -> tuple[str, ...] | None:
        names = self.names()
        if not path:
            return tuple(names)
        field = names.get(path[0])
        return None if field is None else self.keys[field].shape.order(path[1:])

    def schema(self) -> Schema:
        names = self.names()
        properties = {
            name: self.keys[field].shape.schema() | _described(self.keys[field]) for name, field in names.items()
        }
        # What is missing is not marked: a spec that is like another has it there, which no schema can see.
        return {"type": "object", "properties": properties, "additionalProperties": False}


@dataclass(frozen=True, slots=True)
class KindShape(Shape[T]):
    """One of several records, told apart by the key that only it has."""

    kinds: MappingABC[str, RecordShape[T]]
    what: str

    def read(self, node: Node, place: Place) -> T:
        if not isinstance(node, Mapping):
            raise place.complain(node.position, "S022", f"{self.what} is a mapping, not {kind_of(node)}")
        found = [entry for entry in node.entries if entry.key.text in self.kinds]
        if not found:
            slips = (naming.nearest(entry.key.text, self.kinds) for entry in node.entries)
            slip = next((kind for kind in slips if kind is not None), None)
            if slip is not None:
                return self.kinds[slip].read(node, place)
            kinds = ", ".join(self.kinds)
            raise place.complain(
                node.position, "S028", f"nothing tells what kind this is; {self.what} has one of: {kinds}"
            )
        if len(found) > 1:
            message = f"'{found[0].key.text}' and '{found[1].key.text}' tell two kinds; {self.what} has one of them"
            raise place.complain(found[1].key.position, "S028", message)
        return self.kinds[found[0].key.text].read(node, place)

    def order(self, path: tuple[str, ...]) -> tuple[str, ...] | None:
        orders = [found for kind in self.kinds.values() if (found := kind.order(path)) is not None]
        return tuple(dict.fromkeys(name for order in orders for name in order)) if orders else None

    def schema(self) -> Schema:
        return {"anyOf": [kind.schema() for kind in self.kinds.values()]}


def _described(key: Key[Any]) -> Schema:
    return {"description": key.doc} if key.doc else {}


def _is_nothing(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.text


def _meant(node: Mapping, known: tuple[str, ...], elsewhere: Container[str]) -> dict[str, str]:
    """Return which of the *known* keys each unknown one most likely is, so that one slip makes one complaint."""
    missing = set(known) - set(node.keys)
    found: dict[str, str] = {}
    for key in [key for key in node.keys if key not in known and key not in elsewhere][:_MOST_SLIPS]:
        name = naming.nearest(key, missing)
        if name is not None:
            missing.discard(name)
            found[key] = name
    return found
