"""Where the processor time of a call goes: the stack is looked at every four milliseconds of it, from inside the process."""

from __future__ import annotations

import collections
import importlib
import json
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from benchmarks.inside.server import serving

SECONDS = 12.0
INTERVAL = 0.004

_PARTS = (
    ("/httpcore2/", "httpcore2 and h11"),
    ("/h11/", "httpcore2 and h11"),
    ("/_runtime/transport.py", "transport"),
    ("/_runtime/decode.py", "decoding"),
    ("/_runtime/answer.py", "decoding"),
    ("/_runtime/envelope.py", "decoding"),
    ("/_runtime/request.py", "the request"),
    ("/_runtime/arguments.py", "the request"),
    ("/_runtime/rules.py", "the request"),
    ("/_runtime/urls.py", "the request"),
    ("/_runtime/wire.py", "the request"),
    ("/resources/", "the request"),
    ("/_runtime/", "the call"),
    ("/small/", "the call"),
    ("/httpx2/", "httpx2"),
    ("/pydantic", "pydantic"),
    ("socket.py", "sockets"),
    ("ssl.py", "sockets"),
)


def main(folder: Path) -> None:
    """Call again and again, and tell the seconds of each part."""
    sys.path.insert(0, str(folder / "generated"))
    found: collections.Counter[str] = collections.Counter()

    def look(_: int, frame: FrameType | None) -> None:
        # The standard library works for whoever has called it.
        while frame is not None:
            part = _part(frame.f_code.co_filename)
            if part is not None:
                found[part] += 1
                return
            frame = frame.f_back
        found["standard library"] += 1

    with serving() as address:
        client: Any = importlib.import_module("small").Client(api_key="key", base_url=address)
        for _ in range(200):
            client.things0.get("1")
        signal.signal(signal.SIGPROF, look)
        signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
        ends = time.monotonic() + SECONDS
        while time.monotonic() < ends:
            client.things0.get("1")
        signal.setitimer(signal.ITIMER_PROF, 0)
    json.dump({part: count * INTERVAL for part, count in found.most_common()}, sys.stdout)


def _part(path: str) -> str | None:
    return next((part for piece, part in _PARTS if piece in path), None)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
