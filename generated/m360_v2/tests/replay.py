"""A vendor that answers from a list and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2


@dataclass(frozen=True, slots=True)
class Answer:
    """What the vendor answers: a JSON body unless it is None, a status, headers."""

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Sent:
    """What the vendor was asked; the body is parsed JSON, None where there was none.

    In the query, a name that stands there several times has a list.
    """

    method: str
    path: str
    body: object = None
    query: Mapping[str, str | list[str]] = field(default_factory=dict[str, "str | list[str]"])


class Replay:
    """Gives its answers in turn; a request too many is a failure of the test.

    Attributes:
        sent: What was asked, in order.
        headers: The headers of each request, by small letters.
    """

    def __init__(self, *answers: Answer) -> None:
        self.sent: list[Sent] = []
        self.headers: list[Mapping[str, str]] = []
        self._answers = list(answers)

    def client(self) -> httpx2.Client:
        """Return an HTTP client that reaches this vendor only."""
        return httpx2.Client(transport=httpx2.MockTransport(self._answer))

    def async_client(self) -> httpx2.AsyncClient:
        """Return an asynchronous HTTP client that reaches this vendor only."""
        return httpx2.AsyncClient(transport=httpx2.MockTransport(self._answer))

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        body: object = json.loads(request.content) if request.content else None
        asked = {name: request.url.params.get_list(name) for name in request.url.params}
        query = {name: values[0] if len(values) == 1 else values for name, values in asked.items()}
        self.sent.append(Sent(request.method, request.url.path, body, query))
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        if not self._answers:
            raise AssertionError(f"request {len(self.sent)} was not expected: {request.method} {request.url.path}")
        answer = self._answers.pop(0)
        content = b"" if answer.body is None else json.dumps(answer.body).encode()
        headers = {"Content-Type": "application/json", **answer.headers}
        return httpx2.Response(answer.status, headers=headers, content=content)
