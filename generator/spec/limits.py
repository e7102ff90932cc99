"""How fast one may call."""

from __future__ import annotations

from dataclasses import dataclass

from generator.spec import words
from generator.spec.shape import ChoiceShape, IntegerShape, Key, RecordShape
from generator.spec.words import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Learn:
    """Where an answer tells the real limit."""

    status: int
    requests: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitHeaders:
    """Headers of every answer that tell how much is left."""

    limit: str | None
    remaining: str
    reset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """So many requests in so many seconds."""

    requests: int
    every: int
    setting: str | None
    shared_by: str | None
    learn: Learn | None
    headers: LimitHeaders | None
    doc: str
    quote: str
    source: str | None


LEARN = RecordShape(
    Learn,
    {
        "status": Key(IntegerShape(400, 599), "The HTTP status of the refusal."),
        "requests": Key(words.path, "Where its body tells how many requests are allowed."),
    },
    "learn",
)

LIMIT_HEADERS = RecordShape(
    LimitHeaders,
    {
        "limit": Key(words.header_name, "The header that tells how many requests are allowed.", default=None),
        "remaining": Key(words.header_name, "The header that tells how many are left."),
        "reset": Key(words.header_name, "The header that tells when the count begins anew, in Unix seconds."),
    },
    "the headers of a rate limit",
)

RATE_LIMIT = RecordShape(
    RateLimit,
    {
        "requests": Key(IntegerShape(1, 1_000_000), "How many requests."),
        "every": Key(words.duration, "In what time, such as `1 second`."),
        "setting": Key(
            ChoiceShape(
                {"requests_per_second": "a figure by the second", "requests_per_minute": "a figure by the minute"}
            ),
            "The client's keyword by which a caller tells his own figure.",
            default=None,
        ),
        "shared_by": Key(
            ChoiceShape({"account": "all workers of an account share it", "key": "each credential has its own"}),
            "Who shares the limit.",
            default=None,
        ),
        "learn": Key(LEARN, "Where a refusal tells the real limit.", default=None),
        "headers": Key(LIMIT_HEADERS, "The headers that tell how much is left.", default=None),
        "doc": Key(words.doc, "What a caller should know of it.", default=""),
        "quote": Key(words.text, "The vendor's own words.", default=""),
        "source": Key(words.source_name, words.SOURCE_DOC, default=None),
    },
    "rate_limit",
)
