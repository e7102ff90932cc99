"""An interrupt at the worst moment tells what may have happened."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import socket
from collections.abc import Generator
from typing import Any, cast

import pytest

from generator.runtime.clock import SYSTEM_CLOCK
from generator.runtime.commands import Command, Sleep
from generator.runtime.drivers import SyncSender, drive
from generator.runtime.exchange import CURRENT, Exchange, Timeouts, TransportError
from generator.runtime.streams import Connection, SyncConnection


class FailingSocket:
    """A socket whose `send` ends in an error, after or before the bytes left."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def settimeout(self, seconds: float) -> None:
        """Take any bound."""

    def send(self, _: memoryview) -> int:
        """Fail."""
        raise self._error


def flushed(error: BaseException) -> tuple[BaseException | None, Exchange]:
    """Return what a connection raises that fails while it sends, and the exchange."""
    exchange = Exchange(1e9, Timeouts(), lambda: 0.0)
    registry: set[Connection] = set()
    connection = SyncConnection(cast("socket.socket", FailingSocket(error)), registry)
    token = CURRENT.set(exchange)
    try:
        connection.write(b"POST / HTTP/1.1\r\n\r\n")
        connection.read(1)
    except BaseException as raised:  # noqa: BLE001 - whatever it is, the test looks at it
        return raised, exchange
    finally:
        CURRENT.reset(token)
    return None, exchange


def test_interrupt_while_a_piece_is_handed_over_may_have_sent_it() -> None:
    raised, exchange = flushed(KeyboardInterrupt())

    assert type(raised) is KeyboardInterrupt
    assert exchange.sent is True


@pytest.mark.parametrize("error", [ConnectionResetError(), BrokenPipeError(), TimeoutError()])
def test_piece_that_the_system_refused_was_not_sent(error: OSError) -> None:
    raised, exchange = flushed(error)

    assert type(raised) is TransportError
    assert exchange.sent is False


def test_interrupt_between_two_steps_may_have_executed() -> None:
    class Interrupting:
        """A sender that is interrupted before anything in it runs."""

        @property
        def is_closed(self) -> bool:
            return False

    def conversation() -> Generator[Command, Any, None]:
        try:
            yield Sleep(0)
        finally:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        drive(conversation(), cast("SyncSender", Interrupting()), SYSTEM_CLOCK)

    assert vars(caught.value) == {"may_have_executed": True}
