"""The vendor's limit: kept by many threads and by many tasks, learned from a refusal, and shared by clients."""

from __future__ import annotations

import asyncio
import math
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.contract.callers import Caller, package
from tests.stand_ins.m360 import AUTH_CODE, AUTH_TOKEN, M360

pytestmark = pytest.mark.alone
"""A vendor counts by its own clock: on a machine busy with other tests it would see late what left in time."""

MOST = 20
"""Requests a second: enough that two windows are soon over."""

CALLERS = 32


def made(kind: Any, vendor: M360, version: str, **setting: Any) -> Any:
    return kind(auth_code=AUTH_CODE, auth_token=AUTH_TOKEN, base_url=vendor.url(version), **setting)


def by_threads(clients: list[Any], calls: int) -> None:
    with ThreadPoolExecutor(CALLERS) as pool:
        done = [pool.submit(clients[number % len(clients)].get_history) for number in range(calls)]
    for one in done:
        one.result()


def test_limit_is_kept_by_many_threads(version: str, vendor: M360) -> None:
    vendor.account.requests_per_second = MOST
    with made(package(version).Client, vendor, version, requests_per_second=MOST) as client:
        by_threads([client], 40)

    assert vendor.executions["getHistory"] == 40
    assert (vendor.most_in_a_window() <= MOST, vendor.refused_by_limit) == (True, 0)


def test_limit_is_shared_by_clients_with_one_file(version: str, vendor: M360, tmp_path: Path) -> None:
    vendor.account.requests_per_second = MOST
    limiters = [package(version).FileLimiter(tmp_path / "account.limit", MOST) for _ in range(2)]
    with (
        made(package(version).Client, vendor, version, limiter=limiters[0]) as one,
        made(package(version).Client, vendor, version, limiter=limiters[1]) as other,
    ):
        by_threads([one, other], 40)

    assert vendor.executions["getHistory"] == 40
    assert (vendor.most_in_a_window() <= MOST, vendor.refused_by_limit) == (True, 0)


def test_limit_is_kept_by_many_tasks(version: str, vendor: M360) -> None:
    vendor.account.requests_per_second = MOST

    async def main() -> None:
        async with made(package(version).AsyncClient, vendor, version, requests_per_second=MOST) as client:
            gate = asyncio.Semaphore(CALLERS)

            async def call() -> None:
                async with gate:
                    await client.get_history()

            await asyncio.gather(*(call() for _ in range(40)))

    asyncio.run(main())

    assert vendor.executions["getHistory"] == 40
    assert (vendor.most_in_a_window() <= MOST, vendor.refused_by_limit) == (True, 0)


def test_limit_is_shared_by_clients_with_one_limiter(version: str, vendor: M360) -> None:
    vendor.account.requests_per_second = MOST
    limiter = package(version).Limiter(MOST)
    clients = [made(package(version).Client, vendor, version, limiter=limiter) for _ in range(4)]
    by_threads(clients, 40)
    for client in clients:
        client.close()

    assert (vendor.most_in_a_window() <= MOST, vendor.refused_by_limit) == (True, 0)


def test_limit_is_shared_by_threads_and_tasks(version: str, vendor: M360) -> None:
    vendor.account.requests_per_second = MOST
    limiter = package(version).Limiter(MOST)

    async def tasks() -> None:
        async with made(package(version).AsyncClient, vendor, version, limiter=limiter) as client:
            await asyncio.gather(*(client.schedule_blacklist_check(imei_list=["35"]) for _ in range(20)))

    with made(package(version).Client, vendor, version, limiter=limiter) as client, ThreadPoolExecutor(1) as pool:
        other = pool.submit(asyncio.run, tasks())
        by_threads([client], 20)
        other.result()

    assert len(vendor.requests) == 40
    assert (vendor.most_in_a_window() <= MOST, vendor.refused_by_limit) == (True, 0)


def test_copies_with_other_options_share_the_limit(version: str, vendor: M360) -> None:
    vendor.account.requests_per_second = MOST
    with made(package(version).Client, vendor, version, requests_per_second=MOST) as client:
        by_threads([client, client.with_options(max_retries=0), client.with_options(timeout=9)], 30)

    assert (vendor.most_in_a_window() <= MOST, vendor.refused_by_limit) == (True, 0)


def test_request_whose_connection_was_slow_to_come_counts_from_when_it_left(
    version: str, vendor: M360, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = package(version)._runtime.transport
    connect = transport.connect

    def slowly(*address: Any) -> Any:
        if not slow:
            slow.append(1)
            time.sleep(0.35)
        return connect(*address)

    slow: list[int] = []
    monkeypatch.setattr(transport, "connect", slowly)
    limiter = package(version).Limiter(1, 0.4)
    clients = [made(package(version).Client, vendor, version, limiter=limiter) for _ in range(2)]
    by_threads(clients, 2)
    for client in clients:
        client.close()

    assert vendor.most_in_a_window(0.4) == 1


def test_limit_without_the_caller_s_figure_is_one_a_second(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor, requests_per_second=None) as session:
        session.call("get_history")
        session.call("get_history")

    assert vendor.most_in_a_window() == 1


def test_lower_limit_is_learned_from_a_refusal(vendor: M360) -> None:
    vendor.account.requests_per_second = 4
    with made(package("v2").Client, vendor, "v2", requests_per_second=50, max_retries=9) as client:
        by_threads([client], 8)
        # What was sent before the first refusal is over.
        client.get_history()
        refused = vendor.refused_by_limit
        by_threads([client], 6)

    assert refused > 0
    assert vendor.refused_by_limit == refused
    assert vendor.executions["getHistory"] == 8 + 1 + 6


def test_higher_limit_is_not_learned(vendor: M360) -> None:
    limiter = package("v2").Limiter(2)
    vendor.fail(
        lambda turn: turn.send(
            b"HTTP/1.1 429 No\r\nContent-Length: 99\r\nRetry-After: 0\r\n\r\n"
            + b'{"meta":{"success":false,"errors":{"code":"c","details":{"maximumRequestsPerSecond":90}}}}'.ljust(99)
        )
    )
    with made(package("v2").Client, vendor, "v2", limiter=limiter) as client:
        client.get_history()

    assert limiter.requests == 2


def test_wait_that_would_outlast_the_deadline_is_a_timeout_at_once(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor, requests_per_second=0.01) as session:
        session.call("get_history")
        error = session.error("schedule_blacklist_check", imei_list=["35"], timeout=50)

    assert isinstance(error, caller.package.APITimeoutError)
    assert error.may_have_executed is False
    assert "rate limit" in str(error)
    assert len(vendor.requests) == 1


@pytest.mark.parametrize("figure", [0, -1, math.nan, math.inf])
def test_limit_that_makes_no_sense_is_refused(caller: Caller, figure: float) -> None:
    with pytest.raises(ValueError, match=r"limit|requests_per_second"):
        caller.client(requests_per_second=figure)
