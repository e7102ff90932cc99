"""Limits that several processes share: what the vendor sees, what a dead process leaves, what holds without the store."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import json
import logging
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx2
import pytest

from generator.runtime.credentials import Credentials
from generator.runtime.errors import APIConnectionError, ArgumentError, StoreUnavailableError
from generator.runtime.file_limits import FileLimiter, FileStore
from generator.runtime.limits import Limiter, Permit, StoreUnavailable, WaitTooLong
from generator.runtime.locked_files import locked
from generator.runtime.redis_limits import RedisLimiter, RedisStore
from generator.runtime.request import CallOptions
from generator.runtime.shared_limits import LEASE, Grant, Question, SharedLimiter, Store
from tests.runtime.counting import most_in_a_window, seen_by_vendor, used
from tests.runtime.ledgerly import KEY, LIMITED_SERVICE, PAY, READ, TOKEN, Runner, Step, good
from tests.runtime.redis_server import redis_server

if TYPE_CHECKING:
    from generator.runtime.shared_limits import WhenUnavailable

ROOT = Path(__file__).parents[2]
PATIENT = CallOptions(timeout=60.0)


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that speaks Redis."""
    with redis_server(tmp_path_factory.mktemp("redis")) as address:
        yield address


@pytest.fixture(params=["file", "redis"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a limit is shared: a file, then a Redis."""
    return str(tmp_path / "account.limit") if request.param == "file" else request.getfixturevalue("redis")


@pytest.fixture
def made(where: str, tmp_path: Path) -> Callable[..., SharedLimiter]:
    """Make limiters that share one account."""

    def make(requests: int, seconds: float = 1.0, when_unavailable: WhenUnavailable = "closed") -> SharedLimiter:
        if where.startswith("redis:"):
            return RedisLimiter(where, tmp_path.name, requests, seconds, when_unavailable=when_unavailable)
        return FileLimiter(where, requests, seconds, when_unavailable=when_unavailable)

    return make


@pytest.fixture
def store(where: str, tmp_path: Path) -> Store:
    """A store by itself."""
    if where.startswith("redis:"):
        return RedisStore(RedisLimiter(where, "x", 1)._store._client, tmp_path.name)  # type: ignore[attr-defined] # its store is one of Redis
    return FileStore(where)


def soon(seconds: float = 60.0) -> float:
    return time.monotonic() + seconds


def ask(store: Store, *wanted: str, requests: int = 2, seconds: float = 0.5, **told: object) -> Grant:
    return store.ask(Question(requests=requests, seconds=seconds, wanted=wanted, **told))  # type: ignore[arg-type] # keywords of several types


# What the vendor sees.


@pytest.mark.alone
@pytest.mark.parametrize(
    ("where", "by_tasks"), [("file", False), ("redis", False), ("redis", True)], indirect=["where"]
)
def test_vendor_sees_no_more_than_the_limit_of_many_processes_and_most_of_it(where: str, *, by_tasks: bool) -> None:
    limit, window = 60, 3.0

    seen = seen_by_vendor(where, limit, window, processes=8, callers=8, seconds=2.2 * window, by_tasks=by_tasks)

    assert most_in_a_window(seen, window) <= limit
    # On a machine at rest it is nine tenths and more, which is measured elsewhere: no test fails by the clock.
    assert used(seen, limit, window) > 0.3


def test_permit_counts_from_when_the_vendor_has_seen_its_request(store: Store) -> None:
    first = ask(store, "a", "b", "c")
    full = ask(store, "c", seen={"a": 0.1, "b": -60.0})
    time.sleep(full.wait + 0.01)
    later = ask(store, "c", "d")

    assert first.granted == 2
    assert (full.granted, later.granted) == (0, 1)
    assert 0.3 < full.wait < 0.401


def test_permit_that_was_not_used_is_free_at_once(store: Store) -> None:
    ask(store, "a", "b")

    assert ask(store, "c", unused=["a"]).granted == 1


def test_permit_whose_process_died_is_free_after_its_lease(store: Store, where: str) -> None:
    ask(store, "a", "b", seconds=0.1)
    held = ask(store, "c", seconds=0.1)

    assert held.granted == 0
    if where.startswith("redis:"):
        return
    document = json.loads(Path(where).read_text(encoding="utf-8"))
    left = [until - document["written"] for until in document["taken"].values()]

    assert all(LEASE < each <= LEASE + 0.111 for each in left)


def test_permit_that_is_still_held_is_held_on(store: Store) -> None:
    ask(store, "a", "b", seconds=0.1)
    ask(store, seconds=0.1, seen={"a": -10.0})
    time.sleep(0.12)

    assert ask(store, "c", seconds=0.1, requests=1).granted == 0


def test_question_that_is_asked_again_is_granted_the_same(where: str, store: Store) -> None:
    if not where.startswith("redis:"):
        return
    ask(store, "a", "b")

    assert ask(store, "a", "b").granted == 2


def test_lower_limit_that_one_learned_holds_for_all(made: Callable[..., SharedLimiter]) -> None:
    told, other = made(100, 60.0), made(100, 60.0)
    told.learn(2)
    permits = [told.acquire(soon()) for _ in range(2)]
    for permit in permits:
        permit.answered(time.monotonic())
    started = time.monotonic()
    with pytest.raises(WaitTooLong):
        other.acquire(soon(30.0))

    # It is refused, and not waited for.
    assert time.monotonic() - started < 30.0


def test_higher_limit_is_not_learned(store: Store) -> None:
    ask(store, learned=3)
    ask(store, learned=5)

    assert ask(store, *"abcdef", requests=4).requests == 3
    assert ask(store, "g", requests=2).requests == 2


def test_wait_that_one_was_told_holds_for_all(made: Callable[..., SharedLimiter]) -> None:
    told, other = made(100), made(100)
    told.acquire(soon()).unused()
    started = time.monotonic()
    told.hold(0.3)
    told.acquire(soon())
    other.acquire(soon())

    assert time.monotonic() - started >= 0.3


# Who waits.


def test_wait_that_would_outlast_the_deadline_is_refused_at_once(made: Callable[..., SharedLimiter]) -> None:
    limiter = made(1, 60.0)
    limiter.acquire(soon()).answered(time.monotonic())
    for _ in range(2):
        started = time.monotonic()
        with pytest.raises(WaitTooLong):
            limiter.acquire(soon(30.0))

        assert time.monotonic() - started < 30.0


def test_permit_of_a_waiter_that_is_gone_goes_to_another(made: Callable[..., SharedLimiter]) -> None:
    limiter = made(1, 0.3)

    async def main() -> None:
        (await limiter.acquire_async(soon())).answered(time.monotonic())
        gone = [asyncio.create_task(limiter.acquire_async(soon())) for _ in range(5)]
        await asyncio.sleep(0.05)
        for task in gone:
            task.cancel()
        await asyncio.gather(*gone, return_exceptions=True)
        await limiter.acquire_async(soon())

    asyncio.run(main())


def test_calls_by_threads_and_tasks_go_through(made: Callable[..., SharedLimiter], runner: Runner) -> None:
    limiter = made(3, 0.2)
    steps: list[Step] = [(READ, {"entry_id": "e1"}, PATIENT)] * 5

    outcomes = runner.steps(steps, answering, service=LIMITED_SERVICE, limiter=limiter)

    assert [outcome.entry_id for outcome in outcomes] == ["e1"] * 5


def answering(request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, json=good({"entryId": "e1"}), request=request)


# What a process leaves behind.


def test_end_of_a_process_tells_what_it_has_used(where: str) -> None:
    code = (
        "import sys, time; from tests.runtime.test_shared_limits import *; from generator.runtime.redis_limits import *\n"
        "made = RedisLimiter(sys.argv[1], 'ends', 1, 0.2) if 'redis:' in sys.argv[1] else FileLimiter(sys.argv[1], 1, 0.2)\n"
        "permit = made.acquire(time.monotonic() + 5); permit.departed(time.monotonic())"
    )
    subprocess.run([sys.executable, "-c", code, where], cwd=ROOT, check=True, timeout=60)
    started = time.monotonic()
    limiter = RedisLimiter(where, "ends", 1, 0.2) if where.startswith("redis:") else FileLimiter(where, 1, 0.2)
    limiter.acquire(soon(LEASE + 2))

    # Without its last word the permit would count for the whole lease.
    assert time.monotonic() - started < LEASE - 1


@pytest.mark.skipif(sys.platform == "win32", reason="a process is forked where there is fork")
def test_forked_process_has_a_thread_of_its_own(made: Callable[..., SharedLimiter]) -> None:
    limiter = made(100, 0.2)
    limiter.acquire(soon()).answered(time.monotonic())
    child = os.fork()
    if child == 0:
        try:
            limiter.acquire(soon()).answered(time.monotonic())
            os._exit(0)
        finally:
            os._exit(1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    limiter.acquire(soon()).unused()


def _hold(path: str, ready: object) -> None:
    with locked(path):
        ready.set()  # type: ignore[attr-defined] # an event of several processes, which has no public type
        time.sleep(60)


def test_process_that_dies_with_the_lock_blocks_nobody(tmp_path: Path) -> None:
    path = str(tmp_path / "account.limit")
    several = multiprocessing.get_context("spawn")
    ready = several.Event()
    holder = several.Process(target=_hold, args=(path, ready))
    holder.start()
    assert ready.wait(30)
    with pytest.raises(StoreUnavailable, match="keeps its lock"), locked(path, patience=0.1):
        pass
    os.kill(holder.pid or 0, signal.SIGKILL)
    holder.join()

    assert ask(FileStore(path), "a").granted == 1


@pytest.mark.parametrize(
    "content", [b'{"taken": {"a"', b"\x00" * 40, b"[]\n", b'{"taken": 3}\n', b'{"written": 1}\n', b"x"]
)
def test_file_that_was_cut_counts_as_a_full_window(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "account.limit"
    path.write_bytes(content)
    store = FileStore(str(path))
    full = ask(store, "a", seconds=0.2)
    time.sleep(full.wait + 0.01)

    assert (full.granted, ask(store, "a", seconds=0.2).granted) == (0, 1)


def test_restart_of_the_machine_counts_as_a_full_window(tmp_path: Path) -> None:
    path = str(tmp_path / "account.limit")
    before = FileStore(path, monotonic=lambda: 1e6)
    ask(before, "a", "b", seconds=60.0, seen={})
    ask(before, seconds=60.0, seen={"a": 0.0, "b": 59.0})
    now = [12.0]
    after = FileStore(path, monotonic=lambda: now[0])
    first = ask(after, "c", seconds=60.0)
    now[0] += 60.1

    assert (first.granted, first.wait) == (0, 60.0)
    assert ask(after, "c", seconds=60.0).granted == 1


def test_file_that_somebody_replaces_is_still_one_lock(tmp_path: Path) -> None:
    path = tmp_path / "account.limit"
    with locked(str(path)):
        path.unlink()
        with locked(str(path), patience=1.0) as other:
            other.write({"a": 1})

    assert json.loads(path.read_text(encoding="utf-8")) == {"a": 1}


# A store that is down.


def unavailable(kind: str, folder: Path, when_unavailable: WhenUnavailable) -> SharedLimiter:
    if kind == "file":
        return FileLimiter(folder / "not there" / "account.limit", 2, 0.3, when_unavailable=when_unavailable)
    return RedisLimiter("redis://:canary-pass-77@127.0.0.1:9/0", "account", 2, 0.3, when_unavailable=when_unavailable)


@pytest.mark.parametrize("kind", ["file", "redis"])
def test_closed_limiter_without_its_store_sends_nothing(kind: str, tmp_path: Path, runner: Runner) -> None:
    asked: list[int] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        asked.append(1)
        return answering(request)

    with pytest.raises(StoreUnavailableError, match="was not sent") as caught:
        runner.call(
            PAY,
            handler,
            service=LIMITED_SERVICE,
            limiter=unavailable(kind, tmp_path, "closed"),
            max_retries=0,
        )

    assert isinstance(caught.value, APIConnectionError)
    assert caught.value.may_have_executed is False
    assert asked == []


@pytest.mark.parametrize("kind", ["file", "redis"])
def test_open_limiter_without_its_store_keeps_the_limit_of_the_process(
    kind: str, tmp_path: Path, runner: Runner, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[float] = []
    departed = Permit.departed

    def noting(permit: Permit, now: float) -> None:
        left.append(now)
        departed(permit, now)

    monkeypatch.setattr(Permit, "departed", noting)
    steps: list[Step] = [(READ, {"entry_id": "e1"}, PATIENT)] * 6
    with caplog.at_level(logging.WARNING):
        outcomes = runner.steps(steps, answering, service=LIMITED_SERVICE, limiter=unavailable(kind, tmp_path, "open"))

    assert [outcome.entry_id for outcome in outcomes] == ["e1"] * 6
    assert len(left) == 6
    assert most_in_a_window(left, 0.3) <= 2
    assert len([record for record in caplog.records if "does not answer" in record.message]) == 1
    assert "canary" not in caplog.text


class Failing:
    """A store that is down until somebody mends it."""

    def __init__(self) -> None:
        self.is_down = True

    def ask(self, question: Question) -> Grant:
        if self.is_down:
            raise StoreUnavailable("gone")
        return Grant(len(question.wanted), question.requests, 0.0)


def test_store_that_is_there_again_is_used_again() -> None:
    store = Failing()
    limiter = SharedLimiter(store, 5, 1.0, "closed")
    with pytest.raises(StoreUnavailable, match="gone"):
        limiter.acquire(soon())
    store.is_down = False
    until = soon()
    while time.monotonic() < until:
        try:
            limiter.acquire(soon())
            break
        except StoreUnavailable:
            time.sleep(0.05)

    assert time.monotonic() < until


def test_store_that_raises_anything_fails_its_waiters_and_not_its_thread() -> None:
    class Odd:
        def ask(self, question: Question) -> Grant:
            raise ZeroDivisionError(question)

    limiter = SharedLimiter(Odd(), 5, 1.0, "closed")
    with pytest.raises(StoreUnavailable, match="ZeroDivisionError"):
        limiter.acquire(soon())

    assert limiter._thread is not None


def test_idle_limiter_has_no_thread(made: Callable[..., SharedLimiter]) -> None:
    limiter = made(5)
    limiter.acquire(soon()).answered(time.monotonic())
    until = soon()
    while limiter._thread is not None and time.monotonic() < until:
        time.sleep(0.05)

    assert limiter._thread is None
    limiter.acquire(soon()).unused()


# What a caller may give, and what is shown.


@pytest.mark.parametrize(("requests", "seconds"), [(0, 1.0), (1, 0.0), (1, float("inf")), (1, float("nan"))])
def test_limit_that_makes_no_sense_is_refused(tmp_path: Path, requests: int, seconds: float) -> None:
    with pytest.raises(ValueError, match="at least one request"):
        FileLimiter(tmp_path / "x", requests, seconds)


def test_choice_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'open' or 'closed'"):
        FileLimiter(tmp_path / "x", 1, when_unavailable="half")  # type: ignore[arg-type] # refused at run time too


@pytest.mark.parametrize("given", ["canary-pass-77@nowhere", 7])
def test_redis_that_makes_no_sense_is_refused_unseen(given: str) -> None:
    with pytest.raises(ArgumentError, match="redis must be an address") as caught:
        RedisLimiter(given, "k", 1)

    assert "canary" not in str(caught.value)
    assert caught.value.__context__ is None


def test_client_for_tasks_is_refused() -> None:
    from redis.asyncio import Redis

    with pytest.raises(ArgumentError, match="AsyncClient too"):
        RedisLimiter(Redis(), "k", 1)


def test_client_of_the_caller_is_used(redis: str) -> None:
    from redis import Redis

    with Redis(port=urlsplit(redis).port or 0) as own:
        RedisLimiter(own, "own", 1).acquire(soon()).unused()


def test_limiter_shows_no_secret_and_cannot_be_pickled(tmp_path: Path) -> None:
    limiter = unavailable("redis", tmp_path, "closed")

    assert "canary" not in repr(limiter) + str(vars(limiter)) + repr(limiter._store)
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(limiter)


@pytest.mark.skipif(sys.platform == "win32", reason="modes are a matter of POSIX")
def test_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    ask(FileStore(str(tmp_path / "x")), "a")

    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes are a matter of POSIX")
@pytest.mark.parametrize("kind", ["link", "folder", "pipe", "large"])
def test_what_is_no_plain_file_is_not_touched(tmp_path: Path, kind: str) -> None:
    path, other = tmp_path / "x", tmp_path / "other"
    other.write_text("mine", encoding="utf-8")
    match kind:
        case "link":
            path.symlink_to(other)
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case _:
            path.write_bytes(b" " * ((1 << 22) + 1))
    with pytest.raises(StoreUnavailable):
        ask(FileStore(str(path)), "a")

    assert other.read_text(encoding="utf-8") == "mine"


def test_importing_the_limiters_does_not_import_redis() -> None:
    code = "import sys; import generator.runtime.redis_limits, generator.runtime.file_limits; print('redis' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
    )

    assert found.stdout.strip() == "False"


def test_limiter_of_one_process_is_taken_as_well() -> None:
    from generator.runtime.client import SyncClient

    with SyncClient(LIMITED_SERVICE, Credentials(auth_code=KEY, auth_token=TOKEN), limiter=Limiter(3)) as client:
        assert "ledgerly" in repr(client)


def test_limit_is_shared_by_threads_of_one_process(made: Callable[..., SharedLimiter]) -> None:
    limiter = made(5, 0.5)
    seen: list[float] = []

    def run() -> None:
        permit = limiter.acquire(soon())
        moment = time.monotonic()
        permit.departed(moment)
        seen.append(moment)
        permit.answered(time.monotonic())

    threads = [threading.Thread(target=run) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(seen) == 12
    assert most_in_a_window(sorted(seen), 0.5) <= 5
