"""Limits that many machines keep together, by Redis."""

from __future__ import annotations

from typing import Any, cast

from .limits import StoreUnavailable
from .redis_clients import RedisLike, redis_client
from .shared_limits import LEARNED_FOR, LEASE, Grant, Question, SharedLimiter, WhenUnavailable


class RedisLimiter(SharedLimiter):
    """Keeps the requests of one account within its limit, on all machines that use the same key of the same Redis.

    It needs the extra `redis` of this package. Time is that of Redis, whose clock must not be set forward by hand.

    Args:
        redis: The address, such as `redis://localhost:6379/0`, or a `redis.Redis` of your own, for an `AsyncClient` too.
        key: What the limit is called there; one for each account.
        requests: How many requests.
        seconds: In how many seconds.
        when_unavailable: What happens while Redis does not answer: `closed` and calls fail with a
            `StoreUnavailableError`, `open` and each process keeps the whole limit by itself.
    """

    def __init__(
        self,
        redis: str | RedisLike,
        key: str,
        requests: int,
        seconds: float = 1.0,
        *,
        when_unavailable: WhenUnavailable = "closed",
    ) -> None:
        self._key = key
        super().__init__(RedisStore(redis_client(redis), key), requests, seconds, when_unavailable)

    def __repr__(self) -> str:
        return f"RedisLimiter(..., {self._key!r}, {self.requests}, {self.seconds:g})"


class RedisStore:
    """Counts permits in Redis."""

    def __init__(self, client: RedisLike, key: str) -> None:
        self._client = client
        # In braces, so that a cluster keeps both in one place.
        self._keys = (f"{{{key}}}:taken", f"{{{key}}}:told")

    def ask(self, question: Question) -> Grant:
        """Take note of what is told, and grant what can be.

        Raises:
            StoreUnavailable: Redis does not answer, or not as it should.
        """
        arguments: list[int | str] = [
            _microseconds(question.seconds),
            _microseconds(LEASE + 1.1 * question.seconds),
            question.requests,
            question.learned or 0,
            _microseconds(LEARNED_FOR),
            _microseconds(question.hold or 0.0),
            len(question.wanted),
            *question.wanted,
            len(question.unused),
            *question.unused,
        ]
        for name, seconds in question.seen.items():
            arguments += [name, _microseconds(seconds)]
        reason = ""
        try:
            granted, limit, wait = cast("list[Any]", self._client.eval(_SCRIPT, 2, *self._keys, *arguments))
            return Grant(int(granted), int(limit), int(wait) / 1e6)
        except Exception as error:  # noqa: BLE001 - a client of the caller's may raise anything, and shows its address
            reason = type(error).__name__
        raise StoreUnavailable(f"Redis: {reason}")


def _microseconds(seconds: float) -> int:
    return round(seconds * 1e6)


_SCRIPT = """
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local taken, told = KEYS[1], KEYS[2]
local window, lease, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local learned, learned_for, hold = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local wanted = tonumber(ARGV[7])
local at = 8 + wanted
local unused = tonumber(ARGV[at])
for i = at + 1, at + unused do
  redis.call('ZREM', taken, ARGV[i])
end
for i = at + unused + 1, #ARGV, 2 do
  redis.call('ZADD', taken, string.format('%.0f', now - tonumber(ARGV[i + 1]) + window), ARGV[i])
end
local facts = redis.call('HMGET', told, 'limit', 'limit_until', 'held_until')
local known = tonumber(facts[1] or 0)
if tonumber(facts[2] or 0) <= now then known = 0 end
if learned > 0 and (known == 0 or learned <= known) then
  known = learned
  redis.call('HSET', told, 'limit', learned, 'limit_until', string.format('%.0f', now + learned_for))
  redis.call('PEXPIRE', told, math.ceil(learned_for / 1000))
end
if known > 0 and known < limit then limit = known end
local held_until = tonumber(facts[3] or 0)
if hold > 0 and now + hold > held_until then
  held_until = now + hold
  redis.call('HSET', told, 'held_until', string.format('%.0f', held_until))
  if redis.call('PTTL', told) < hold / 1000 then redis.call('PEXPIRE', told, math.ceil(hold / 1000)) end
end
redis.call('ZREMRANGEBYSCORE', taken, '-inf', string.format('%.0f', now))
if now < held_until then
  return {0, limit, string.format('%.0f', held_until - now)}
end
local count = redis.call('ZCARD', taken)
local granted = 0
while granted < wanted do
  local name = ARGV[8 + granted]
  -- A question that is asked again, because its answer was lost, is granted what it was granted.
  if not redis.call('ZSCORE', taken, name) then
    if count >= limit then break end
    count = count + 1
  end
  redis.call('ZADD', taken, string.format('%.0f', now + lease), name)
  granted = granted + 1
end
local wait = 0
if granted < wanted then
  local free = redis.call('ZRANGE', taken, count - limit, count - limit, 'WITHSCORES')
  wait = math.min(tonumber(free[2]) - now, window)
end
if count > 0 then
  local last = redis.call('ZREVRANGE', taken, 0, 0, 'WITHSCORES')
  redis.call('PEXPIRE', taken, math.ceil((tonumber(last[2]) - now) / 1000) + 1000)
end
return {granted, limit, string.format('%.0f', wait)}
"""
"""What Redis does at once, in microseconds of its own time."""
