"""Rate limits: what the vendor sees in any window, who waits, and how long."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import random
import threading
from typing import TYPE_CHECKING

import pytest

from generator.runtime.errors import APITimeoutError
from generator.runtime.limits import LONGEST_DEPARTURE, Limiter, Permit, RateLimit, WaitTooLong
from generator.runtime.request import CallOptions
from tests.runtime.ledgerly import NO_OPTIONS, PAY, POST, FakeTime, Runner, Step
from tests.runtime.test_calls import Vendor, ok

if TYPE_CHECKING:
    from collections.abc import Callable

FAR = 1e9


def nothing() -> None:
    """Wake nobody."""


def limiter_of(requests: int, fake_time: FakeTime, seconds: float = 1.0) -> Limiter:
    return Limiter(requests, seconds, monotonic=lambda: fake_time.now)


def take(limiter: Limiter, departing: float | None = None) -> Permit:
    permit = limiter._attempt(limiter._enter(nothing), FAR)
    assert isinstance(permit, Permit)
    if departing is not None:
        permit.departed(departing)
    return permit


def most_in_a_window(seen: list[float], window: float) -> int:
    seen = sorted(seen)
    return max(sum(1 for later in seen if start <= later < start + window - 1e-9) for start in seen)


@pytest.mark.parametrize("seed", range(20))
def test_vendor_never_sees_more_than_the_limit_in_any_window(seed: int, fake_time: FakeTime) -> None:
    chance = random.Random(seed)  # noqa: S311 - a seeded schedule, no secret
    limiter = limiter_of(5, fake_time)
    seen: list[float] = []
    answers: list[tuple[float, Permit]] = []
    departures: list[tuple[float, Permit]] = []
    waiter = limiter._enter(nothing)
    while len(seen) < 300:
        for moment, permit in [departure for departure in departures if departure[0] <= fake_time.now]:
            permit.departed(fake_time.now)
            departures.remove((moment, permit))
        for moment, permit in [answer for answer in answers if answer[0] <= fake_time.now]:
            permit.answered(fake_time.now)
            answers.remove((moment, permit))
        outcome = limiter._attempt(waiter, FAR)
        if isinstance(outcome, Permit):
            latency = chance.choice([0.001, 0.05, 0.3, 2.0])
            # Connections may be slow to come, and threads to get their turn.
            departure = fake_time.now + chance.choice([0.0, 0.0, 0.2, 1.5])
            departures.append((departure, outcome))
            # The vendor sees it within a tenth of the window, or before it answers.
            seen.append(departure + chance.random() * min(latency, 0.0999))
            answers.append((departure + latency, outcome))
            waiter = limiter._enter(nothing)
        else:
            upcoming = [moment - fake_time.now for moment, _ in [*answers, *departures]]
            fake_time.now += max(1e-6, min([outcome, *upcoming]))

    assert most_in_a_window(seen, 1.0) <= 5


def test_nine_tenths_of_the_allowance_are_used_when_answers_are_slow(fake_time: FakeTime) -> None:
    limiter = limiter_of(10, fake_time)
    waiter = limiter._enter(nothing)
    granted, end = 0, fake_time.now + 20
    while fake_time.now < end:
        outcome = limiter._attempt(waiter, FAR)
        if isinstance(outcome, Permit):
            outcome.departed(fake_time.now)
            granted += 1
            waiter = limiter._enter(nothing)
        else:
            fake_time.now += outcome

    assert granted >= 0.9 * 200


def test_first_come_is_first_served(fake_time: FakeTime) -> None:
    limiter = limiter_of(1, fake_time)
    take(limiter, fake_time.now)
    first, second = limiter._enter(nothing), limiter._enter(nothing)
    fake_time.now += 1.2

    assert isinstance(limiter._attempt(second, FAR), float)
    assert isinstance(limiter._attempt(first, FAR), Permit)


def test_waiter_that_leaves_wakes_the_next(fake_time: FakeTime) -> None:
    limiter = limiter_of(1, fake_time)
    take(limiter)
    woken: list[str] = []
    first = limiter._enter(nothing)
    limiter._enter(lambda: woken.append("second"))
    limiter._leave(first)

    assert woken == ["second"]


def test_permit_that_was_not_used_is_free_at_once(fake_time: FakeTime) -> None:
    limiter = limiter_of(1, fake_time)
    take(limiter).unused()

    take(limiter)


def test_answer_starts_the_window(fake_time: FakeTime) -> None:
    limiter = limiter_of(1, fake_time)
    permit = take(limiter)
    fake_time.now += 0.02
    permit.answered(fake_time.now)

    assert limiter._attempt(limiter._enter(nothing), FAR) == pytest.approx(1.0)


def test_answer_that_takes_long_does_not_hold_the_permit(fake_time: FakeTime) -> None:
    limiter = limiter_of(1, fake_time)
    permit = take(limiter, fake_time.now)
    fake_time.now += 5
    take(limiter, fake_time.now)
    permit.answered(fake_time.now)

    assert limiter._attempt(limiter._enter(nothing), FAR) == pytest.approx(1.1)


def test_request_that_has_not_left_holds_its_permit(fake_time: FakeTime) -> None:
    limiter = limiter_of(1, fake_time)
    permit = take(limiter)
    fake_time.now += 5
    waiter = limiter._enter(nothing)
    held = limiter._attempt(waiter, FAR)
    permit.departed(fake_time.now)

    assert held == pytest.approx(1.0)
    assert limiter._attempt(waiter, FAR) == pytest.approx(1.1)


def test_permit_that_nobody_gave_back_is_not_held_for_ever(fake_time: FakeTime) -> None:
    limiter = limiter_of(1, fake_time)
    lost = take(limiter)
    fake_time.now += LONGEST_DEPARTURE + 1
    take(limiter)
    lost.unused()

    assert isinstance(limiter._attempt(limiter._enter(nothing), FAR), float)


def test_permits_leave_nothing_behind(fake_time: FakeTime) -> None:
    limiter = limiter_of(2, fake_time)
    for _ in range(100):
        permit = take(limiter)
        permit.departed(fake_time.now)
        permit.answered(fake_time.now)
        fake_time.now += 0.7

    assert len(limiter._taken) + len(limiter._held) <= 6


def test_lower_limit_is_learned_and_a_higher_one_is_not(fake_time: FakeTime) -> None:
    limiter = limiter_of(5, fake_time)
    limiter.learn(2)
    limiter.learn(9)
    take(limiter)
    take(limiter)

    assert isinstance(limiter._attempt(limiter._enter(nothing), FAR), float)


def test_wait_past_the_deadline_is_refused_at_once(fake_time: FakeTime) -> None:
    limiter = limiter_of(2, fake_time)
    take(limiter)
    take(limiter)
    for _ in range(3):
        limiter._enter(nothing)
    late = limiter._enter(nothing)

    with pytest.raises(WaitTooLong):
        limiter._attempt(late, fake_time.now + 1.9)


def test_threads_and_tasks_share_one_limiter() -> None:
    limiter = Limiter(20, 0.1)
    seen: list[float] = []

    def thread() -> None:
        for _ in range(4):
            limiter.acquire(FAR).departed(limiter._monotonic())
            seen.append(limiter._monotonic())

    async def task() -> None:
        for _ in range(4):
            (await limiter.acquire_async(FAR)).departed(limiter._monotonic())
            seen.append(limiter._monotonic())

    async def tasks() -> None:
        await asyncio.gather(*(task() for _ in range(8)))

    threads = [threading.Thread(target=thread) for _ in range(8)]
    for each in threads:
        each.start()
    asyncio.run(tasks())
    for each in threads:
        each.join(10)

    assert len(seen) == 64
    assert limiter._waiters.__len__() == 0


def test_cancelled_task_gives_its_place_on() -> None:
    async def main() -> int:
        limiter = Limiter(1, 0.05)
        (await limiter.acquire_async(FAR)).departed(limiter._monotonic())
        first = asyncio.create_task(limiter.acquire_async(FAR))
        second = asyncio.create_task(limiter.acquire_async(FAR))
        await asyncio.sleep(0)
        first.cancel()
        async with asyncio.timeout(2):
            await second
        return len(limiter._waiters)

    assert asyncio.run(main()) == 0


def test_call_that_would_wait_past_its_deadline_is_refused_unsent(runner: Runner, fake_time: FakeTime) -> None:
    limiter = limiter_of(1, fake_time, seconds=100.0)
    vendor = Vendor(ok(1))
    steps: list[Step] = [(POST, {}, NO_OPTIONS), (PAY, {}, CallOptions(5.0))]
    outcomes = runner.steps(steps, vendor, limiter=limiter, clock=fake_time.clock())

    assert isinstance(outcomes[1], APITimeoutError)
    assert outcomes[1].may_have_executed is False
    assert len(vendor.requests) == 1


@pytest.mark.parametrize(("given", "expected"), [(5, (5, 1.0)), (2.9, (2, 1.0)), (0.5, (1, 2.0))])
def test_callers_figure_replaces_the_vendors(given: float, expected: tuple[int, float]) -> None:
    limit = RateLimit(requests=1, seconds=1.0).at(given)

    assert (limit.requests, limit.seconds) == expected


@pytest.mark.parametrize(
    "make", [lambda: Limiter(0), lambda: Limiter(1, 0), lambda: RateLimit(requests=1, seconds=1).at(-1)]
)
def test_limit_of_nothing_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="limit"):
        make()
