"""Limits that the processes of one machine keep together, by a file."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, cast

from .locked_files import locked
from .shared_limits import LEARNED_FOR, LEASE, Grant, Question, SharedLimiter, WhenUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable


class FileLimiter(SharedLimiter):
    """Keeps the requests of one account within its limit, in all processes of this machine that name the same file.

    The file is made where there is none; it holds no secret. It has to lie on a disk of this machine: a network drive
    does not keep locks. Time is the machine's, counted from its start: after a restart all that was taken counts as
    taken just now.

    Args:
        path: The file, such as `/run/lock/account.limit`; one for each account.
        requests: How many requests.
        seconds: In how many seconds.
        when_unavailable: What happens while the file cannot be used: `closed` and calls fail with a
            `StoreUnavailableError`, `open` and each process keeps the whole limit by itself.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        requests: int,
        seconds: float = 1.0,
        *,
        when_unavailable: WhenUnavailable = "closed",
    ) -> None:
        self._path = os.path.abspath(path)  # noqa: PTH100 - a path of bytes is refused, and nothing else is needed
        super().__init__(FileStore(self._path), requests, seconds, when_unavailable)

    def __repr__(self) -> str:
        return f"FileLimiter({self._path!r}, {self.requests}, {self.seconds:g})"


class FileStore:
    """Counts permits in a file."""

    def __init__(self, path: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._monotonic = monotonic

    def ask(self, question: Question) -> Grant:
        """Take note of what is told, and grant what can be.

        Raises:
            StoreUnavailable: The file cannot be used.
        """
        with locked(self._path) as file:
            now = self._monotonic()
            count = _Count.read(file.read(), question, now)
            grant = count.grant(question, now)
            file.write(count.written(now))
        return grant


class _Count:
    """What stands in the file: until when each permit counts, by its name."""

    def __init__(self, taken: dict[str, float], held_until: float, learned: tuple[int, float]) -> None:
        self.taken = taken
        self.held_until = held_until
        self.learned = learned

    @classmethod
    def read(cls, document: object, question: Question, now: float) -> _Count:
        """Read what stood there; of what makes no sense, take the worst."""
        if document == {}:
            return cls({}, 0.0, (0, 0.0))
        try:
            found = cast("dict[str, Any]", document)
            taken = {str(name): float(until) for name, until in found["taken"].items()}
            written, held_until = float(found["written"]), float(found["held_until"])
            learned = (int(found["learned"][0]), float(found["learned"][1]))
        except (TypeError, KeyError, ValueError, AttributeError, IndexError):
            # Cut by a crash, or not ours: as if all had been taken just now.
            return cls({f"lost-{number}": now + question.seconds for number in range(question.requests)}, 0.0, (0, 0.0))
        if written > now:
            # The machine was started anew, and its time with it. What was taken counts from now.
            taken = dict.fromkeys(taken, now + question.seconds)
            held_until, learned = now + (held_until - written), (learned[0], now + (learned[1] - written))
        return cls(taken, held_until, learned)

    def written(self, now: float) -> dict[str, object]:
        """Return what goes into the file."""
        return {"written": now, "held_until": self.held_until, "learned": self.learned, "taken": self.taken}

    def grant(self, question: Question, now: float) -> Grant:
        """Take note of what *question* tells, and grant what it asks for."""
        for name in question.unused:
            self.taken.pop(name, None)
        for name, seconds in question.seen.items():
            self.taken[name] = now - seconds + question.seconds
        if question.hold is not None:
            self.held_until = max(self.held_until, now + question.hold)
        limit = min(question.requests, self._lowest(question.learned, now))
        self.taken = {name: until for name, until in self.taken.items() if until > now}
        if now < self.held_until:
            return Grant(0, limit, self.held_until - now)
        granted = min(len(question.wanted), max(0, limit - len(self.taken)))
        for name in question.wanted[:granted]:
            self.taken[name] = now + LEASE + 1.1 * question.seconds
        if granted == len(question.wanted):
            return Grant(granted, limit, 0.0)
        free = sorted(self.taken.values())[len(self.taken) - limit]
        # What is held may leave and be answered this moment.
        return Grant(granted, limit, min(free - now, question.seconds))

    def _lowest(self, told: int | None, now: float) -> int:
        """Return the lowest limit that the vendor told lately, a large number where it told none."""
        known, until = self.learned
        is_known = now < until
        if told is not None and not (is_known and known < told):
            self.learned = (told, now + LEARNED_FOR)
            return told
        return known if is_known else 1 << 62
