"""The same call, with the answer as it came beside what was made of it."""

from __future__ import annotations

import functools
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from .values import dataclass

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    import httpx2

    from .answer import Answer

P = ParamSpec("P")
T = TypeVar("T")

LAST_ANSWER: ContextVar[list[Answer] | None] = ContextVar("last_answer", default=None)
"""Where a call leaves its answer, when somebody asked for it."""


@dataclass(frozen=True)
class RawResponse(Generic[T]):
    """What a call returned, and the answer that it was made of."""

    parsed: T
    answer: Answer

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        return self.answer.status_code

    @property
    def headers(self) -> httpx2.Headers:
        """The headers, by name whatever its case."""
        return self.answer.headers

    @property
    def content(self) -> bytes:
        """The body, with its coding undone."""
        return self.answer.content

    @property
    def elapsed(self) -> float:
        """Seconds from the first byte out to the last byte in."""
        return self.answer.elapsed


def raw(method: Callable[P, T]) -> Callable[P, RawResponse[T]]:
    """Return a `Client`'s *method* with the same parameters, giving a `RawResponse`."""

    @functools.wraps(method)
    def asking(*args: P.args, **kwargs: P.kwargs) -> RawResponse[T]:
        answers: list[Answer] = []
        token = LAST_ANSWER.set(answers)
        try:
            parsed = method(*args, **kwargs)
        except BaseException:
            # This frame is part of the traceback, and arguments may be secret.
            kwargs.clear()
            raise
        finally:
            LAST_ANSWER.reset(token)
        return RawResponse(parsed, answers[-1])

    return asking


def raw_async(method: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, RawResponse[T]]]:
    """Return an `AsyncClient`'s *method* with the same parameters, giving a `RawResponse`; of a paged one, its page."""

    @functools.wraps(method)
    async def asking(*args: P.args, **kwargs: P.kwargs) -> RawResponse[T]:
        answers: list[Answer] = []
        token = LAST_ANSWER.set(answers)
        try:
            parsed = await method(*args, **kwargs)
        except BaseException:
            kwargs.clear()
            raise
        finally:
            LAST_ANSWER.reset(token)
        return RawResponse(parsed, answers[-1])

    return asking
