"""One token for many processes of Store365's account: in a file, in Redis, and without either."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import json
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import generated.store365 as package
from tests.contract.store365_sessions import KINDS, session
from tests.runtime.redis_server import redis_server
from tests.stand_ins import wire
from tests.stand_ins.store365 import CLIENT_ID, PASSWORD, USERNAME, Store365

ROOT = Path(__file__).parents[2]


@pytest.fixture
def vendor() -> Iterator[Store365]:
    """The vendor's look-alike with 3 users."""
    with Store365(3) as server:
        yield server


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that speaks Redis."""
    with redis_server(tmp_path_factory.mktemp("redis")) as address:
        yield address


@pytest.fixture(params=["file", "redis"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a token is shared: a file, then a Redis."""
    return str(tmp_path / "token") if request.param == "file" else request.getfixturevalue("redis")


@pytest.fixture
def store(where: str, tmp_path: Path) -> Callable[[], Any]:
    """Make stores of one account."""
    return lambda: made(where, tmp_path.name)


def made(where: str, key: str) -> Any:
    return package.RedisTokenStore(where, key) if where.startswith("redis:") else package.FileTokenStore(where)


@pytest.fixture(params=KINDS, ids=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> bool:
    """Whether calls are made from a task."""
    return bool(request.param)


def test_second_client_takes_the_token_of_the_first(vendor: Store365, store: Callable[[], Any], *, kind: bool) -> None:
    with (
        session(vendor, asynchronous=kind, token_store=store()) as first,
        session(vendor, asynchronous=not kind, token_store=store()) as second,
    ):
        assert len(first.first().items) == len(second.first().items) == 3

    assert vendor.logins == 1


def test_refused_token_is_fetched_once_for_all(vendor: Store365, store: Callable[[], Any], *, kind: bool) -> None:
    with (
        session(vendor, asynchronous=kind, token_store=store()) as first,
        session(vendor, asynchronous=kind, token_store=store()) as second,
    ):
        first.first()
        second.first()
        vendor.tokens.revoke()
        first.first()
        second.first()

    assert vendor.logins == 2


def test_refused_login_is_not_sent_by_the_other_processes(
    vendor: Store365, store: Callable[[], Any], *, kind: bool
) -> None:
    for _ in range(3):
        with (
            session(vendor, asynchronous=kind, token_store=store(), password="wrong") as calls,
            pytest.raises(package.AuthenticationError) as caught,
        ):
            calls.first()

        assert caught.value.may_have_executed is False

    assert vendor.logins == 1


def test_other_credentials_have_a_token_of_their_own(vendor: Store365, store: Callable[[], Any], *, kind: bool) -> None:
    with (
        session(vendor, asynchronous=kind, token_store=store(), password="wrong") as calls,
        pytest.raises(package.AuthenticationError),
    ):
        calls.first()
    with session(vendor, asynchronous=kind, token_store=store()) as calls:
        calls.first()

    assert vendor.logins == 2


def test_failed_login_leaves_the_turn_to_the_next(vendor: Store365, store: Callable[[], Any], *, kind: bool) -> None:
    vendor.tokens.fail(wire.saying(503))
    with (
        session(vendor, asynchronous=kind, token_store=store(), max_retries=0) as calls,
        pytest.raises(package.ServiceUnavailableError),
    ):
        calls.first()
    with session(vendor, asynchronous=kind, token_store=store()) as calls:
        started = time.monotonic()
        calls.first()

    assert time.monotonic() - started < 5


@pytest.mark.alone
def test_many_processes_ask_for_one_token(vendor: Store365, where: str) -> None:
    code = (
        "import sys, threading; from tests.contract.test_store365_shared_tokens import *\n"
        "where, base_url, token_url = sys.argv[1:]; store = made(where, 'many')\n"
        "client = package.Client(username=USERNAME, password=PASSWORD, client_id=CLIENT_ID, base_url=base_url,\n"
        "    token_url=token_url, token_store=store)\n"
        "print('ready', flush=True); sys.stdin.readline(); found = []\n"
        "threads = [threading.Thread(target=lambda: found.append(client.users.list().items)) for _ in range(4)]\n"
        "[thread.start() for thread in threads]; [thread.join() for thread in threads]\n"
        "print(len(found))"
    )
    command = [sys.executable, "-c", code, where, vendor.resources.url, vendor.tokens.url]
    started = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    told = [process.communicate("go\n", timeout=60)[0] for process in started]

    assert told == ["4\n"] * 4
    assert vendor.logins == 1


def test_cancelled_login_gives_the_turn_back(vendor: Store365, store: Callable[[], Any]) -> None:
    vendor.tokens.fail(wire.silent(5))

    async def main() -> None:
        async with client(vendor, package.AsyncClient, store()) as calls:

            async def listed() -> Any:
                return await calls.users.list()

            task = asyncio.create_task(listed())
            await asyncio.to_thread(until_a_login_came, vendor)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(main())
    started = time.monotonic()
    with client(vendor, package.Client, store()) as calls:
        calls.users.list()

    assert time.monotonic() - started < 10


def until_a_login_came(vendor: Store365) -> None:
    until = time.monotonic() + 10
    while not vendor.logins and time.monotonic() < until:
        time.sleep(0.01)


def client(vendor: Store365, kind: Any, store: Any) -> Any:
    return kind(
        username=USERNAME,
        password=PASSWORD,
        client_id=CLIENT_ID,
        base_url=vendor.resources.url,
        token_url=vendor.tokens.url,
        token_store=store,
    )


# A store that is down.


def unavailable(where: str, folder: Path, when_unavailable: str) -> Any:
    if where.startswith("redis:"):
        address = "redis://:canary-pass-77@127.0.0.1:9/0"
        return package.RedisTokenStore(address, "t", when_unavailable=when_unavailable)  # type: ignore[arg-type] # one of the two words
    return package.FileTokenStore(folder / "not there" / "token", when_unavailable=when_unavailable)  # type: ignore[arg-type] # the same


def test_closed_store_that_is_down_fails_calls(vendor: Store365, where: str, tmp_path: Path, *, kind: bool) -> None:
    store = unavailable(where, tmp_path, "closed")
    with (
        session(vendor, asynchronous=kind, token_store=store, max_retries=0) as calls,
        pytest.raises(package.StoreUnavailableError, match="was not sent") as caught,
    ):
        calls.first()

    assert caught.value.may_have_executed is False
    assert "canary" not in str(caught.value)
    assert vendor.logins == 0


def test_open_store_that_is_down_lets_each_process_sign_in(
    vendor: Store365, where: str, tmp_path: Path, *, kind: bool
) -> None:
    for _ in range(2):
        with session(vendor, asynchronous=kind, token_store=unavailable(where, tmp_path, "open")) as calls:
            assert len(calls.first().items) == 3

    assert vendor.logins == 2


@pytest.mark.skipif(sys.platform == "win32", reason="modes are a matter of POSIX")
def test_file_is_its_owner_s_alone_and_one_that_is_not_is_refused(vendor: Store365, tmp_path: Path) -> None:
    path = tmp_path / "token"
    with session(vendor, asynchronous=False, token_store=package.FileTokenStore(path)) as calls:
        calls.first()
    mode = path.stat().st_mode & 0o777
    path.chmod(0o640)
    with (
        session(vendor, asynchronous=False, token_store=package.FileTokenStore(path), max_retries=0) as calls,
        pytest.raises(package.StoreUnavailableError, match="others may read it"),
    ):
        calls.first()

    assert mode == 0o600


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]\n", b'{"accounts": 3, "written": 1.0}\n', b'{"written": 9e99, "accounts": {}}\n']
)
def test_file_that_was_cut_or_is_from_before_a_restart_has_no_token(
    vendor: Store365, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "token"
    path.touch(0o600)
    path.write_bytes(content)
    with session(vendor, asynchronous=False, token_store=package.FileTokenStore(path)) as calls:
        calls.first()

    assert vendor.logins == 1


def test_token_of_a_machine_that_was_off_is_as_old_as_it_is(vendor: Store365, tmp_path: Path) -> None:
    path = tmp_path / "token"
    with session(vendor, asynchronous=False, token_store=package.FileTokenStore(path)) as calls:
        calls.first()
    document = json.loads(path.read_text(encoding="utf-8"))
    for entry in document["accounts"].values():
        entry["wall"] -= 1e6
    path.write_text(f"{json.dumps(document)}\n", encoding="utf-8")
    with session(vendor, asynchronous=False, token_store=package.FileTokenStore(path)) as calls:
        calls.first()

    assert vendor.logins == 2


def test_store_shows_no_secret_and_neither_password_nor_user_lies_in_it(
    vendor: Store365, store: Callable[[], Any], tmp_path: Path
) -> None:
    shared = store()
    with session(vendor, asynchronous=False, token_store=shared) as calls:
        calls.first()
        held = calls.client._setting.tokens._token.secret.reveal()
        shown = f"{shared!r} {vars(shared)} {calls.client!r}"
    lying = (tmp_path / "token").read_text(encoding="utf-8") if (tmp_path / "token").exists() else ""

    assert held not in shown
    assert not {PASSWORD, USERNAME, CLIENT_ID} & set(lying.split('"'))
    assert PASSWORD not in lying
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(shared)


def test_importing_the_package_does_not_import_redis() -> None:
    code = "import sys; import generated.store365; print('redis' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
    )

    assert found.stdout.strip() == "False"


def test_choice_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="'open' or 'closed'"):
        package.FileTokenStore("x", when_unavailable="half")  # type: ignore[arg-type] # refused at run time too


def test_credentials_are_told_apart_without_being_told(vendor: Store365) -> None:
    with (
        session(vendor, asynchronous=False) as one,
        session(vendor, asynchronous=False, password=f"{PASSWORD}x") as other,
    ):
        accounts = [each.client._setting.tokens._account() for each in (one, one, other)]

    assert accounts[0] == accounts[1] != accounts[2]
    assert all(len(account) == 32 and PASSWORD not in account for account in accounts)
