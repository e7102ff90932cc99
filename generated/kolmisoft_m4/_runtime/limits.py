"""Rate limits: how many requests the vendor takes in any stretch of a length, and who may send next."""

from __future__ import annotations

import heapq
import itertools
import math
import os
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from .forks import begin_in_each_process
from .task_events import TaskEvent
from .values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

Path = tuple[str, ...]

LONGEST_DEPARTURE = 60.0
"""Seconds after which a permit counts as lost whose request never left and was never given up."""


@dataclass(frozen=True, kw_only=True)
class LearnFromBody:
    """Where a refusal tells the limit that holds for this account."""

    status: int
    requests: Path


@dataclass(frozen=True, kw_only=True)
class LimitHeaders:
    """Headers of every answer that tell how much is left, by small letters.

    Attributes:
        limit: How many requests are allowed in a window.
        remaining: How many of them are left.
        reset: When the next window begins, in seconds since 1970.
    """

    limit: str | None = None
    remaining: str
    reset: str


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """So many requests in any stretch of so many seconds.

    Attributes:
        requests: How many, where the caller does not say.
        seconds: The length of the stretch, the window.
        learn: Where a refusal tells what holds for this account.
        setting: The client's keyword by which a caller says his own figure, if there is one.
    """

    requests: int
    seconds: float
    learn: LearnFromBody | None = None
    headers: LimitHeaders | None = None
    setting: str | None = None

    def at(self, requests_per_window: float) -> RateLimit:
        """Return this limit with the caller's own figure; less than one request a window makes the window longer."""
        if not math.isfinite(requests_per_window) or requests_per_window <= 0:
            raise ValueError("a rate limit must be a number above 0")
        if requests_per_window < 1:
            return replace(self, requests=1, seconds=self.seconds / requests_per_window)
        return replace(self, requests=int(requests_per_window))


class WaitTooLong(Exception):
    """The next free permit comes after the deadline."""


class StoreUnavailable(Exception):
    """What several processes share cannot be asked."""


class Permit:
    """The right to send one request.

    The vendor counts a request when it sees it, at some moment between its departure and the answer. So the window of
    the permit begins when the answer is there, or a tenth of a window after the departure if the answer takes longer.
    A connection that is slow to come, and a thread that does not get its turn, put off the departure; until then the
    permit is held.

    Attributes:
        process: Whose it is; in a child of a fork it says nothing, since its request is the parent's.
    """

    __slots__ = ("_limiter", "free_at", "granted_at", "process")

    def __init__(self, limiter: BaseLimiter, granted_at: float, free_at: float) -> None:
        self._limiter = limiter
        self.granted_at = granted_at
        self.free_at = free_at
        self.process = os.getpid()

    def departed(self, now: float) -> None:
        """Note that the request is on its way from *now*."""
        self._limiter.settle(self, now + 0.1 * self._limiter.seconds)

    def answered(self, now: float) -> None:
        """Note that the vendor has answered, so it has seen the request before *now*."""
        self._limiter.settle(self, now)

    def unused(self) -> None:
        """Give the permit back: the request was certainly not sent."""
        self._limiter.settle(self, None)


class _Waiter:
    __slots__ = ("process", "wake")

    def __init__(self, wake: Callable[[], object], process: int) -> None:
        self.wake = wake
        self.process = process


class BaseLimiter(ABC):
    """Keeps requests within a limit: the face that calls see.

    Attributes:
        requests: How many requests.
        seconds: In how many seconds.
    """

    requests: int
    seconds: float

    @abstractmethod
    def acquire(self, deadline: float) -> Permit:
        """Wait for a permit, holding the thread.

        Raises:
            WaitTooLong: It would come after *deadline*.
            StoreUnavailable: Nobody can tell.
        """

    @abstractmethod
    async def acquire_async(self, deadline: float) -> Permit:
        """Wait for a permit, holding the task.

        Raises:
            WaitTooLong: It would come after *deadline*.
            StoreUnavailable: Nobody can tell.
        """

    @abstractmethod
    def learn(self, requests: int) -> None:
        """Take over a lower limit that the vendor told."""

    @abstractmethod
    def hold(self, seconds: float) -> None:
        """Let nothing go for *seconds*: the vendor told that it takes no more until then."""

    @abstractmethod
    def settle(self, permit: Permit, seen_at: float | None) -> None:
        """Set when *permit* is free again: a window after the vendor saw the request, at once when it was not used."""


