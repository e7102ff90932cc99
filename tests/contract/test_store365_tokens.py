"""The token of Store365's client: one for all, renewed in time, once more when it is refused, never in a loop."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

import generated.store365 as package
from tests.contract.store365_sessions import (
    KINDS,
    MANY,
    Session,
    session,
    together,
)
from tests.stand_ins import wire
from tests.stand_ins.store365 import Store365, TokenHost


@pytest.fixture
def vendor() -> Iterator[Store365]:
    """The vendor's look-alike with 3 users."""
    with Store365(3) as server:
        yield server


@pytest.fixture(params=KINDS, ids=["sync", "async"])
def calls(request: pytest.FixtureRequest, vendor: Store365) -> Iterator[Session]:
    """A client of it, from a thread and from a task."""
    with session(vendor, asynchronous=request.param) as made:
        yield made


def served(outcomes: list[Any]) -> int:
    return sum(len(getattr(outcome, "items", ())) == 3 for outcome in outcomes)


# One for all.


def test_many_calls_at_the_start_ask_for_one_token(calls: Session, vendor: Store365) -> None:
    vendor.tokens.pause = 0.1

    assert served(together(calls)) == MANY
    assert vendor.logins == 1


def test_many_calls_at_the_moment_of_expiry_ask_for_one_token(calls: Session, vendor: Store365) -> None:
    calls.first()
    calls.shift.seconds += 21600
    vendor.tokens.revoke()
    vendor.tokens.pause = 0.1

    assert served(together(calls)) == MANY
    assert vendor.logins == 2
    assert vendor.resources.refused == 0


def test_many_calls_with_a_revoked_token_ask_for_one_token(calls: Session, vendor: Store365) -> None:
    calls.first()
    vendor.tokens.revoke()

    assert served(together(calls)) == MANY
    assert vendor.logins == 2


def test_token_is_kept_from_call_to_call(calls: Session, vendor: Store365) -> None:
    for _ in range(5):
        calls.first()

    assert vendor.logins == 1


# In time.


def test_token_is_renewed_ahead_of_its_end(calls: Session, vendor: Store365) -> None:
    calls.first()
    calls.shift.seconds += 21599 - 200

    calls.first()

    assert vendor.logins == 2
    assert vendor.resources.refused == 0


def test_token_is_not_renewed_early(calls: Session, vendor: Store365) -> None:
    calls.first()
    calls.shift.seconds += 21599 - 400

    calls.first()

    assert vendor.logins == 1


def test_others_go_on_with_the_old_token_while_one_call_renews_it(vendor: Store365) -> None:
    with session(vendor, asynchronous=False) as calls:
        calls.first()
        calls.shift.seconds += 21599 - 200
        arrived, go_on = threading.Event(), threading.Event()

        def late(turn: wire.Turn) -> None:
            arrived.set()
            go_on.wait(20)
            turn.send(turn.work().spelled())

        vendor.tokens.fail(late)
        slow = threading.Thread(target=calls.first)
        slow.start()
        assert arrived.wait(20)

        calls.first()

        assert slow.is_alive()
        go_on.set()
        slow.join(20)
    assert vendor.logins == 2


@pytest.mark.parametrize("fault", [wire.saying(503), wire.reset_unworked, wire.html_with_200])
def test_failure_ahead_of_the_end_leaves_the_old_token(calls: Session, vendor: Store365, fault: wire.Fault) -> None:
    calls.first()
    calls.shift.seconds += 21599 - 200
    vendor.tokens.fail(fault)

    assert len(calls.first().items) == 3
    assert vendor.logins == 2

    calls.shift.seconds += 5
    calls.first()

    assert vendor.logins == 3


