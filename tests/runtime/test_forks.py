"""A fork beside a running thread: whatever lock the thread holds just then, the child goes on with what it was given."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import ast
import asyncio
import contextlib
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from generator.runtime import forks
from generator.runtime.answer import Answer
from generator.runtime.client import AsyncioClient, SyncClient
from generator.runtime.credentials import Credentials
from generator.runtime.drift import Drift
from generator.runtime.drift_file import DriftFile, _held, read_drift
from generator.runtime.file_limits import FileLimiter
from generator.runtime.limits import Limiter, Permit, WaitTooLong
from generator.runtime.retry import RetryQuota
from generator.runtime.webhooks import SeenDeliveries
from tests.runtime.fault_server import FaultServer
from tests.runtime.ledgerly import KEY, NO_OPTIONS, READ, SERVICE, TOKEN

LONGEST = 10.0
RUNTIME = Path(forks.__file__).parent
ONE = {"entry_id": "e1"}
FOUND = Drift(package="p", operation="o", path="a", owner="T", kind="field", name="a", type="null", count=1)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")

Use = Callable[[], object]
Lock = AbstractContextManager[Any]


@contextlib.contextmanager
def forked(work: Use) -> Generator[int]:
    """Give the number of a child that does *work*, and end it."""
    with warnings.catch_warnings():
        # A fork while a thread runs is what is tried here.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if work() else 1
        finally:
            os._exit(status)
    try:
        yield child
    finally:
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def comes_out_in_a_child(work: Use) -> bool:
    """Tell whether *work* comes out true in a child, and ends."""
    until = time.monotonic() + LONGEST
    with forked(work) as child:
        while time.monotonic() < until:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return status == 0
            time.sleep(0.005)
    return False


@contextlib.contextmanager
def held_by_a_thread(lock: Lock) -> Generator[None]:
    """Let another thread hold *lock*."""
    is_held, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with lock:
            is_held.set()
            may_go.wait(3 * LONGEST)

    holder = threading.Thread(target=hold)
    holder.start()
    assert is_held.wait(LONGEST)
    try:
        yield
    finally:
        may_go.set()
        holder.join()


def quota(_: Path, _url: str) -> tuple[Lock, Use]:
    made = RetryQuota()
    return made._lock, made.take


def limiter(_: Path, _url: str) -> tuple[Lock, Use]:
    made = Limiter(3, 60.0)
    made.acquire(time.monotonic() + 1)

    def use() -> bool:
        made.learn(3)
        made.hold(0.0)
        for _ in range(2):
            made.acquire(time.monotonic() + 1).answered(time.monotonic())
        return True

    return made._lock, use


def shared_limiter(folder: Path, _url: str) -> tuple[Lock, Use]:
    made = FileLimiter(folder / "account.limit", 4, 0.5)
    made.acquire(time.monotonic() + 5).answered(time.monotonic())

    def use() -> bool:
        made.learn(3)
        made.acquire(time.monotonic() + 5).unused()
        return True

    return made._changed, use


def seen_deliveries(_: Path, _url: str) -> tuple[Lock, Use]:
    made = SeenDeliveries()
    return made._lock, lambda: made.note(b"one", 1.0, 2.0)


def drift_file(folder: Path, _url: str) -> tuple[Lock, Use]:
    made = DriftFile(folder / "drift.json")

    def use() -> bool:
        made(FOUND)
        return True

    return made._lock, use


def first_call(_: Path, url: str) -> tuple[Lock, Use]:
    client = SyncClient(SERVICE, Credentials(auth_code=KEY, auth_token=TOKEN), base_url=url)
    sender: Any = client._sender
    return sender._lock, lambda: client._call(READ, ONE, NO_OPTIONS).amount == 5


def first_call_of_a_task(_: Path, url: str) -> tuple[Lock, Use]:
    client = AsyncioClient(SERVICE, Credentials(auth_code=KEY, auth_token=TOKEN), base_url=url)
    sender: Any = client._sender

    async def call() -> bool:
        return (await client._call(READ, ONE, NO_OPTIONS)).amount == 5

    return sender._lock, lambda: asyncio.run(call())


@pytest.mark.parametrize(
    "made", [quota, limiter, shared_limiter, seen_deliveries, drift_file, first_call, first_call_of_a_task]
)
def test_lock_that_a_thread_holds_does_not_keep_the_child(
    made: Callable[[Path, str], tuple[Lock, Use]], tmp_path: Path
) -> None:
    with FaultServer() as server:
        lock, use = made(tmp_path, server.url)
        with held_by_a_thread(lock):
            worked = comes_out_in_a_child(use)

        assert worked
        # And the parent's own lock was never touched.
        assert use()


def test_every_lock_begins_in_each_process() -> None:
    kinds = {"Lock", "RLock", "Condition", "Semaphore", "BoundedSemaphore", "Barrier", "cached_property"}
    elsewhere: list[str] = []
    for path in sorted(RUNTIME.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        begun = {
            id(node)
            for each in ast.walk(tree)
            if isinstance(each, ast.FunctionDef) and each.name == "_begin"
            for node in ast.walk(each)
        }
        elsewhere += [
            f"{path.name}:{node.lineno}: {node.attr}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in kinds and id(node) not in begun
        ]

    assert elsewhere == []


def test_headers_that_a_thread_is_reading_do_not_keep_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    is_reading, may_go = threading.Event(), threading.Event()
    read = httpx2.Headers

    def slow(*given: Any) -> httpx2.Headers:
        if threading.current_thread() is not threading.main_thread():
            is_reading.set()
            may_go.wait(3 * LONGEST)
        return read(*given)

    monkeypatch.setattr(httpx2, "Headers", slow)
    one, other = (
        Answer(status_code=200, raw_headers=((b"A", b"1"),), content=b"", elapsed=0.0) for _ in ("one", "other")
    )
    reader = threading.Thread(target=lambda: one.headers)
    reader.start()
    assert is_reading.wait(LONGEST)
    worked = comes_out_in_a_child(lambda: other.headers["a"] == "1" and one.headers["a"] == "1")
    may_go.set()
    reader.join()

    assert worked
    assert one.headers is one.headers


def test_permit_of_the_parent_frees_nothing_in_the_child() -> None:
    limiter = Limiter(1, 60.0)
    permit = limiter.acquire(time.monotonic() + 1)

    def use() -> bool:
        permit.unused()
        limiter.acquire(time.monotonic() + 1)
        with pytest.raises(WaitTooLong):
            limiter.acquire(time.monotonic() + 1)
        return True

    assert comes_out_in_a_child(use)


def test_who_waited_at_the_fork_waits_on_in_the_child() -> None:
    limiter = Limiter(1, 60.0)
    first = limiter._enter(lambda: None)
    second = limiter._enter(lambda: None)

    def use() -> bool:
        return isinstance(limiter._attempt(second, time.monotonic() + 1), Permit)

    assert comes_out_in_a_child(use)
    assert isinstance(limiter._attempt(first, time.monotonic() + 1), Permit)


def test_findings_of_the_parent_are_not_counted_again(tmp_path: Path) -> None:
    path = tmp_path / "drift.json"
    file = DriftFile(path)
    for _ in range(3):
        file(FOUND)

    def use() -> bool:
        file(FOUND)
        file.flush()
        return True

    assert comes_out_in_a_child(use)
    file.flush()
    assert list(read_drift(path).values()) == [4]


def test_child_that_was_forked_while_the_file_was_held_does_not_hold_it(tmp_path: Path) -> None:
    path = tmp_path / "drift.json"
    file = DriftFile(path)
    with contextlib.ExitStack() as stack:
        with held_by_a_thread(_held(path)):
            stack.enter_context(forked(lambda: time.sleep(3 * LONGEST)))
        writer = threading.Thread(target=file, args=(FOUND,), daemon=True)
        writer.start()
        writer.join(LONGEST)
        is_written = not writer.is_alive()

    assert is_written


def test_owner_that_is_gone_does_not_begin_again() -> None:
    begun: list[object] = []
    kept, dropped = RetryQuota(), RetryQuota()
    for owner in (kept, dropped):
        forks.begin_in_each_process(owner, begun.append)
    begun.clear()
    del owner, dropped

    assert comes_out_in_a_child(lambda: begun == [kept])
    assert begun == []
