"""Random schedules of faults against a ledger: what the caller is told is held against what was carried out."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from generator.runtime.client import AsyncioClient, SyncClient
from generator.runtime.clock import Clock
from generator.runtime.credentials import Credentials
from generator.runtime.request import CallOptions
from tests.contract.kolmisoft import package
from tests.runtime import ledgerly
from tests.torture.faults import FAULTS, SLOW
from tests.torture.keys import Keying, drawn
from tests.torture.ledger import LedgerServer

Vendor = Literal["golden", "kolmisoft", "keyed"]
PATIENCE = 0.1
"""Seconds for a call where the vendor may be silent; nothing else takes so long."""


class Interrupted(BaseException):
    """Comes from outside at any moment, as an interrupt does."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the caller of a payment learned.

    Attributes:
        ended: `done`, `failed`, `cancelled` or `interrupted`.
        may_have_executed: What was said about it; None when nothing was.
        kind: The class of the error.
        key: The key that was told with it.
        is_answer: Whether it is what the vendor said.
    """

    ended: str
    may_have_executed: bool | None = None
    kind: str = ""
    key: str | None = None
    is_answer: bool = False


@dataclass(slots=True)
class Findings:
    """What came of many schedules.

    Attributes:
        schedules: How many there were.
        outcomes: How often callers were told what.
        twice: Payments that were carried out more than once.
        failed_though_executed: Payments that were said to have done nothing, and did.
        done_though_not: Payments that were said to be done, and were not.
        sent_again: Payments without a key that were sent again after they may have been carried out.
        untold: Interrupts that told nothing of a payment that was carried out.
        strange: What is no outcome at all, such as an error that is not ours.
        repeated: How many payments with a key were sent again after they may have been carried out.
    """

    schedules: int = 0
    repeated: int = 0
    outcomes: Counter[str] = field(default_factory=Counter[str])
    twice: list[str] = field(default_factory=list[str])
    failed_though_executed: list[str] = field(default_factory=list[str])
    done_though_not: list[str] = field(default_factory=list[str])
    sent_again: list[str] = field(default_factory=list[str])
    untold: list[str] = field(default_factory=list[str])
    strange: list[str] = field(default_factory=list[str])

    @property
    def faults(self) -> list[str]:
        """Everything that must not be."""
        return [
            *self.twice,
            *self.failed_though_executed,
            *self.done_though_not,
            *self.sent_again,
            *self.untold,
            *self.strange,
        ]


@dataclass(frozen=True, slots=True)
class Schedule:
    """What happens to one payment; its seed tells all of it.

    Attributes:
        reference: The caller's own word for the payment.
        faults: What the vendor does, a connection each.
        retries: How many repetitions the caller allows.
        patience: How long the caller waits.
        stop: When the caller loses patience or is interrupted: a step of the event loop, or seconds; None for never.
        keys: How the vendor knows keys; None when it knows none.
    """

    reference: str
    seed: int
    faults: list[str]
    retries: int
    patience: float
    stop: float | None
    keys: Keying | None = None

    @property
    def pause(self) -> float:
        """How many seconds the caller waits before he pays by hand."""
        return 0.0 if self.keys is None else self.keys.pause


def schedule(vendor: str, seed: int) -> Schedule:
    """Return the schedule of *seed*."""
    chance = random.Random(f"{vendor} {seed}")  # noqa: S311 - chance that can be repeated
    names = sorted(FAULTS)
    slow_weight = 0.15
    weights = [slow_weight if name in SLOW else 3.0 if name.startswith("refused_by_rate") else 1.0 for name in names]
    faults = chance.choices(names, weights, k=chance.randint(1, 4))
    return Schedule(
        reference=f"{vendor}-{seed}",
        seed=seed,
        faults=faults,
        retries=chance.choice((0, 1, 2, 5)),
        patience=PATIENCE if SLOW & {*faults} else 5.0,
        stop=chance.random() if chance.random() < 0.25 else None,
        keys=drawn(chance) if vendor == "keyed" else None,
    )


class ImpatientTime:
    """Time in which waiting between tries takes none, and chance comes from a seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - chance that can be repeated
        self._skipped = 0.0

    def now(self) -> float:
        """Return the seconds since 1970."""
        return time.time() + self._skipped

    def skip(self, seconds: float) -> None:
        """Let time pass."""
        self._skipped += seconds

    def clock(self) -> Clock:
        """Return a clock of this time."""

        async def skip_async(seconds: float) -> None:
            self.skip(seconds)
            await asyncio.sleep(0)

        return Clock(
            monotonic=lambda: time.monotonic() + self._skipped,
            time=self.now,
            random=self._chance.random,
            sleep=self.skip,
            sleep_async=skip_async,
        )


