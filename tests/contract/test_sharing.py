"""One client for many: threads, tasks, forked processes, event loops, and calls that are cancelled."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.contract.callers import FAST, ROOT, Caller, package
from tests.stand_ins import wire
from tests.stand_ins.m360 import AUTH_CODE, AUTH_TOKEN, M360, record, record_v1

CALLERS = 64
CALLS = 10


def made(kind: Any, vendor: M360, version: str, **setting: Any) -> Any:
    setting = {"requests_per_second": FAST, **setting}
    return kind(auth_code=AUTH_CODE, auth_token=AUTH_TOKEN, base_url=vendor.url(version), **setting)


def mark(vendor: M360, version: str, count: int = CALLERS * CALLS) -> list[str]:
    """Give the vendor batches that each hold a mark of their own, and return their names."""
    vendor.batches.update({f"{version}-{number}": [f"mark {version}-{number}"] for number in range(count)})
    return [f"{version}-{number}" for number in range(count)]


def marks(answers: list[Any]) -> list[str]:
    return [answer["checks"][0]["imei"] for answer in answers]


def test_threads_that_share_a_client_get_their_own_answers(version: str, vendor: M360) -> None:
    batches = mark(vendor, version)
    with made(package(version).Client, vendor, version) as client, ThreadPoolExecutor(CALLERS) as pool:

        def ask(batch: str) -> Any:
            return client.get_blacklist_checks_by_batch_id(batch_id=batch)

        answers = list(pool.map(ask, batches))

    assert marks(answers) == [f"mark {batch}" for batch in batches]
    assert vendor.connections <= CALLERS


def test_tasks_that_share_a_client_get_their_own_answers(version: str, vendor: M360) -> None:
    batches = mark(vendor, version)

    async def main() -> list[Any]:
        async with made(package(version).AsyncClient, vendor, version) as client:
            gate = asyncio.Semaphore(CALLERS)

            async def call(batch: str) -> Any:
                async with gate:
                    return await client.get_blacklist_checks_by_batch_id(batch_id=batch)

            return await asyncio.gather(*map(call, batches))

    assert marks(asyncio.run(main())) == [f"mark {batch}" for batch in batches]
    assert vendor.connections <= CALLERS


def test_raw_answers_of_threads_are_their_own(version: str, vendor: M360) -> None:
    batches = mark(vendor, version, 200)
    with made(package(version).Client, vendor, version) as client, ThreadPoolExecutor(16) as pool:
        raw = client.with_raw_response

        def ask(batch: str) -> Any:
            return raw.get_blacklist_checks_by_batch_id(batch_id=batch)

        answers = list(pool.map(ask, batches))

    assert marks([answer.parsed for answer in answers]) == [f"mark {batch}" for batch in batches]
    assert all(f'"mark {batch}"'.encode() in answer.content for batch, answer in zip(batches, answers, strict=True))


FORKS = """
import os, sys
from generated import m360_{version} as package
client = package.Client(auth_code={code!r}, auth_token={token!r}, base_url={url!r}, requests_per_second=1e5)
def ask(number):
    batch = f"{version}-{{number}}"
    [check] = client.get_blacklist_checks_by_batch_id(batch_id=batch)["checks"]
    return check["imei"] == "mark " + batch
assert ask(0)
children = []
for child in range(4):
    pid = os.fork()
    if pid == 0:
        os._exit(0 if all([ask(child * 25 + number) for number in range(25)]) else 1)
    children.append(pid)
