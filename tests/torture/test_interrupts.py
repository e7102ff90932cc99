"""An interrupt at the worst moment tells what may have happened."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import contextlib
import importlib
import socket
import sys
import threading
from typing import Any, cast

import pytest

from generator.runtime.client import SyncClient
from generator.runtime.credentials import Credentials
from generator.runtime.errors import APIError
from generator.runtime.exchange import CURRENT, Exchange, Timeouts, TransportError
from generator.runtime.streams import Connection, SyncConnection
from tests.runtime.fault_server import FaultServer
from tests.runtime.ledgerly import KEY, NO_OPTIONS, READ, SERVICE, TOKEN
from tests.torture.interrupts import InterruptAt, collected_later
from tests.torture.ledger import LedgerServer
from tests.torture.money import Interrupted, Payer, Schedule


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


# A connection whose making is interrupted is closed when it is collected, and Python says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("fault", ["good", "worked_and_no_http"])
def test_interrupt_at_any_place_tells_of_a_payment_that_was_carried_out(fault: str) -> None:
    told: dict[str, bool | None] = {}
    with LedgerServer("json") as server:
        payer = Payer("golden", server)
        for place in range(1, 2000):
            plan = Schedule(f"place-{place}", place, [fault], 2, 5.0, None)
            interrupts = InterruptAt(place)
            paying = payer.client(plan, payer.begin(plan), asynchronous=False)
            with paying as client, contextlib.suppress(APIError), collected_later():
                try:
                    sys.setprofile(interrupts)
                    payer.pay(client, plan)
                except Interrupted as raised:
                    told[plan.reference] = getattr(raised, "may_have_executed", None)
                finally:
                    sys.setprofile(None)
            if interrupts.seen < place:
                break
        server.settle()
        executed = {reference for reference in told if server.ledger.executions[reference]}

    assert {reference for reference in executed if not told[reference]} == set()
    # Some of the way is before the payment leaves, and some of it after.
    assert 20 < len(executed) < len(told) < 1999


def test_interrupt_that_leaves_a_lock_below_locked_keeps_no_later_call(monkeypatch: pytest.MonkeyPatch) -> None:
    below: Any = importlib.import_module("httpcore2._synchronization").Lock
    enter, due = below.__enter__, list[type[BaseException]]()

    def interrupted(lock: object) -> object:
        entered = enter(lock)
        if due:
            raise due.pop()
        return entered

    monkeypatch.setattr(below, "__enter__", interrupted)
    found: list[object] = []
    with FaultServer() as server:
        client = SyncClient(SERVICE, Credentials(auth_code=KEY, auth_token=TOKEN), base_url=server.url)
        client._call(READ, {"entry_id": "e1"}, NO_OPTIONS)
        due.append(KeyboardInterrupt)
        with pytest.raises(KeyboardInterrupt):
            client._call(READ, {"entry_id": "e1"}, NO_OPTIONS)

        def call() -> None:
            found.append(client._call(READ, {"entry_id": "e1"}, NO_OPTIONS).amount)

        later = threading.Thread(target=call, daemon=True)
        later.start()
        later.join(10)

    assert found == [5]
