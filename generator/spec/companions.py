"""What a client offers beside a plain call: waiting for the end of what was started, sending a long list in parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.spec import words
from generator.spec.scalars import JsonValue
from generator.spec.shape import JsonShape, Key, ListShape, MapShape, RecordShape, Shape, TextShape
from generator.spec.words import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How to know when something that was started has ended."""

    start: Mapping[str, JsonValue]
    poll: str
    until: Path
    done: tuple[str, ...]
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """How a long list is sent in parts, and where an answer counts its rows."""

    rows: str
    created: Path
    failed: Path


_STATUSES: Shape[tuple[str, ...]] = ListShape(TextShape(what="a word for how it stands"))
UNKNOWN = ("unknown",)
"""What stands for words that the vendor does not document."""

WAIT = RecordShape(
    Wait,
    {
        "start": Key(
            MapShape(JsonShape()), "Parameters that are given so that the call does not wait itself.", default={}
        ),
        "poll": Key(words.text, "The endpoint that tells how it stands."),
        "until": Key(words.path, "Where both answers tell how it stands."),
        "done": Key(_STATUSES, "The words for an end."),
        "failed": Key(
            ListShape(TextShape(what="a word for how it stands"), one_is_enough=True),
            "The words for an end that is no success, or `unknown`.",
            default=UNKNOWN,
        ),
    },
    "wait",
)

PARTS = RecordShape(
    Parts,
    {
        "rows": Key(words.wire_name, "The parameter with the list."),
        "created": Key(words.path, "Where an answer tells how many rows were created."),
        "failed": Key(words.path, "Where an answer tells how many were not."),
    },
    "parts",
)
