"""Time and chance, in one place, so that tests need neither."""

from __future__ import annotations

import random as _random
import time as _time
from typing import TYPE_CHECKING

from .values import dataclass

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


async def _sleep_async(seconds: float) -> None:
    # Imported here: who calls without tasks does without.
    import asyncio  # noqa: PLC0415 - see above

    await asyncio.sleep(seconds)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """Where a client takes time and chance from.

    Attributes:
        monotonic: Seconds that only grow; deadlines and limits use it.
        time: Seconds since 1970, for dates that the vendor sends.
        random: A number from 0 to 1, for jitter.
        sleep: Wait, holding the thread.
        sleep_async: Wait, holding the task.
    """

    monotonic: Callable[[], float] = _time.monotonic
    time: Callable[[], float] = _time.time
    random: Callable[[], float] = _random.random
    sleep: Callable[[float], None] = _time.sleep
    sleep_async: Callable[[float], Awaitable[None]] = _sleep_async


SYSTEM_CLOCK = Clock()
