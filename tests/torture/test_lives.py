"""Clients in odd moments of their lives: many of them, two loops at a time, a fork or the end while a call is in flight."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import threading
import time
import warnings
import weakref
from pathlib import Path
from typing import Any

import pytest

from generator.runtime.client import AsyncioClient, SyncClient
from generator.runtime.credentials import Credentials
from generator.runtime.errors import APIError
from generator.runtime.request import CallOptions
from tests.runtime.fault_server import FaultServer, Wire, serve
from tests.runtime.ledgerly import KEY, NO_OPTIONS, PAY, READ, SERVICE, TOKEN

ROOT = Path(__file__).resolve().parents[2]
ONE = {"entry_id": "1"}


def sync_client(url: str) -> SyncClient:
    return SyncClient(SERVICE, Credentials(auth_code=KEY, auth_token=TOKEN), base_url=url)


def async_client(url: str) -> AsyncioClient:
    return AsyncioClient(SERVICE, Credentials(auth_code=KEY, auth_token=TOKEN), base_url=url)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="descriptors are counted where the system lists them")
def test_clients_made_and_dropped_leave_no_descriptors_and_no_objects() -> None:
    with FaultServer() as server:
        for _ in range(20):
            sync_client(server.url)._call(READ, ONE, NO_OPTIONS)
        gc.collect()
        time.sleep(0.1)
        before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names alone
        alive: weakref.WeakSet[SyncClient] = weakref.WeakSet()

        def use_one() -> None:
            client = sync_client(server.url)
            alive.add(client)
            client._call(READ, ONE, NO_OPTIONS)

        for _ in range(200):
            use_one()
        gc.collect()
        time.sleep(0.3)

        # Those of other tests, kept by what pytest keeps of them, do not count.
        assert len(alive) == 0
        # The server's ends are closed by its threads, some of which may still be at it.
        assert len(os.listdir("/proc/self/fd")) - before < 20  # noqa: PTH208 - names alone


def test_one_client_works_in_two_loops_at_a_time() -> None:
    found: list[Any] = []

    with FaultServer() as server:
        client = async_client(server.url)

        def work() -> None:
            async def main() -> list[Any]:
                return [(await client._call(READ, ONE, NO_OPTIONS)).amount for _ in range(20)]

            found.extend(asyncio.run(main()))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        asyncio.run(client.aclose())

    assert found == [5] * 80


def test_loop_that_begins_while_another_connects_does_not_forget_its_connections() -> None:
    first, second = asyncio.new_event_loop(), asyncio.new_event_loop()

    with FaultServer() as server:
        client = async_client(server.url)
        sender: Any = client._sender

        async def begin() -> None:
            sender._current()

        for loop in (first, second):
            loop.run_until_complete(begin())
        first.run_until_complete(client._call(READ, ONE, NO_OPTIONS))
        [connection] = [each for pools in sender._pools.values() for each in pools.registry]
        second.run_until_complete(client.aclose())
        closed = connection._sock.fileno() == -1
        for loop in (first, second):
            loop.close()

    assert closed


def test_fork_while_a_call_is_in_flight_disturbs_neither() -> None:
    taken, go = threading.Event(), threading.Event()

    def slow_then_good(wire: Wire) -> None:
        wire.take()
        taken.set()
        go.wait(20)
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n" + GOOD_7)
        serve(wire)

    with FaultServer(slow_then_good, serve) as server, sync_client(server.url) as client:
        amounts: list[Any] = []
        caller = threading.Thread(target=lambda: amounts.append(client._call(READ, ONE, NO_OPTIONS).amount))
        caller.start()
        assert taken.wait(10)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            os._exit(0 if client._call(READ, ONE, CallOptions(10.0)).amount == 5 else 1)
        status = os.waitpid(child, 0)[1]
        go.set()
        caller.join(20)

    assert status == 0
    assert amounts == [7]


GOOD_7 = b'{"data":{"entryId":"e1","amount":7},"meta":{"success":true}}'


def test_closing_while_a_call_is_in_flight_ends_it_with_an_error_of_ours() -> None:
    taken = threading.Event()

    def silent(wire: Wire) -> None:
        wire.take()
        taken.set()
        wire.wait(20)

    with FaultServer(silent) as server:
        client = sync_client(server.url)
        found: list[Any] = []

        def work() -> None:
            try:
                found.append(client._call(PAY, {}, CallOptions(3.0)))
            except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
                found.append(error)

        caller = threading.Thread(target=work)
        caller.start()
        assert taken.wait(10)
        client.close()
        caller.join(20)

    [error] = found
    assert isinstance(error, APIError)
    assert error.may_have_executed is True


END = """
import asyncio, sys, threading, time
from tests.torture.test_lives import async_client, sync_client, ONE, READ, NO_OPTIONS
url, way = sys.argv[1:]
def work():
    sync_client(url)._call(READ, ONE, NO_OPTIONS)
async def task():
    asyncio.ensure_future(async_client(url)._call(READ, ONE, NO_OPTIONS))
    await asyncio.sleep(0.3)
if way == "thread":
    threading.Thread(target=work, daemon=True).start()
    time.sleep(0.3)
else:
    asyncio.run(task())
"""


@pytest.mark.parametrize("way", ["thread", "task"])
def test_interpreter_that_ends_while_a_call_is_in_flight_says_nothing(way: str) -> None:
    def silent(wire: Wire) -> None:
        wire.take()
        wire.wait(20)

    with FaultServer(silent) as server:
        child = subprocess.run(
            [sys.executable, "-B", "-c", END, server.url, way],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
            cwd=ROOT,
        )

    assert (child.returncode, child.stdout, child.stderr) == (0, "", "")
