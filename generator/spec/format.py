"""How bodies are spelled: what goes out, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass

from generator.spec import words
from generator.spec.shape import ChoiceShape, Key, ListShape, RecordShape

REQUEST_FORMS = {
    "json": "a JSON body",
    "form": "a body of the type application/x-www-form-urlencoded",
    "query": "the fields of a form in the query, secrets included",
}

ANSWER_FORMS = {"json": "JSON", "xml": "XML"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """The forms of requests, the first of them the default, and the form of answers."""

    request: tuple[str, ...] = ("json",)
    response: str = "json"
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
        "doc": Key(words.doc, "What else is known of them.", default=""),
    },
    "format",
)