@pytest.mark.parametrize("told", ["3600", 3600, "3600.0", 3600.5, " 3600 "])
def test_life_is_a_text_or_a_number(calls: Session, vendor: Store365, told: object) -> None:
    vendor.tokens.expires_in = told
    calls.first()
    calls.shift.seconds += 3200
    calls.first()

    assert vendor.logins == 1

    calls.shift.seconds += 380
    calls.first()

    assert vendor.logins == 2


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("0", 1),
        (0, 1),
        ("-5", 1),
        (-21599, 1),
        (None, 300),
        (TokenHost.MISSING, 300),
        ("", 300),
        ("soon", 300),
        ("NaN", 300),
        ("Infinity", 300),
        ("1e9", 300),
        (True, 300),
        ({"seconds": 5}, 300),
        ("9" * 300, 86400),
        (10**300, 86400),
        (1e300, 86400),
    ],
)
def test_life_that_cannot_be_is_bounded(calls: Session, vendor: Store365, told: object, seconds: float) -> None:
    vendor.tokens.expires_in = told
    calls.shift.stop()
    together(calls, 8)

    assert vendor.logins == 1

    calls.shift.seconds += seconds
    together(calls, 8)

    assert vendor.logins == 2


def test_clock_of_the_wall_does_not_count(calls: Session, vendor: Store365, monkeypatch: pytest.MonkeyPatch) -> None:
    calls.first()
    for jump in (-36000, 36000):
        now = time.time()
        monkeypatch.setattr(time, "time", lambda moved=now + jump: moved)
        calls.first()

    assert vendor.logins == 1


# After a 401.


def test_refused_token_is_replaced_once_and_the_call_repeated(calls: Session, vendor: Store365) -> None:
    calls.first()
    vendor.tokens.revoke()

    assert len(calls.first().items) == 3
    assert vendor.logins == 2
    assert len(vendor.resources.requests) == 3
    assert (
        vendor.resources.requests[1].headers["authorization"] != vendor.resources.requests[2].headers["authorization"]
    )


def test_refused_token_is_replaced_without_any_retries(vendor: Store365) -> None:
    with session(vendor, asynchronous=False, max_retries=0) as calls:
        vendor.resources.fail(wire.saying(401))

        assert len(calls.first().items) == 3
    assert vendor.logins == 2


def test_401_for_ever_ends_after_one_renewal(calls: Session, vendor: Store365) -> None:
    vendor.resources.fail(*[wire.saying(401)] * 100)

    error = calls.error()

    assert type(error) is package.AuthenticationError
    assert vendor.logins == 2
    assert len(vendor.resources.requests) == 2


def test_401_for_ever_does_not_ask_for_a_token_with_each_call(calls: Session, vendor: Store365) -> None:
    vendor.resources.fail(*[wire.saying(401)] * 100)

    for _ in range(10):
        assert type(calls.error()) is package.AuthenticationError

    assert vendor.logins == 2


def test_403_asks_for_no_token(calls: Session, vendor: Store365) -> None:
    vendor.resources.fail(wire.saying(403))

    assert type(calls.error()) is package.PermissionDeniedError
    assert vendor.logins == 1


def test_401_for_an_old_token_uses_the_new_one_that_is_there(vendor: Store365) -> None:
    with session(vendor, asynchronous=False) as calls:
        calls.first()
        arrived, go_on = threading.Event(), threading.Event()

        def late(turn: wire.Turn) -> None:
            arrived.set()
            go_on.wait(10)
            turn.send(turn.work().spelled())

        vendor.resources.fail(late)
        found: list[Any] = []
        slow = threading.Thread(target=lambda: found.append(calls.first()))
        slow.start()
        assert arrived.wait(10)
        vendor.tokens.revoke()
        calls.first()
        assert vendor.logins == 2

        go_on.set()
        slow.join(10)

        assert served(found) == 1
    assert vendor.logins == 2


def test_call_whose_second_token_is_refused_as_well_asks_for_no_third(vendor: Store365) -> None:
    with session(vendor, asynchronous=False) as calls:
        calls.first()
        arrived, go_on = threading.Event(), threading.Event()

        def late(turn: wire.Turn) -> None:
            arrived.set()
            go_on.wait(10)
            turn.send(turn.work().spelled())

        vendor.resources.fail(late)
        found: list[Any] = []
        slow = threading.Thread(target=lambda: found.append(calls.error()))
        slow.start()
        assert arrived.wait(10)
        vendor.tokens.revoke()
        calls.first()
        vendor.resources.fail(*[wire.saying(401)] * 3)

        go_on.set()
        slow.join(10)

        assert [type(error) for error in found] == [package.AuthenticationError]
    assert vendor.logins == 2
