"""How bodies are spelled: what goes out, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.spec.auth import HEADER_WORD
from generator.spec.shape import ChoiceShape, Key, ListShape, MapShape, RecordShape, TextShape

ANSWER_FORMS = {"json": "JSON", "xml": "XML"}

MEDIA_TYPES = {"json": "application/json", "xml": "application/xml"}
"""What asks for each form."""

NAME_FORMS = {"camelCase": "names that begin with a small letter", "PascalCase": "names that begin with a capital"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """The forms that a caller may choose between, and what tells the vendor which one it is."""

    choose: tuple[str, ...] = ()
    by: str | None = None
    names: Mapping[str, str] = field(default_factory=dict[str, str])


FORMAT = RecordShape(
    Format,
    {
        "choose": Key(
            ListShape(ChoiceShape(ANSWER_FORMS)),
            "The forms of answers that a caller may choose when he makes the client; the first is the default.",
            default=(),
        ),
        "by": Key(
            TextShape(rf"{HEADER_WORD}[A-Za-z][0-9A-Za-z-]{{0,63}}", "a place such as 'header Accept'"),
            "What tells the vendor the form, sent with every request.",
            default=None,
        ),
        "names": Key(
            MapShape(ChoiceShape(NAME_FORMS)),
            "How each form spells names; the types spell them as JSON does.",
            default={},
        ),
    },
    "format",
)
