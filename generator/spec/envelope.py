"""What every answer is wrapped in, how it tells a failure, and which error that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.spec import words
from generator.spec.shape import Key, MapShape, RecordShape, TextShape
from generator.spec.words import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorShape:
    """Where a failure tells what it is, as paths from the whole body."""

    code: Path | None
    message: Path | None
    details: Path | None
    timestamp: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The wrapper of an answer."""

    success: Path | None
    data: Path
    error: ErrorShape | None


ERROR_SHAPE = RecordShape(
    ErrorShape,
    {
        "code": Key(words.path, "The vendor's stable code.", default=None),
        "message": Key(words.path, "Text for people.", default=None),
        "details": Key(words.path, "More about it; an empty list counts as nothing.", default=None),
        "timestamp": Key(words.path, "When it happened.", default=None),
    },
    "an error's shape",
)

ENVELOPE = RecordShape(
    Envelope,
    {
        "success": Key(
            words.path, "A flag that is true when the call succeeded; it may be false inside a 200.", default=None
        ),
        "data": Key(words.path, "Where the answer proper stands.", default=()),
        "error": Key(ERROR_SHAPE, "Where a failure tells what it is.", default=None),
    },
    "envelope",
)

ERRORS: MapShape[str] = MapShape(TextShape(r"[A-Z][A-Za-z]*Error", "the name of an error class, such as NotFoundError"))
"""The vendor's codes, and the class that each raises."""

Errors = Mapping[str, str]
