"""What the processes of one account share, as the package's README tells it."""

from __future__ import annotations

from dataclasses import dataclass

from generator.plan import literals
from generator.spec.document import Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedToken:
    """The token, as code that keeps it in several processes."""

    by_file: str
    by_redis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedLimit:
    """The limit, as code that keeps it in several processes."""

    figure: str
    by_file: str
    by_redis: str


def is_shared(spec: Spec) -> bool:
    """Tell whether processes of one account have something to share."""
    return spec.rate_limit is not None or spec.auth.login is not None


def plan_shared_token(spec: Spec, address: str) -> SharedToken | None:
    """Spell how several processes keep one token, or None where there is none.

    Args:
        spec: What the vendor's pages say.
        address: The client's argument for the vendor's address, where it needs one.
    """
    if spec.auth.login is None:
        return None
    client = f"Client({', '.join(part for part in (address, 'token_store=store') if part)})"
    path, key = literals.string(f"/run/{spec.package}/token"), literals.string(f"{spec.package}:token")
    return SharedToken(
        by_file=f"from {spec.package} import Client, FileTokenStore\n\nstore = FileTokenStore({path})\nclient = {client}",
        by_redis=(
            f"from {spec.package} import Client, RedisTokenStore\n\n"
            f'store = RedisTokenStore("redis://localhost:6379/0", {key})\nclient = {client}'
        ),
    )


def plan_shared_limit(spec: Spec, address: str) -> SharedLimit | None:
    """Spell how several processes keep the vendor's limit, or None where it has none.

    Args:
        spec: What the vendor's pages say.
        address: The client's argument for the vendor's address, where it needs one.
    """
    limit = spec.rate_limit
    if limit is None:
        return None
    figures = f"requests={limit.requests}, seconds={float(limit.every)!r}"
    client = f"Client({', '.join(part for part in (address, 'limiter=limiter') if part)})"
    what = "request" if limit.requests == 1 else "requests"
    time = "second" if limit.every == 1 else f"{limit.every} seconds"
    path = literals.string(f"/run/lock/{spec.package}.limit")
    return SharedLimit(
        figure=f"{limit.requests} {what} in a {time}" if limit.every == 1 else f"{limit.requests} {what} in {time}",
        by_file=(
            f"from {spec.package} import Client, FileLimiter\n\n"
            f"limiter = FileLimiter({path}, {figures})\nclient = {client}"
        ),
        by_redis=(
            f"from {spec.package} import Client, RedisLimiter\n\n"
            f'limiter = RedisLimiter("redis://localhost:6379/0", {literals.string(f"{spec.package}:account")}, {figures})\n'
            f"client = {client}"
        ),
    )
