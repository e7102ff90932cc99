"""A vendor that keeps a ledger of payments, knows keys as vendors do, and fails on the wire as it is told.

It is honest: what it refuses with a 4xx was not carried out. All else may be said of any payment, carried out or not.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import socket
import threading
import urllib.parse
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from tests.runtime.fault_server import FaultServer, Wire

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

    def begin(self, body: bytes, key: str, now: float) -> None:
        """Note that the first request with *key* is at work."""
        with self._lock:
            self._kept[key] = _Kept(now, body, None)

    def duplicates(self) -> dict[str, int]:
        """Return the payments that were carried out more than once."""
        return {reference: count for reference, count in self.executions.items() if count > 1}


class Attempt:
    """One connection that a fault plays on."""

    def __init__(self, server: LedgerServer, wire: Wire, chance: random.Random) -> None:
        self.server = server
        self.wire = wire
        self.chance = chance
        self.received = False
        self.refused = False
        self.reference: str | None = None

    def take(self) -> bytes:
        """Read the whole request."""
        request = self.wire.take()
        self.received = True
        self.reference = _reference(request.partition(b"\r\n\r\n")[2])
        return request

    def take_some(self) -> None:
        """Read a little of the request."""
        with suppress(OSError):
            self.received = bool(self.wire.some(self.chance.choice((1, 10, 100))))

    def pay(self) -> bytes:
        """Read the request, carry it out, and return the answer."""
        request = self.take()
        head, _, body = request.partition(b"\r\n\r\n")
        key = re.search(rb"(?i)\r\nidempotency-key: *([^\r]+)", head)
        reference = _reference(body)
        reply = self.server.ledger.pay(
            reference, body, None if key is None else key[1].decode(), self.server.now(), fails=False
        )
        return self.server.spell(reply)

    def refuse(self, status: int, headers: str = "") -> None:
        """Read the request and refuse it."""
        self.take()
        self.refused = 400 <= status < 500 and status != 408
        self.wire.send(self.server.saying(status, headers=headers))

    def close(self) -> None:
        """Close, at once or by a reset."""
        if self.chance.random() < 0.5:
            with suppress(OSError):
                self.wire.reset()


Fault = Callable[[Attempt], None]


def _good(attempt: Attempt) -> None:
    attempt.wire.send(attempt.pay())


def _good_in_slices(attempt: Attempt) -> None:
    answer = attempt.pay()
    size = attempt.chance.choice((1, 7, 50))
    for start in range(0, len(answer), size):
        attempt.wire.send(answer[start : start + size])


def _good_after_interim(attempt: Attempt) -> None:
    answer = attempt.pay()
    attempt.wire.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * attempt.chance.randint(1, 3) + answer)


def _good_in_chunks(attempt: Attempt) -> None:
    _, _, body = attempt.pay().partition(b"\r\n\r\n")
    attempt.wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))


def _good_and_packed(attempt: Attempt) -> None:
    _, _, body = attempt.pay().partition(b"\r\n\r\n")
    packed = gzip.compress(body)
    attempt.wire.send(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(packed), packed)
    )


def _good_until_closed(attempt: Attempt) -> None:
    _, _, body = attempt.pay().partition(b"\r\n\r\n")
    attempt.wire.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body)


def _closed_at_once(attempt: Attempt) -> None:
    attempt.close()


def _closed_after_some(attempt: Attempt) -> None:
    attempt.take_some()
    attempt.close()


def _closed_unworked(attempt: Attempt) -> None:
    attempt.take()
    attempt.close()


def _worked_and_closed(attempt: Attempt) -> None:
    attempt.pay()
    attempt.close()


def _worked_and_cut(attempt: Attempt) -> None:
    answer = attempt.pay()
    attempt.wire.send(answer[: attempt.chance.randrange(len(answer))])
    attempt.close()


def _worked_and_cut_in_a_chunk(attempt: Attempt) -> None:
    _, _, body = attempt.pay().partition(b"\r\n\r\n")
    whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b" % (len(body), body)
    attempt.wire.send(whole[: -attempt.chance.randint(1, 20)])
    attempt.close()


def _worked_and_cut_while_packed(attempt: Attempt) -> None:
    _, _, body = attempt.pay().partition(b"\r\n\r\n")
    packed = gzip.compress(body)[: -attempt.chance.randint(1, 12)]
    attempt.wire.send(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(packed), packed)
    )


def _worked_and_half_a_document(attempt: Attempt) -> None:
    _, _, body = attempt.pay().partition(b"\r\n\r\n")
    attempt.wire.send(_answer(200, body[: attempt.chance.randrange(len(body))]))


def _worked_and_another_document(attempt: Attempt) -> None:
    attempt.pay()
    bodies = (b"", b"<html><body>Back soon</body></html>", b"null", b"[]", b"\xff\xfe", b"<page/>", b"{}", b"Done")
    attempt.wire.send(_answer(200, attempt.chance.choice(bodies)))


def _worked_and_failed(attempt: Attempt) -> None:
    attempt.pay()
    status = attempt.chance.choice((408, 500, 502, 503, 504, 599, 301, 302, 303, 307, 308))
    where = "Location: /elsewhere\r\nRetry-After: 1\r\n" if attempt.chance.random() < 0.5 else ""
    attempt.wire.send(attempt.server.saying(status, headers=where))


def _worked_and_silent(attempt: Attempt) -> None:
    attempt.pay()
    _until_gone(attempt)


def _worked_and_dripping(attempt: Attempt) -> None:
    answer = attempt.pay()
    for byte in answer[:20]:
        attempt.wire.send(bytes((byte,)))
        attempt.wire.wait(0.02)
    _until_gone(attempt)


def _worked_and_interim_without_end(attempt: Attempt) -> None:
    attempt.pay()
    for _ in range(10):
        attempt.wire.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        attempt.wire.wait(0.03)
    _until_gone(attempt)


def _worked_and_no_http(attempt: Attempt) -> None:
    attempt.pay()
    heads = (b"\x00" * 50, b"HTTP/9.9 200 OK\r\n\r\n", b"200\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\r\n" * 9)
    attempt.wire.send(attempt.chance.choice(heads))
    attempt.close()


def _worked_and_contradicting_lengths(attempt: Attempt) -> None:
    _, _, body = attempt.pay().partition(b"\r\n\r\n")
    lengths = attempt.chance.choice(
        (
            b"Content-Length: %d\r\nContent-Length: 1" % len(body),
            b"Content-Length: -1",
            b"Content-Length: %d" % (len(body) + 5),
            b"Content-Length: 1e2",
        )
    )
    attempt.wire.send(b"HTTP/1.1 200 OK\r\n%b\r\n\r\n%b" % (lengths, body))
    attempt.close()


def _worked_and_answered_twice(attempt: Attempt) -> None:
    answer = attempt.pay()
    attempt.wire.send(answer + answer)


def _unworked_and_failed(attempt: Attempt) -> None:
    attempt.take()
    attempt.wire.send(attempt.server.saying(attempt.chance.choice((500, 502, 503, 504))))


def _refused_by_rate(attempt: Attempt) -> None:
    waits = ("", "Retry-After: 0\r\n", "Retry-After: 1\r\n", "Retry-After: never\r\n", "Retry-After: -5\r\n")
    attempt.refuse(429, attempt.chance.choice((*waits, "Retry-After: 100000\r\n")))


def _refused(attempt: Attempt) -> None:
    attempt.refuse(attempt.chance.choice((400, 401, 403, 404, 409, 415, 422, 451, 499)))


def _refused_early(attempt: Attempt) -> None:
    attempt.take_some()
    attempt.refused = True
    attempt.wire.send(attempt.server.saying(attempt.chance.choice((400, 413, 429))))
    attempt.close()


FAULTS: Mapping[str, Fault] = {
    name.lstrip("_"): value
    for name, value in list(globals().items())
    if name.startswith(("_good", "_closed", "_worked", "_unworked", "_refused"))
}

SLOW = frozenset({"worked_and_silent", "worked_and_dripping", "worked_and_interim_without_end"})
"""What takes as long as the caller's patience."""


