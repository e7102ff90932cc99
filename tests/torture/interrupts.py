"""Interrupts of a thread, at each place in turn where the interpreter looks for one."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Generator
from types import FrameType

from tests.torture.money import Interrupted


class InterruptAt:
    """Interrupts the thread at one of the places where the interpreter looks for an interrupt.

    It looks where a Python function begins and where a call of anything else ends; those in the runtime are counted, and
    those in other packages that are named.
    """

    def __init__(self, place: int, *packages: str) -> None:
        self._left = place
        self._packages = ("generator.runtime", *packages)
        self.seen = 0

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        """Count, and interrupt where it is time."""
        if event not in ("call", "c_return") or frame.f_globals.get("__package__") not in self._packages:
            return
        self.seen += 1
        if self.seen == self._left:
            raise Interrupted


@contextlib.contextmanager
def collected_later() -> Generator[None]:
    """Keep the collector out: what is thrown away while a call runs would swallow the interrupt that comes just then."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect(0)
