"""Money moves once, whatever happens on the way, and the caller learns that it may have moved."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.contract.kolmisoft import Calling, package
from tests.stand_ins.kolmisoft import Kolmisoft, worked_then, worked_then_cut, worked_then_half
from tests.stand_ins.wire import Fault, reset_after_reading, silent

MONEY: dict[str, dict[str, Any]] = {
    "user_balance_update": {"user_id": 123, "balance": Decimal("100.5")},
    "payment_create": {"user_id": 2, "amount": Decimal(96), "currency": "USD"},
}

FAULTS: dict[str, Callable[[], Fault]] = {
    "reset": lambda: reset_after_reading,
    "no_answer": lambda: silent(30),
    "500": lambda: worked_then(500),
    "502_with_html": lambda: worked_then(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>"),
    "503": lambda: worked_then(503),
    "cut_body": lambda: worked_then_cut,
    "half_a_document": lambda: worked_then_half,
    "html_with_200": lambda: worked_then(200, b"<html><body>Back soon</body></html>"),
    "text_with_200": lambda: worked_then(200, b"Something happened"),
    "empty_with_200": lambda: worked_then(200),
    "another_status": lambda: worked_then(200, b"<page><response><status>busy</status></response></page>"),
    "unknown_error": lambda: worked_then(200, b"<page><error>The mail was not sent</error></page>"),
}

CALLINGS = [pytest.param(Calling(), id="sync"), pytest.param(Calling(asynchronous=True), id="async")]


@pytest.fixture
def vendor() -> Iterator[Kolmisoft]:
    """The vendor's look-alike."""
    with Kolmisoft() as server:
        yield server


def test_every_call_that_moves_money_is_tried_here() -> None:
    documented = {
        name
        for name, method in inspect.getmembers(package().Client, inspect.isfunction)
        if "Moves money" in (method.__doc__ or "")
    }

    assert documented == set(MONEY)


@pytest.mark.parametrize("calling", CALLINGS)
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", MONEY)
def test_money_moves_once_and_the_error_says_so(vendor: Kolmisoft, calling: Calling, name: str, fault: str) -> None:
    vendor.fail(FAULTS[fault](), at=name)
    setting = {"timeout": 0.4 if fault == "no_answer" else 5.0, "max_retries": 3}

    with pytest.raises(package().APIError) as caught:
        calling.call(vendor, name, setting=setting, **MONEY[name])

    assert caught.value.may_have_executed is True
    assert vendor.ledger.executions[name] == 1
    assert len(vendor.requests) == 1


@pytest.mark.parametrize("calling", CALLINGS)
@pytest.mark.parametrize("name", MONEY)
def test_a_known_refusal_moved_nothing(vendor: Kolmisoft, calling: Calling, name: str) -> None:
    with pytest.raises(package().AuthenticationError) as caught:
        calling.call(vendor, name, setting={"secret_key": "another-key"}, **MONEY[name])

    assert caught.value.may_have_executed is False
    assert vendor.ledger.executions[name] == 0


@pytest.mark.parametrize("calling", CALLINGS)
@pytest.mark.parametrize("name", MONEY)
def test_each_call_has_a_connection_of_its_own(vendor: Kolmisoft, calling: Calling, name: str) -> None:
    calling.call(vendor, name, **MONEY[name])

    assert vendor.requests[0].headers["connection"] == "close"


@pytest.mark.parametrize("name", MONEY)
def test_a_cancelled_call_is_the_same_error_and_marked(vendor: Kolmisoft, name: str) -> None:
    worked = threading.Event()

    def work_and_wait(turn: Any) -> None:
        turn.work()
        worked.set()
        turn.wait(30)

    vendor.fail(work_and_wait, at=name)
    found: list[BaseException] = []

    async def call(client: Any) -> None:
        try:
            await getattr(client, name)(**MONEY[name])
        except asyncio.CancelledError as error:
            found.append(error)
            raise

    async def conversation() -> None:
        async with Calling(asynchronous=True).client(vendor) as client:
            task = asyncio.create_task(call(client))
            await asyncio.to_thread(worked.wait, 5)
            task.cancel("enough")
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(conversation())

    assert [type(error) for error in found] == [asyncio.CancelledError]
    assert found[0].args == ("enough",)
    assert vars(found[0])["may_have_executed"] is True
    assert vendor.ledger.executions[name] == 1


@pytest.mark.parametrize("calling", CALLINGS)
def test_a_call_that_never_left_is_tried_again(calling: Calling) -> None:
    vendor = Kolmisoft()
    vendor.close()

    with pytest.raises(package().APIConnectionError) as caught:
        calling.call(vendor, "payment_create", **MONEY["payment_create"])

    assert caught.value.may_have_executed is False


@pytest.mark.parametrize("amount", [Decimal("NaN"), 1.5, "1e3", True, "1_000", Decimal("-0")])
def test_amounts_that_are_none_are_refused_before_sending(vendor: Kolmisoft, amount: Any) -> None:
    with pytest.raises(ValueError, match=r"^amount must") as caught:
        Calling().call(vendor, "payment_create", user_id=2, amount=amount, currency="USD")

    assert type(caught.value) is package().ArgumentError
    assert vendor.requests == []


@pytest.mark.parametrize(("amount", "spelled"), [(Decimal("1E+3"), "1000"), (Decimal("1E-7"), "0.0000001"), (5, "5")])
def test_amounts_are_spelled_without_an_exponent(vendor: Kolmisoft, amount: Any, spelled: str) -> None:
    Calling().call(vendor, "payment_create", user_id=2, amount=amount, currency="USD")

    assert vendor.ledger.payments[0]["amount"] == spelled
