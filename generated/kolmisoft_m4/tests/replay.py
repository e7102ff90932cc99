"""A vendor that answers from a list and remembers what it was asked."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2


@dataclass(frozen=True, slots=True)
class Answer:
    """What the vendor answers: a JSON body unless it is None, a status, headers; or a text as it is."""

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What the vendor was asked; the body is parsed JSON or the fields of a form, None where there was none.

    In the query, a name that stands there several times has a list.
    """

    method: str
    path: str
    body: object = None
    query: Mapping[str, str | list[str]] = field(default_factory=dict[str, "str | list[str]"])


class Replay:
    """Gives its answers in turn; a request too many is a failure of the test.

    Args:
        answers: What is answered.
        login: The address of a login and what each is answered with, where the vendor has one; it counts apart.

    Attributes:
        sent: What was asked, in order.
        headers: The headers of each request, by small letters.
        logins: The fields of each login.
    """

    def __init__(self, *answers: Answer, login: tuple[str, Answer] | None = None) -> None:
        self.sent: list[Sent] = []
        self.logins: list[dict[str, str]] = []
        self._login = login
        self.headers: list[Mapping[str, str]] = []
        self._answers = list(answers)

    def client(self) -> httpx2.Client:
        """Return an HTTP client that reaches this vendor only."""
        return httpx2.Client(transport=httpx2.MockTransport(self._answer))

    def async_client(self) -> httpx2.AsyncClient:
        """Return an asynchronous HTTP client that reaches this vendor only."""
        return httpx2.AsyncClient(transport=httpx2.MockTransport(self._answer))

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        if self._login is not None and str(request.url) == self._login[0]:
            self.logins.append(dict(urllib.parse.parse_qsl(request.content.decode())))
            return _response(self._login[1])
        body = _parsed(request)
        asked = {name: request.url.params.get_list(name) for name in request.url.params}
        query = {name: values[0] if len(values) == 1 else values for name, values in asked.items()}
        self.sent.append(Sent(request.method, request.url.path, body, query))
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        if not self._answers:
            raise AssertionError(f"request {len(self.sent)} was not expected: {request.method} {request.url.path}")
        return _response(self._answers.pop(0))


def _response(answer: Answer) -> httpx2.Response:
    content = b"" if answer.body is None else json.dumps(answer.body).encode()
    if answer.text is not None:
        content = answer.text.encode()
    headers = {"Content-Type": "application/json" if answer.text is None else "text/xml", **answer.headers}
    return httpx2.Response(answer.status, headers=headers, content=content)


def _parsed(request: httpx2.Request) -> object:
    if not request.content:
        return None
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        parsed: object = json.loads(request.content)
        return parsed
    fields = urllib.parse.parse_qs(request.content.decode(), keep_blank_values=True, strict_parsing=True)
    return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}
