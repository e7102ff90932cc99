"""What a vendor does with one connection: answers, fails and lies on the wire, with the work done or not."""

from __future__ import annotations

import gzip
import json
import random
import re
import urllib.parse
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from tests.runtime.fault_server import Wire

if TYPE_CHECKING:
    from tests.torture.ledger import LedgerServer


class Attempt:
    """One connection that a fault plays on."""

    def __init__(self, server: LedgerServer, wire: Wire, chance: random.Random) -> None:
        self.server = server
        self.wire = wire
        self.chance = chance
        self.received = False
        self.refused = False
        self.reference: str | None = None
        self.key: str | None = None

    def take(self) -> bytes:
        """Read the whole request."""
        request = self.wire.take()
        self.received = True
        head, _, body = request.partition(b"\r\n\r\n")
        self.reference = reference_of(body)
        self.key = key_of(head, body)
        return request

    def take_some(self) -> None:
        """Read a little of the request."""
        with suppress(OSError):
            self.received = bool(self.wire.some(self.chance.choice((1, 10, 100))))

    def pay(self, *, fails: bool = False) -> bytes:
        """Read the request, carry it out, and return the answer; *fails* is for what is not carried out after all."""
        body = self.take().partition(b"\r\n\r\n")[2]
        reply = self.server.ledger.pay(reference_of(body), body, self.key, self.server.now(), fails=fails)
        if reply.status != 200:
            # What is not good is told as it is, whatever else was to be played.
            self.wire.send(self.server.spell(reply))
            raise EOFError
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


def good(attempt: Attempt) -> None:
    """Answer well."""
    attempt.wire.send(attempt.pay())


def good_in_slices(attempt: Attempt) -> None:
    """Answer well, a few bytes at a time."""
    answer = attempt.pay()
    size = attempt.chance.choice((1, 7, 50))
    for start in range(0, len(answer), size):
        attempt.wire.send(answer[start : start + size])


def good_after_interim(attempt: Attempt) -> None:
    """Answer well, after interim answers."""
    answer = attempt.pay()
    attempt.wire.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * attempt.chance.randint(1, 3) + answer)


def good_in_chunks(attempt: Attempt) -> None:
    """Answer well, in chunks."""
    _, _, body = attempt.pay().partition(b"\r\n\r\n")
    attempt.wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))


def good_and_packed(attempt: Attempt) -> None:
    """Answer well, packed."""
    _, _, body = attempt.pay().partition(b"\r\n\r\n")
    packed = gzip.compress(body)
    attempt.wire.send(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(packed), packed)
    )


def good_until_closed(attempt: Attempt) -> None:
    """Answer well; the end of the connection is that of the answer."""
    _, _, body = attempt.pay().partition(b"\r\n\r\n")
    attempt.wire.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body)


def closed_at_once(attempt: Attempt) -> None:
    """Close before anything was read."""
    attempt.close()


def closed_after_some(attempt: Attempt) -> None:
    """Close after a little of the request."""
    attempt.take_some()
    attempt.close()


def closed_unworked(attempt: Attempt) -> None:
    """Close after the request, and do nothing."""
    attempt.take()
    attempt.close()


def worked_and_closed(attempt: Attempt) -> None:
    """Do the work, and close."""
    attempt.pay()
    attempt.close()


def worked_and_cut(attempt: Attempt) -> None:
    """Do the work, and close in the answer."""
    answer = attempt.pay()
    attempt.wire.send(answer[: attempt.chance.randrange(len(answer))])
    attempt.close()


def worked_and_cut_in_a_chunk(attempt: Attempt) -> None:
    """Do the work, and close in a chunk."""
    _, _, body = attempt.pay().partition(b"\r\n\r\n")
    whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b" % (len(body), body)
    attempt.wire.send(whole[: -attempt.chance.randint(1, 20)])
    attempt.close()


def worked_and_cut_while_packed(attempt: Attempt) -> None:
    """Do the work, and leave out the end of the packed answer."""
    _, _, body = attempt.pay().partition(b"\r\n\r\n")
    packed = gzip.compress(body)[: -attempt.chance.randint(1, 12)]
    attempt.wire.send(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(packed), packed)
    )


def worked_and_half_a_document(attempt: Attempt) -> None:
    """Do the work, and send half a document as if it were whole."""
    _, _, body = attempt.pay().partition(b"\r\n\r\n")
    attempt.wire.send(answer(200, body[: attempt.chance.randrange(len(body))]))


def worked_and_another_document(attempt: Attempt) -> None:
    """Do the work, and send something else."""
    attempt.pay()
    bodies = (b"", b"<html><body>Back soon</body></html>", b"null", b"[]", b"\xff\xfe", b"<page/>", b"{}", b"Done")
    attempt.wire.send(answer(200, attempt.chance.choice(bodies)))


def worked_and_failed(attempt: Attempt) -> None:
    """Do the work, and say that it failed, or redirect."""
    attempt.pay()
    attempt.server.ledger.fail(attempt.key)
    status = attempt.chance.choice((408, 500, 502, 503, 504, 599, 301, 302, 303, 307, 308))
    where = "Location: /elsewhere\r\nRetry-After: 1\r\n" if attempt.chance.random() < 0.5 else ""
    attempt.wire.send(attempt.server.saying(status, headers=where))


