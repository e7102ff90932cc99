"""Waiting for an end: pauses, deadline, failures on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from generator.runtime.errors import APIError, NotFoundError, ServiceUnavailableError
from generator.runtime.limits import Limiter, WaitTooLong
from generator.runtime.operations import Operation
from generator.runtime.request import CallOptions
from generator.runtime.waiting import Patience, Wait, WaitTimeoutError, wait_for, wait_for_async
from tests.runtime.ledgerly import FakeTime

START: Operation[Any] = Operation(name="run", method="POST", path="runs", effect="unsafe", returns=Any)
POLL: Operation[Any] = Operation(name="look", method="GET", path="runs/{runId}", effect="read", returns=Any)
WAIT: Wait[Any] = Wait(
    start=START,
    given={"wait": False},
    poll=POLL,
    passed=("account",),
    found=(("run_id", ("runId",)),),
    until=("state",),
    done=("ready",),
)
RUNNING = {"runId": "r1", "state": "running"}
READY = {"runId": "r1", "state": "ready"}


class Script:
    """Answers in turn; an exception is raised."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, dict[str, object]]] = []
        self.time = FakeTime()

    def call(self, operation: Operation[Any], arguments: Mapping[str, object], options: CallOptions) -> Any:
        assert options.timeout is not None
        self.asked.append((operation.name, dict(arguments)))
        assert len(self.asked) < 100, "it is asked without an end"
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def run(self, patience: Patience, *, asynchronous: bool = False) -> Any:
        arguments = {"account": "a", "note": "n"}
        if not asynchronous:
            return wait_for(self.call, WAIT, arguments, patience, CallOptions(), clock=self.time.clock())

        async def call(*given: Any) -> Any:
            return self.call(*given)

        return asyncio.run(wait_for_async(call, WAIT, arguments, patience, CallOptions(), clock=self.time.clock()))


@pytest.mark.parametrize("asynchronous", [False, True])
def test_pauses_grow_until_it_has_ended(asynchronous: bool) -> None:  # noqa: FBT001 - a column of the table
    script = Script(*[RUNNING] * 4, READY)

    found = script.run(Patience(300), asynchronous=asynchronous)

    assert found == READY
    assert script.time.slept == [1.0, 1.5, 2.25, 3.375]
    assert script.asked[:2] == [
        ("run", {"account": "a", "note": "n", "wait": False}),
        ("look", {"account": "a", "run_id": "r1"}),
    ]


def test_pauses_have_a_longest() -> None:
    script = Script(*[RUNNING] * 20, READY)

    script.run(Patience(10_000))

    assert max(script.time.slept) == 30.0


@pytest.mark.parametrize("asynchronous", [False, True])
def test_deadline_ends_the_wait(asynchronous: bool) -> None:  # noqa: FBT001 - a column of the table
    script = Script(RUNNING)

    with pytest.raises(WaitTimeoutError) as caught:
        script.run(Patience(10), asynchronous=asynchronous)

    assert sum(script.time.slept) < 10
    assert (caught.value.last, caught.value.may_have_executed) == (RUNNING, True)


def test_passing_failure_of_a_question_is_asked_over() -> None:
    script = Script(RUNNING, ServiceUnavailableError("down", status_code=503), READY)

    assert script.run(Patience(60)) == READY


@pytest.mark.parametrize("failure", [NotFoundError("gone", status_code=404), KeyboardInterrupt()])
def test_failure_after_the_start_may_have_executed(failure: Any) -> None:
    script = Script(RUNNING, failure)

    caught: BaseException | None = None
    try:
        script.run(Patience(60))
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is looked at
        caught = error

    assert caught is failure
    assert getattr(caught, "may_have_executed", None) is True


def test_failure_of_the_start_is_as_it_is() -> None:
    failure = APIError("refused")

    with pytest.raises(APIError) as caught:
        Script(failure).run(Patience(60))

    assert caught.value.may_have_executed is False


def test_limiter_that_is_held_lets_nothing_go() -> None:
    limiter = Limiter(10, 60.0)
    limiter.hold(5.0)

    with pytest.raises(WaitTooLong):
        limiter.acquire(limiter._monotonic() + 4.0)  # pyright: ignore[reportPrivateUsage] - a test may look inside
