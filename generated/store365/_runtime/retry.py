"""Whether to try again, and when."""

from __future__ import annotations

import email.utils
import math
import threading
from typing import TYPE_CHECKING

from .forks import begin_in_each_process
from .values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_RETRY_AFTER = 120.0
"""A vendor that asks for a longer wait is not asked again: the caller is told, and decides."""

REPEATABLE_STATUSES = frozenset((408, 425, 429, 500, 502, 503, 504))
"""Statuses after which a call that may be repeated is."""


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """Waits that grow and are spread over their whole length, so that callers do not come back together."""

    first: float = 0.5
    longest: float = 8.0

    def delay(self, retry: int, chance: float) -> float:
        """Return the wait before the *retry*-th repetition, counted from 0; *chance* is from 0 to 1."""
        return min(self.longest, self.first * 2.0 ** min(retry, 30)) * chance


class RetryQuota:
    """How many repetitions a client has left, so that an outage of the vendor's does not multiply its load.

    Every call earns a fifth of a repetition, every repetition takes a whole one.
    """

    def __init__(self, *, reserve: float = 20.0, earned: float = 0.2) -> None:
        self._reserve = reserve
        self._earned = earned
        self._left = reserve
        begin_in_each_process(self, RetryQuota._begin)

    def _begin(self) -> None:
        self._lock = threading.Lock()

    def earn(self) -> None:
        """Note a call."""
        # Unlocked: a lost fifth costs nothing, and every call passes here.
        self._left = min(self._reserve, self._left + self._earned)

    def take(self) -> bool:
        """Take one repetition; False when none is left."""
        with self._lock:
            if self._left < 1:
                return False
            self._left -= 1
            return True


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Read how many seconds the vendor asks to wait, None when it does not say so in a form that can be read."""
    precise = _seconds(headers.get("retry-after-ms"))
    if precise is not None:
        return precise / 1000
    value = headers.get("retry-after")
    seconds = _seconds(value)
    if seconds is not None or value is None:
        return seconds
    parsed = email.utils.parsedate_tz(value)
    if parsed is None:
        return None
    try:
        return max(0.0, email.utils.mktime_tz(parsed) - now)
    except (ValueError, OverflowError):
        return None


def reset_wait(value: str | None, now: float) -> float | None:
    """Read a header that names the second, since 1970, in which the vendor's window begins anew."""
    seconds = _seconds(value)
    return None if seconds is None else max(0.0, seconds - now)


def sent_at(headers: Mapping[str, str]) -> float | None:
    """Read when the vendor sent an answer by its own clock, in seconds since 1970; None when it does not say."""
    parsed = email.utils.parsedate_tz(headers.get("date", ""))
    try:
        return None if parsed is None else float(email.utils.mktime_tz(parsed))
    except (ValueError, OverflowError):
        return None


def whole_number(value: str | None) -> int | None:
    """Read a header that counts something."""
    text = "" if value is None else value.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None


def _seconds(value: str | None) -> float | None:
    text = "" if value is None else value.strip()
    # A sign, an exponent or a list is not a wait that anybody meant.
    if not text or len(text) > 15 or not text.isascii() or not text.replace(".", "", 1).isdecimal():
        return None
    seconds = float(text)
    return seconds if math.isfinite(seconds) else None
