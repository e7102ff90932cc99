"""How a vendor is told who calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.spec import words
from generator.spec.shape import BooleanShape, Key, MapShape, RecordShape, TextShape
from generator.spec.words import Composed


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """Something that the caller has from the vendor."""

    env: str
    secret: bool
    doc: str


CREDENTIAL = RecordShape(
    Credential,
    {
        "env": Key(
            TextShape(r"[A-Z][A-Z0-9_]{0,127}", "the name of an environment variable, in capitals"),
            "The environment variable that the client falls back to.",
        ),
        "secret": Key(BooleanShape(), "Whether it is shown nowhere: no log, no repr, no message.", default=False),
        "doc": Key(words.doc, "What it is and where the caller gets it.", default=""),
    },
    "a credential",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BearerAuth:
    """`Authorization: Bearer ...`."""

    token: Composed

    def body_names(self) -> set[str]:
        """Return the fields that this adds to a body."""
        return set()


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyAuth:
    """Values that stand in every request's body."""

    fields: Mapping[str, Composed]

    def body_names(self) -> set[str]:
        """Return the fields that this adds to a body."""
        return set(self.fields)


AuthPart = BearerAuth | BodyAuth


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """All that signs a request, one part for each key of the section."""

    parts: tuple[AuthPart, ...]

    @classmethod
    def of(cls, bearer: Composed | None, body: Mapping[str, Composed] | None) -> Auth:
        """Collect the parts that the author wrote, in the order in which they are applied."""
        parts: list[AuthPart] = []
        if bearer is not None:
            parts.append(BearerAuth(token=bearer))
        if body is not None:
            parts.append(BodyAuth(fields=body))
        return cls(parts=tuple(parts))


AUTH = RecordShape(
    Auth.of,
    {
        "bearer": Key(words.composed, "Sent as `Authorization: Bearer ...`.", default=None),
        "body": Key(MapShape(words.composed), "Fields that every request's body carries.", default=None),
    },
    "auth",
)
