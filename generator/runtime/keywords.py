"""What the keywords of a client's constructor mean; a mistake is told before anything is sent."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .errors import ArgumentError
from .exchange import Timeouts, read_timeouts
from .limits import BaseLimiter, Limiter

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx2

    from .clock import Clock
    from .operations import Service, WireFormat


def server_address(service: Service, base_url: str | None, environment: str | None) -> str:
    """Return where a client talks to: the address given, that of the environment given, else the first.

    Raises:
        ArgumentError: There is no such environment, or no address at all.
    """
    named = {server.name: server.url for server in service.servers}
    if environment is not None and environment not in named:
        raise ArgumentError(f"environment must be one of {', '.join(map(repr, named))}")
    if base_url is not None:
        return base_url
    if environment is not None:
        return named[environment]
    if not service.servers:
        raise ArgumentError("base_url is required: only you know where this service runs")
    return service.servers[0].url


def chosen_format(service: Service, name: str | None) -> WireFormat | None:
    """Return the wire form of that name, else the first; None where the vendor has one only."""
    if not service.formats:
        return None
    for each in service.formats:
        if name in (None, each.name):
            return each
    raise ArgumentError(f"format must be one of: {', '.join(each.name for each in service.formats)}")


def chosen_limiter(
    service: Service, limiter: object, requests_per_window: float | None, clock: Clock
) -> BaseLimiter | None:
    """Return the caller's limiter, else one for this client by the vendor's limit or the caller's figure; None without."""
    limit = service.rate_limit
    name = "requests_per_window" if limit is None or limit.setting is None else limit.setting
    if limiter is not None:
        if not isinstance(limiter, BaseLimiter):
            raise ArgumentError("limiter must be a limiter of this package")
        if requests_per_window is not None:
            raise ArgumentError(f"give either limiter or {name}: a limiter has a figure of its own")
        return limiter
    if limit is None:
        return None
    if requests_per_window is not None:
        _check_figure(name, requests_per_window)
        limit = limit.at(requests_per_window)
    return Limiter(limit.requests, limit.seconds, monotonic=clock.monotonic)


def chosen_settings(service: Service, given: Mapping[str, str]) -> dict[str, str]:
    """Return the word of each setting: the one given, else the first."""
    for setting in service.settings:
        if given.get(setting.name, setting.words[0]) not in setting.words:
            raise ArgumentError(f"{setting.name} must be one of {', '.join(map(repr, setting.words))}")
    return {setting.name: given.get(setting.name, setting.words[0]) for setting in service.settings}


def _check_figure(keyword: str, given: object) -> None:
    if not isinstance(given, (int, float)) or isinstance(given, bool) or not 0 < given < math.inf:
        raise ArgumentError(f"{keyword} must be a number above 0")


def checked_timeouts(given: float | httpx2.Timeout) -> Timeouts:
    """Read the keyword `timeout`: seconds, or the limits of each attempt."""
    reason = ""
    try:
        return read_timeouts(given)
    except ValueError as error:
        reason = str(error)
    raise ArgumentError(reason)


def checked_retries(given: object) -> int:
    """Read the keyword `max_retries`: how often a call is repeated at most."""
    if not isinstance(given, int) or isinstance(given, bool) or given < 0:
        raise ArgumentError("max_retries must be a whole number, 0 or more")
    return given
