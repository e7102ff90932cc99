"""What a caller says once for all calls, beside his credentials."""

from __future__ import annotations

from dataclasses import dataclass

from generator.spec import words
from generator.spec.shape import Key, ListShape, MapShape, RecordShape, TextShape


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSetting:
    """A choice between words, the first of which is the default."""

    one_of: tuple[str, ...]
    doc: str


SETTING = RecordShape(
    ClientSetting,
    {
        "one_of": Key(
            ListShape(TextShape(r"[a-z][0-9a-z_]*", "a word in small letters")), "The words; the first is the default."
        ),
        "doc": Key(words.doc, "What it is for.", default=""),
    },
    "a setting",
)

SETTINGS = MapShape(SETTING, r"[a-z][0-9a-z_]*", "the name of a setting")