def worked_and_silent(attempt: Attempt) -> None:
    """Do the work, and say nothing."""
    attempt.pay()
    until_gone(attempt)


def worked_and_dripping(attempt: Attempt) -> None:
    """Do the work, and answer too slowly."""
    answer = attempt.pay()
    for byte in answer[:20]:
        attempt.wire.send(bytes((byte,)))
        attempt.wire.wait(0.02)
    until_gone(attempt)


def worked_and_interim_without_end(attempt: Attempt) -> None:
    """Do the work, and send interim answers only."""
    attempt.pay()
    for _ in range(10):
        attempt.wire.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        attempt.wire.wait(0.03)
    until_gone(attempt)


def worked_and_no_http(attempt: Attempt) -> None:
    """Do the work, and send what is no HTTP."""
    attempt.pay()
    heads = (b"\x00" * 50, b"HTTP/9.9 200 OK\r\n\r\n", b"200\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\r\n" * 9)
    attempt.wire.send(attempt.chance.choice(heads))
    attempt.close()


def worked_and_contradicting_lengths(attempt: Attempt) -> None:
    """Do the work, and send lengths that contradict each other."""
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


def worked_and_answered_twice(attempt: Attempt) -> None:
    """Do the work once, and answer twice."""
    answer = attempt.pay()
    attempt.wire.send(answer + answer)


def unworked_and_failed(attempt: Attempt) -> None:
    """Fail before the work."""
    attempt.take()
    attempt.wire.send(attempt.server.saying(attempt.chance.choice((500, 502, 503, 504))))


def unworked_and_failure_kept(attempt: Attempt) -> None:
    """Fail in the work, and keep the failure under the key."""
    attempt.pay(fails=True)


def worked_later_and_closed(attempt: Attempt) -> None:
    """Begin the work, which takes its time, and close."""
    body = attempt.take().partition(b"\r\n\r\n")[2]
    attempt.server.ledger.begin(
        reference_of(body), body, attempt.key, attempt.server.now(), attempt.chance.randint(1, 4)
    )
    attempt.close()


def refused_by_rate(attempt: Attempt) -> None:
    """Refuse: too many requests."""
    waits = ("", "Retry-After: 0\r\n", "Retry-After: 1\r\n", "Retry-After: never\r\n", "Retry-After: -5\r\n")
    attempt.refuse(429, attempt.chance.choice((*waits, "Retry-After: 100000\r\n")))


def refused(attempt: Attempt) -> None:
    """Refuse by a status."""
    attempt.refuse(attempt.chance.choice((400, 401, 403, 404, 409, 415, 422, 451, 499)))


def refused_early(attempt: Attempt) -> None:
    """Refuse before all of the request was read."""
    attempt.take_some()
    attempt.refused = True
    attempt.wire.send(attempt.server.saying(attempt.chance.choice((400, 413, 429))))
    attempt.close()


FAULTS: Mapping[str, Fault] = {
    fault.__name__: fault
    for fault in (
        good,
        good_in_slices,
        good_after_interim,
        good_in_chunks,
        good_and_packed,
        good_until_closed,
        closed_at_once,
        closed_after_some,
        closed_unworked,
        worked_and_closed,
        worked_and_cut,
        worked_and_cut_in_a_chunk,
        worked_and_cut_while_packed,
        worked_and_half_a_document,
        worked_and_another_document,
        worked_and_failed,
        worked_and_silent,
        worked_and_dripping,
        worked_and_interim_without_end,
        worked_and_no_http,
        worked_and_contradicting_lengths,
        worked_and_answered_twice,
        unworked_and_failed,
        unworked_and_failure_kept,
        worked_later_and_closed,
        refused_by_rate,
        refused,
        refused_early,
    )
}

SLOW = frozenset({"worked_and_silent", "worked_and_dripping", "worked_and_interim_without_end"})
"""What takes as long as the caller's patience."""


def until_gone(attempt: Attempt) -> None:
    """Wait until the client gives up."""
    with suppress(OSError):
        attempt.wire.some(1)


def answer(status: int, body: bytes, headers: str = "") -> bytes:
    """Return the bytes of an answer."""
    return b"HTTP/1.1 %d Said\r\nContent-Length: %d\r\n%b\r\n%b" % (status, len(body), headers.encode(), body)


def key_of(head: bytes, body: bytes) -> str | None:
    """Return the key of a request, from its header or from the field of its document."""
    found = re.search(rb"(?i)\r\nidempotency-key: *([^\r]+)", head)
    if found is not None:
        return found[1].decode()
    try:
        key = json.loads(body).get("requestId")
    except (ValueError, AttributeError):
        return None
    return None if key is None else str(key)


def reference_of(body: bytes) -> str:
    """Return the caller's own word for a payment, from a form or from JSON."""
    try:
        return str(json.loads(body)["reference"])
    except (ValueError, KeyError, TypeError):
        return urllib.parse.parse_qs(body.decode())["comment"][0]
