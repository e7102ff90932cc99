"""Each fault that a vendor may play, met by a read, by a payment with a key and by one without."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, Literal

import pytest

from generator.runtime.idempotency import IdempotencyRule
from generator.runtime.operations import Operation
from generator.runtime.request import CallOptions
from tests.runtime import ledgerly
from tests.torture.faults import FAULTS, SLOW
from tests.torture.keys import Keying
from tests.torture.ledger import KeyStyle, LedgerServer
from tests.torture.money import PATIENCE, Payer, Schedule, Told, failed

Kind = Literal["read", "replayed", "worked again", "without a key"]
KINDS: tuple[Kind, ...] = ("read", "replayed", "worked again", "without a key")

KEYS = {
    "replayed": Keying(
        IdempotencyRule(lifetime=86400.0, header="Idempotency-Key", after_error="replays", in_progress=409), KeyStyle()
    ),
    "worked again": Keying(
        IdempotencyRule(lifetime=86400.0, field="requestId", after_error="runs_again", in_progress=409),
        KeyStyle(replays_errors=False),
    ),
}


def met(fault: str, kind: Kind, *, asynchronous: bool) -> tuple[Told, int]:
    """Return what a caller is told whose first connection ends in *fault*, and how often it was carried out."""
    patience = PATIENCE if fault in SLOW else 20.0
    plan = Schedule("one", 7, [fault], 5, patience, None, KEYS.get(kind))
    operation: Operation[Any] = replace(ledgerly.PAY, effect="read" if kind == "read" else "money")
    if plan.keys is not None:
        operation = replace(operation, idempotency=plan.keys.rule)
    options = CallOptions(extra_body={"reference": "one"})
    with LedgerServer("json") as server:
        payer = Payer("golden", server)
        client = payer.client(plan, payer.begin(plan), asynchronous=asynchronous)

        async def call() -> object:
            async with client:
                return await client._call(operation, {}, options)

        try:
            if asynchronous:
                asyncio.run(call())
            else:
                with client:
                    client._call(operation, {}, options)
            told = Told("done")
        except Exception as error:  # noqa: BLE001 - the outcome of a call
            told = failed(error)
        server.settle()
        server.ledger.finish()
        return told, server.ledger.executions["one"]


DOCUMENTS = frozenset({"worked_and_half_a_document", "worked_and_another_document"})
FAILURES = frozenset({"worked_and_failed", "unworked_and_failed", "unworked_and_failure_kept"})


def expected(fault: str, kind: Kind) -> set[tuple[str, bool | None]]:
    """Return what may be told: what is done is done, and of the rest whether it may have executed."""
    done, unknown, nothing = ("done", None), ("failed", True), ("failed", False)
    if fault.startswith("good"):
        return {done}
    if fault.startswith("refused"):
        # What was refused by rate is asked again; what was cut off before its refusal arrived may have been worked.
        return {done, nothing, unknown} if fault != "refused" else {nothing, unknown}
    if fault in DOCUMENTS:
        return {unknown}
    if fault in FAILURES:
        # Some failures, such as a redirect, are nobody's to repeat.
        return {done, unknown} if kind in ("read", "replayed") else {unknown}
    if fault in SLOW or fault in ("worked_and_no_http", "worked_and_contradicting_lengths"):
        return {done, unknown} if kind != "without a key" else {unknown}
    # It depends on the moment whether anything had left when the connection was closed.
    if fault in ("worked_and_answered_twice", "closed_at_once"):
        return {done, unknown}
    return {done} if kind != "without a key" else {unknown}


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_fault_ends_in_the_stated_outcome(fault: str, kind: Kind, *, asynchronous: bool) -> None:
    told, count = met(fault, kind, asynchronous=asynchronous)

    assert (told.ended, told.may_have_executed) in expected(fault, kind)
    # A read may be carried out as often as it is asked; of all else nothing happens twice, and nobody is misled.
    assert kind == "read" or count <= 1
    assert kind == "read" or told.ended != "done" or count == 1
    assert told.may_have_executed is not False or count == 0
