"""The token of a client: fetched by one call while the others wait, renewed ahead of its end, told apart when refused.

A token is used for as long as the vendor says, counted from the moment it was asked for, on a clock that only grows:
at least `SHORTEST` seconds (of zero, of a negative number), at most `LONGEST`, and for `UNTOLD` where the answer does
not say it in a form that can be read. In the last tenth of that time one call fetches the next while the others go on
with the old one; in the last twentieth all wait.

A login that the vendor refused is never sent again, lest it lock the account. One that failed otherwise is sent again
after a pause that grows.
"""

from __future__ import annotations

import asyncio
import functools
import json
import math
import os
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, cast
from urllib.parse import quote, quote_plus

from .auth import composed
from .commands import NoToken, send, take_turn
from .credentials import HIDDEN, Secret
from .decode import Malformed, parse
from .envelope import find, vendor_error
from .errors import (
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    ArgumentError,
    AuthenticationError,
    status_error,
)
from .exchange import Exchange, TransportError
from .forms import FormBody
from .limits import WaitTooLong
from .request import Request
from .retry import LONGEST_RETRY_AFTER, retry_after
from .target import Target, read_target

if TYPE_CHECKING:
    from .answer import Answer
    from .clock import Clock
    from .commands import Conversation
    from .commands import Token as AnyToken
    from .envelope import Envelope
    from .login import Login

SHORTEST = 1.0
LONGEST = 86400.0
UNTOLD = 300.0
"""Seconds for which a token is used."""

EARLIEST_RENEWAL = 300.0
LATEST_RENEWAL = 30.0
"""Seconds before its end from which a token is renewed by one call, and by all; of a short life, parts of it."""

LONGEST_LOGIN = 30.0
"""Seconds after which a login is given up, whatever the call that does it has left."""

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
"""Seconds without a login after one that failed; each failure in a row doubles them."""

QUIET = 60.0
"""Seconds for which a token that came after a refusal, and was refused as well, is not replaced."""

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


@dataclass(slots=True, eq=False)
class Token:
    """A token, and what is known about it.

    Attributes:
        secret: The token itself.
        fetched_at: When it was asked for.
        renew_at: From when on one call fetches the next.
        ends_at: From when on it is not used.
        is_second: Whether it was fetched because the vendor had refused the one before.
        was_accepted: Whether the vendor took it once.
        was_refused: Whether the vendor did not take it.
    """

    secret: Secret
    fetched_at: float
    renew_at: float
    ends_at: float
    is_second: bool = False
    was_accepted: bool = False
    was_refused: bool = False

    @classmethod
    def of(cls, held: Secret, fetched_at: float, seconds: float) -> Token:
        """Return a token that is good for *seconds*."""
        ends_at = fetched_at + seconds - min(LATEST_RENEWAL, seconds / 20)
        return cls(held, fetched_at, fetched_at + seconds - min(EARLIEST_RENEWAL, seconds / 10), ends_at)

    def is_good(self, now: float) -> bool:
        """Tell whether it may be sent."""
        return not self.was_refused and now < self.ends_at


@dataclass(frozen=True, slots=True)
class Failure:
    """A login that brought no token, as an error for each call that waited for it.

    Attributes:
        error: Makes the error of an operation.
        is_refusal: Whether the vendor does not know the credentials, so that nobody asks again.
        is_hopeless: Whether another try would meet the same.
        wait: How many seconds the vendor asks to wait.
    """

    error: Callable[[str], APIError]
    is_refusal: bool = False
    is_hopeless: bool = False
    wait: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Lead:
    """The turn to fetch a token; who has not done so by *until* is taken for lost."""

    until: float


@dataclass(frozen=True, slots=True)
class Wait:
    """There is nothing yet; look again after so many seconds, or when woken."""

    seconds: float


