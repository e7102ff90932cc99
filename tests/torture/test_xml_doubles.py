"""An amount of money in an answer is there once, and spelled in whatever way XML has for the same text."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.contract.kolmisoft import package
from tests.runtime.fault_server import FaultServer, Wire, answer

PAID = (
    b"<page><response><status>ok</status><payment currency='USD'><payment_id>7</payment_id><tax>0</tax>"
    b"%b<gross>10</gross></payment></response></page>"
)


def paid(amount: bytes) -> Any:
    """Return what a caller gets whose payment is answered with *amount*, an error included."""

    def script(wire: Wire) -> None:
        wire.take()
        wire.send(answer(PAID % amount))

    client_class = package().Client
    with FaultServer(script) as server, client_class(username="admin", secret_key="k3y", base_url=server.url) as client:
        try:
            return client.payment_create(user_id=2, amount=10, currency="USD")
        except package().APIError as error:
            return error


@pytest.mark.parametrize(
    "amount",
    [
        b"<amount>10</amount><amount>10</amount>",
        b"<amount>10</amount><amount>99</amount>",
        b"<amount><amount>10</amount></amount>",
        b"<amount>10<b/></amount>",
        b"<amount>1 0</amount>",
        b"<amount>ten</amount>",
    ],
)
def test_amount_that_is_there_twice_or_is_none_may_have_been_paid(amount: bytes) -> None:
    error = paid(amount)

    assert isinstance(error, package().APIResponseValidationError)
    assert error.may_have_executed is True


@pytest.mark.parametrize(
    "amount",
    [
        b"<amount>10</amount>",
        b"<amount> 10 \n</amount>",
        b"<amount><![CDATA[10]]></amount>",
        b"<amount>1<!-- -->0</amount>",
    ],
)
def test_amount_is_the_text_of_its_element(amount: bytes) -> None:
    assert paid(amount).amount == Decimal(10)
