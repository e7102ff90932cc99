"""What a call asks its driver to do. Each function yields one command and gives back its typed result."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from .answer import Answer
    from .exchange import Exchange
    from .limits import Limiter, Permit
    from .request import Request

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Send:
    """Send a request and read the whole answer; gives an `Answer`, raises a `TransportError`."""

    request: Request
    exchange: Exchange
    fresh: bool


@dataclass(frozen=True, slots=True)
class Sleep:
    """Wait."""

    seconds: float


@dataclass(frozen=True, slots=True)
class TakePermit:
    """Take a permit before the deadline; gives a `Permit`, raises `WaitTooLong`."""

    limiter: Limiter
    deadline: float


Command = Send | Sleep | TakePermit

Conversation = Generator[Command, Any, R]
"""A call that yields what has to be done, and returns what it came to."""


def send(request: Request, exchange: Exchange, *, fresh: bool) -> Conversation[Answer]:
    """Send *request*, on a connection of its own when *fresh*."""
    return cast("Answer", (yield Send(request, exchange, fresh)))


def sleep(seconds: float) -> Conversation[None]:
    """Wait *seconds*."""
    yield Sleep(seconds)


def take_permit(limiter: Limiter, deadline: float) -> Conversation[Permit]:
    """Wait until *limiter* lets a request go."""
    return cast("Permit", (yield TakePermit(limiter, deadline)))
