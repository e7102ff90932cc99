"""The tries of a call: what is known about them, and whether and when there is another."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from .errors import APIConnectionError, APIError, APIStatusError
from .exchange import Exchange
from .retry import LONGEST_RETRY_AFTER, REPEATABLE_STATUSES
from .values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .auth import Auth
    from .call import Setting
    from .commands import Token
    from .credentials import Secret
    from .envelope import Envelope
    from .exchange import Timeouts
    from .operations import Operation


@dataclass(eq=False, init=False)
class Attempts:
    """What is known about the tries so far."""

    setting: Setting
    operation: Operation[Any]
    envelope: Envelope
    timeouts: Timeouts
    exchange: Exchange
    auth: Auth
    secrets: Mapping[str, Secret] = field(repr=False)
    key: str | None = None
    may_have_executed: bool = False
    hopeless: bool = False
    temporary: bool = False
    count: int = 0
    token: Token | None = None
    renewed: bool = False
    pause: float = 0.0

    def __init__(
        self,
        *,
        setting: Setting,
        operation: Operation[Any],
        envelope: Envelope,
        timeouts: Timeouts,
        exchange: Exchange,
        auth: Auth,
        key: str | None,
    ) -> None:
        self.setting = setting
        self.operation = operation
        self.envelope = envelope
        self.timeouts = timeouts
        self.exchange = exchange
        self.auth = auth
        self.secrets = setting.secrets
        self.key = key

    def next_exchange(self) -> Exchange:
        """Return what the next try goes by: it ends with the call, and before the vendor forgets the key."""
        rule, clock = self.operation.idempotency, self.setting.clock
        deadline = self.exchange.deadline
        if rule is not None and self.key is not None:
            deadline = min(deadline, clock.monotonic() + rule.left(self.key, clock.time()))
        return Exchange(deadline, self.timeouts, clock.monotonic)


def wait_before_retry(attempts: Attempts, error: APIError) -> float | None:
    """Return how long to wait before the next try, None when there is none."""
    setting = attempts.setting
    if attempts.count >= setting.max_retries or not _may_be_repeated(attempts, error):
        return None
    wait = setting.backoff.delay(attempts.count, setting.clock.random())
    if isinstance(error, APIStatusError) and error.retry_after is not None:
        if error.retry_after > LONGEST_RETRY_AFTER:
            return None
        wait = max(wait if error.retry_after == 0 else 0.0, error.retry_after)
    wait = max(wait, attempts.pause)
    # A wait that reaches the deadline leaves no time for the try after it.
    if wait >= attempts.exchange.left():
        return None
    return wait if setting.quota.take() else None


def _may_be_repeated(attempts: Attempts, error: APIError) -> bool:
    safe = attempts.operation.effect in ("read", "idempotent")
    rule = attempts.operation.idempotency
    is_known = rule is not None and rule.left(attempts.key, attempts.setting.clock.time()) > 0
    if isinstance(error, APIStatusError):
        if attempts.temporary:
            return safe
        if error.status_code == 429:
            return True
        if rule is not None and is_known:
            return rule.may_be_repeated(error.status_code)
        return safe and error.status_code in REPEATABLE_STATUSES
    if isinstance(error, APIConnectionError):
        return (safe or is_known or not attempts.may_have_executed) and not attempts.hopeless
    return False


def may_have_executed(status: int) -> bool:
    """Tell whether an answer with this status leaves open what was done."""
    # A redirect may follow what was done, a 408 may stand for an answer that came too late, a 5xx for anything.
    return status >= 500 or status == 408 or 300 <= status < 400
