"""What carries out the commands of a call: one driver for threads, one for tasks.

The thinking is all in the call. A driver does one thing after the other and throws every failure, a cancellation
included, into the call, which decides what it means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from .commands import Send, Sleep, TakePermit, TakeTurn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

    from .answer import Answer
    from .clock import Clock
    from .commands import Command, Conversation
    from .exchange import Exchange
    from .request import Request

R = TypeVar("R")
S = TypeVar("S")


class SyncSender(Protocol):
    """Sends a request and reads the whole answer."""

    @property
    def is_closed(self) -> bool:
        """Whether it was closed."""
        ...

    def close(self) -> None:
        """Close the connections that it owns."""
        ...

    def send(self, request: Request, exchange: Exchange, *, fresh: bool) -> Answer:
        """Return the answer, or raise a `TransportError`."""
        ...


class AsyncSender(Protocol):
    """Sends a request and reads the whole answer."""

    @property
    def is_closed(self) -> bool:
        """Whether it was closed."""
        ...

    async def aclose(self) -> None:
        """Close the connections that it owns."""
        ...

    async def send(self, request: Request, exchange: Exchange, *, fresh: bool) -> Answer:
        """Return the answer, or raise a `TransportError`."""
        ...


def drive(conversation: Conversation[R], sender: SyncSender, clock: Clock) -> R:
    """Carry out *conversation* on this thread."""

    def carry_out(command: Command) -> object:
        return _carry_out(command, sender, clock)

    return driven(conversation, carry_out)


async def drive_async(conversation: Conversation[R], sender: AsyncSender, clock: Clock) -> R:
    """Carry out *conversation* in this task."""

    def carry_out(command: Command) -> Awaitable[object]:
        return _carry_out_async(command, sender, clock)

    return await driven_async(conversation, carry_out)


def driven(steps: Generator[S, Any, R], carry_out: Callable[[S], object]) -> R:
    """Carry out what *steps* yields, one after the other, each result and each failure going back into it."""
    result: object = None
    failure: BaseException | None = None
    while True:
        # Resumed outside of every handler, so that what the steps raise has no failure of ours as its context.
        try:
            step = steps.send(result) if failure is None else steps.throw(failure)
        except StopIteration as end:
            value: R = end.value
            break
        result = failure = None
        try:
            result = carry_out(step)
        except BaseException as error:  # noqa: BLE001 - the steps decide about all of them, cancellation included
            failure = error
    return value


async def driven_async(steps: Generator[S, Any, R], carry_out: Callable[[S], Awaitable[object]]) -> R:
    """Carry out what *steps* yields, as `driven` does, waiting for each."""
    result: object = None
    failure: BaseException | None = None
    while True:
        try:
            step = steps.send(result) if failure is None else steps.throw(failure)
        except StopIteration as end:
            value: R = end.value
            break
        result = failure = None
        try:
            result = await carry_out(step)
        except BaseException as error:  # noqa: BLE001 - the steps decide about all of them, cancellation included
            failure = error
    return value


def _carry_out(command: Command, sender: SyncSender, clock: Clock) -> object:
    match command:
        case Send():
            return sender.send(command.request, command.exchange, fresh=command.fresh)
        case Sleep():
            clock.sleep(command.seconds)
            return None
        case TakePermit():
            return command.limiter.acquire(command.deadline)
        case TakeTurn():
            return command.queue.acquire(command.deadline)


async def _carry_out_async(command: Command, sender: AsyncSender, clock: Clock) -> object:
    match command:
        case Send():
            return await sender.send(command.request, command.exchange, fresh=command.fresh)
        case Sleep():
            await clock.sleep_async(command.seconds)
            return None
        case TakePermit():
            return await command.limiter.acquire_async(command.deadline)
        case TakeTurn():
            return await command.queue.acquire_async(command.deadline)
