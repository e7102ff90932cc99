"""`--watch`: the same run again whenever a spec has changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from generator.pipeline import Settings, spec_paths

_PAUSE = 0.3  # seconds between two looks: a person who has just saved does not notice it

State = tuple[tuple[str, int, int], ...]


def changes(settings: Settings, *, sleep: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Yield at once, and then each time after a spec was changed, added or removed; never end."""
    seen: State | None = None
    while True:
        now = _state(settings)
        if now != seen:
            seen = now
            yield
        sleep(_PAUSE)


def _state(settings: Settings) -> State:
    found: list[tuple[str, int, int]] = []
    for path in spec_paths(settings):
        try:
            status = path.stat()
        except OSError:
            # Gone between the listing and the look: the next look lists it no more.
            continue
        found.append((str(path), status.st_mtime_ns, status.st_size))
    return tuple(found)
