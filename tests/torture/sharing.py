"""One client in the hands of many: every answer has to be its own, whoever asked at the same time."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
import time
import warnings
from typing import Any

from generator.runtime.client import AsyncioClient, SyncClient
from generator.runtime.credentials import Credentials
from tests.runtime.fault_server import FaultServer, Wire, answer
from tests.runtime.ledgerly import KEY, NO_OPTIONS, PAY, READ, SERVICE, TOKEN
from tests.torture.interrupts import InterruptAt, collected_later
from tests.torture.money import Interrupted
from tests.torture.mutation import Findings


def echo(wire: Wire) -> None:
    """Answer with the number that the path ends in."""
    while True:
        number = wire.take().split(b" ")[1].rsplit(b"/", 1)[1]
        wire.send(answer(b'{"data":{"entryId":"e1","amount":%b},"meta":{"success":true}}' % number))


def _setting(url: str) -> dict[str, Any]:
    return {"base_url": url, "credentials": Credentials(auth_code=KEY, auth_token=TOKEN), "service": SERVICE}


def _wrong(client: SyncClient, numbers: range) -> int:
    asked = ((number, client._call(READ, {"entry_id": str(number)}, NO_OPTIONS).amount) for number in numbers)
    return sum(number != amount for number, amount in asked)


def threads(count: int, calls: int) -> Findings:
    """Let *count* threads make *calls* calls each on one client."""
    findings = Findings()
    with FaultServer(echo) as server, SyncClient(**_setting(server.url)) as client:

        def work(first: int) -> None:
            wrong = _wrong(client, range(first, first + calls))
            findings.faults.extend(["a thread got another's answer"] * wrong)
            findings.inert += calls - wrong

        workers = [threading.Thread(target=work, args=(index * calls,)) for index in range(count)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    return findings


def forks(count: int, calls: int) -> Findings:
    """Let *count* children of a fork, and the parent, make *calls* calls each on one client that was used before."""
    findings = Findings()
    with FaultServer(echo) as server, SyncClient(**_setting(server.url)) as client:
        _wrong(client, range(1))
        children: list[int] = []
        for child in range(count):
            with warnings.catch_warnings():
                # A fork while a thread runs is what is tried here.
                warnings.simplefilter("ignore", DeprecationWarning)
                process = os.fork()
            if process == 0:
                os._exit(1 if _wrong(client, range(child * calls, (child + 1) * calls)) else 0)
            children.append(process)
        if _wrong(client, range(count * calls, (count + 1) * calls)):
            findings.faults.append("the parent got another's answer")
        for process in children:
            if os.waitpid(process, 0)[1]:
                findings.faults.append("a child got another's answer")
    findings.inert = (count + 1) * calls - len(findings.faults)
    return findings


def cancellations(rounds: int, deepest: int = 60) -> Findings:
    """Cancel a call at each step of the event loop in turn; the next one has to be there in less than a second."""
    findings = Findings()

    async def main(url: str) -> None:
        async with AsyncioClient(**_setting(url)) as client:
            for turn in range(rounds):
                task = asyncio.ensure_future(client._call(PAY if turn % 2 else READ, _arguments(turn), NO_OPTIONS))
                for _ in range(turn % deepest):
                    await asyncio.sleep(0)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                begun = time.monotonic()
                amount = (await client._call(READ, {"entry_id": str(turn)}, NO_OPTIONS)).amount
                if amount != turn or time.monotonic() - begun > 1:
                    findings.faults.append(f"after a cancellation at step {turn % deepest}: {amount}")
                else:
                    findings.inert += 1

    with FaultServer(_echo_or_take) as server:
        asyncio.run(main(server.url))
    return findings


def interruptions(rounds: int) -> Findings:
    """Interrupt a call at each place of the way in turn; the next one has to be there in less than a second."""
    findings = Findings()
    with FaultServer(_echo_or_take) as server, SyncClient(**_setting(server.url)) as client:
        client._call(READ, {"entry_id": "0"}, NO_OPTIONS)
        place = [0, 0]
        for turn in range(rounds):
            kind = turn % 2
            place[kind] += 1
            interrupts = InterruptAt(place[kind], "httpcore2", "httpcore2._sync", "h11")
            with collected_later(), contextlib.suppress(Interrupted):
                try:
                    sys.setprofile(interrupts)
                    client._call(PAY if kind else READ, _arguments(turn), NO_OPTIONS)
                finally:
                    sys.setprofile(None)
            if interrupts.seen < place[kind]:
                # It was interrupted at all of them.
                place[kind] = 0
            begun = time.monotonic()
            amount = client._call(READ, {"entry_id": str(turn)}, NO_OPTIONS).amount
            if amount != turn or time.monotonic() - begun > 1:
                findings.faults.append(f"after an interrupt at place {place[kind]}: {amount}")
            else:
                findings.inert += 1
    return findings


def _arguments(turn: int) -> dict[str, object]:
    return {} if turn % 2 else {"entry_id": str(turn)}


def _echo_or_take(wire: Wire) -> None:
    while True:
        path = wire.take().split(b" ")[1]
        number = path.rsplit(b"/", 1)[1]
        amount = number if number.isdigit() else b"0"
        wire.send(answer(b'{"data":{"entryId":"e1","amount":%b},"meta":{"success":true}}' % amount))
