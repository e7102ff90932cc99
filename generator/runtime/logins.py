"""What a login sends, and what its answer means: a token with the time for which it is good, or a failure.

A token is used for as long as the vendor says, counted from the moment it was asked for, on a clock that only grows:
at least `SHORTEST` seconds (of zero, of a negative number), at most `LONGEST`, and for `UNTOLD` where the answer does
not say it in a form that can be read.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, cast
from urllib.parse import quote, quote_plus

from .auth import composed
from .credentials import HIDDEN, Secret
from .decode import Malformed, parse
from .envelope import find, vendor_error
from .errors import (
    APIError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    ArgumentError,
    AuthenticationError,
    status_error,
)
from .forms import FormBody
from .request import Request
from .retry import retry_after
from .target import Target, read_target
from .values import dataclass

if TYPE_CHECKING:
    from .answer import Answer
    from .envelope import Envelope
    from .login import Login

SHORTEST = 1.0
LONGEST = 86400.0
UNTOLD = 300.0
"""Seconds for which a token is used."""

EARLIEST_RENEWAL = 300.0
LATEST_RENEWAL = 30.0
"""Seconds before its end from which a token is renewed by one call, and by all; of a short life, parts of it."""

LONGEST_TOKEN = 16 * 1024

PASSING = frozenset((408, 425, 429))
"""Statuses of a refusal that says nothing about the credentials."""


def lifetime(told: object) -> float:
    """Return for how many seconds a token is used whose life the vendor tells as a number or as text."""
    number: object = told
    if isinstance(told, str):
        text = told.strip()
        number = float(text) if re.fullmatch(r"[+-]?[0-9]{1,400}(?:\.[0-9]{1,400})?", text) else None
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        return UNTOLD
    return float(max(SHORTEST, min(number, LONGEST)))


def renewal(seconds: float) -> tuple[float, float]:
    """Return at which age a token that is good for *seconds* is renewed by one call, and from which on by all."""
    return seconds - min(EARLIEST_RENEWAL, seconds / 10), seconds - min(LATEST_RENEWAL, seconds / 20)


@dataclass(eq=False)
class Token:
    """A token, and what is known about it.

    Attributes:
        secret: The token itself.
        fetched_at: When it was asked for.
        seconds: For how long it was good then.
        renew_at: From when on one call fetches the next.
        ends_at: From when on it is not used.
        is_second: Whether it was fetched because the vendor had refused the one before.
        was_accepted: Whether the vendor took it once.
        was_refused: Whether the vendor did not take it.
    """

    secret: Secret
    fetched_at: float
    seconds: float
    renew_at: float
    ends_at: float
    is_second: bool = False
    was_accepted: bool = False
    was_refused: bool = False

    @classmethod
    def of(cls, held: Secret, fetched_at: float, seconds: float) -> Token:
        """Return a token that is good for *seconds*."""
        renew, end = renewal(seconds)
        return cls(held, fetched_at, seconds, fetched_at + renew, fetched_at + end)

    def is_good(self, now: float) -> bool:
        """Tell whether it may be sent."""
        return not self.was_refused and now < self.ends_at


@dataclass(frozen=True)
class Failure:
    """A login that brought no token, as an error for each call that waited for it.

    Attributes:
        error: Makes the error of an operation.
        is_refusal: Whether the vendor does not know the credentials, so that nobody asks again.
        is_hopeless: Whether another try would meet the same.
        wait: How many seconds the vendor asks to wait.
        status_code: How the vendor answered, 0 where it did not.
    """

    error: Callable[[str], APIError]
    is_refusal: bool = False
    is_hopeless: bool = False
    wait: float = 0.0
    status_code: int = 0


def read_login(
    login: Login, envelope: Envelope, secrets: Mapping[str, Secret], answer: Answer, asked: Asked
) -> Token | Failure:
    """Return the token that a login brought, or why it brought none.

    Args:
        login: Where things stand in the answer.
        envelope: How the vendor tells an error.
        secrets: The credentials, which are taken out of what it says.
        answer: What it said.
        asked: When it was asked.
    """
    status = answer.status_code
    document = _document(answer)
    if 200 <= status < 300:
        held = _token_at(document, login.token)
        if held is not None:
            told = None if login.expires_in is None else find(document, login.expires_in)
            return Token.of(held, asked.started, lifetime(told))
    said = vendor_error(envelope, document)
    tells = said.code is not None or said.message is not None
    if 300 <= status < 400 or (200 <= status < 300 and not tells):
        # Without the body, which may hold a token.
        reason = "an address to go to instead" if status >= 300 else "a body that has no token in its place"
        return Failure(Words(APIResponseValidationError, f"the login was answered with {status} and {reason}"))
    is_refusal = status < 500 and status not in PASSING
    wait = retry_after(answer.headers, asked.time) or 0.0
    kind = AuthenticationError if is_refusal else status_error(status)
    told = Told(kind, replace(answer, content=_scrubbed(answer.content, secrets)), envelope, wait)
    return Failure(told, is_refusal=is_refusal, wait=wait, status_code=status)


@dataclass(frozen=True)
class Asked:
    """When a login was sent: by the clock that only grows, and in seconds since 1970 when it was answered."""

    started: float
    time: float


@dataclass(frozen=True)
class Words:
    """Makes an error that tells only words."""

    kind: type[APIError]
    reason: str

    def __call__(self, operation: str) -> APIError:
        return self.kind(f"{operation} was not sent, for want of a token: {self.reason}", operation=operation)


late = Words(APITimeoutError, "none came before the deadline of the call")


@dataclass(frozen=True)
class Told:
    """Makes an error out of a vendor's answer from which the credentials are taken out."""

    kind: type[APIStatusError]
    answer: Answer
    envelope: Envelope
    wait: float

    def __call__(self, operation: str) -> APIError:
        answer = self.answer
        document = _document(answer)
        said = vendor_error(self.envelope, document)
        is_refusal = issubclass(self.kind, AuthenticationError)
        outcome = "refused" if is_refusal else "answered"
        words = "; ".join(_printable(part) for part in (said.code, said.message) if part)
        advice = "; it is not sent again: check the credentials, and make a new client" if is_refusal else ""
        return self.kind(
            f"{operation} was not sent, for want of a token: the login was {outcome} with {answer.status_code}"
            f"{': ' if words else ''}{words}{advice}",
            operation=operation,
            status_code=answer.status_code,
            code=said.code,
            message=said.message,
            details=said.details,
            body=answer.text if document is None else document,
            response=answer,
            retry_after=self.wait or None,
        )


