"""A look-alike of the Store365 API: a host for tokens and a host for resources.

What the vendor does not tell is decided here as it is most likely, and can be set where it matters: a refused login is
a 401 in the form of OAuth, a refused token a 401 in the other form; a page beyond the last is empty; a wrong parameter
is a 400; several tokens live at once until they are revoked; the names of XML elements, beyond PascalCase, and the
fields of a user.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import parse_qs, parse_qsl
from xml.sax.saxutils import escape

from tests.stand_ins.wire import LoopbackServer, Request, Response, json_response

if TYPE_CHECKING:
    from types import TracebackType

USERNAME = "c4n4ry-user+1@storage.example"
PASSWORD = "c4n4ry p&ss=w%rd"
CLIENT_ID = "c4n4ry-client-id"
TOKEN_WORD = "c4n4ry-t0ken"

FIELDS = frozenset(("id", "name", "email"))

INTERNAL = "An internal exception occurred. Please contact tech@store-it.eu so we can try to fix it."

User = dict[str, Any]


def user(number: int) -> User:
    """Return a user; its fields are made up."""
    return {"id": f"u{number:04d}", "name": f"User {number}", "email": f"user{number}@storage.example"}


def bad_credentials() -> dict[str, Any]:
    """Return the form of OAuth for a login that is refused."""
    return {"error": "invalid_grant", "error_description": "Bad credentials"}


def unauthorized() -> dict[str, Any]:
    """Return the other form of a 401."""
    return {"status": 401, "error": "Unauthorized", "message": "Bad credentials"}


def trouble(status: int, message: str) -> dict[str, Any]:
    """Return the form of all other errors."""
    return {"code": status, "message": message}


class Refusal(Exception):
    """The request is refused."""

    def __init__(self, status: int, document: dict[str, Any] | None) -> None:
        super().__init__(status)
        self.status = status
        self.document = document


class TokenHost(LoopbackServer):
    """Gives tokens for the right form.

    Attributes:
        expires_in: What is told of a token's life; `MISSING` for nothing.
        lives: For how many seconds a token really is good.
        password: What is right.
        refusal: The status and the document of a refused login.
        forms: The fields of each request.
        pause: For how many seconds each answer is held back.
        echo: Whether a refusal repeats what was sent, as careless servers do.
    """

    MISSING = object()

    def __init__(self) -> None:
        self.expires_in: object = "21599"
        self.lives = 21599.0
        self.password = PASSWORD
        self.refusal: tuple[int, dict[str, Any]] = (401, bad_credentials())
        self.forms: list[dict[str, str]] = []
        self.pause = 0.0
        self.echo = False
        self._tokens: dict[str, float] = {}
        self._issued = 0
        self._state = threading.Lock()
        super().__init__()

    @property
    def url(self) -> str:
        """Where to sign in."""
        return f"http://127.0.0.1:{self.port}/auth"

    def is_good(self, token: str) -> bool:
        """Tell whether a token was given here, and is neither over nor revoked."""
        with self._state:
            return time.monotonic() < self._tokens.get(token, 0.0)

    def revoke(self) -> None:
        """End all tokens that were given so far."""
        with self._state:
            self._tokens.clear()

    def answer(self, request: Request) -> Response:
        fields = dict(parse_qsl(request.body.decode("ascii"), keep_blank_values=True, strict_parsing=True))
        with self._state:
            self.forms.append(fields)
        if self.pause:
            time.sleep(self.pause)
        kind = request.headers.get("content-type")
        if (request.method, request.target, kind) != ("POST", "/auth", "application/x-www-form-urlencoded"):
            return json_response(trouble(404, "No such page"), 404)
        right = {"username": USERNAME, "password": self.password, "grant_type": "password", "client_id": CLIENT_ID}
        if fields != right:
            status, document = self.refusal
            echoed = {"error_description": f"Bad credentials: {request.body.decode()} {fields}"} if self.echo else {}
            return json_response(document | echoed, status)
        with self._state:
            self._issued += 1
            token = f"eyJ.{TOKEN_WORD}-{self._issued}.sig"
            self._tokens[token] = time.monotonic() + self.lives
        told = {} if self.expires_in is self.MISSING else {"expires_in": self.expires_in}
        return json_response({"access_token": token, "token_type": "bearer", **told})


class ResourceHost(LoopbackServer):
    """Lists users for those who have a token.

    Attributes:
        refused: How many requests came without a good token.
        listed: How many lists were given.
        most_per_page: The most records of a page, whatever is asked for.
    """

    def __init__(self, tokens: TokenHost, users: Sequence[User]) -> None:
        self.users = list(users)
        self.refused = 0
        self.listed = 0
        self.most_per_page = 100
        self._tokens = tokens
        self._state = threading.Lock()
        super().__init__()

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.port}"

    def answer(self, request: Request) -> Response:
        kind = request.headers.get("content-type", "")
        if kind not in ("application/json", "application/xml"):
            return Response(b"", 415)
        is_xml = kind == "application/xml"
        try:
            document = self._answer(request)
        except Refusal as refusal:
            document = refusal.document or {}
            return (
                xml_response("Error", document, refusal.status) if is_xml else json_response(document, refusal.status)
            )
        return xml_response("UserPage", document) if is_xml else json_response(document)

    def _answer(self, request: Request) -> dict[str, Any]:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "bearer" or not self._tokens.is_good(token):
            with self._state:
                self.refused += 1
            raise Refusal(401, unauthorized())
        if request.method != "GET" or request.path != "/users":
            raise Refusal(404, trouble(404, f"No such object: {request.path}"))
        query = {name: values[0] for name, values in parse_qs(request.query, keep_blank_values=True).items()}
        number, size = _number(query, "pageNumber", 1), _number(query, "pageSize", 10)
        if size > 100:
            raise Refusal(400, trouble(400, "pageSize is at most 100"))
        order = query.get("SortOrder", "id")
        if order not in FIELDS:
            raise Refusal(400, trouble(400, f"No field is called {order}"))
        held = min(size, self.most_per_page)
        users = sorted(self.users, key=lambda each: str(each[order]))
        with self._state:
            self.listed += 1
        return {
            "pageNumber": number,
            "pageSize": held,
            "totalNumberOfPages": max(1, -(-len(users) // held)),
            "totalNumberOfRecords": len(users),
            "results": users[(number - 1) * held : number * held],
        }


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal() or int(text) < 1:
        raise Refusal(400, trouble(400, f"{name} is a number from 1"))
    return int(text)


def xml_response(root: str, document: Mapping[str, Any], status: int = 200) -> Response:
    """Return *document* as an XML answer, its names in PascalCase."""
    body = f'<?xml version="1.0" encoding="utf-8"?>\n{_element(root, document)}'
    return Response(body.encode(), status, {"Content-Type": "application/xml; charset=utf-8"})


def _element(name: str, value: object) -> str:
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, object]", value).items()
        inner = "".join(_element(key[:1].upper() + key[1:], each) for key, each in entries)
    elif isinstance(value, list):
        inner = "".join(_element("User", each) for each in cast("list[object]", value))
    else:
        inner = escape(str(value))
    return f"<{name}>{inner}</{name}>" if inner else f"<{name}/>"


class Store365:
    """The vendor: both of its hosts."""

    def __init__(self, users: int | Sequence[User] = 0) -> None:
        listed = [user(number) for number in range(1, users + 1)] if isinstance(users, int) else users
        self.tokens = TokenHost()
        self.resources = ResourceHost(self.tokens, listed)

    @property
    def logins(self) -> int:
        """How many token requests came."""
        return len(self.tokens.requests)

    def close(self) -> None:
        """End both hosts."""
        self.tokens.close()
        self.resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
