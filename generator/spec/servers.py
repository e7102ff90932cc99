"""Where a vendor is: an address, or one that only the caller knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.spec import words
from generator.spec.nodes import Node, Scalar
from generator.spec.shape import Key, Place, RecordShape, Schema, Shape, TextShape


@dataclass(frozen=True, slots=True, kw_only=True)
class CallersServer:
    """A server of the caller's own, such as a product that he runs himself."""

    example: str
    doc: str


Server = str | CallersServer

_ADDRESS = TextShape(r"https://\S+", "an address that begins with https://")

CALLERS_SERVER = RecordShape(
    CallersServer,
    {
        "example": Key(
            TextShape(r"https?://\S+", "an address such as http://192.0.2.1/api"), "What its address looks like."
        ),
        "doc": Key(words.doc, "Where the caller finds it.", default=""),
    },
    "a server of the caller's own",
)


@dataclass(frozen=True, slots=True)
class ServerShape(Shape[Server]):
    """An address, or a mapping that says that only the caller knows it."""

    def read(self, node: Node, place: Place) -> Server:
        return _ADDRESS.read(node, place) if isinstance(node, Scalar) else CALLERS_SERVER.read(node, place)

    def order(self, path: tuple[str, ...]) -> tuple[str, ...] | None:
        return CALLERS_SERVER.order(path)

    def schema(self) -> Schema:
        return {"anyOf": [_ADDRESS.schema(), CALLERS_SERVER.schema()]}


SERVER = ServerShape()


def first_address(servers: Mapping[str, Server]) -> str:
    """Return the default server's address, or what a caller's own looks like."""
    first = next(iter(servers.values()))
    return first if isinstance(first, str) else first.example
