"""Calls as conversations: call, look, call again; no I/O at all."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from generator.runtime.answer import Answer
from generator.runtime.call import Outcome, Setting, call
from generator.runtime.commands import Conversation, Send, Sleep, TakePermit
from generator.runtime.credentials import Credentials
from generator.runtime.errors import APIConnectionError, APITimeoutError
from generator.runtime.exchange import Exchange, Timeouts, TransportError
from generator.runtime.limits import Limiter, WaitTooLong
from generator.runtime.request import Request
from generator.runtime.retry import RetryQuota
from tests.runtime.ledgerly import KEY, PAY, READ, SERVICE, TOKEN, FakeTime, good

if TYPE_CHECKING:
    from generator.runtime.operations import Operation

REQUEST = Request(method="GET", path="entries/e1")
GOOD = Answer(status_code=200, raw_headers=(), content=json.dumps(good({"entryId": "e1"})).encode(), elapsed=0.1)
BUSY = Answer(status_code=503, raw_headers=(), content=b"", elapsed=0.1)


def conversation(
    operation: Operation[Any], fake_time: FakeTime, limiter: Limiter | None = None, *, key: str | None = None
) -> Conversation[Outcome]:
    setting = Setting(
        service=SERVICE,
        secrets=Credentials(auth_code=KEY, auth_token=TOKEN).resolve(SERVICE.credentials),
        clock=fake_time.clock(),
        limiter=limiter,
        quota=RetryQuota(),
        max_retries=2,
        logger=logging.getLogger("ledgerly"),
    )
    return call(setting, operation, replace(REQUEST, idempotency_key=key), Timeouts(60.0))


def limiter_of(fake_time: FakeTime) -> Limiter:
    return Limiter(1, 1.0, monotonic=lambda: fake_time.now)


def test_good_answer_ends_the_conversation(fake_time: FakeTime) -> None:
    talk = conversation(READ, fake_time)
    first = next(talk)
    with pytest.raises(StopIteration) as end:
        talk.send(GOOD)

    assert isinstance(first, Send)
    assert first.fresh is False
    assert end.value.value.decoded.value.entry_id == "e1"


def test_money_is_sent_fresh(fake_time: FakeTime) -> None:
    first = next(conversation(PAY, fake_time))

    assert isinstance(first, Send)
    assert first.fresh is True


def test_busy_vendor_is_asked_again_after_a_wait(fake_time: FakeTime) -> None:
    talk = conversation(READ, fake_time)
    next(talk)
    second = talk.send(BUSY)
    third = talk.send(None)

    assert second == Sleep(0.25)
    assert isinstance(third, Send)


def test_permit_comes_before_each_try(fake_time: FakeTime) -> None:
    limiter = limiter_of(fake_time)
    talk = conversation(READ, fake_time, limiter)
    commands = [type(next(talk))]
    commands.append(type(talk.send(limiter.acquire(1e9))))
    commands.append(type(talk.send(BUSY)))
    commands.append(type(talk.send(None)))

    assert commands == [TakePermit, Send, Sleep, TakePermit]


def test_refused_wait_ends_in_a_timeout_that_sent_nothing(fake_time: FakeTime) -> None:
    talk = conversation(PAY, fake_time, limiter_of(fake_time))
    next(talk)
    with pytest.raises(APITimeoutError, match="was not sent") as caught:
        talk.throw(WaitTooLong())

    assert caught.value.may_have_executed is False
    assert caught.value.__context__ is None


def test_permit_of_what_was_not_sent_is_free_at_once(fake_time: FakeTime) -> None:
    limiter = limiter_of(fake_time)
    talk = conversation(READ, fake_time, limiter)
    next(talk)
    talk.send(limiter.acquire(1e9))
    talk.throw(TransportError("connect", "no connection"))

    limiter.acquire(fake_time.now)


def test_cancelled_wait_for_the_vendor_gives_the_permit_back(fake_time: FakeTime) -> None:
    limiter = limiter_of(fake_time)
    talk = conversation(READ, fake_time, limiter)
    next(talk)
    talk.send(limiter.acquire(1e9))
    with pytest.raises(asyncio.CancelledError):
        talk.throw(asyncio.CancelledError())

    limiter.acquire(fake_time.now)


@pytest.mark.parametrize("kind", [asyncio.CancelledError, KeyboardInterrupt, GeneratorExit])
@pytest.mark.parametrize("sent", [False, True])
def test_interruption_goes_on_as_the_same_object_and_tells(
    kind: type[BaseException], fake_time: FakeTime, *, sent: bool
) -> None:
    talk = conversation(PAY, fake_time)
    command = next(talk)
    assert isinstance(command, Send)
    command.exchange.sent = sent
    interruption = kind("x")
    with pytest.raises(kind) as caught:
        talk.throw(interruption)

    assert caught.value is interruption
    assert getattr(interruption, "may_have_executed", None) is sent


def test_interruption_between_tries_tells_of_the_tries_before(fake_time: FakeTime) -> None:
    talk = conversation(READ, fake_time)
    next(talk)
    talk.send(BUSY)
    interruption = asyncio.CancelledError()
    with pytest.raises(asyncio.CancelledError):
        talk.throw(interruption)

    assert getattr(interruption, "may_have_executed", None) is True


def test_earlier_try_that_may_have_executed_is_remembered(fake_time: FakeTime) -> None:
    talk = conversation(READ, fake_time)
    next(talk)
    talk.send(BUSY)
    talk.send(None)
    talk.throw(TransportError("connect", "no connection"))
    talk.send(None)
    with pytest.raises(APIConnectionError) as caught:
        talk.throw(TransportError("connect", "no connection"))

    assert caught.value.may_have_executed is True


@pytest.mark.parametrize("kind", ["tls", "proxy", "too_large", "refused_locally"])
def test_what_another_try_would_meet_again_is_not_tried_again(kind: str, fake_time: FakeTime) -> None:
    talk = conversation(READ, fake_time)
    next(talk)
    with pytest.raises(APIConnectionError):
        talk.throw(TransportError(kind, "no"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - a parameter


def test_log_tells_operation_status_try_and_seconds(fake_time: FakeTime, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "ledgerly")
    talk = conversation(READ, fake_time)
    next(talk)
    talk.send(BUSY)
    talk.send(None)
    with pytest.raises(StopIteration):
        talk.send(GOOD)

    assert caplog.messages == ["get_entry: 503, try 1, 0.000 s", "get_entry: 200, try 2, 0.000 s"]


def test_mistake_of_ours_is_not_dressed_up(fake_time: FakeTime) -> None:
    talk = conversation(READ, fake_time)
    next(talk)
    with pytest.raises(ZeroDivisionError):
        talk.throw(ZeroDivisionError())


def test_child_of_a_fork_inside_of_a_call_does_not_know_what_its_parent_does(monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = Exchange(1e9, Timeouts(), lambda: 0.0)
    before = exchange.sent
    monkeypatch.setattr(os, "getpid", lambda: -1)

    assert (before, exchange.sent) == (False, True)
