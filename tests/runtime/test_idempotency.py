"""Keys of requests: made once, sent with every try, told where it is open what was done, and refused when forgotten."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import pickle
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from generator.runtime.commands import Send
from generator.runtime.errors import (
    APIConnectionError,
    APIStatusError,
    ArgumentError,
    ConflictError,
    InternalServerError,
)
from generator.runtime.idempotency import IdempotencyKey, IdempotencyRule
from generator.runtime.request import CallOptions
from tests.runtime.ledgerly import PAY, POST, SERVICE, FakeTime, Runner, good
from tests.runtime.test_call import conversation

if TYPE_CHECKING:
    from generator.runtime.operations import Operation

HOUR = 3600.0
NOW = 1_700_000_000.0
"""What the clock of these tests tells."""

BY_HEADER = IdempotencyRule(lifetime=HOUR, header="Idempotency-Key")
BY_BODY = IdempotencyRule(lifetime=HOUR, field="requestId")


def paying(rule: IdempotencyRule, of: Operation[Any] = PAY) -> Operation[Any]:
    return replace(of, idempotency=rule)


class Ledger:
    """A vendor that does what it is asked once for each key, and answers as the script says."""

    def __init__(self, *script: int | str) -> None:
        self.script = list(script)
        self.bodies: list[bytes] = []
        self.keys: list[str] = []
        self.done: dict[str, int] = {}

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content or b"{}")
        key = request.headers.get("idempotency-key") or body.get("requestId", "")
        self.bodies.append(request.content)
        self.keys.append(key)
        self.done.setdefault(key, len(self.done))
        step = self.script.pop(0) if self.script else 200
        if step == "cut":
            raise httpx2.ReadError("cut", request=request)
        if step == 200:
            return httpx2.Response(200, json=good({"number": self.done[key]}), request=request)
        return httpx2.Response(int(step), request=request)


@pytest.mark.parametrize("rule", [BY_HEADER, BY_BODY])
@pytest.mark.parametrize("of", [PAY, POST])
def test_what_was_cut_is_sent_again_with_the_same_key_and_the_same_bytes(
    runner: Runner, fake_time: FakeTime, rule: IdempotencyRule, of: Operation[Any]
) -> None:
    ledger = Ledger("cut", "cut", 200)

    assert runner.call(paying(rule, of), ledger, clock=fake_time.clock()) == {"number": 0}
    assert len(ledger.keys) == 3
    assert len(set(ledger.keys)) == len(set(ledger.bodies)) == 1
    assert len(ledger.keys[0]) == 32


def test_each_call_has_a_key_of_its_own(runner: Runner) -> None:
    ledger = Ledger()
    for _ in range(3):
        runner.call(paying(BY_HEADER), ledger)

    assert len(set(ledger.keys)) == 3


def test_call_without_a_rule_has_no_key_and_is_not_repeated(runner: Runner, fake_time: FakeTime) -> None:
    ledger = Ledger("cut", 200)
    with pytest.raises(APIConnectionError) as caught:
        runner.call(PAY, ledger, clock=fake_time.clock())

    assert ledger.keys == [""]
    assert (caught.value.may_have_executed, caught.value.idempotency_key) == (True, None)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_failure_is_followed_by_another_try_where_the_vendor_replays(
    runner: Runner, fake_time: FakeTime, status: int
) -> None:
    ledger = Ledger(status, 200)

    runner.call(paying(replace(BY_HEADER, after_error="replays")), ledger, clock=fake_time.clock())

    assert len(ledger.keys) == 2
    assert len(set(ledger.keys)) == 1


def test_failure_that_the_vendor_replays_for_ever_is_its_last_word(runner: Runner, fake_time: FakeTime) -> None:
    ledger = Ledger(*[500] * 10)
    with pytest.raises(InternalServerError) as caught:
        runner.call(paying(replace(BY_HEADER, after_error="replays")), ledger, clock=fake_time.clock())

    assert len(ledger.keys) == 3
    assert (caught.value.may_have_executed, caught.value.idempotency_key) == (True, ledger.keys[0])


@pytest.mark.parametrize("after_error", ["runs_again", "unknown"])
@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_failure_is_final_where_the_vendor_would_run_it_again(
    runner: Runner, fake_time: FakeTime, status: int, after_error: Any
) -> None:
    ledger = Ledger(status, 200)
    with pytest.raises(Exception, match=str(status)) as caught:
        runner.call(paying(replace(BY_HEADER, after_error=after_error)), ledger, clock=fake_time.clock())

    assert len(ledger.keys) == 1
    assert caught.value.idempotency_key == ledger.keys[0]  # type: ignore[attr-defined] # every error of a call has it


def test_request_in_progress_is_asked_for_again(runner: Runner, fake_time: FakeTime) -> None:
    ledger = Ledger("cut", 409, 200)
    runner.call(paying(replace(BY_HEADER, in_progress=409)), ledger, clock=fake_time.clock())

    assert len(ledger.keys) == 3
    assert len(set(ledger.keys)) == 1


@pytest.mark.parametrize("status", [400, 404, 409, 422])
def test_refusal_is_not_repeated(runner: Runner, fake_time: FakeTime, status: int) -> None:
    ledger = Ledger(status, 200)
    with pytest.raises(Exception, match=str(status)):
        runner.call(paying(replace(BY_HEADER, after_error="replays")), ledger, clock=fake_time.clock())

    assert len(ledger.keys) == 1


def test_key_of_an_error_makes_the_next_call_the_same(runner: Runner, fake_time: FakeTime) -> None:
    ledger = Ledger("cut", 200)
    setting: dict[str, Any] = {"clock": fake_time.clock(), "max_retries": 0}
    with pytest.raises(APIConnectionError) as caught:
        runner.call(paying(BY_HEADER), ledger, **setting)
    key = caught.value.idempotency_key
    again = runner.call(paying(BY_HEADER), ledger, options=CallOptions(idempotency_key=key), **setting)

    assert again == {"number": 0}
    assert len(ledger.done) == 1


@pytest.mark.parametrize("rule", [BY_HEADER, BY_BODY])
def test_key_of_the_caller_is_sent_as_it_is(runner: Runner, rule: IdempotencyRule) -> None:
    ledger = Ledger()
    runner.call(paying(rule), ledger, options=CallOptions(idempotency_key="order 77/a"))

    assert ledger.keys == ["order 77/a"]


@pytest.mark.parametrize("age", [HOUR, HOUR + 1, 10 * HOUR])
def test_forgotten_key_is_refused_before_sending(runner: Runner, fake_time: FakeTime, age: float) -> None:
    ledger = Ledger()
    key = IdempotencyKey("order-77", NOW - age)
    with pytest.raises(APIConnectionError, match="no longer knows") as caught:
        runner.call(paying(BY_HEADER), ledger, options=CallOptions(idempotency_key=key), clock=fake_time.clock())

    assert ledger.keys == []
    assert (caught.value.may_have_executed, caught.value.idempotency_key) == (True, "order-77")


def test_key_that_is_forgotten_between_two_tries_is_not_sent_again(runner: Runner) -> None:
    ledger = Ledger("cut", 200)
    fake_time = FakeTime()
    told = iter([NOW, NOW + HOUR + 1, NOW + HOUR + 1, NOW + HOUR + 1])
    clock = replace(fake_time.clock(), time=lambda: next(told))
    with pytest.raises(APIConnectionError) as caught:
        runner.call(paying(BY_HEADER), ledger, clock=clock)

    assert len(ledger.keys) == 1
    assert (caught.value.may_have_executed, caught.value.idempotency_key) == (True, ledger.keys[0])


def test_key_survives_a_pickle_with_its_age() -> None:
    key = IdempotencyKey("order-77", 12.5)
    kept = [pickle.loads(pickle.dumps(key)), copy.deepcopy(key), copy.copy(key)]  # noqa: S301 - ours, just made

    assert [(each, each.made_at, type(each)) for each in kept] == [("order-77", 12.5, IdempotencyKey)] * 3


@pytest.mark.parametrize("given", ["", "x" * 256, "a\nb", " a", "a ", "é", "a\x00", 7, b"a"])
def test_key_that_cannot_be_sent_is_refused(runner: Runner, given: Any) -> None:
    ledger = Ledger()
    with pytest.raises(ArgumentError, match="idempotency_key"):
        runner.call(paying(BY_HEADER), ledger, options=CallOptions(idempotency_key=given))

    assert ledger.keys == []


def test_key_in_another_place_as_well_is_refused(runner: Runner) -> None:
    ledger = Ledger()
    for rule, options in (
        (BY_HEADER, CallOptions(extra_headers={"idempotency-key": "x"})),
        (BY_BODY, CallOptions(extra_body={"requestId": "x"})),
    ):
        with pytest.raises(ArgumentError, match="give it as idempotency_key"):
            runner.call(paying(rule), ledger, options=options)

    assert ledger.keys == []


@pytest.mark.parametrize("kind", [asyncio.CancelledError, KeyboardInterrupt])
def test_interruption_tells_the_key(kind: type[BaseException], fake_time: FakeTime) -> None:
    talk = conversation(paying(BY_HEADER), fake_time, key=IdempotencyKey("order-77", NOW))
    command = next(talk)
    assert isinstance(command, Send)
    command.exchange.sent = True
    with pytest.raises(kind) as caught:
        talk.throw(kind())

    assert vars(caught.value) == {"may_have_executed": True, "idempotency_key": "order-77"}


def test_refusal_of_a_known_code_tells_the_key_too(runner: Runner) -> None:
    ledger = Ledger(409)
    with pytest.raises(ConflictError) as caught:
        runner.call(paying(BY_HEADER), ledger, service=SERVICE, options=CallOptions(idempotency_key="k"))

    assert (caught.value.may_have_executed, caught.value.idempotency_key) == (False, "k")


@pytest.mark.parametrize("status", [400, 409, 422, 429])
def test_key_that_was_sent_before_leaves_open_what_it_did(runner: Runner, status: int) -> None:
    key = IdempotencyKey("order-77", NOW)
    with pytest.raises(APIStatusError) as caught:
        runner.call(
            paying(BY_HEADER),
            Ledger(status),
            options=CallOptions(idempotency_key=key),
            clock=FakeTime().clock(),
            max_retries=0,
        )

    assert caught.value.may_have_executed is True


def test_request_that_is_at_work_may_have_executed(runner: Runner) -> None:
    with pytest.raises(ConflictError) as caught:
        runner.call(
            paying(replace(BY_HEADER, in_progress=409)),
            Ledger(409),
            options=CallOptions(idempotency_key="order-77"),
            max_retries=0,
        )

    assert caught.value.may_have_executed is True


@pytest.mark.parametrize("lifetime", [100.0, HOUR])
def test_key_is_not_sent_where_it_may_be_forgotten_on_the_way(
    runner: Runner, fake_time: FakeTime, lifetime: float
) -> None:
    ledger = Ledger()
    margin = min(lifetime / 10, 60.0)
    for age in (lifetime - margin + 1, lifetime - margin - 1):
        options = CallOptions(idempotency_key=IdempotencyKey("order-77", NOW - age))
        rule = replace(BY_HEADER, lifetime=lifetime)
        with contextlib.suppress(APIConnectionError):
            runner.call(paying(rule), ledger, options=options, clock=fake_time.clock())

    assert len(ledger.keys) == 1


def test_error_that_is_not_ours_tells_what_may_have_happened(fake_time: FakeTime) -> None:
    talk = conversation(paying(BY_HEADER), fake_time, key=IdempotencyKey("order-77", NOW))
    command = next(talk)
    assert isinstance(command, Send)
    command.exchange.sent = True
    with pytest.raises(ZeroDivisionError) as caught:
        talk.throw(ZeroDivisionError())

    assert vars(caught.value) == {"may_have_executed": True, "idempotency_key": "order-77"}