@dataclass(frozen=True, slots=True)
class Payer:
    """Pays at one vendor, as a thread or as a task."""

    vendor: Vendor
    server: LedgerServer

    def begin(self, plan: Schedule) -> ImpatientTime:
        """Let the vendor play a schedule, in a time of its own."""
        passing = ImpatientTime(plan.seed)
        self.server.play(plan.faults, plan.seed)
        self.server.now = passing.now
        self.server.ledger.style = None if plan.keys is None else plan.keys.style
        return passing

    def client(self, plan: Schedule, passing: ImpatientTime, *, asynchronous: bool) -> Any:
        """Return a client for one payment."""
        kind: Any
        if self.vendor != "kolmisoft":
            kind = AsyncioClient if asynchronous else SyncClient
            client = kind(
                ledgerly.SERVICE,
                Credentials(auth_code=ledgerly.KEY, auth_token=ledgerly.TOKEN),
                base_url=self.server.url,
                timeout=plan.patience,
                max_retries=plan.retries,
            )
        else:
            kind = package().AsyncClient if asynchronous else package().Client
            client = kind(
                username="admin",
                secret_key="k3y-c4n4ry",
                base_url=self.server.url,
                timeout=plan.patience,
                max_retries=plan.retries,
            )
        client._setting = replace(client._setting, clock=passing.clock())
        return client

    def pay(self, client: Any, plan: Schedule, key: str | None = None) -> Any:
        """Pay; what comes back is awaited where the client is one for tasks."""
        if self.vendor != "kolmisoft":
            operation = ledgerly.PAY if plan.keys is None else replace(ledgerly.PAY, idempotency=plan.keys.rule)
            options = CallOptions(extra_body={"reference": plan.reference}, idempotency_key=key)
            return client._call(operation, {}, options)
        return client.payment_create(user_id=2, amount=1, currency="USD", comment=plan.reference)


def run(vendor: Vendor, seeds: range, *, asynchronous: bool) -> Findings:
    """Play a schedule for each of *seeds*, and say what came of them.

    Interrupts are played where this is the main thread, to which the system brings them.
    """
    findings = Findings()
    told: dict[str, Told] = {}
    plans: dict[str, Schedule] = {}
    with LedgerServer("xml" if vendor == "kolmisoft" else "json") as server:
        payer = Payer(vendor, server)
        if asynchronous:
            asyncio.run(_run_async(payer, seeds, told, plans, findings))
        else:
            with _interrupts() as interrupt_after:
                for seed in seeds:
                    plan = plans[f"{vendor}-{seed}"] = schedule(vendor, seed)
                    passing = payer.begin(plan)
                    said = _pay_once(payer, plan, passing, interrupt_after)
                    if _is_paid_by_hand(plan, said):
                        server.settle()
                        passing.skip(plan.pause)
                        said = _pay_once(payer, plan, passing, None, said.key)
                    told[plan.reference] = said
                    server.settle()
                    _note_repetitions(server, plan, findings)
                    if seed % 100 == 0:
                        gc.collect()
        time.sleep(0.05)
        server.settle()
        server.ledger.finish()
        judge(server, told, plans, findings)
    findings.schedules = len(told)
    return findings


async def _run_async(
    payer: Payer, seeds: range, told: dict[str, Told], plans: dict[str, Schedule], findings: Findings
) -> None:
    for seed in seeds:
        plan = schedule(payer.vendor, seed)
        plans[plan.reference] = plan
        passing = payer.begin(plan)
        said = await _pay_once_async(payer, plan, passing)
        if _is_paid_by_hand(plan, said):
            payer.server.settle()
            passing.skip(plan.pause)
            said = await _pay_once_async(payer, replace(plan, stop=None), passing, said.key)
        told[plan.reference] = said
        payer.server.settle()
        _note_repetitions(payer.server, plan, findings)


def _is_paid_by_hand(plan: Schedule, said: Told) -> bool:
    """Tell whether the caller repeats a payment with the key that he was told."""
    keys = plan.keys
    if keys is None or not keys.by_hand or said.key is None or not said.may_have_executed:
        return False
    return keys.is_safe_after_failures or (said.ended == "failed" and not said.is_answer)


