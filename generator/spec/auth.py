"""How a vendor is told who calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.spec import words
from generator.spec.digests import VALUE_VECTOR, ValueVector
from generator.spec.shape import (
    BooleanShape,
    ChoiceShape,
    Key,
    ListShape,
    MapShape,
    ParsedShape,
    RecordShape,
    TextShape,
)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FormAuth:
    """Values that stand in every request's form."""

    fields: Mapping[str, Composed]

    def body_names(self) -> set[str]:
        """Return the fields that this adds to a body."""
        return set(self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class HashAuth:
    """A digest over an endpoint's own values, then something secret, sent as a field of the form."""

    digest: str
    then: Composed
    send: str
    vectors: tuple[ValueVector, ...]
    doc: str

    def body_names(self) -> set[str]:
        """Return the fields that this adds to a body."""
        return {self.send}


AuthPart = BearerAuth | BodyAuth | FormAuth | HashAuth | TokenAuth

KEYS: dict[type[AuthPart], str] = {
    BearerAuth: "bearer",
    BodyAuth: "body",
    FormAuth: "form",
    HashAuth: "hash",
    TokenAuth: "login",
}
"""The key of the section by which an author knows each part."""

DIGESTS = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256", "sha512": "SHA-512"}


def _parse_send(text: str) -> str:
    """Read `form hash`, the place and the name of the field that carries a digest."""
    place, _, name = text.partition(" ")
    if place != "form" or not name:
        raise ValueError("a digest is sent in the form; write 'form' and the name of its field, such as form hash", 0)
    return name


HASH = RecordShape(
    HashAuth,
    {
        "digest": Key(ChoiceShape(DIGESTS), "How it is made, in small hexadecimal digits."),
        "then": Key(words.composed, "What stands behind the values."),
        "send": Key(ParsedShape(_parse_send, "a place and a name", "S023", "form hash"), "The field that carries it."),
        "doc": Key(words.doc, "When it is asked for, and what else is known of it.", default=""),
        "vectors": Key(ListShape(VALUE_VECTOR), "Values and what comes out.", default=()),
    },
    "hash",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """All that signs a request, one part for each key of the section."""

    parts: tuple[AuthPart, ...]
    login: Login | None = None

    @classmethod
    def of(
        cls,
        *,
        bearer: Composed | None,
        body: Mapping[str, Composed] | None,
        form: Mapping[str, Composed] | None,
        hash_: HashAuth | None,
        login: Login | None,
        then: Mapping[str, Composed] | None,
    ) -> Auth:
        """Collect the parts that the author wrote, in the order in which they are applied."""
        parts: list[AuthPart] = []
        if bearer is not None:
            parts.append(BearerAuth(token=bearer))
        if body is not None:
            parts.append(BodyAuth(fields=body))
        if form is not None:
            parts.append(FormAuth(fields=form))
        if hash_ is not None:
            parts.append(hash_)
        if then is not None:
            parts.append(TokenAuth(headers={name.removeprefix(HEADER_WORD): value for name, value in then.items()}))
        return cls(parts=tuple(parts), login=login)

    def applied(self, chosen: tuple[str, ...] | None) -> tuple[AuthPart, ...]:
        """Return the parts that an endpoint uses: all of them, or those that it names by their keys."""
        return tuple(part for part in self.parts if chosen is None or KEYS[type(part)] in chosen)


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

_WHAT_THERE_IS = (
    "a spec cannot say this; there are bearer (a header 'Authorization: Bearer ...'), body and form (fields of every "
    "request), hash (a digest in the form), and login with then (a token that is fetched, in whatever header)"
)

AUTH = RecordShape(
    Auth.of,
    {
        "bearer": Key(words.composed, "Sent as `Authorization: Bearer ...`.", default=None),
        "body": Key(MapShape(words.composed), "Fields that every request's body carries.", default=None),
        "form": Key(MapShape(words.composed), "Fields that every request's form carries.", default=None),
        "hash_": Key(HASH, "A digest over each endpoint's own values.", default=None, name="hash"),
        "login": Key(LOGIN, "A form that is sent for a token, which all calls share.", default=None),
        "then": Key(
            MapShape(words.composed, rf"{HEADER_WORD}[A-Za-z][0-9A-Za-z-]{{0,63}}", "a place such as 'header X-Token'"),
            "Where `${token}` goes in every request.",
            default=None,
        ),
    },
    "auth",
    elsewhere=tuple(
        (key, _WHAT_THERE_IS)
        for key in ("apiKey", "api_key", "basic", "cookie", "header", "headers", "key", "oauth2", "query", "token")
    ),
)
