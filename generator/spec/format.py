"""How bodies are spelled: what goes out, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.spec import words
from generator.spec.auth import HEADER_WORD
from generator.spec.shape import ChoiceShape, Key, ListShape, MapShape, RecordShape, TextShape

REQUEST_FORMS = {
    "json": "a JSON body",
    "form": "a body of the type application/x-www-form-urlencoded",
    "query": "the fields of a form in the query, secrets included",
}

ANSWER_FORMS = {"json": "JSON", "xml": "XML"}

MEDIA_TYPES = {"json": "application/json", "xml": "application/xml"}
"""What asks for each form."""

NAME_FORMS = {"camelCase": "names that begin with a small letter", "PascalCase": "names that begin with a capital"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """The forms of requests, the first of them the default, and the form of answers.

    Attributes:
        request: The forms of requests.
        response: The form of answers, where the vendor has one.
        choose: The forms of answers, where the caller chooses.
        by: What tells the vendor which one it is.
        names: How each form spells names.
        doc: What else is known.
    """

    request: tuple[str, ...] = ("json",)
    response: str = "json"
    choose: tuple[str, ...] = ()
    by: str | None = None
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    doc: str = ""


FORMAT = RecordShape(
    Format,
    {
        "request": Key(
            ListShape(ChoiceShape(REQUEST_FORMS), one_is_enough=True),
            "How bodies are spelled; of several, the caller chooses one when he makes the client.",
            default=("json",),
        ),
        "response": Key(ChoiceShape(ANSWER_FORMS), "How answers are spelled.", default="json"),
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
        "doc": Key(words.doc, "What else is known of them.", default=""),
    },
    "format",
)
