"""Keys by which a vendor knows a request that it has seen, so that what is sent twice happens once."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, Self

from .errors import ArgumentError
from .retry import REPEATABLE_STATUSES
from .values import dataclass

if TYPE_CHECKING:
    from .request import Request

LONGEST_KEY = 255

LONGEST_WAY = 60.0
"""Seconds, at most, that are left at the end of a key's life for the way to the vendor; a tenth of a short life."""

AfterError = Literal["replays", "runs_again", "unknown"]
"""What the vendor does with a key whose request failed: `replays` the failure, or `runs_again`."""


class IdempotencyKey(str):
    """The key of a call, as errors carry it; given to another call, it makes that the same to the vendor.

    A call that is given one believes that a request with it may have been carried out already, and every error of the
    call says so. A plain text is a key that nothing was sent with yet.

    Attributes:
        made_at: When it was first sent, in seconds since 1970.
    """

    made_at: float

    def __new__(cls, text: str, made_at: float) -> Self:
        key = super().__new__(cls, text)
        key.made_at = made_at
        return key

    def __reduce__(self) -> tuple[type[IdempotencyKey], tuple[str, float]]:
        return IdempotencyKey, (str(self), self.made_at)


@dataclass(frozen=True, kw_only=True)
class IdempotencyRule:
    """How a vendor takes keys.

    Attributes:
        lifetime: Seconds for which the vendor knows a key.
        header: The header that carries it.
        field: The field of the body that carries it, where no header does.
        after_error: What the vendor does with the key of a request that failed.
        in_progress: The status that says that the first request with the key is still being carried out.
    """

    lifetime: float
    header: str | None = None
    field: str | None = None
    after_error: AfterError = "unknown"
    in_progress: int | None = None

    def keyed(self, request: Request, given: object, now: float, /) -> Request:
        """Put a key on *request*: the caller's own, or one that nobody else has.

        Raises:
            ArgumentError: The caller's own cannot be sent, or he gives it in another place as well.
        """
        key = IdempotencyKey(os.urandom(16).hex(), now) if given is None else _own(given, now)
        if self.header is not None:
            if any(name.lower() == self.header.lower() for name, _ in request.headers):
                raise ArgumentError(f"extra_headers must not have {self.header}: give it as idempotency_key")
            headers = (*request.headers, (self.header, str(key)))
            return replace(request, headers=headers, idempotency_key=key, is_known=given is key)
        body = {} if request.body is None else dict(request.body)
        if self.field in body:
            raise ArgumentError(f"the body must not have {self.field}: give it as idempotency_key")
        return replace(request, body={**body, str(self.field): str(key)}, idempotency_key=key, is_known=given is key)

    def left(self, key: str | None, now: float, /) -> float:
        """Return for how many seconds a request may still leave with *key*; 0 or less when the vendor may not know it."""
        if not isinstance(key, IdempotencyKey):
            return 0.0
        return key.made_at + self.lifetime - min(0.1 * self.lifetime, LONGEST_WAY) - now

    def may_be_repeated(self, status_code: int, /) -> bool:
        """Tell whether the same request may follow an answer with this status, which leaves open what was done."""
        if status_code == self.in_progress:
            return True
        return self.after_error == "replays" and status_code in REPEATABLE_STATUSES


def _own(given: object, now: float) -> IdempotencyKey:
    if not isinstance(given, str):
        raise ArgumentError("idempotency_key must be a string")
    if not 0 < len(given) <= LONGEST_KEY or not given.isascii() or not given.isprintable() or given != given.strip():
        raise ArgumentError(
            f"idempotency_key must have 1 to {LONGEST_KEY} printable ASCII characters and no spaces at its ends"
        )
    return given if isinstance(given, IdempotencyKey) else IdempotencyKey(given, now)
