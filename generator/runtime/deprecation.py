"""What the vendor is going to take away: told where it is called, in time and with what to use instead."""

from __future__ import annotations

import datetime
import inspect
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from .arguments import OMIT
from .values import dataclass

if TYPE_CHECKING:
    import logging
    from collections.abc import Mapping
    from types import FrameType

_PACKAGE = Path(__file__).parents[1]
_PASSED = (f"{_PACKAGE}{os.sep}", f"{Path(os.__file__).parent / 'asyncio'}{os.sep}")
"""Where frames lie that are not the caller's: this package, and the event loop."""

_TESTS = f"{_PACKAGE / 'tests'}{os.sep}"


class SunsetWarning(DeprecationWarning):
    """Something is still used after the day on which the vendor wanted to take it away."""


@dataclass(frozen=True, kw_only=True)
class Deprecation:
    """The end of an operation, or of one of its parameters.

    Attributes:
        since: The day on which the vendor announced it.
        sunset: The day from which it may be gone, where that is known.
        instead: What to use, as callers write it.
        parameter: The keyword; empty for the operation as a whole.
    """

    since: str
    sunset: str = ""
    instead: str = ""
    parameter: str = ""

    def is_used(self, arguments: Mapping[str, object]) -> bool:
        """Tell whether a call with these arguments uses what ends."""
        return not self.parameter or not any(arguments.get(self.parameter) is nothing for nothing in (None, OMIT))

    def message(self, operation: str, today: str) -> str:
        """Say what ends, when, and what to use; *today* is a day such as `2026-11-21`."""
        what = f"the argument {self.parameter!r} of {operation}" if self.parameter else operation
        instead = f"; use {self.instead} instead" if self.instead else ""
        if self.sunset and today >= self.sunset:
            return (
                f"{what} was to go away on {self.sunset} and may fail at any time{instead} "
                f"(deprecated since {self.since})"
            )
        end = f" and goes away on {self.sunset}" if self.sunset else ""
        return f"{what} is deprecated since {self.since}{end}{instead}"


@dataclass(frozen=True)
class Deprecations:
    """All that ends of one operation. An operation of which nothing ends has none of these."""

    ends: tuple[Deprecation, ...]

    def tell(
        self, operation: str, arguments: Mapping[str, object], told: set[str], logger: logging.Logger, now: float
    ) -> None:
        """Warn of what a call uses, once for each client, at the line that calls; and log it once.

        A warning that a filter turns into an error is raised each time, before anything is sent.

        Args:
            operation: The operation's name.
            arguments: The call's arguments by their keywords.
            told: What this client was told of already.
            logger: Takes the same words, since most programs show no `DeprecationWarning`.
            now: Seconds since 1970.
        """
        for end in self.ends:
            key = f"{operation}({end.parameter})"
            if key in told or not end.is_used(arguments):
                continue
            today = datetime.datetime.fromtimestamp(now, datetime.UTC).date().isoformat()
            message = end.message(operation, today)
            kind = SunsetWarning if end.sunset and today >= end.sunset else DeprecationWarning
            level = _caller(inspect.currentframe())
            warnings.warn(message, kind, stacklevel=level)
            told.add(key)
            logger.warning("%s", message, stacklevel=level)


def _caller(frame: FrameType | None) -> int:
    """Return how many frames above the given one the caller's own code is: neither ours, nor the event loop's."""
    level = 1
    above = frame
    while above is not None and _is_passed(above.f_code.co_filename):
        level += 1
        above = above.f_back
    return level if above is not None else 2


def _is_passed(file: str) -> bool:
    return file.startswith(_PASSED) and not file.startswith(_TESTS)