def _until_gone(attempt: Attempt) -> None:
    with suppress(OSError):
        attempt.wire.some(1)


def _answer(status: int, body: bytes, headers: str = "") -> bytes:
    return b"HTTP/1.1 %d Said\r\nContent-Length: %d\r\n%b\r\n%b" % (status, len(body), headers.encode(), body)


def _reference(body: bytes) -> str:
    """Return the caller's own word for a payment, from a form or from JSON."""
    try:
        return str(json.loads(body)["reference"])
    except (ValueError, KeyError, TypeError):
        return urllib.parse.parse_qs(body.decode())["comment"][0]


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
                if not self._changed.wait_for(lambda: self._last == 0 and self._played == self.connections, 10):
                    raise TimeoutError("a connection of the ledger's is still at work")

    def spell(self, reply: Reply) -> bytes:
        """Return the bytes of the answer to a payment."""
        if reply.status != 200:
            return self.saying(reply.status, reply.words)
        if self._style == "json":
            return _answer(200, json.dumps({"data": {"number": reply.number}, "meta": {"success": True}}).encode())
        return _answer(
            200,
            b'<page><response><status>ok</status><payment currency="USD"><payment_id>%d</payment_id><tax>0</tax>'
            b"<amount>1</amount><gross>1</gross></payment></response></page>" % reply.number,
        )

    def saying(self, status: int, words: str = "No", headers: str = "") -> bytes:
        """Return the bytes of a refusal."""
        if self._style == "xml":
            return _answer(status, f"<page><error>{words}</error></page>".encode(), headers)
        errors = {"code": "ledger:said", "title": words}
        return _answer(status, json.dumps({"data": [], "meta": {"success": False, "errors": errors}}).encode(), headers)

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
