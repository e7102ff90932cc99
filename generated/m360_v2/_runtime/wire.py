"""From the description of a request to what goes out, and from pieces of an answer to its body."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NoReturn

from .exchange import TransportError
from .request import Hidden, Request, encode_body

if TYPE_CHECKING:
    from .credentials import Secret
    from .target import Target

MOST_RAW = 64 * 1024 * 1024
MOST_DECODED = 64 * 1024 * 1024
"""Bytes of one answer, as sent and with its coding undone. More is refused, so that no answer fills the memory."""

STEP = 256 * 1024


class WireHeaders:
    """The headers of a request on their way out, secrets included; shows only their number."""

    __slots__ = ("_request", "_static", "_tail")

    def __init__(self, target: Target, request: Request, content: Hidden | None, *, fresh: bool) -> None:
        tail: list[tuple[bytes, bytes]] = []
        if content is not None:
            kind = b"application/json" if request.form is None else request.form.content_type.encode("ascii")
            tail = [(b"Content-Type", kind), (b"Content-Length", b"%d" % content.size)]
        elif request.method in ("POST", "PUT", "PATCH"):
            tail = [(b"Content-Length", b"0")]
        if fresh:
            tail.append((b"Connection", b"close"))
        self._static = target.headers
        self._request = request
        self._tail = tail

    def reveal(self) -> list[tuple[bytes, bytes]]:
        """Give the headers; call it only inside the expression that hands them on."""
        own = {name.lower().encode("ascii") for name, _ in self._request.headers}
        ours = [pair for pair in (*self._static, *self._tail) if pair[0].lower() not in own]
        return ours + [(name.encode("ascii"), _spelled(value)) for name, value in self._request.headers]

    def __repr__(self) -> str:
        return f"<{len(self._request.headers) + len(self._static) + len(self._tail)} headers>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a request on its way cannot be pickled or copied")


def _spelled(value: str | Secret) -> bytes:
    return value.encode("ascii") if isinstance(value, str) else value.reveal().encode("ascii")


def prepare(target: Target, request: Request, *, fresh: bool) -> tuple[WireHeaders, Hidden | None]:
    """Return the headers and the body that *request* goes out with."""
    content = encode_body(request.body, request.form)
    return WireHeaders(target, request, content, fresh=fresh), content


class Body:
    """The body of an answer as it arrives: its coding undone step by step, its size capped on the way."""

    __slots__ = ("_decompressor", "_parts", "_raw", "_size")

    def __init__(self, coding: str) -> None:
        name = coding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip"):
            raise TransportError("unreadable", "the answer came in a coding that was not asked for")
        self._decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16) if "gzip" in name else None
        self._parts: list[bytes] = []
        self._raw = 0
        self._size = 0

    def feed(self, piece: bytes) -> None:
        """Take the next piece.

        Raises:
            TransportError: There is too much, or it cannot be read.
        """
        self._raw += len(piece)
        if self._raw > MOST_RAW:
            raise TransportError("too_large", f"the answer is larger than {MOST_RAW} bytes")
        if self._decompressor is None:
            self._parts.append(piece)
            return
        broken = False
        while piece and not broken:
            try:
                plain = self._decompressor.decompress(piece, STEP)
            except zlib.error:
                broken = True
                continue
            self._size += len(plain)
            if self._size > MOST_DECODED:
                raise TransportError("too_large", f"the answer is larger than {MOST_DECODED} bytes when unpacked")
            self._parts.append(plain)
            piece = self._decompressor.unconsumed_tail
            if self._decompressor.eof and self._decompressor.unused_data:
                # Several members one after the other are one body.
                piece = self._decompressor.unused_data
                self._decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16)
        if broken:
            raise TransportError("unreadable", "the answer says that it is gzip and is not")

    def finish(self) -> bytes:
        """Return the whole body.

        Raises:
            TransportError: It is cut.
        """
        if self._decompressor is not None and self._raw and not self._decompressor.eof:
            raise TransportError("broken", "the answer is cut")
        return b"".join(self._parts)
