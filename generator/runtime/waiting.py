"""Waiting for something that the vendor goes on with by itself: asked again with growing pauses, until it ends."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Collection, Generator, Mapping
from dataclasses import replace
from typing import Any, Generic, TypeVar, cast

from .clock import SYSTEM_CLOCK, Clock
from .commands import Sleep
from .decode import at
from .envelope import Path
from .errors import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    ArgumentError,
    ClientClosedError,
    InternalServerError,
    RateLimitError,
)
from .operations import Operation
from .request import CallOptions
from .values import dataclass

T = TypeVar("T")

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
GROWTH = 1.5


class WaitTimeoutError(APITimeoutError):
    """What was started did not end in time; it may well go on.

    Attributes:
        last: The last answer about it, from which it can be found again.
    """

    last: Any = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Wait(Generic[T]):
    """How to start something and to know when it has ended.

    Attributes:
        start: The operation that starts it.
        given: What the start is given beside the caller's arguments, by Python names.
        poll: The operation that tells how it stands.
        passed: Arguments of the poll that are the start's as well, by Python names.
        found: Arguments of the poll that the start's answer tells: Python name, and where it stands.
        until: Where an answer tells how it stands.
        done: The words for an end.
    """

    start: Operation[T]
    given: Mapping[str, object]
    poll: Operation[T]
    passed: tuple[str, ...]
    found: tuple[tuple[str, Path], ...]
    until: Path
    done: tuple[str, ...]


@dataclass(frozen=True)
class Patience:
    """How long to wait.

    Attributes:
        seconds: For the start and all questions after it.
        final: Words for an end that the caller knows beside the documented ones.
    """

    seconds: float
    final: Collection[str] = ()


@dataclass(frozen=True)
class _Ask:
    operation: Operation[Any]
    arguments: Mapping[str, object]
    options: CallOptions


_Steps = Generator[_Ask | Sleep, Any, T]
_Call = Callable[[Operation[Any], Mapping[str, object], CallOptions], Any]
_AsyncCall = Callable[[Operation[Any], Mapping[str, object], CallOptions], Awaitable[Any]]


def wait_for(
    call: _Call,
    wait: Wait[T],
    arguments: Mapping[str, object],
    patience: Patience,
    options: CallOptions,
    *,
    clock: Clock = SYSTEM_CLOCK,
) -> T:
    """Start it and wait for its end, holding the thread."""
    # Imported here, as below: a client that is not used loads nothing that only a call needs.
    from .drivers import driven  # noqa: PLC0415 - see above

    def carry_out(step: _Ask | Sleep) -> object:
        if isinstance(step, _Ask):
            return call(step.operation, step.arguments, step.options)
        clock.sleep(step.seconds)
        return None

    return driven(_steps(wait, arguments, patience, options, clock), carry_out)


async def wait_for_async(
    call: _AsyncCall,
    wait: Wait[T],
    arguments: Mapping[str, object],
    patience: Patience,
    options: CallOptions,
    *,
    clock: Clock = SYSTEM_CLOCK,
) -> T:
    """Start it and wait for its end, holding the task."""
    from .drivers import driven_async  # noqa: PLC0415 - see above

    def carry_out(step: _Ask | Sleep) -> Awaitable[object]:
        if isinstance(step, _Ask):
            return call(step.operation, step.arguments, step.options)
        return clock.sleep_async(step.seconds)

    return await driven_async(_steps(wait, arguments, patience, options, clock), carry_out)


def _steps(
    wait: Wait[T], arguments: Mapping[str, object], patience: Patience, options: CallOptions, clock: Clock
) -> _Steps[T]:
    if not isinstance(cast("object", patience.seconds), (int, float)) or not 0 < patience.seconds < math.inf:
        raise ArgumentError("deadline must be a number of seconds above 0")
    if isinstance(patience.final, str):
        raise ArgumentError("final_statuses must be a list of words, not one text")
    deadline = clock.monotonic() + patience.seconds
    bounded = _bounded(options, patience.seconds)
    answer = yield _Ask(wait.start, {**arguments, **wait.given}, bounded)
    ends = frozenset((*wait.done, *patience.final))
    try:
        return (
            yield from _until_the_end(
                wait, arguments, answer, ends=ends, deadline=deadline, options=options, clock=clock
            )
        )
    except BaseException as error:
        # Whatever goes wrong from here on, the start was carried out.
        error.may_have_executed = True  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue] - it is told on the object itself
        raise


def _until_the_end(
    wait: Wait[T],
    arguments: Mapping[str, object],
    answer: object,
    *,
    ends: Collection[str],
    deadline: float,
    options: CallOptions,
    clock: Clock,
) -> _Steps[T]:
    question = {name: arguments[name] for name in wait.passed}
    question |= {name: at(answer, path) for name, path in wait.found}
    # Of the start's own additions to query and body, none is meant for the questions after it.
    asking = CallOptions(options.timeout, options.extra_headers)
    pause = FIRST_PAUSE
    while at(answer, wait.until) not in ends:
        left = deadline - clock.monotonic()
        if left <= pause:
            raise _too_late(wait, answer)
        yield Sleep(pause)
        pause = min(LONGEST_PAUSE, pause * GROWTH)
        try:
            answer = yield _Ask(wait.poll, question, _bounded(asking, max(deadline - clock.monotonic(), 0.001)))
        except APIError as error:
            # A question changes nothing; while there is time, a passing failure is asked over.
            if not _is_passing(error):
                raise
    return cast("T", answer)


def _is_passing(error: APIError) -> bool:
    return isinstance(error, (APIConnectionError, InternalServerError, RateLimitError)) and not isinstance(
        error, ClientClosedError
    )


def _bounded(options: CallOptions, seconds: float) -> CallOptions:
    given = options.timeout
    if given is None:
        return replace(options, timeout=min(seconds, 60.0))
    if isinstance(given, (int, float)) and not isinstance(given, bool) and given > seconds:
        return replace(options, timeout=seconds)
    return options


def _too_late(wait: Wait[Any], answer: object) -> WaitTimeoutError:
    name = wait.start.name
    told = ", ".join(f"{argument} {at(answer, path)!s:.100}" for argument, path in wait.found)
    error = WaitTimeoutError(
        f"{name} was started ({told}) and has not ended in time; it may go on, and {wait.poll.name} tells how it stands",
        operation=name,
        may_have_executed=True,
    )
    error.last = answer
    return error
