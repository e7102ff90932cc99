"""How a vendor is told who calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.spec import words
from generator.spec.shape import BooleanShape, Key, MapShape, ParsedShape, RecordShape, TextShape
from generator.spec.words import Composed, Path


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A form that is sent for a token."""

    url: str
    form: Mapping[str, Composed]
    token: Path
    expires_in: Path | None
    doc: str
    source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAuth:
    """Headers that carry the token of a login."""

    headers: Mapping[str, Composed]

    def body_names(self) -> set[str]:
        """Return the fields that this adds to a body."""
        return set()


AuthPart = BearerAuth | BodyAuth | TokenAuth


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """All that signs a request, one part for each key of the section."""

    parts: tuple[AuthPart, ...]
    login: Login | None = None

    @classmethod
    def of(
        cls,
        bearer: Composed | None,
        body: Mapping[str, Composed] | None,
        login: Login | None,
        then: Mapping[str, Composed] | None,
    ) -> Auth:
        """Collect the parts that the author wrote, in the order in which they are applied."""
        parts: list[AuthPart] = []
        if bearer is not None:
            parts.append(BearerAuth(token=bearer))
        if body is not None:
            parts.append(BodyAuth(fields=body))
        if then is not None:
            parts.append(TokenAuth(headers={name.removeprefix(HEADER_WORD): value for name, value in then.items()}))
        return cls(parts=tuple(parts), login=login)


HEADER_WORD = "header "
"""What stands before the name of a header where other places could be named as well."""


def parse_login_call(text: str) -> str:
    """Read `POST https://accounts.example.com/token`; return the address."""
    method, blank, url = text.partition(" ")
    if method != "POST" or not blank or not url.startswith("https://"):
        raise ValueError(
            "a login is sent with POST to a whole address; write POST https://accounts.example.com/token", 0
        )
    return url


LOGIN = RecordShape(
    Login,
    {
        "url": Key(
            ParsedShape(
                parse_login_call, "POST and a whole address", "S040", "POST https://accounts.example.com/token"
            ),
            "Where the form goes: POST and a whole address.",
            name="call",
        ),
        "form": Key(
            MapShape(words.composed, words.wire_name.pattern or "", words.wire_name.what), "The form's fields."
        ),
        "token": Key(words.path, "Where the token stands in the answer."),
        "expires_in": Key(
            words.path, "Where the answer says for how many seconds it is good, as a number or as text.", default=None
        ),
        "doc": Key(words.doc, "What there is to know about it.", default=""),
        "source": Key(words.source_name, words.SOURCE_DOC, default=None),
    },
    "a login",
)

AUTH = RecordShape(
    Auth.of,
    {
        "bearer": Key(words.composed, "Sent as `Authorization: Bearer ...`.", default=None),
        "body": Key(MapShape(words.composed), "Fields that every request's body carries.", default=None),
        "login": Key(LOGIN, "A form that is sent for a token, which all calls share.", default=None),
        "then": Key(
            MapShape(words.composed, rf"{HEADER_WORD}[A-Za-z][0-9A-Za-z-]{{0,63}}", "a place such as 'header X-Token'"),
            "Where `${token}` goes in every request.",
            default=None,
        ),
    },
    "auth",
)
