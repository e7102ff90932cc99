"""What the vendor sends by itself when something happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.spec import words
from generator.spec.members import NOTATION
from generator.spec.notation import Notation
from generator.spec.shape import ChoiceShape, Key, MapShape, RecordShape


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhooks:
    """The form of a delivery, and the events that are known."""

    event: str
    time: str
    data: str
    events: Mapping[str, Notation]
    signature: str
    doc: str
    source: str | None


WEBHOOKS = RecordShape(
    Webhooks,
    {
        "event": Key(words.wire_name, "The field that names the event."),
        "time": Key(words.wire_name, "The field that tells when it happened."),
        "data": Key(words.wire_name, "The field that depends on the event."),
        "events": Key(MapShape(NOTATION), "The events that are known, and the type of what each tells."),
        "signature": Key(
            ChoiceShape({"unknown": "the vendor does not document it; the caller names header and scheme"}),
            "How a delivery proves who sent it.",
        ),
        "doc": Key(words.doc, "What a caller should know of them.", default=""),
        "source": Key(words.source_name, words.SOURCE_DOC, default=None),
    },
    "webhooks",
)
