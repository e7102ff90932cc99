"""The token that many machines keep together, in Redis."""

from __future__ import annotations

from typing import Any, Literal, cast

from .credentials import Secret
from .limits import StoreUnavailable
from .logins import renewal
from .redis_clients import RedisLike, redis_client
from .token_stores import CLAIM, REFUSED_FOR, Busy, Claim, Refused, Stored, TokenStore


class RedisTokenStore(TokenStore):
    """Keeps the token of an account on all machines that use the same key of the same Redis.

    It needs the extra `redis` of this package. The token lies in Redis as it is: whoever can read there can act as the
    account until the token ends. The password is not sent there.

    Args:
        redis: The address, such as `rediss://...`, or a `redis.Redis` of your own, for an `AsyncClient` too.
        key: What tokens are called there.
        when_unavailable: What happens while Redis does not answer: `closed` and calls fail with a
            `StoreUnavailableError`, `open` and each process signs in for itself.
    """

    def __init__(
        self, redis: str | RedisLike, key: str, *, when_unavailable: Literal["open", "closed"] = "closed"
    ) -> None:
        super().__init__(when_unavailable)
        self._client = redis_client(redis)
        self._key = key

    def __repr__(self) -> str:
        return f"RedisTokenStore(..., {self._key!r})"

    def claim(self, account: str, name: str, not_this: Secret | None) -> Stored | Claim | Busy | Refused:
        answer = self._run(_CLAIM, account, name, str(CLAIM), Secret.of("") if not_this is None else not_this)
        kind, *told = cast("list[Any]", answer)
        match _text(kind):
            case "token":
                return Stored(Secret.of(_text(told[0])), float(_text(told[1])), float(_text(told[2])))
            case "refused":
                return Refused(int(_text(told[0])))
            case "busy":
                return Busy()
            case _:
                return Claim(name)

    def put(self, account: str, token: Secret, seconds: float, age: float) -> None:
        renew, end = renewal(seconds)
        self._run(_PUT, account, token, *map(str, (seconds, age, renew, end)))

    def give_back(self, account: str, claim: Claim, status_code: int) -> None:
        self._run(_GIVE_BACK, account, claim.name, str(status_code), str(REFUSED_FOR))

    def _run(self, script: str, account: str, *told: str | Secret) -> object:
        reason = ""
        try:
            key = f"{self._key}:{account}"
            return self._client.eval(
                script, 1, key, *(each if isinstance(each, str) else each.reveal() for each in told)
            )
        except Exception as error:  # noqa: BLE001 - a client of the caller's may raise anything, and shows its address
            reason = type(error).__name__
        raise StoreUnavailable(f"Redis: {reason}")


def _text(told: object) -> str:
    """Return what Redis tells, whether or not the caller's own client decodes it."""
    return told.decode() if isinstance(told, bytes) else str(told)


_NOW = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local key = KEYS[1]
local function spelled(number) return string.format('%.6f', number) end
"""

_CLAIM = f"""{_NOW}
local name, seconds, not_this = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local found = redis.call('HMGET', key, 'token', 'seconds', 'fetched', 'renew', 'end', 'claimed_until', 'refused',
  'refused_until')
local token, age = found[1], 0
if token and token == not_this then token = false end
if token then
  age = now - tonumber(found[3])
  if age < tonumber(found[4]) then return {{'token', token, found[2], spelled(age)}} end
end
if found[8] and tonumber(found[8]) > now then return {{'refused', found[7]}} end
if found[6] and tonumber(found[6]) > now then
  if token and age < tonumber(found[5]) then return {{'token', token, found[2], spelled(age)}} end
  return {{'busy'}}
end
redis.call('HSET', key, 'claim', name, 'claimed_until', spelled(now + seconds))
if redis.call('TTL', key) < seconds then redis.call('EXPIRE', key, math.ceil(seconds)) end
return {{'claimed'}}
"""

_PUT = f"""{_NOW}
redis.call('DEL', key)
redis.call('HSET', key, 'token', ARGV[1], 'seconds', ARGV[2], 'fetched', spelled(now - tonumber(ARGV[3])),
  'renew', ARGV[4], 'end', ARGV[5])
redis.call('EXPIRE', key, math.max(1, math.ceil(tonumber(ARGV[2]))))
return 1
"""

_GIVE_BACK = f"""{_NOW}
if redis.call('HGET', key, 'claim') ~= ARGV[1] then return 0 end
redis.call('HDEL', key, 'claim', 'claimed_until')
if tonumber(ARGV[2]) > 0 then
  local seconds = tonumber(ARGV[3])
  redis.call('HSET', key, 'refused', ARGV[2], 'refused_until', spelled(now + seconds))
  if redis.call('TTL', key) < seconds then redis.call('EXPIRE', key, math.ceil(seconds)) end
end
return 1
"""