class TokenKeeper:
    """Holds the one token of a client, for all its threads, tasks and copies."""

    def __init__(
        self,
        login: Login,
        *,
        url: str,
        secrets: Mapping[str, Secret],
        envelope: Envelope,
        clock: Clock,
        user_agent: str,
    ) -> None:
        self._login = login
        self._secrets = secrets
        self._envelope = envelope
        self._clock = clock
        self._request = _request(login, url, secrets, user_agent)
        self._token: Token | None = None
        self._failure: Failure | None = None
        self._failures = 0
        self._pause_until = -math.inf
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._lead: Lead | None = None
        self._waiters: list[Callable[[], object]] = []

    # What calls ask for.

    def obtain(self, operation: str, exchange: Exchange) -> Conversation[AnyToken | NoToken]:
        """Return the token, fetched first where it is this call's turn."""
        try:
            turn = yield from take_turn(self, exchange.deadline)
        except WaitTooLong:
            turn = Failure(_late)
        if isinstance(turn, Lead):
            turn = yield from self._fetch(turn, exchange)
        if isinstance(turn, Token):
            return turn
        failure = cast("Failure", turn)
        pause = max(0.0, self._pause_until - self._clock.monotonic())
        return NoToken(failure.error(operation), failure.is_refusal or failure.is_hopeless, pause)

    def accepted(self, token: AnyToken) -> None:
        """Note that the vendor took *token*."""
        cast("Token", token).was_accepted = True

    def refused(self, token: AnyToken) -> bool:
        """Note that the vendor did not take *token*; tell whether another one may help."""
        self._look_at_process()
        with self._lock:
            held = self._token
            if held is None or token is not held:
                # Another call noticed first: a newer token is there, or on its way.
                return True
            if held.is_second and not held.was_accepted and self._clock.monotonic() < held.fetched_at + QUIET:
                return False
            held.was_refused = True
            return True

    # The queue.

    def acquire(self, deadline: float) -> Token | Lead | Failure:
        """Wait for a token, for the turn to fetch one, or for the news that there is none, holding the thread.

        Raises:
            WaitTooLong: There is nothing before *deadline*.
        """
        event = threading.Event()
        try:
            while True:
                found = self._look(event.set, deadline)
                if not isinstance(found, Wait):
                    return found
                event.wait(found.seconds)
                event.clear()
        finally:
            self._leave(event.set)

    async def acquire_async(self, deadline: float) -> Token | Lead | Failure:
        """Wait for a token, for the turn to fetch one, or for the news that there is none, holding the task.

        Raises:
            WaitTooLong: There is nothing before *deadline*.
        """
        loop = asyncio.get_running_loop()
        event = asyncio.Event()

        def wake() -> None:
            # A waiter's loop may have ended while it waited.
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

        try:
            while True:
                found = self._look(wake, deadline)
                if not isinstance(found, Wait):
                    return found
                timer = loop.call_later(found.seconds, event.set)
                try:
                    await event.wait()
                finally:
                    timer.cancel()
                event.clear()
        finally:
            self._leave(wake)

    def _look(self, wake: Callable[[], object], deadline: float) -> Token | Lead | Failure | Wait:
        """Return what there is, or for how long to wait before looking again."""
        self._look_at_process()
        with self._lock:
            now = self._clock.monotonic()
            token = self._token
            is_led = self._lead is not None and now < self._lead.until
            is_pausing = now < self._pause_until
            has_failed = self._failure is not None and (self._failure.is_refusal or is_pausing)
            if (
                token is not None
                and token.is_good(now)
                and (now < token.renew_at or is_led or is_pausing or has_failed)
            ):
                return token
            if has_failed and self._failure is not None:
                return self._failure
            if not is_led and not is_pausing:
                self._lead = Lead(min(deadline, now + LONGEST_LOGIN) + 1.0)
                return self._lead
            if now >= deadline:
                raise WaitTooLong
            if wake not in self._waiters:
                self._waiters.append(wake)
            until = self._lead.until if is_led and self._lead is not None else self._pause_until
            return Wait(max(0.001, min(deadline, until) - now))

    def _leave(self, wake: Callable[[], object]) -> None:
        with self._lock:
            if wake in self._waiters:
                self._waiters.remove(wake)

    def _look_at_process(self) -> None:
        if self._process != os.getpid():
            # A fork copies the lock as it was, and the turn of a thread that the child does not have.
            self._begin()

    # The login.

    def _fetch(self, lead: Lead, exchange: Exchange) -> Conversation[Token | Failure]:
        started = self._clock.monotonic()
        attempt = Exchange(min(exchange.deadline, started + LONGEST_LOGIN), exchange.timeouts, self._clock.monotonic)
        try:
            found = yield from self._log_in(attempt, started)
        except BaseException:
            self._give_back(lead, started, was_sent=attempt.sent)
            raise
        if isinstance(found, Failure) and exchange.left() <= 0:
            # This call was short of time; nothing is known about the vendor.
            self._give_back(lead, started, was_sent=attempt.sent)
            return found
        return self._settle(lead, found)

    def _log_in(self, attempt: Exchange, started: float) -> Conversation[Token | Failure]:
        try:
            answer = yield from send(self._request, attempt, fresh=True)
        except TransportError as error:
            failure = error
        else:
            return self._read(answer, started)
        kind = APITimeoutError if failure.kind == "timeout" else APIConnectionError
        return Failure(_Words(kind, failure.reason), is_hopeless=failure.kind in ("tls", "proxy", "refused_locally"))

    def _read(self, answer: Answer, started: float) -> Token | Failure:
        status = answer.status_code
        document = _document(answer)
        if 200 <= status < 300:
            held = _token_at(document, self._login.token)
            if held is not None:
                told = None if self._login.expires_in is None else find(document, self._login.expires_in)
                return Token.of(held, started, lifetime(told))
        said = vendor_error(self._envelope, document)
        tells = said.code is not None or said.message is not None
        if 300 <= status < 400 or (200 <= status < 300 and not tells):
            # Without the body, which may hold a token.
            reason = "an address to go to instead" if status >= 300 else "a body that has no token in its place"
            return Failure(_Words(APIResponseValidationError, f"the login was answered with {status} and {reason}"))
        is_refusal = status < 500 and status not in PASSING
        wait = retry_after(answer.headers, self._clock.time()) or 0.0
        kind = AuthenticationError if is_refusal else status_error(status)
        told = _Told(kind, replace(answer, content=_scrubbed(answer.content, self._secrets)), self._envelope, wait)
        return Failure(told, is_refusal=is_refusal, wait=wait)

    def _settle(self, lead: Lead, found: Token | Failure) -> Token | Failure:
        """Take over what a login brought, and wake who waits for it."""
        with self._lock:
            now = self._clock.monotonic()
            held = self._token
            if self._lead is lead:
                self._lead = None
            if isinstance(found, Token):
                found.is_second = held is not None and held.was_refused
                self._token, self._failure, self._failures = found, None, 0
                self._pause_until = -math.inf
            else:
                self._failure = found
                self._failures += 1
                pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self._failures - 1, 10))
                self._pause_until = now + max(pause, min(found.wait, LONGEST_RETRY_AFTER))
                if held is not None and held.is_good(now):
                    found = held
            waiters, self._waiters = self._waiters, []
        for wake in waiters:
            wake()
        return found

    def _give_back(self, lead: Lead, started: float, *, was_sent: bool) -> None:
        """Let another call fetch the token; after a moment, where the vendor may have seen this one's login."""
        with self._lock:
            if self._lead is lead:
                self._lead = None
                self._failure = None
                self._pause_until = started + FIRST_PAUSE if was_sent else -math.inf
            waiters, self._waiters = self._waiters, []
        for wake in waiters:
            wake()


@dataclass(frozen=True, slots=True)
class _Words:
    """Makes an error that tells only words."""

    kind: type[APIError]
    reason: str

    def __call__(self, operation: str) -> APIError:
        return self.kind(f"{operation} was not sent, for want of a token: {self.reason}", operation=operation)


_late = _Words(APITimeoutError, "none came before the deadline of the call")


@dataclass(frozen=True, slots=True)
class _Told:
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


def _request(login: Login, url: str, secrets: Mapping[str, Secret], user_agent: str) -> Request:
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
