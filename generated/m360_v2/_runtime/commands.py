"""What a call asks its driver to do. Each function yields one command and gives back its typed result."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from .values import dataclass

if TYPE_CHECKING:
    from .answer import Answer
    from .credentials import Secret
    from .errors import APIError
    from .exchange import Exchange
    from .limits import BaseLimiter, Permit
    from .request import Request

R = TypeVar("R")


@dataclass(init=False)
class Send:
    """Send a request and read the whole answer; gives an `Answer`, raises a `TransportError`."""

    request: Request
    exchange: Exchange
    fresh: bool

    def __init__(self, request: Request, exchange: Exchange, *, fresh: bool) -> None:
        self.request = request
        self.exchange = exchange
        self.fresh = fresh


@dataclass(frozen=True)
class Sleep:
    """Wait."""

    seconds: float


@dataclass(init=False)
class TakePermit:
    """Take a permit before the deadline; gives a `Permit`, raises `WaitTooLong` or `StoreUnavailable`."""

    limiter: BaseLimiter
    deadline: float

    def __init__(self, limiter: BaseLimiter, deadline: float) -> None:
        self.limiter = limiter
        self.deadline = deadline


@dataclass(frozen=True)
class TakeTurn:
    """Wait before the deadline until there is a token, or until it is this call's turn to fetch one.

    Gives what the queue gives, raises `WaitTooLong`.
    """

    queue: Queue
    deadline: float


Command = Send | Sleep | TakePermit | TakeTurn

Conversation = Generator[Command, Any, R]
"""A call that yields what has to be done, and returns what it came to."""


class Queue(Protocol):
    """Where calls wait for something that one of them does for all."""

    def acquire(self, deadline: float) -> object:
        """Wait, holding the thread."""
        ...

    async def acquire_async(self, deadline: float) -> object:
        """Wait, holding the task."""
        ...


class Token(Protocol):
    """What proves who calls, for some time."""

    @property
    def secret(self) -> Secret:
        """The token itself."""
        ...


@dataclass(frozen=True)
class NoToken:
    """Why there is no token.

    Attributes:
        error: What the caller gets.
        is_hopeless: Whether another try would meet the same.
        pause: Seconds before which nobody is asked again.
    """

    error: APIError
    is_hopeless: bool
    pause: float


class TokenSource(Protocol):
    """Gives the calls of a client their token, the same to all."""

    def obtain(self, operation: str, exchange: Exchange) -> Conversation[Token | NoToken]:
        """Return the token, fetched first where there is none; *operation* is for the words of an error."""
        ...

    def accepted(self, token: Token) -> None:
        """Note that the vendor took *token*."""
        ...

    def refused(self, token: Token) -> bool:
        """Note that the vendor did not take *token*; tell whether another one may help."""
        ...


def send(request: Request, exchange: Exchange, *, fresh: bool) -> Conversation[Answer]:
    """Send *request*, on a connection of its own when *fresh*."""
    return cast("Answer", (yield Send(request, exchange, fresh=fresh)))


def sleep(seconds: float) -> Conversation[None]:
    """Wait *seconds*."""
    yield Sleep(seconds)


def take_permit(limiter: BaseLimiter, deadline: float) -> Conversation[Permit]:
    """Wait until *limiter* lets a request go."""
    return cast("Permit", (yield TakePermit(limiter, deadline)))


def take_turn(queue: Queue, deadline: float) -> Conversation[object]:
    """Wait until *queue* has something for this call."""
    return cast("object", (yield TakeTurn(queue, deadline)))
