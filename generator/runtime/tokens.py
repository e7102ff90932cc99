"""The token of a client: fetched by one call while the others wait, renewed ahead of its end, told apart when refused.

In the last tenth of a token's time one call fetches the next while the others go on with the old one; in the last
twentieth all wait. A login that the vendor refused is never sent again, lest it lock the account. One that failed
otherwise is sent again after a pause that grows.
"""

from __future__ import annotations

import functools
import hashlib
import math
import os
import threading
from typing import TYPE_CHECKING, cast

from .commands import NoToken, send, sleep, take_turn
from .credentials import Secret, joined
from .errors import APIConnectionError, APITimeoutError, AuthenticationError, StoreUnavailableError
from .exchange import Exchange, TransportError
from .forks import begin_in_each_process
from .limits import StoreUnavailable, WaitTooLong
from .logins import Asked, Failure, Token, Words, late, login_request, read_login
from .retry import LONGEST_RETRY_AFTER
from .task_events import TaskEvent
from .token_stores import Busy, Claim, Question, Refused, Stored, aside
from .values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .clock import Clock
    from .commands import Conversation
    from .commands import Token as AnyToken
    from .envelope import Envelope
    from .login import Login
    from .token_stores import TokenStore

LONGEST_LOGIN = 30.0
"""Seconds after which a login is given up, whatever the call that does it has left."""

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
"""Seconds without a login after one that failed; each failure in a row doubles them."""

POLL = 0.05
"""Seconds between two looks at a store while another process signs in."""

QUIET = 60.0
"""Seconds for which a token that came after a refusal, and was refused as well, is not replaced."""


@dataclass(frozen=True, eq=False)
class Lead:
    """The turn to fetch a token; who has not done so by *until* is taken for lost."""

    until: float


@dataclass(frozen=True)
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
        store: TokenStore | None = None,
    ) -> None:
        self._store = store
        self._url = url
        self._login = login
        self._secrets = secrets
        self._envelope = envelope
        self._clock = clock
        self._request = login_request(login, url, secrets, user_agent)
        self._token: Token | None = None
        self._failure: Failure | None = None
        self._failures = 0
        self._pause_until = -math.inf
        self._account_name: str | None = None
        begin_in_each_process(self, TokenKeeper._begin)

    def _begin(self) -> None:
        # The turn of a thread that a child does not have is nobody's there.
        self._lock = threading.Lock()
        self._lead: Lead | None = None
        self._waiters: list[Callable[[], object]] = []

    # What calls ask for.

    def obtain(self, operation: str, exchange: Exchange) -> Conversation[AnyToken | NoToken]:
        """Return the token, fetched first where it is this call's turn."""
        try:
            turn = yield from take_turn(self, exchange.deadline)
        except WaitTooLong:
            turn = Failure(late)
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
        event = TaskEvent()
        try:
            while True:
                found = self._look(event.set, deadline)
                if not isinstance(found, Wait):
                    return found
                await event.wait(found.seconds)
        finally:
            self._leave(event.set)

    def _look(self, wake: Callable[[], object], deadline: float) -> Token | Lead | Failure | Wait:
        """Return what there is, or for how long to wait before looking again."""
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

    # The login.

    def _fetch(self, lead: Lead, exchange: Exchange) -> Conversation[Token | Failure]:
        started = self._clock.monotonic()
        attempt = Exchange(min(exchange.deadline, started + LONGEST_LOGIN), exchange.timeouts, self._clock.monotonic)
        try:
            found = yield from self._found(attempt, started)
        except BaseException:
            self._give_back(lead, started, was_sent=attempt.sent)
            raise
        if isinstance(found, Failure) and exchange.left() <= 0:
            # This call was short of time; nothing is known about the vendor.
            self._give_back(lead, started, was_sent=attempt.sent)
            return found
        return self._settle(lead, found)

    def _found(self, attempt: Exchange, started: float) -> Conversation[Token | Failure]:
        """Return the token that another process fetched, or sign in for all."""
        store = self._store
        if store is None:
            return (yield from self._log_in(attempt, started))
        try:
            claim = yield from self._claim(store, attempt)
        except StoreUnavailable as error:
            if store.when_unavailable == "closed":
                return Failure(Words(StoreUnavailableError, f"the store of the shared one cannot be used ({error})"))
            return (yield from self._log_in(attempt, started))
        if not isinstance(claim, Claim):
            return claim
        try:
            found = yield from self._log_in(attempt, started)
        except BaseException:
            aside(functools.partial(store.give_back, self._account(), claim, 0))
            raise
        try:
            yield from take_turn(Question(lambda: self._tell(store, claim, found), _nothing), attempt.deadline)
        except StoreUnavailable:
            # What was found is as good without the store, which forgets the turn by itself.
            return found
        return found

    def _claim(self, store: TokenStore, attempt: Exchange) -> Conversation[Token | Claim | Failure]:
        """Wait for the token of another process, or for the turn to fetch one for all."""
        name = os.urandom(8).hex()
        with self._lock:
            held = self._token
        refused = held.secret if held is not None and held.was_refused else None

        def ask() -> object:
            return store.claim(self._account(), name, refused)

        def undo(answer: object) -> None:
            if isinstance(answer, Claim):
                store.give_back(self._account(), answer, 0)

        while True:
            answer = yield from take_turn(Question(ask, undo), attempt.deadline)
            match answer:
                case Stored():
                    return Token.of(answer.secret, self._clock.monotonic() - answer.age, answer.seconds)
                case Refused():
                    words = f"the login of another process was refused with {answer.status_code}"
                    return Failure(Words(AuthenticationError, f"{words}; check the credentials"), is_refusal=True)
                case Busy():
                    if attempt.left() <= POLL:
                        return Failure(late)
                    yield from sleep(POLL)
                case _:
                    return cast("Claim", answer)

    def _tell(self, store: TokenStore, claim: Claim, found: Token | Failure) -> None:
        """Let the other processes have what a login brought."""
        if isinstance(found, Token):
            age = self._clock.monotonic() - found.fetched_at
            store.put(self._account(), found.secret, found.seconds, age)
        else:
            store.give_back(self._account(), claim, found.status_code if found.is_refusal else 0)

    def _fingerprint(self) -> str:
        # Slow on purpose: whoever sees the name of an account should not find its password by trying.
        parts = [part for name, value in (self._request.body or {}).items() for part in (f"\n{name}=", value)]
        whole = joined(tuple(part if isinstance(part, Secret) else str(part) for part in parts))
        return hashlib.pbkdf2_hmac("sha256", whole.reveal().encode(), self._url.encode(), 100_000).hex()

    def _account(self) -> str:
        """Return what tells these credentials at this address from others, and tells nobody what they are."""
        if self._account_name is None:
            self._account_name = self._fingerprint()[:32]
        return self._account_name

    def _log_in(self, attempt: Exchange, started: float) -> Conversation[Token | Failure]:
        try:
            answer = yield from send(self._request, attempt, fresh=True)
        except TransportError as error:
            failure = error
        else:
            asked = Asked(started, self._clock.time())
            return read_login(self._login, self._envelope, self._secrets, answer, asked)
        kind = APITimeoutError if failure.kind == "timeout" else APIConnectionError
        return Failure(Words(kind, failure.reason), is_hopeless=failure.kind in ("tls", "proxy", "refused_locally"))

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


def _nothing(answer: object) -> None:
    """Take nothing back."""
