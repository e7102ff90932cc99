"""Looks for a secret in whatever it may have got into, and in whatever spelling."""

from __future__ import annotations

import base64
import json
import pickle
import traceback
import urllib.parse
from collections.abc import Iterator


def spellings(secret: str) -> frozenset[str]:
    """Return the ways in which a secret may stand somewhere: as it is, encoded, turned around, or one half of it."""
    raw = secret.encode()
    halves = (secret[: len(secret) // 2], secret[len(secret) // 2 :])
    return frozenset(
        (
            *(secret, secret[::-1], *halves, *(half[::-1] for half in halves)),
            *(raw.hex(), raw.hex().upper(), urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret)),
            *(json.dumps(secret)[1:-1], ascii(secret)[1:-1], repr(raw)[2:-1]),
            # Wherever it begins in what was encoded, some run of these stands there.
            *(base64.b64encode(b"\0" * lead + raw).decode()[lead + 2 : -4].strip("=") for lead in range(3)),
        )
    )


def found_in(text: str, secrets: tuple[str, ...]) -> list[str]:
    """Return the spellings of *secrets* that stand in *text*."""
    return [spelling for secret in secrets for spelling in spellings(secret) if spelling in text]


def sinks(error: BaseException) -> Iterator[str]:
    """Yield what anybody may print, log, store or send of an error and of those it came from."""
    left: list[BaseException] = [error]
    seen: set[int] = set()
    while left:
        each = left.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield from (str(each), repr(each), repr(each.args), repr(vars(each)), format(each))
        yield "".join(traceback.format_exception(each))
        yield "".join(traceback.TracebackException.from_exception(each, capture_locals=True).format())
        yield repr(getattr(each, "__notes__", ""))
        try:
            yield pickle.dumps(each).decode("latin-1")
        except (TypeError, AttributeError, pickle.PicklingError):
            yield ""
        left += [other for other in (each.__cause__, each.__context__) if other is not None]
