"""What every answer is wrapped in, how it tells a failure, and which error that is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from generator.runtime.envelope import find
from generator.spec import words
from generator.spec.nodes import Mapping as MappingNode
from generator.spec.nodes import Node, Scalar
from generator.spec.shape import (
    BooleanShape,
    ChoiceShape,
    FirstShape,
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
from generator.spec.words import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorShape:
    """Where a failure tells what it is, as paths from the whole body.

    Attributes:
        code: The vendor's code.
        message: Its words.
        details: What else it tells.
        when: Words at dotted paths without which this is not the shape.
        anywhere: The name of an element that tells a failure wherever it stands.
        of: `text` where the shape is a plain text instead of a document.
    """

    code: Path | None
    message: Path | None
    details: Path | None
    when: Mapping[str, str]
    anywhere: str | None
    of: str | None
    timestamp: Path | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorMeaning:
    """What one of the vendor's codes or messages means.

    Attributes:
        raises: The class.
        temporary: Whether it may pass by itself.
        bases: What a class of the spec's own is.
        doc: What such a class says.
    """

    raises: str
    temporary: bool = False
    bases: tuple[str, ...] = ()
    doc: str = ""


ERROR_SHAPE = RecordShape(
    ErrorShape,
    {
        "when": Key(
            MapShape(TextShape(what="a word"), words.DOTTED, "a dotted path"),
            "Words at dotted paths without which this is not the shape.",
            default={},
        ),
        "anywhere": Key(
            words.wire_name,
            "The name of an element that tells a failure wherever it stands, by its text or that of its child `message`.",
            default=None,
        ),
        "of": Key(
            ChoiceShape({"text": "the whole answer is a short plain text, which is the message"}),
            "What the shape is, where it is no document.",
            default=None,
            name="from",
        ),
        "code": Key(words.path, "The vendor's stable code.", default=None),
        "message": Key(words.path, "Text for people.", default=None),
        "details": Key(words.path, "More about it; an empty list counts as nothing.", default=None),
        "timestamp": Key(words.path, "When it happened.", default=None),
    },
    "an error's shape",
)


def _all(any_of: tuple[ErrorShape, ...]) -> tuple[ErrorShape, ...]:
    return any_of


_ANY_OF: RecordShape[tuple[ErrorShape, ...]] = RecordShape(
    _all,
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


@dataclass(frozen=True, slots=True)
class _ClassNameShape(TextShape):
    """The name of an error class, which many write without its end."""

    def read(self, node: Node, place: Place) -> str:
        if isinstance(node, Scalar) and re.fullmatch(r"[A-Z][A-Za-z]*", node.text) and not node.text.endswith("Error"):
            message = f"{shown(node.text)} is not {self.what}; did you mean '{node.text}Error'?"
            raise place.complain(node.position, "S023", message)
        return TextShape.read(self, node, place)


_CLASS = _ClassNameShape(r"[A-Z][A-Za-z]*Error", "the name of an error class, such as NotFoundError")


@dataclass(frozen=True, slots=True)
class _OneClass(Shape[tuple[str, ...]]):
    """The name of one class where several may stand."""

    def read(self, node: Node, place: Place) -> tuple[str, ...]:
        return (_CLASS.read(node, place),)

    def schema(self) -> Schema:
        return _CLASS.schema()


ERROR_MEANING = RecordShape(
    ErrorMeaning,
    {
        "raises": Key(_CLASS, "The class."),
        "temporary": Key(
            BooleanShape(), "Whether it may pass by itself, so that a call that may be repeated is.", default=False
        ),
        "bases": Key(
            FirstShape(_OneClass(), ListShape(_CLASS)),
            "What a class of the spec's own is: one of the standard classes, or several.",
            default=(),
            name="is",
        ),
        "doc": Key(words.doc, "What a class of the spec's own says.", default=""),
    },
    "an error",
)


@dataclass(frozen=True, slots=True)
class _ClassShape(Shape[ErrorMeaning]):
    """The name of a class alone."""

    def read(self, node: Node, place: Place) -> ErrorMeaning:
        return ErrorMeaning(raises=_CLASS.read(node, place))

    def schema(self) -> Schema:
        return _CLASS.schema()


ERRORS: MapShape[ErrorMeaning] = MapShape(FirstShape(_ClassShape(), ERROR_MEANING))
"""The vendor's codes, or its messages behind the word `message`, and what each raises."""

_MESSAGE = "message "


def told_by(key: str) -> tuple[str | None, str | None]:
    """Return the code or the message that a key of the section `errors` speaks of."""
    return (None, key.removeprefix(_MESSAGE)) if key.startswith(_MESSAGE) else (key, None)


def tells_codes(shape: ErrorShape) -> bool:
    """Tell whether a shape of errors has codes."""
    return shape.code is not None


def tells_messages(shape: ErrorShape) -> bool:
    """Tell whether a shape of errors has messages."""
    return shape.message is not None or shape.anywhere is not None or shape.of is not None


def fitting(envelope: Envelope, body: object) -> ErrorShape | None:
    """Return the first shape of which everything but the details is in *body*, else the first of all."""
    return next((each for each in envelope.errors if _is_whole(each, body)), envelope.error)


def _is_whole(shape: ErrorShape, body: object) -> bool:
    return all(find(body, path) is not None for path in (shape.code, shape.message) if path is not None)
