"""Where an HTTP/1.1 answer ends, so that a connection with anything after it is not used again.

A vendor that answers twice, or sends a body with a 204, leaves bytes behind. The layer below would take them for the
answer to the next request.
"""

from __future__ import annotations

import re
from typing import Literal

_BLANK_LINE = re.compile(rb"\n\r?\n")
_LENGTH = re.compile(rb"\ncontent-length[ \t]*:[ \t]*([0-9]{1,18})[ \t]*\r?\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\ntransfer-encoding[ \t]*:[^\n]*chunked[ \t]*\r?\n", re.IGNORECASE)
_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3})\b")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,15})[ \t]*(;[^\n]*)?\r?\n\Z")

State = Literal["head", "counted", "chunk_size", "chunk_end", "trailers", "until_close", "ended", "lost"]


class Framing:
    """Follows the bytes of one answer after the other on one connection."""

    __slots__ = ("_bodiless", "_chunked", "_left", "_rest", "state")

    def __init__(self) -> None:
        self.begin(b"")

    def begin(self, request: bytes) -> None:
        """Expect the answer to a request that begins with *request*."""
        self.state: State = "head"
        self._bodiless = request.startswith((b"HEAD ", b"CONNECT "))
        self._chunked = False
        self._left = 0
        self._rest = b""

    @property
    def is_clean(self) -> bool:
        """Whether the answer has ended and nothing came after it."""
        return self.state == "ended"

    @property
    def is_over(self) -> bool:
        """Whether nothing that comes now can make the connection usable again."""
        return self.state in ("lost", "until_close")

    def feed(self, data: bytes) -> None:
        """Follow the next bytes that came."""
        buffer = self._rest + data if self._rest else data
        self._rest = b""
        position = 0
        while position < len(buffer) and not self.is_over:
            if self.state == "ended":
                # More than the answer: which request it belongs to, nobody can tell.
                self.state = "lost"
            elif self.state == "counted":
                taken = min(self._left, len(buffer) - position)
                position += taken
                self._left -= taken
                if not self._left:
                    self.state = "chunk_end" if self._chunked else "ended"
            else:
                end = self._unit_end(buffer, position)
                if end < 0:
                    self._rest = buffer[position:]
                    return
                self._read(buffer[position:end])
                position = end

    def _unit_end(self, buffer: bytes, position: int) -> int:
        if self.state == "head":
            blank = _BLANK_LINE.search(buffer, position)
            return -1 if blank is None else blank.end()
        return buffer.find(b"\n", position) + 1 or -1

    def _read(self, unit: bytes) -> None:
        match self.state:
            case "head":
                self._read_head(unit)
            case "chunk_size":
                size = _CHUNK_SIZE.match(unit)
                if size is None:
                    self.state = "lost"
                    return
                self._left = int(size.group(1), 16)
                self.state = "counted" if self._left else "trailers"
            case "chunk_end":
                self.state = "chunk_size" if unit in (b"\r\n", b"\n") else "lost"
            case "trailers":
                if unit in (b"\r\n", b"\n"):
                    self.state = "ended"
            case _:
                self.state = "lost"

    def _read_head(self, head: bytes) -> None:
        status = _STATUS.match(head.lstrip(b"\r\n"))
        if status is None:
            self.state = "lost"
            return
        code = int(status.group(1))
        if code < 200:
            # An interim answer: the head of the real one follows. After a 101 it would not be HTTP any more.
            self.state = "lost" if code == 101 else "head"
            return
        length = _LENGTH.search(head)
        if self._bodiless or code in (204, 304):
            self.state = "ended"
        elif _CHUNKED.search(head):
            self._chunked = True
            self.state = "chunk_size"
        elif length is not None:
            self._left = int(length.group(1))
            self.state = "counted" if self._left else "ended"
        else:
            self.state = "until_close"
