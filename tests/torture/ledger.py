"""A vendor that keeps a ledger of payments, knows keys as vendors do, and fails on the wire as it is told.

It is honest: what it refuses with a 4xx was not carried out. All else may be said of any payment, carried out or not.
With a key it is honest too: it forgets none before its time, and what works again after a failure has said that it failed.
"""

from __future__ import annotations

import gc
import json
import random
import socket
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from tests.runtime.fault_server import FaultServer, Wire
from tests.torture.faults import FAULTS, Attempt, answer

Style = Literal["json", "xml"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStyle:
    """How a vendor knows that a request was there before.

    Attributes:
        seconds: How long a key is kept.
        replays_errors: Whether the answer to a failed request is kept as well; if not, the work is begun again.
        compares_bodies: Whether a key with another body is refused.
    """

    seconds: float = 86400.0
    replays_errors: bool = True
    compares_bodies: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """What a payment came to."""

    status: int
    number: int = 0
    words: str = ""


@dataclass(slots=True)
class _Kept:
    at: float
    body: bytes
    reply: Reply | None
    reference: str = ""
    questions: int = 0


@dataclass(slots=True)
class Ledger:
    """What was carried out, and what is known of keys.

    Attributes:
        style: How it knows keys; None when it knows none.
        executions: How often each payment was carried out, by the caller's reference.
    """

    style: KeyStyle | None = None
    executions: Counter[str] = field(default_factory=Counter[str])
    _kept: dict[str, _Kept] = field(default_factory=dict[str, _Kept])
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _count: int = 0

    def pay(self, reference: str, body: bytes, key: str | None, now: float, *, fails: bool = False) -> Reply:
        """Carry a payment out, unless its key tells that it was there before; *fails* is for what ends in a 500."""
        with self._lock:
            kept = self._kept.get(key) if self.style is not None and key is not None else None
            if kept is not None and self.style is not None and now - kept.at <= self.style.seconds:
                if self.style.compares_bodies and kept.body != body:
                    return Reply(422, words="this key was used for another payment")
                if kept.reply is None:
                    kept.questions -= 1
                    if kept.questions <= 0:
                        self._finish(kept)
                    return Reply(409, words="the first request with this key is at work")
                if kept.reply.status < 500 or self.style.replays_errors:
                    return kept.reply
            self._count += 1
            if not fails:
                self.executions[reference] += 1
            reply = Reply(500) if fails else Reply(200, self._count)
            if key is not None:
                self._kept[key] = _Kept(now, body, reply)
            return reply

    def begin(self, reference: str, body: bytes, key: str | None, now: float, questions: int = 2) -> None:
        """Begin a payment that takes its time: until so many *questions* for it were answered, or `finish`."""
        if key is None or self.style is None or key in self._kept:
            self.pay(reference, body, key, now)
            return
        with self._lock:
            self._kept[key] = _Kept(now, body, None, reference, questions)

    def fail(self, key: str | None) -> None:
        """Note that the answer to what was carried out was a failure, which is kept or worked again."""
        with self._lock:
            kept = self._kept.get(key or "")
            if kept is not None and self.style is not None and not self.style.replays_errors:
                kept.reply = Reply(500)

    def finish(self) -> None:
        """Carry out all that is at work."""
        with self._lock:
            for kept in self._kept.values():
                if kept.reply is None:
                    self._finish(kept)

    def _finish(self, kept: _Kept) -> None:
        self._count += 1
        self.executions[kept.reference] += 1
        kept.reply = Reply(200, self._count)

    def duplicates(self) -> dict[str, int]:
        """Return the payments that were carried out more than once."""
        return {reference: count for reference, count in self.executions.items() if count > 1}


class LedgerServer(FaultServer):
    """Plays what it is told, one fault a connection, and is good once nothing is left to play.

    Attributes:
        ledger: What was carried out.
        attempts: The connections since `play`, in their order.
    """

    def __init__(self, style: Style, keys: KeyStyle | None = None, *, secure: bool = False) -> None:
        super().__init__(self._one, secure=secure)
        self.ledger = Ledger(keys)
        self.attempts: list[Attempt] = []
        self.now: Callable[[], float] = lambda: 0.0
        self._style = style
        self._left: list[str] = []
        self._chance = random.Random(0)  # noqa: S311 - faults by chance are no secrets
        self._played = 0
        self._last = 0
        self._changed = threading.Condition()

    def play(self, faults: list[str], seed: int) -> None:
        """Play *faults* on the next connections."""
        with self._changed:
            self._left, self._chance = [*faults], random.Random(seed)  # noqa: S311 - faults by chance are no secrets
            self.attempts = []

    def settle(self) -> None:
        """Wait until every connection that was made has been played to its end.

        Raises:
            TimeoutError: One is still at work after ten seconds.
        """
        # Connections are taken in their order: once our own has been, so have those before it.
        with socket.socket() as last:
            last.bind(("127.0.0.1", 0))
            self._last = last.getsockname()[1]
            last.connect(("127.0.0.1", self.port))
            with self._changed:
                if self._changed.wait_for(self._is_settled, 0.5):
                    return
            # What an interrupt left open is closed when it is collected, and not before.
            gc.collect()
            with self._changed:
                if not self._changed.wait_for(self._is_settled, 10):
                    raise TimeoutError("a connection of the ledger's is still at work")

    def _is_settled(self) -> bool:
        return self._last == 0 and self._played == self.connections

    def spell(self, reply: Reply) -> bytes:
        """Return the bytes of the answer to a payment."""
        if reply.status != 200:
            return self.saying(reply.status, reply.words)
        if self._style == "json":
            return answer(200, json.dumps({"data": {"number": reply.number}, "meta": {"success": True}}).encode())
        return answer(
            200,
            b'<page><response><status>ok</status><payment currency="USD"><payment_id>%d</payment_id><tax>0</tax>'
            b"<amount>1</amount><gross>1</gross></payment></response></page>" % reply.number,
        )

    def saying(self, status: int, words: str = "No", headers: str = "") -> bytes:
        """Return the bytes of a refusal."""
        if self._style == "xml":
            return answer(status, f"<page><error>{words}</error></page>".encode(), headers)
        errors = {"code": "ledger:said", "title": words}
        return answer(status, json.dumps({"data": [], "meta": {"success": False, "errors": errors}}).encode(), headers)

    def _one(self, wire: Wire) -> None:
        with self._changed:
            if wire.peer == self._last:
                self._last, self._played = 0, self._played + 1
                self._changed.notify_all()
                return
            name = self._left.pop(0) if self._left else "good"
            attempt = Attempt(self, wire, random.Random(self._chance.random()))  # noqa: S311 - as above
            self.attempts.append(attempt)
        try:
            FAULTS[name](attempt)
        finally:
            with self._changed:
                self._played += 1
                self._changed.notify_all()
