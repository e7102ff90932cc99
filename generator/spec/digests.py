"""Digests: what an endpoint's is made of, and examples of what comes out."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, field

from generator.spec import words
from generator.spec.nodes import Mapping, Node, Scalar
from generator.spec.scalars import JsonValue
from generator.spec.shape import (
    JsonShape,
    Key,
    ListShape,
    MapShape,
    Place,
    RecordShape,
    Schema,
    Shape,
    TextShape,
    shown,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hashed:
    """What goes into an endpoint's digest, by wire names in order.

    Attributes:
        names: The order; None where it depends on something or is unknown.
        setting: The setting that chooses the order.
        choices: The order for each of the setting's words.
        unordered: What goes into it where the order is unknown; empty where nothing is known.
    """

    names: tuple[str, ...] | None = None
    setting: str | None = None
    choices: MappingABC[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    unordered: tuple[str, ...] = ()

    @property
    def is_asked_for(self) -> bool:
        """Whether the caller has to say the order, by the argument `hashed`."""
        return self.names is None and self.setting is None

    def mentioned(self) -> tuple[str, ...]:
        """Return all names."""
        chosen = (name for names in self.choices.values() for name in names)
        return tuple(dict.fromkeys((*(self.names or ()), *chosen, *self.unordered)))


_NAMES = ListShape(words.wire_name)


@dataclass(frozen=True, slots=True)
class HashedShape(Shape[Hashed]):
    """A list of names; `unknown`; a setting with a list for each of its words; or `unordered` with a list."""

    def read(self, node: Node, place: Place) -> Hashed:
        if isinstance(node, Scalar):
            if node.text == "unknown":
                return Hashed()
            message = f"{shown(node.text)} is no list of names; write [first, second], [] for none, or unknown"
            raise place.complain(node.position, "S022", message)
        if not isinstance(node, Mapping):
            return Hashed(names=_NAMES.read(node, place))
        if len(node.entries) != 1:
            message = "write the name of one setting with a list for each of its words, or 'unordered' with a list"
            raise place.complain(node.position, "S028", message)
        (entry,) = node.entries
        there = place.inside(entry.key.text)
        if entry.key.text == "unordered":
            return Hashed(unordered=_NAMES.read(entry.value, there))
        return Hashed(setting=entry.key.text, choices=MapShape(_NAMES).read(entry.value, there))

    def schema(self) -> Schema:
        return {"anyOf": [{"const": "unknown"}, _NAMES.schema(), {"type": "object"}]}


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueVector:
    """Values, what follows them, and their digest."""

    values: tuple[str, ...]
    secret: str
    hash: str
    doc: str
    source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallVector:
    """A call and the digest that it is sent with."""

    call: MappingABC[str, JsonValue]
    credentials: MappingABC[str, str]
    settings: MappingABC[str, str]
    hash: str
    doc: str
    source: str | None


_HASH = TextShape(r"[0-9a-f]{32,47}", "a digest in small hexadecimal digits")

VALUE_VECTOR = RecordShape(
    ValueVector,
    {
        "values": Key(ListShape(TextShape(what="a value")), "The values in their order."),
        "secret": Key(TextShape(what="a made-up secret"), "What stands behind them."),
        "hash": Key(_HASH, "What comes out."),
        "doc": Key(words.doc, "What it shows.", default=""),
        "source": Key(words.source_name, words.SOURCE_DOC, default=None),
    },
    "a vector of values",
)

CALL_VECTOR = RecordShape(
    CallVector,
    {
        "call": Key(MapShape(JsonShape()), "The parameters by their wire names.", default={}),
        "credentials": Key(MapShape(TextShape(what="a made-up credential")), "Credentials that go into it."),
        "settings": Key(MapShape(TextShape(what="a word")), "Settings that choose the order.", default={}),
        "hash": Key(_HASH, "What comes out."),
        "doc": Key(words.doc, "What it shows.", default=""),
        "source": Key(words.source_name, words.SOURCE_DOC, default=None),
    },
    "a vector of a call",
)