def login_request(login: Login, url: str, secrets: Mapping[str, Secret], user_agent: str) -> Request:
    target = read_target(url, user_agent, "token_url")
    if target.scheme != b"https" and not _is_loopback(target):
        raise ArgumentError("token_url must be an https URL: the password goes there; http is for this machine only")
    root = target.base_url.removesuffix(target.path.rstrip("/"))
    return Request(
        method="POST",
        path=target.path.strip("/"),
        body={wire: composed(parts, secrets) for wire, parts in login.fields},
        form=FormBody(),
        target=replace(target, base_url=root, path="/"),
    )


def _is_loopback(target: Target) -> bool:
    host = target.host.decode("ascii")
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _document(answer: Answer) -> object:
    try:
        return parse(answer.content)
    except Malformed:
        return None


def _token_at(document: object, path: tuple[str, ...]) -> Secret | None:
    """Return the token, None where there is none that a header can carry."""
    for name in path[:-1]:
        document = find(document, (name,))
    if not isinstance(document, Mapping):
        return None
    held = cast("Mapping[str, object]", document)
    is_fit = _is_fit(held.get(path[-1]))
    return Secret.of(cast("str", held[path[-1]])) if is_fit else None


def _is_fit(value: object) -> bool:
    return (
        isinstance(value, str)
        and 0 < len(value) <= LONGEST_TOKEN
        and all("!" <= character <= "~" for character in value)
    )


def _scrubbed(content: bytes, secrets: Mapping[str, Secret]) -> bytes:
    """Take the credentials out of what a vendor says of a login, as they are and as forms and JSON spell them."""
    text = content.decode("utf-8", "replace")
    for spell in _SPELLINGS:
        for held in secrets.values():
            text = text.replace(spell(held.reveal()), HIDDEN)
    return text.encode()


_SPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    quote_plus,
    quote,
    functools.partial(quote, safe=""),
    lambda text: json.dumps(text)[1:-1],
)
"""How a secret may come back, spelled by somebody else."""


def _printable(text: str) -> str:
    shown = "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text[:500])
    return shown + ("..." if len(text) > 500 else "")
