"""The client of Redis, which comes with the extra `redis` and is imported only where one is made."""

from __future__ import annotations

import importlib
from typing import Any, Protocol, cast

from .errors import ArgumentError

PATIENCE = 2.0
"""Seconds for Redis to answer."""


class RedisLike(Protocol):
    """What is asked of a client: that it runs a script."""

    def eval(self, script: str, numkeys: int, *keys_and_args: Any) -> Any:  # noqa: ANN401 - as redis.Redis says it
        """Run *script*."""
        ...


def redis_client(given: str | RedisLike) -> RedisLike:
    """Return a client for an address, or the one that is given.

    Raises:
        ArgumentError: The address makes no sense, the client is one for tasks, or the extra is not installed.
    """
    if not isinstance(given, str):
        if not hasattr(given, "eval") or "asyncio" in type(given).__module__:
            raise ArgumentError("redis must be an address or a redis.Redis, for an AsyncClient too")
        return given
    reason = ""
    try:
        redis = importlib.import_module("redis")
        retry = importlib.import_module("redis.retry").Retry(importlib.import_module("redis.backoff").NoBackoff(), 1)
        made = redis.Redis.from_url(given, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=retry)
        return cast("RedisLike", made)
    except ImportError:
        reason = "redis is not installed; install this package with its extra [redis]"
    except ValueError:
        reason = "redis must be an address such as redis://localhost:6379/0, or a redis.Redis"
    # Without a chain: an address may hold a password.
    raise ArgumentError(reason)
