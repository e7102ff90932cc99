"""The rate limit, as a declaration of the runtime and as keywords of the constructor."""

from __future__ import annotations

from generator.plan import literals
from generator.plan.code import Code, construct
from generator.plan.envelope import path
from generator.runtime import limits as runtime
from generator.spec.document import Spec


def plan_rate_limit(spec: Spec) -> Code | None:
    """Spell how fast one may call, or None where the vendor does not say."""
    limit = spec.rate_limit
    if limit is None:
        return None
    learn, headers = limit.learn, limit.headers
    return construct(
        runtime.RateLimit,
        requests=repr(limit.requests),
        seconds=repr(float(limit.every)),
        learn=(
            None
            if learn is None
            else construct(runtime.LearnFromBody, status=repr(learn.status), requests=path(learn.requests))
        ),
        headers=(
            None
            if headers is None
            else construct(
                runtime.LimitHeaders,
                limit=None if headers.limit is None else literals.string(headers.limit.lower()),
                remaining=literals.string(headers.remaining.lower()),
                reset=literals.string(headers.reset.lower()),
            )
        ),
        setting=None if limit.setting is None else literals.string(limit.setting),
    )
