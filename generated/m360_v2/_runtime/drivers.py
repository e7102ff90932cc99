"""What carries out the commands of a call: one driver for threads, one for tasks.

The thinking is all in the call. A driver does one thing after the other and throws every failure, a cancellation
included, into the call, which decides what it means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from .commands import Send, Sleep, TakePermit, TakeTurn

if TYPE_CHECKING:
    from .answer import Answer
    from .clock import Clock
    from .commands import Command, Conversation
    from .exchange import Exchange
    from .request import Request

R = TypeVar("R")


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
    try:
        return _driven(conversation, sender, clock)
    except BaseException as error:
        _mark_unknown(error)
        raise


def _driven(conversation: Conversation[R], sender: SyncSender, clock: Clock) -> R:
    result: object = None
    failure: BaseException | None = None
    while True:
        # Resumed outside of every handler, so that what the call raises has no failure of ours as its context.
        try:
            command = conversation.send(result) if failure is None else conversation.throw(failure)
        except StopIteration as end:
            value: R = end.value
            break
        result = failure = None
        try:
            result = _carry_out(command, sender, clock)
        except BaseException as error:  # noqa: BLE001 - the call decides about all of them, cancellation included
            failure = error
    return value


async def drive_async(conversation: Conversation[R], sender: AsyncSender, clock: Clock) -> R:
    """Carry out *conversation* in this task."""
    result: object = None
    failure: BaseException | None = None
    while True:
        try:
            command = conversation.send(result) if failure is None else conversation.throw(failure)
        except StopIteration as end:
            value: R = end.value
            break
        result = failure = None
        try:
            result = await _carry_out_async(command, sender, clock)
        except BaseException as error:  # noqa: BLE001 - the call decides about all of them, cancellation included
            failure = error
    return value


def _mark_unknown(error: BaseException) -> None:
    # An interrupt between two steps reaches no call that could say how far it was.
    if not isinstance(error, Exception):
        error.__dict__.setdefault("may_have_executed", True)


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
