"""Limits that several processes keep together: what they share is in a store, and each asks it for all its callers.

A process has one thread for that, which lives while somebody waits or something has to be told. So callers never wait for
the store with a lock held, tasks never hold up their loop, and one question serves all who wait.
"""

from __future__ import annotations

import atexit
import logging
import math
import os
import secrets
import threading
import time
import weakref
from collections import deque
from dataclasses import field
from typing import TYPE_CHECKING, Literal, Protocol

from .forks import begin_in_each_process
from .limits import LONGEST_DEPARTURE, BaseLimiter, Limiter, Permit, StoreUnavailable, WaitTooLong
from .task_events import TaskEvent
from .values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

WhenUnavailable = Literal["open", "closed"]
"""What happens while the store does not answer: `open` goes on with a limit of the process's own, `closed` fails."""

LEARNED_FOR = 3600.0
"""Seconds for which a lower limit that the vendor told holds for all."""

LEASE = 5.0
"""Seconds for which a permit is held whose request has not left; the process says every half of it that it still is, so
that one which ends in between blocks the others no longer."""

_IDLE = 0.5
_PAUSE = 1.0
_LAST_WORDS = 1.0
"""Seconds: until the thread ends that has nothing to do, before a store that failed is asked again, and that the end of
the process waits for what has to be told."""

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a process tells the store and asks of it.

    Attributes:
        requests: The limit.
        seconds: Its window.
        wanted: Names of permits that somebody here waits for.
        seen: For how many seconds the vendor has seen the request of a permit, at least; negative where it may see it
            later.
        unused: Permits that were given back.
        learned: A lower limit that the vendor told.
        hold: Seconds for which the vendor takes no more.
    """

    requests: int
    seconds: float
    wanted: Sequence[str] = ()
    seen: Mapping[str, float] = field(default_factory=dict[str, float])
    unused: Sequence[str] = ()
    learned: int | None = None
    hold: float | None = None


@dataclass(frozen=True)
class Grant:
    """What the store answers.

    Attributes:
        granted: How many of the permits that were wanted are there, from the first.
        requests: The limit that holds.
        wait: Seconds until the next can be, where not all are there.
    """

    granted: int
    requests: int
    wait: float


class Store(Protocol):
    """Where the permits of an account are counted."""

    def ask(self, question: Question) -> Grant:
        """Take note of what is told, and grant what can be.

        Raises:
            StoreUnavailable: It does not answer.
        """
        ...


class _SharedPermit(Permit):
    __slots__ = ("name",)

    def __init__(self, limiter: SharedLimiter, granted_at: float, name: str) -> None:
        super().__init__(limiter, granted_at, math.inf)
        self.name = name


class _Waiter:
    __slots__ = ("deadline", "outcome", "wake")

    def __init__(self, deadline: float, wake: Callable[[], object]) -> None:
        self.deadline = deadline
        self.wake = wake
        self.outcome: Permit | WaitTooLong | StoreUnavailable | None = None


class SharedLimiter(BaseLimiter):
    """Keeps the requests of one account within its limit, in all processes that share a store."""

    def __init__(self, store: Store, requests: int, seconds: float, when_unavailable: WhenUnavailable) -> None:
        if requests < 1 or not 0 < seconds < math.inf:
            raise ValueError("a limiter needs at least one request in a window longer than 0 seconds")
        if when_unavailable not in ("open", "closed"):
            raise ValueError("when_unavailable must be 'open' or 'closed'")
        self.requests = requests
        self.seconds = float(seconds)
        self.when_unavailable = when_unavailable
        self._store = store
        self._own = Limiter(requests, self.seconds)
        begin_in_each_process(self, SharedLimiter._begin)

    def _begin(self) -> None:
        # In a child there is neither the thread nor anybody who waits.
        self._process = os.getpid()
        self._changed = threading.Condition()
        self._waiters: deque[_Waiter] = deque()
        self._seen: dict[str, float] = {}
        self._unused: list[str] = []
        self._held: dict[str, float] = {}
        self._renewed_at = -math.inf
        self._learned: int | None = None
        self._told_until = -math.inf
        self._held_until = -math.inf
        self._ask_at = -math.inf
        self._at_most = self.requests
        self._is_down = False
        self._is_asking = False
        self._thread: threading.Thread | None = None

    # What calls ask for.

    def acquire(self, deadline: float) -> Permit:
        """Wait for a permit, holding the thread.

        Raises:
            WaitTooLong: It would come after *deadline*.
            StoreUnavailable: The store does not answer, and the limiter is closed then.
        """
        event = threading.Event()
        waiter = self._enter(deadline, event.set)
        try:
            while waiter.outcome is None and event.wait(max(0.0, deadline - time.monotonic())):
                event.clear()
        except BaseException:
            self._leave(waiter)
            raise
        outcome = self._outcome(waiter)
        return self._own.acquire(deadline) if outcome is None else outcome

    async def acquire_async(self, deadline: float) -> Permit:
        """Wait for a permit, holding the task.

        Raises:
            WaitTooLong: It would come after *deadline*.
            StoreUnavailable: The store does not answer, and the limiter is closed then.
        """
        event = TaskEvent()
        waiter = self._enter(deadline, event.set)
        try:
            await event.wait(max(0.0, deadline - time.monotonic()))
        except BaseException:
            self._leave(waiter)
            raise
        outcome = self._outcome(waiter)
        return await self._own.acquire_async(deadline) if outcome is None else outcome

    def learn(self, requests: int) -> None:
        """Tell all of a lower limit that the vendor told."""
        self._own.learn(requests)
        with self._changed:
            self._learned = max(1, requests if self._learned is None else min(self._learned, requests))
            self._call_thread()

    def hold(self, seconds: float) -> None:
        """Let nothing go for *seconds*, in any process: the vendor told that it takes no more until then."""
        self._own.hold(seconds)
        with self._changed:
            self._held_until = max(self._held_until, time.monotonic() + seconds)
            self._call_thread()

    def settle(self, permit: Permit, seen_at: float | None) -> None:
        """Set when *permit* is free again: a window after the vendor saw the request, at once when it was not used."""
        free_at = -math.inf if seen_at is None else seen_at + self.seconds
        if not isinstance(permit, _SharedPermit) or free_at >= permit.free_at or permit.process != self._process:
            return
        with self._changed:
            permit.free_at = free_at
            self._held.pop(permit.name, None)
            if seen_at is None:
                self._seen.pop(permit.name, None)
                self._unused.append(permit.name)
            else:
                self._seen[permit.name] = seen_at
            self._call_thread()

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError(f"{type(self).__name__} cannot be pickled or copied; make it anew in each process")

    # Who waits.

    def _enter(self, deadline: float, wake: Callable[[], object]) -> _Waiter:
        waiter = _Waiter(deadline, wake)
        with self._changed:
            if self._is_down and time.monotonic() < self._ask_at:
                waiter.outcome = StoreUnavailable()
                wake()
                return waiter
            self._waiters.append(waiter)
            self._refuse_who_would_wait_too_long()
            self._call_thread()
        return waiter

    def _leave(self, waiter: _Waiter) -> None:
        with self._changed:
            if waiter in self._waiters:
                self._waiters.remove(waiter)
        if isinstance(waiter.outcome, Permit):
            waiter.outcome.unused()

    def _outcome(self, waiter: _Waiter) -> Permit | None:
        """Return what a waiter has, None where it goes on with the limit of this process alone."""
        outcome = waiter.outcome
        if isinstance(outcome, Permit):
            return outcome
        if isinstance(outcome, StoreUnavailable):
            if self.when_unavailable == "open":
                return None
            raise StoreUnavailable(*outcome.args)
        self._leave(waiter)
        if isinstance(waiter.outcome, Permit):
            return waiter.outcome
        raise WaitTooLong

    def _refuse_who_would_wait_too_long(self) -> None:
        begin = max(self._ask_at, self._held_until, time.monotonic())
        refused: list[_Waiter] = []
        for place, waiter in enumerate(self._waiters):
            if begin + place // self._at_most * self.seconds > waiter.deadline:
                refused.append(waiter)
        for waiter in refused:
            self._waiters.remove(waiter)
            waiter.outcome = WaitTooLong()
            waiter.wake()

    # The thread.

    def _call_thread(self) -> None:
        """Wake the thread, or start it."""
        if self._thread is not None:
            self._changed.notify()
            return
        self._thread = threading.Thread(target=self._serve, name=type(self).__name__, daemon=True)
        try:
            self._thread.start()
        except RuntimeError:
            # The interpreter is going down; what was not told counts as used.
            self._thread = None
        _TO_FINISH.add(self)

    def _serve(self) -> None:
        while True:
            with self._changed:
                if not self._wait_for_work():
                    return
                question = self._question()
            try:
                answer = self._store.ask(question)
            except StoreUnavailable as error:
                self._fail(question, error)
            except Exception as error:  # noqa: BLE001 - who waits has to be told, whatever a store runs into
                self._fail(question, StoreUnavailable(type(error).__name__))
            else:
                self._hand_out(question, answer)

    def _wait_for_work(self) -> bool:
        """Wait until there is something to ask or to tell; False when the thread has nothing more to do."""
        idle_until = time.monotonic() + _IDLE
        while (left := self._until_due()) > 0:
            if left == math.inf:
                left = idle_until - time.monotonic()
                if left <= 0:
                    self._thread = None
                    return False
            self._changed.wait(left)
        return True

    def _until_due(self) -> float:
        """Return the seconds until there is something to ask or to tell, infinity where nothing is."""
        if self._unused or self._learned is not None or self._told_until < self._held_until:
            due = -math.inf
        else:
            # A departure is told when its request counts as seen: most answers are there before.
            due = min(self._seen.values(), default=math.inf)
            if self._held:
                due = min(due, self._renewed_at + LEASE / 2)
        if self._waiters:
            due = min(due, max(self._ask_at, self._held_until))
        if self._is_down and due < math.inf:
            due = max(due, self._ask_at)
        return due - time.monotonic()

    def _question(self) -> Question:
        now = time.monotonic()
        asking = len(self._waiters) if now >= self._ask_at and now >= self._held_until else 0
        seen = {name: now - seen_at for name, seen_at in self._seen.items()}
        if self._held and now >= self._renewed_at + LEASE / 2:
            self._renewed_at = now
            self._held = {name: since for name, since in self._held.items() if now < since + LONGEST_DEPARTURE}
            seen |= dict.fromkeys(self._held, -(LEASE + 0.1 * self.seconds))
        question = Question(
            requests=self.requests,
            seconds=self.seconds,
            wanted=[secrets.token_hex(8) for _ in range(asking)],
            seen=seen,
            unused=self._unused,
            learned=self._learned,
            hold=self._held_until - now if self._told_until < self._held_until else None,
        )
        self._seen, self._unused, self._learned = {}, [], None
        self._told_until = self._held_until
        self._is_asking = True
        return question

    def _hand_out(self, question: Question, answer: Grant) -> None:
        with self._changed:
            now = time.monotonic()
            self._is_asking = False
            self._is_down = False
            self._at_most = max(1, answer.requests)
            if answer.granted < len(question.wanted):
                # Others may give back what they did not use, so nobody believes in a wait longer than a window.
                self._ask_at = now + min(answer.wait, self.seconds)
            if not self._held:
                self._renewed_at = now
            for name in question.wanted[: answer.granted]:
                if self._waiters:
                    self._held[name] = now
                    waiter = self._waiters.popleft()
                    waiter.outcome = _SharedPermit(self, now, name)
                    waiter.wake()
                else:
                    # Who wanted it is gone.
                    self._unused.append(name)
            self._refuse_who_would_wait_too_long()

    def _fail(self, question: Question, error: StoreUnavailable) -> None:
        with self._changed:
            now = time.monotonic()
            self._is_asking = False
            if not self._is_down and self.when_unavailable == "open":
                # Who is closed is told by each call.
                _LOGGER.warning("The store of the limit does not answer, so this process keeps its own: %s", error)
            self._is_down = True
            self._ask_at = now + _PAUSE
            # What still counts is told later. What was given back comes back by itself.
            for name, seconds in question.seen.items():
                if seconds < self.seconds and name not in self._held:
                    self._seen.setdefault(name, now - seconds)
            if question.learned is not None:
                self._learned = min(question.learned, self._learned or question.learned)
            waiters, self._waiters = self._waiters, deque[_Waiter]()
            for waiter in waiters:
                waiter.outcome = error
                waiter.wake()

    def finish(self, until: float) -> None:
        """Wait until what has to be told is told, at the end of the process."""
        while time.monotonic() < until:
            with self._changed:
                if self._thread is None or self._is_down or not (self._is_asking or self._seen or self._unused):
                    return
                # Told now, and not when it is due.
                self._seen = {name: min(seen_at, time.monotonic()) for name, seen_at in self._seen.items()}
                self._changed.notify()
            time.sleep(0.002)


_TO_FINISH: weakref.WeakSet[SharedLimiter] = weakref.WeakSet()


def _finish_all() -> None:
    until = time.monotonic() + _LAST_WORDS
    for limiter in list(_TO_FINISH):
        limiter.finish(until)


atexit.register(_finish_all)