own = [ask(number) for number in range(100)]
ended = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
client.close()
sys.exit(0 if all(own) and ended == [0] * 4 else f"{{own}} {{ended}}")
"""


def test_forked_processes_get_their_own_answers(version: str, vendor: M360) -> None:
    mark(vendor, version, 100)
    code = FORKS.format(version=version, code=AUTH_CODE, token=AUTH_TOKEN, url=vendor.url(version))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert vendor.connections == 5


def test_client_works_in_one_event_loop_after_another(version: str, vendor: M360) -> None:
    client = made(package(version).AsyncClient, vendor, version)

    async def call() -> None:
        await client.get_history()

    async def last() -> None:
        await call()
        await client.aclose()

    asyncio.run(call())
    asyncio.run(call())
    asyncio.run(last())

    assert len(vendor.requests) == 3


def test_cancelled_call_raises_the_same_error_with_what_may_have_happened(version: str, vendor: M360) -> None:
    seen: list[BaseException] = []

    async def calling(client: Any) -> None:
        try:
            await client.schedule_blacklist_check(imei_list=["35"])
        except asyncio.CancelledError as error:
            seen.append(error)
            raise

    async def main() -> None:
        async with made(package(version).AsyncClient, vendor, version) as client:
            task = asyncio.create_task(calling(client))
            await asyncio.to_thread(at_work.wait, 5)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError as error:
                seen.append(error)
            # The place in the pool is free again.
            await client.get_history()

    def busy(turn: wire.Turn) -> None:
        turn.work()
        at_work.set()
        turn.wait(3)

    at_work = threading.Event()
    vendor.fail(busy)
    asyncio.run(main())

    assert seen[0] is seen[1]
    assert type(seen[0]) is asyncio.CancelledError
    assert vars(seen[0]) == {"may_have_executed": True}


def test_call_that_is_cancelled_before_it_was_sent_did_nothing(version: str, vendor: M360) -> None:
    async def main() -> Any:
        async with made(package(version).AsyncClient, vendor, version, requests_per_second=0.02) as client:
            await client.get_history()
            task = asyncio.create_task(client.schedule_blacklist_check(imei_list=["35"]))
            await asyncio.sleep(0.05)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError as error:
                return error

    error = asyncio.run(main())

    assert error.may_have_executed is False
    assert len(vendor.requests) == 1


def test_timeout_of_asyncio_s_own_around_a_call_works(version: str, vendor: M360) -> None:
    async def main() -> BaseException | None:
        async with made(package(version).AsyncClient, vendor, version) as client:
            with pytest.raises(TimeoutError) as caught:
                async with asyncio.timeout(0.15):
                    await client.schedule_blacklist_check(imei_list=["35"])
            await client.get_history()
            return caught.value.__cause__

    vendor.fail(wire.silent(3))
    cause = asyncio.run(main())

    assert isinstance(cause, asyncio.CancelledError)
    assert vars(cause) == {"may_have_executed": True}


def test_cancelling_again_and_again_uses_up_no_connection(version: str, vendor: M360) -> None:
    async def main() -> None:
        async with made(package(version).AsyncClient, vendor, version) as client:
            for steps in range(60):
                task = asyncio.create_task(client.get_blacklist_checks_by_batch_id(batch_id=f"{version}-0"))
                for _ in range(steps % 12):
                    await asyncio.sleep(0)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            await asyncio.gather(
                *(client.get_blacklist_checks_by_batch_id(batch_id=f"{version}-0", timeout=5) for _ in range(120))
            )

    mark(vendor, version, 1)
    asyncio.run(main())

    assert vendor.executions["getBlacklistChecksByBatchId"] >= 120


def test_iteration_that_is_left_early_leaves_the_client_usable(caller: Caller, vendor: M360) -> None:
    sample = record if caller.version == "v2" else record_v1
    vendor.records = [sample(number) for number in range(20)]
    with caller.client(vendor) as session:
        for _ in range(10):
            session.records(1, limit=2)
        found = session.records(limit=10)

    assert len(found) == 20
    assert vendor.connections == 1


def test_idle_connection_that_the_vendor_closed_is_not_used_again(caller: Caller, vendor: M360) -> None:
    def last_answer(turn: wire.Turn) -> None:
        turn.send(turn.work().spelled())
        turn.hang_up()

    vendor.fail(*[last_answer] * 10)
    with caller.client(vendor, max_retries=0) as session:
        for _ in range(10):
            session.call("schedule_blacklist_check", imei_list=["35"])
            session.wait_a_moment()

    assert vendor.executions["scheduleBlacklistCheck"] == 10
