"""Keys by which the vendor knows a request that it has seen."""

from __future__ import annotations

from dataclasses import dataclass

from generator.spec import words
from generator.spec.shape import BooleanShape, ChoiceShape, IntegerShape, Key, RecordShape, TextShape

_HEADER_WORD = "header "
_BODY_WORD = "body "

KEYED_EFFECTS = ("unsafe", "money")
"""What calls do that carry a key: what must not happen twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Idempotency:
    """How requests carry a key, and what the vendor does with it.

    Attributes:
        key: The place and the name.
        lifetime: For how many seconds the vendor knows it.
        after_error: What it does with the key of a request that failed.
        compares: Whether it refuses a key that comes with another request; None where it does not tell.
        in_progress: The status that says that the first request is still being carried out.
    """

    key: str
    lifetime: int
    after_error: str
    compares: bool | None
    in_progress: int | None
    doc: str
    quote: str
    source: str | None

    @property
    def header(self) -> str | None:
        """The header that carries the key."""
        return self.key.removeprefix(_HEADER_WORD) if self.key.startswith(_HEADER_WORD) else None

    @property
    def field(self) -> str | None:
        """The field of the body that carries the key."""
        return self.key.removeprefix(_BODY_WORD) if self.key.startswith(_BODY_WORD) else None


IDEMPOTENCY = RecordShape(
    Idempotency,
    {
        "key": Key(
            TextShape(
                rf"(?:{_HEADER_WORD}{words.header_name.pattern}|{_BODY_WORD}{words.wire_name.pattern})",
                "a place and a name, such as `header Idempotency-Key` or `body requestId`",
            ),
            "Where the key goes: `header` or `body`, and the name there.",
        ),
        "lifetime": Key(words.duration, "For how long the vendor knows a key, such as `24 hours`."),
        "after_error": Key(
            ChoiceShape(
                {
                    "replays": "it gives the same failure again",
                    "runs_again": "it carries the request out anew",
                    "unknown": "the vendor does not tell",
                }
            ),
            "What the vendor does with the key of a request that failed.",
            default="unknown",
        ),
        "compares": Key(
            BooleanShape(), "Whether the vendor refuses a key that comes with another request.", default=None
        ),
        "in_progress": Key(
            IntegerShape(400, 599),
            "The status that says that the first request is still being carried out.",
            default=None,
        ),
        "doc": Key(words.doc, "What a caller should know of it.", default=""),
        "quote": Key(words.text, "The vendor's own words.", default=""),
        "source": Key(words.source_name, words.SOURCE_DOC, default=None),
    },
    "idempotency",
)
