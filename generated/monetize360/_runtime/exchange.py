"""One attempt at a call, as the layers that carry it see it: how long it may take, and whether anything went out."""

from __future__ import annotations

import os
from contextvars import ContextVar
from typing import TYPE_CHECKING, Literal

from .values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx2

WHOLE_CALL = 60.0
"""Seconds for a whole call where the caller does not say."""


@dataclass(frozen=True)
class Timeouts:
    """How long a call may take.

    Attributes:
        whole: Seconds for the call with all its tries and waits.
        connect: Seconds to connect, each try.
        read: Seconds until more of an answer arrives.
        write: Seconds until more of a request is taken.
        pool: Seconds to wait for a connection of the pool.
    """

    whole: float = WHOLE_CALL
    connect: float | None = None
    read: float | None = None
    write: float | None = None
    pool: float | None = None


def read_timeouts(given: float | httpx2.Timeout) -> Timeouts:
    """Read what a caller gave: seconds for the whole call, or an `httpx2.Timeout` that bounds each attempt.

    Raises:
        ValueError: It is not a number above 0.
    """
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        if not 0 < given < 1e9:
            raise ValueError("timeout must be a number of seconds above 0")
        return Timeouts(float(given))
    parts = [getattr(given, name, None) for name in ("connect", "read", "write", "pool")]
    if not hasattr(given, "connect") or any(part is not None and not part > 0 for part in parts):
        raise ValueError("timeout must be a number of seconds above 0, or an httpx2.Timeout of such")
    return Timeouts(WHOLE_CALL, *parts)


class Exchange:
    """One attempt.

    Attributes:
        deadline: When the whole call ends, on the clock of `monotonic`.
        timeouts: What bounds the parts of this attempt.
        departed: Called with the moment, once, when the first byte of the request leaves.
        leaving: Whether a piece of the request is just being handed over. An interrupt then comes before anybody knows
            whether it left.
    """

    __slots__ = ("_process", "_sent", "deadline", "departed", "leaving", "monotonic", "timeouts")

    def __init__(self, deadline: float, timeouts: Timeouts, monotonic: Callable[[], float]) -> None:
        self.deadline = deadline
        self.timeouts = timeouts
        self.monotonic = monotonic
        self.departed: Callable[[float], None] | None = None
        self.leaving = False
        self._process = os.getpid()
        self._sent = False

    def check_process(self) -> None:
        """Refuse to send what another process sends: a fork in the middle of a call copies the call.

        Raises:
            TransportError: This is a child of the process that made the call, which goes on with it.
        """
        if self._process != os.getpid():
            # Of what the other process does, nothing is known here.
            self.sent = True
            raise TransportError(
                "refused_locally", "the process was forked during the call, which its parent goes on with"
            )

    @property
    def sent(self) -> bool:
        """Whether a byte of the request may have left, from this process or from the one that it was forked off."""
        return self._sent or self.leaving or self._process != os.getpid()

    @sent.setter
    def sent(self, sent: bool) -> None:
        if sent and not self._sent and self.departed is not None:
            self.departed(self.monotonic())
        self._sent = sent

    def left(self, bound: float | None = None) -> float:
        """Return the seconds left, at most *bound*; 0 or less when there are none."""
        left = self.deadline - self.monotonic()
        return left if bound is None or left < bound else bound


CURRENT: ContextVar[Exchange | None] = ContextVar("exchange", default=None)
"""The attempt that this thread or task is carrying out."""

Kind = Literal["connect", "timeout", "tls", "proxy", "broken", "too_large", "unreadable", "refused_locally"]


class TransportError(Exception):
    """An attempt that brought no answer.

    Attributes:
        kind: What happened.
        reason: The same in words, without anything of the request in it.
    """

    def __init__(self, kind: Kind, reason: str) -> None:
        super().__init__(reason)
        self.kind: Kind = kind
        self.reason = reason