def _pay_once(
    payer: Payer,
    plan: Schedule,
    passing: ImpatientTime,
    interrupt_after: Callable[[float], None] | None,
    key: str | None = None,
) -> Told:
    is_done = False
    failure: Exception | None = None
    with payer.client(plan, passing, asynchronous=False) as client:
        try:
            try:
                if plan.stop is not None and interrupt_after is not None:
                    interrupt_after(max(plan.stop * 0.006, 1e-5))
                payer.pay(client, plan, key)
                # Nothing is called here: an interrupt would come between the outcome and its note.
                is_done = True
            except Exception as error:  # noqa: BLE001 - the outcome of a payment
                failure = error
            finally:
                if interrupt_after is not None:
                    interrupt_after(0.0)
        except Interrupted as error:
            # What came when the outcome was there already, came to nobody's harm.
            if not is_done and failure is None:
                return _stopped("interrupted", error)
    return Told("done") if failure is None else failed(failure)


async def _pay_once_async(payer: Payer, plan: Schedule, passing: ImpatientTime, key: str | None = None) -> Told:
    async with payer.client(plan, passing, asynchronous=True) as client:
        task = asyncio.ensure_future(payer.pay(client, plan, key))
        if plan.stop is not None:
            for _ in range(int(plan.stop * 40)):
                await asyncio.sleep(0)
                if plan.stop > 0.5:
                    await asyncio.sleep(0.0002)
            task.cancel()
        try:
            await task
        except asyncio.CancelledError as error:
            # A task that was cancelled before its first step did nothing, and there is nobody to say so.
            return _stopped("cancelled", error)
        except Exception as error:  # noqa: BLE001 - the outcome of a payment
            return failed(error)
        return Told("done")


def _stopped(ended: str, error: BaseException) -> Told:
    return Told(ended, getattr(error, "may_have_executed", None), key=getattr(error, "idempotency_key", None))


def failed(error: Exception) -> Told:
    """Return what an error tells."""
    said, key = getattr(error, "may_have_executed", None), getattr(error, "idempotency_key", None)
    is_answer = hasattr(error, "status_code")
    return Told("failed", said if isinstance(said, bool) else None, type(error).__name__, key, is_answer)


def _note_repetitions(server: LedgerServer, plan: Schedule, findings: Findings) -> None:
    # A connection of a call that was cancelled may be taken after its own schedule has ended.
    own = [attempt for attempt in server.attempts if attempt.reference in (None, plan.reference)]
    delivered = [attempt.received and not attempt.refused for attempt in own]
    if plan.keys is not None:
        findings.repeated += any(delivered[:-1])
    elif any(delivered[:-1]):
        findings.sent_again.append(f"{plan.reference}: {plan.faults}, sent again after {delivered}")


def judge(server: LedgerServer, told: dict[str, Told], plans: dict[str, Schedule], findings: Findings) -> None:
    """Hold what callers were told against what was carried out."""
    for reference, said in told.items():
        count = server.ledger.executions[reference]
        known = {True: "may have executed", False: "did nothing", None: "nothing said"}[said.may_have_executed]
        findings.outcomes[said.ended if said.ended == "done" else f"{said.ended}, {known}"] += 1
        line = f"{reference}: {plans[reference].faults}, carried out {count} times, {said}"
        if count > 1:
            findings.twice.append(line)
        if said.ended == "done" and count != 1:
            findings.done_though_not.append(line)
        if said.may_have_executed is False and count:
            findings.failed_though_executed.append(line)
        if said.may_have_executed is None and said.ended == "failed":
            findings.strange.append(line)
        if said.may_have_executed is None and said.ended in ("cancelled", "interrupted") and count:
            findings.untold.append(line)


@contextlib.contextmanager
def _interrupts() -> Generator[Callable[[float], None] | None]:
    if threading.current_thread() is not threading.main_thread():
        yield None
        return

    armed = False

    def interrupt(*_: object) -> None:
        if armed:
            raise Interrupted

    def after(seconds: float) -> None:
        nonlocal armed
        armed = seconds > 0
        signal.setitimer(signal.ITIMER_REAL, seconds)

    before = signal.signal(signal.SIGALRM, interrupt)
    # What is collected while a call runs would swallow the interrupt that comes just then.
    gc.disable()
    try:
        yield after
    finally:
        gc.enable()
        armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
