"""An answer as it came."""

from __future__ import annotations

import json

import httpx2

from .values import dataclass


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """An answer as it came, read to its end.

    Attributes:
        status_code: The HTTP status.
        raw_headers: As they came, in their order.
        content: The body, with its coding undone.
        elapsed: Seconds from the first byte out to the last byte in.
    """

    status_code: int
    raw_headers: tuple[tuple[bytes, bytes], ...]
    content: bytes
    elapsed: float

    @property
    def headers(self) -> httpx2.Headers:
        """The headers, by name whatever its case."""
        # No cached_property: up to Python 3.11 all answers have one lock for it, which a fork may find held.
        kept: httpx2.Headers | None = self.__dict__.get("_headers")
        if kept is None:
            kept = self.__dict__["_headers"] = httpx2.Headers(list(self.raw_headers))
        return kept

    @property
    def text(self) -> str:
        """The body as UTF-8 text; what is not UTF-8 is replaced."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> object:
        """The body as plain JSON."""
        return json.loads(self.content)

    def __repr__(self) -> str:
        return f"<Answer {self.status_code}, {len(self.content)} bytes>"
