"""Payments of processes that are killed on the way, or forked, and of those that come after them with the stored key."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from generator.runtime.idempotency import IdempotencyKey
from tests.torture.faults import FAULTS
from tests.torture.ledger import LedgerServer
from tests.torture.money import (
    PATIENCE,
    Findings,
    ImpatientTime,
    Payer,
    Schedule,
    Told,
    Vendor,
    failed,
    judge,
    schedule,
)

_ENDS = {10: Told("done"), 11: Told("failed", may_have_executed=False), 12: Told("failed", may_have_executed=True)}
_ODD = 13
_HANGS = 60.0
"""Seconds after which a child does not end any more: no payment may take a tenth of it."""
_HUNG = "the child hung"
_LONGEST = 0.004
"""Seconds within which a process is killed after it has connected: about as long as a payment takes then."""


def kills(vendor: Vendor, seeds: range) -> Findings:
    """Kill a process while it pays, at a moment of chance; where there are keys, the next one pays with the stored one."""
    findings = Findings()
    told: dict[str, Told] = {}
    plans: dict[str, Schedule] = {}
    with LedgerServer("xml" if vendor == "kolmisoft" else "json") as server:
        payer = Payer(vendor, server)
        _warm_up(payer)
        for seed in seeds:
            chance = random.Random(f"kill {vendor} {seed}")  # noqa: S311 - chance that can be repeated
            plan = replace(schedule(vendor, seed), stop=None)
            plans[plan.reference] = plan
            passing = payer.begin(plan)
            stored = f"stored-{seed}" if plan.keys is not None else None
            begun, before = passing.now(), server.connections
            child = _child(partial(_paid, payer, plan, passing, stored))
            until = time.monotonic() + chance.choice((0.0, 1.0, 1.0, 1.0, 1.0))
            while server.connections == before and time.monotonic() < until:
                time.sleep(0.0002)
            time.sleep(chance.random() * _LONGEST)
            os.kill(child, signal.SIGKILL)
            said = _ended(child)
            server.settle()
            if (
                stored is not None
                and said.may_have_executed
                and (plan.keys is None or plan.keys.is_safe_after_failures)
            ):
                passing.skip(plan.pause)
                said = _paid(payer, plan, passing, IdempotencyKey(stored, begun))
                server.settle()
            told[plan.reference] = said
        server.ledger.finish()
        judge(server, told, plans, findings)
    findings.schedules = len(told)
    return findings


def forks(vendor: Vendor, seeds: range) -> Findings:
    """Fork a process whose client has paid, or pays just then in a thread; both pay on with what is the same client."""
    findings = Findings()
    told: dict[str, Told] = {}
    plans: dict[str, Schedule] = {}
    with LedgerServer("xml" if vendor == "kolmisoft" else "json") as server:
        payer = Payer(vendor, server)
        _warm_up(payer)
        for seed in seeds:
            chance = random.Random(f"fork {vendor} {seed}")  # noqa: S311 - chance that can be repeated
            plan = replace(schedule(vendor, seed), stop=None)
            passing = payer.begin(plan)
            before, beside, inside, after = (
                replace(plan, reference=f"{plan.reference}-{name}") for name in ("before", "beside", "child", "after")
            )
            with payer.client(plan, passing, asynchronous=False) as client:
                told[before.reference] = _pay(payer, client, before)
                thread = threading.Thread(target=_pay_into, args=(told, payer, client, beside))
                thread.start()
                time.sleep(chance.random() * 0.003)
                child = _child(partial(_pay, payer, client, inside))
                told[after.reference] = _pay(payer, client, after)
                thread.join()
                told[inside.reference] = _ended(child)
                if told[inside.reference].kind == _HUNG:
                    findings.strange.append(f"{inside.reference}: the child of a fork beside a thread did not end")
            server.settle()
            plans |= {each.reference: each for each in (before, beside, inside, after)}
        server.ledger.finish()
        judge(server, told, plans, findings)
    findings.schedules = len(told)
    return findings


def forks_inside(vendor: Vendor, seeds: range) -> Findings:
    """Fork a process in the middle of its call, by the very thread that pays: parent and child both go on with the call."""
    findings = Findings()
    told: dict[str, Told] = {}
    plans: dict[str, Schedule] = {}
    with LedgerServer("xml" if vendor == "kolmisoft" else "json") as server:
        payer = Payer(vendor, server)
        _warm_up(payer)
        for seed in seeds:
            # It waits after the first refusal, and the fork comes as it waits.
            plan = replace(schedule(vendor, seed), faults=["refused_by_rate"], stop=None, retries=2)
            passing = payer.begin(plan)
            children: list[int] = []
            with payer.client(plan, passing, asynchronous=False) as client:
                _fork_while_waiting(client, children)
                said = _pay(payer, client, plan)
                if children == [0]:
                    os._exit(_status(said))
            told[plan.reference] = said
            plans[plan.reference] = plan
            # What the vendor puts off for too long is not waited for.
            child = _ended(children[0]) if children else Told("failed", may_have_executed=True)
            server.settle()
            if child.ended != "failed" or child.may_have_executed is not True:
                findings.strange.append(f"{plan.reference}: the child of a fork inside of a call was told {child}")
        judge(server, told, plans, findings)
    findings.schedules = len(told)
    return findings


def _pay_into(told: dict[str, Told], payer: Payer, client: Any, plan: Schedule) -> None:
    told[plan.reference] = _pay(payer, client, plan)


def _warm_up(payer: Payer) -> None:
    """Pay well and badly once: what a fork finds half imported by a thread is never imported in the child."""
    for fault in sorted(FAULTS):
        plan = replace(
            schedule(payer.vendor, -1), faults=[fault], patience=PATIENCE, stop=None, reference=f"warm-{fault}"
        )
        _paid(payer, plan, payer.begin(plan), None)
        payer.server.settle()


def _fork_while_waiting(client: Any, children: list[int]) -> None:
    clock = client._setting.clock
    wait = clock.sleep

    def fork(seconds: float) -> None:
        if not children:
            children.append(_forked())
        wait(seconds)

    client._setting = replace(client._setting, clock=replace(clock, sleep=fork))


def _forked() -> int:
    with warnings.catch_warnings():
        # A fork while a thread runs is what is tried here.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _child(work: Callable[[], Told]) -> int:
    child = _forked()
    if child == 0:
        status = _ODD
        try:
            status = _status(work())
        finally:
            os._exit(status)
    return child


def _status(said: Told) -> int:
    return next((status for status, each in _ENDS.items() if _same(each, said)), _ODD)


def _same(one: Told, other: Told) -> bool:
    return (one.ended, one.may_have_executed) == (other.ended, other.may_have_executed)


def _ended(child: int) -> Told:
    until = time.monotonic() + _HANGS
    while not (found := os.waitpid(child, os.WNOHANG))[0]:
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return Told("killed", may_have_executed=True, kind=_HUNG)
        time.sleep(0.0005)
    status = found[1]
    if os.WIFSIGNALED(status):
        return Told("killed", may_have_executed=True)
    return _ENDS.get(os.WEXITSTATUS(status), Told("failed"))


def _paid(payer: Payer, plan: Schedule, passing: ImpatientTime, key: str | None) -> Told:
    with payer.client(plan, passing, asynchronous=False) as client:
        return _pay(payer, client, plan, key)


def _pay(payer: Payer, client: Any, plan: Schedule, key: str | None = None) -> Told:
    try:
        payer.pay(client, plan, key)
    except Exception as error:  # noqa: BLE001 - the outcome of a payment
        return failed(error)
    return Told("done")