class Limiter(BaseLimiter):
    """Keeps the requests of one account within its limit; give one to all clients of the account.

    Threads and tasks may wait at the same time; who came first is served first.
    """

    def __init__(self, requests: int, seconds: float = 1.0, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        if requests < 1 or not seconds > 0:
            raise ValueError("a limiter needs at least one request in a window longer than 0 seconds")
        self.requests = requests
        self.seconds = seconds
        self._monotonic = monotonic
        begin_in_each_process(self, Limiter._begin)

    def _begin(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._order = itertools.count()
        self._taken: list[tuple[float, int, Permit]] = []
        self._held: deque[Permit] = deque()
        self._in_use = 0
        self._held_until = -math.inf
        self._waiters: deque[_Waiter] = deque()

    def acquire(self, deadline: float) -> Permit:
        """Wait for a permit, holding the thread.

        Raises:
            WaitTooLong: It would come after *deadline*; nothing was waited for.
        """
        event = threading.Event()
        waiter = self._enter(event.set)
        try:
            while True:
                outcome = self._attempt(waiter, deadline)
                if isinstance(outcome, Permit):
                    return outcome
                event.wait(outcome)
                event.clear()
        except BaseException:
            self._leave(waiter)
            raise

    async def acquire_async(self, deadline: float) -> Permit:
        """Wait for a permit, holding the task.

        Raises:
            WaitTooLong: It would come after *deadline*; nothing was waited for.
        """
        event = TaskEvent()
        waiter = self._enter(event.set)
        try:
            while True:
                outcome = self._attempt(waiter, deadline)
                if isinstance(outcome, Permit):
                    return outcome
                await event.wait(outcome)
        except BaseException:
            self._leave(waiter)
            raise

    def learn(self, requests: int) -> None:
        """Take over a lower limit that the vendor told."""
        with self._lock:
            self.requests = max(1, min(self.requests, requests))

    def hold(self, seconds: float) -> None:
        """Let nothing go for *seconds*: the vendor told that it takes no more until then."""
        with self._lock:
            self._held_until = max(self._held_until, self._monotonic() + seconds)

    def settle(self, permit: Permit, seen_at: float | None) -> None:
        """Set when *permit* is free again: a window after the vendor saw the request, at once when it was not used."""
        with self._lock:
            free_at = -math.inf if seen_at is None else seen_at + self.seconds
            if free_at >= permit.free_at or permit.process != self._process:
                return
            permit.free_at = free_at
            heapq.heappush(self._taken, (free_at, next(self._order), permit))
            first = self._waiters[0] if self._waiters else None
        if first is not None:
            first.wake()

    def _enter(self, wake: Callable[[], object]) -> _Waiter:
        waiter = _Waiter(wake, self._process)
        with self._lock:
            self._waiters.append(waiter)
        return waiter

    def _leave(self, waiter: _Waiter) -> None:
        with self._lock:
            if waiter not in self._waiters:
                return
            self._waiters.remove(waiter)
            first = self._waiters[0] if self._waiters else None
        if first is not None:
            first.wake()

    def _attempt(self, waiter: _Waiter, deadline: float) -> Permit | float:
        """Return a permit, or how long to wait before asking again."""
        with self._lock:
            now = self._monotonic()
            self._release(now)
            if self._process != waiter.process:
                # Forked while it waited: here nobody waits yet.
                waiter.process = self._process
                self._waiters.append(waiter)
            place = self._waiters.index(waiter)
            if place == 0 and self._in_use < self.requests and now >= self._held_until:
                self._waiters.popleft()
                permit = self._grant(now)
                following = self._waiters[0] if self._waiters else None
            else:
                wait = max(self._wait(place, now), self._held_until - now)
                if now + wait > deadline:
                    raise WaitTooLong
                # Who is not first is woken when it is; the wait is there in case that nobody wakes it.
                return max(wait, self.seconds) if place else wait
        if following is not None:
            following.wake()
        return permit

    def _grant(self, now: float) -> Permit:
        permit = Permit(self, now, math.inf)
        self._in_use += 1
        self._held.append(permit)
        return permit

    def _release(self, now: float) -> None:
        while self._held and (self._held[0].free_at != math.inf or now > self._held[0].granted_at + LONGEST_DEPARTURE):
            lost = self._held.popleft()
            if lost.free_at == math.inf:
                lost.free_at = -math.inf
                self._in_use -= 1
        while self._taken:
            free_at, _, permit = self._taken[0]
            # A permit that was settled early has a second, earlier entry; the later one counts for nothing.
            if free_at == permit.free_at and free_at > now:
                return
            heapq.heappop(self._taken)
            if free_at == permit.free_at:
                permit.free_at = -math.inf
                self._in_use -= 1

    def _wait(self, place: int, now: float) -> float:
        """Return the least time until the waiter at *place* can have a permit."""
        free = sorted(free_at for free_at, _, permit in self._taken if free_at == permit.free_at)
        # What is held may depart and be answered this moment.
        free += [now + self.seconds] * (self._in_use - len(free))
        free.sort()
        spare = self.requests - len(free)
        upcoming = [now] * spare + free if spare > 0 else free[-self.requests :]
        rounds, within = divmod(place, len(upcoming))
        return max(0.0, upcoming[within] - now) + rounds * self.seconds
