"""Edits of a file's text, with its line ends and its beginning kept."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

_MARK = "\ufeff"


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Text that takes the place of other text; of none, where both offsets are the same.

    Attributes:
        start: Where it begins, counted in the characters of `SpecSource.text`.
        end: Where what it replaces ends.
        text: What stands there then, with LF line ends.
    """

    start: int
    end: int
    text: str


def edited(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Return the bytes of a spec file after some edits.

    A byte-order mark stays, new lines end as the lines above them do, and a file without a line end at its end keeps
    to that.

    Args:
        data: The file, which was read without a complaint.
        edits: What to change; no two may overlap.
    """
    written = data.decode()
    mark = _MARK if written.startswith(_MARK) else ""
    body = written.removeprefix(_MARK)
    ends = [found.start() - number for number, found in enumerate(re.finditer("\r\n", body))]
    text = body.replace("\r\n", "\n")
    is_open = not text.endswith("\n")
    for edit in sorted(edits, reverse=True):
        above = text.rfind("\n", 0, edit.start)
        end = "\r\n" if (above in ends if above >= 0 else bool(ends)) else "\n"
        new = edit.text
        if is_open and edit.start > len(text):
            new = "\n" + new.removesuffix("\n")
        start, stop = (min(at + bisect_left(ends, at), len(body)) for at in (edit.start, edit.end))
        body = body[:start] + new.replace("\n", end) + body[stop:]
    return (mark + body).encode()
