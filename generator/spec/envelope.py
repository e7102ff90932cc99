"""What every answer is wrapped in, how it tells a failure, and which error that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.runtime.envelope import find
from generator.spec import words
from generator.spec.nodes import Mapping as MappingNode
from generator.spec.nodes import Node
from generator.spec.shape import Key, ListShape, MapShape, Place, RecordShape, Schema, Shape, TextShape
from generator.spec.words import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorShape:
    """Where a failure tells what it is, as paths from the whole body."""

    code: Path | None
    message: Path | None
    details: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The wrapper of an answer."""

    success: Path | None
    data: Path
    errors: tuple[ErrorShape, ...]

    @property
    def error(self) -> ErrorShape | None:
        """The shape of errors, where there is one; the first of several."""
        return self.errors[0] if self.errors else None


ERROR_SHAPE = RecordShape(
    ErrorShape,
    {
        "code": Key(words.path, "The vendor's stable code.", default=None),
        "message": Key(words.path, "Text for people.", default=None),
        "details": Key(words.path, "More about it; an empty list counts as nothing.", default=None),
    },
    "an error's shape",
)

_ANY_OF: RecordShape[tuple[ErrorShape, ...]] = RecordShape(
    lambda any_of: any_of,
    {"any_of": Key(ListShape(ERROR_SHAPE), "Several shapes, tried in this order; any of them means failure.")},
    "error",
)


@dataclass(frozen=True, slots=True)
class ErrorShapes(Shape[tuple[ErrorShape, ...]]):
    """One shape, or several under `any_of`."""

    def read(self, node: Node, place: Place) -> tuple[ErrorShape, ...]:
        if isinstance(node, MappingNode) and "any_of" in node.keys:
            return _ANY_OF.read(node, place)
        return (ERROR_SHAPE.read(node, place),)

    def order(self, path: tuple[str, ...]) -> tuple[str, ...] | None:
        return _ANY_OF.order(path) if path[:1] == ("any_of",) else ERROR_SHAPE.order(path)

    def schema(self) -> Schema:
        return {"anyOf": [ERROR_SHAPE.schema(), _ANY_OF.schema()]}


ENVELOPE = RecordShape(
    Envelope,
    {
        "success": Key(
            words.path, "A flag that is true when the call succeeded; it may be false inside a 200.", default=None
        ),
        "data": Key(words.path, "Where the answer proper stands.", default=()),
        "errors": Key(ErrorShapes(), "Where a failure tells what it is.", default=(), name="error"),
    },
    "envelope",
)

ERRORS: MapShape[str] = MapShape(TextShape(r"[A-Z][A-Za-z]*Error", "the name of an error class, such as NotFoundError"))
"""The vendor's codes, and the class that each raises."""

Errors = Mapping[str, str]


def fitting(envelope: Envelope, body: object) -> ErrorShape | None:
    """Return the first shape of which everything but the details is in *body*, else the first of all."""
    return next((each for each in envelope.errors if _is_whole(each, body)), envelope.error)


def _is_whole(shape: ErrorShape, body: object) -> bool:
    return all(find(body, path) is not None for path in (shape.code, shape.message) if path is not None)
