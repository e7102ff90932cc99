"""Logins of Store365's client that fail: refused, late, lost on the way, or answered by what is no token."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import generated.store365 as package
from tests.contract.store365_sessions import (
    KINDS,
    Session,
    giving,
    session,
    together,
    until_a_login_came,
)
from tests.stand_ins import wire
from tests.stand_ins.store365 import PASSWORD, Store365, bad_credentials, trouble


@pytest.fixture
def vendor() -> Iterator[Store365]:
    """The vendor's look-alike with 3 users."""
    with Store365(3) as server:
        yield server


@pytest.fixture(params=KINDS, ids=["sync", "async"])
def calls(request: pytest.FixtureRequest, vendor: Store365) -> Iterator[Session]:
    """A client of it, from a thread and from a task."""
    with session(vendor, asynchronous=request.param) as made:
        yield made


# A login that is refused.


@pytest.mark.parametrize(
    ("status", "document"),
    [
        (401, bad_credentials()),
        (400, bad_credentials()),
        (401, {"status": 401, "error": "Unauthorized", "message": "Bad credentials"}),
        (403, trouble(403, "Bad credentials")),
        (200, bad_credentials()),
    ],
)
def test_refused_login_is_not_repeated(calls: Session, vendor: Store365, status: int, document: dict[str, Any]) -> None:
    vendor.tokens.password = "another"
    vendor.tokens.refusal = (status, document)
    vendor.tokens.pause = 0.1

    errors = [*together(calls), calls.error(), calls.error()]

    assert {type(error) for error in errors} == {package.AuthenticationError}
    assert {error.message for error in errors} == {"Bad credentials"}
    assert {error.status_code for error in errors} == {status}
    assert not any(error.may_have_executed for error in errors)
    assert len({id(error) for error in errors}) == len(errors)
    assert vendor.logins == 1
    assert vendor.resources.requests == []


def test_refused_login_is_not_repeated_after_a_while(calls: Session, vendor: Store365) -> None:
    vendor.tokens.password = "another"
    calls.error()
    calls.shift.seconds += 100_000

    calls.error()

    assert vendor.logins == 1


def test_refused_renewal_leaves_the_old_token_until_its_end(calls: Session, vendor: Store365) -> None:
    calls.first()
    vendor.tokens.password = "another"
    calls.shift.seconds += 21599 - 200

    assert len(calls.first().items) == 3

    calls.shift.seconds += 200

    assert type(calls.error()) is package.AuthenticationError
    assert vendor.logins == 2


# A token host that is down.


def gone(vendor: Store365) -> None:
    vendor.tokens.fail(*[wire.reset_unworked] * 100)


def busy(vendor: Store365) -> None:
    vendor.tokens.fail(*[wire.saying(503)] * 100)


def web_page(vendor: Store365) -> None:
    vendor.tokens.fail(*[wire.html_with_200] * 100)


def without_token(vendor: Store365) -> None:
    vendor.tokens.fail(*[giving({"token_type": "bearer"})] * 100)


@pytest.mark.parametrize(
    ("down", "kind"),
    [
        (gone, package.APIConnectionError),
        (busy, package.ServiceUnavailableError),
        (web_page, package.APIResponseValidationError),
        (without_token, package.APIResponseValidationError),
    ],
)
def test_all_who_wait_get_one_kind_of_error_and_nobody_storms(
    vendor: Store365, down: Callable[[Store365], None], kind: type[Exception]
) -> None:
    for asynchronous in KINDS:
        with session(vendor, asynchronous=asynchronous, max_retries=0) as calls:
            before = vendor.logins
            down(vendor)

            errors = together(calls)

            assert {type(error) for error in errors} == {kind}
            assert not any(error.may_have_executed for error in errors)
            assert vendor.logins == before + 1
    assert vendor.resources.requests == []


def test_token_host_that_comes_back_is_asked_again_after_a_pause(calls: Session, vendor: Store365) -> None:
    vendor.tokens.fail(wire.reset_unworked)

    assert len(calls.first().items) == 3
    assert vendor.logins == 2
    assert vendor.tokens.requests[1].at - vendor.tokens.requests[0].at >= 0.9


def test_pause_grows(vendor: Store365) -> None:
    with session(vendor, asynchronous=False, max_retries=0) as calls:
        gone(vendor)
        asked: list[int] = []
        for _ in range(20):
            calls.error()
            asked.append(vendor.logins)
            calls.shift.seconds += 1.01

    assert asked[0] == 1
    assert asked[-1] == 5


def test_silent_token_host_ends_with_the_deadline(calls: Session, vendor: Store365) -> None:
    vendor.tokens.fail(wire.silent(30))

    begun = time.monotonic()
    error = calls.error(timeout=0.3)

    assert type(error) is package.APITimeoutError
    assert not error.may_have_executed
    assert time.monotonic() - begun < 20
    assert vendor.resources.requests == []


def test_impatient_call_does_not_fail_those_who_wait(vendor: Store365) -> None:
    with session(vendor, asynchronous=False) as calls:
        vendor.tokens.fail(wire.silent(5))
        found: list[Any] = []
        hasty = threading.Thread(target=lambda: found.append(calls.error(timeout=0.3)))
        hasty.start()
        until_a_login_came(vendor)

        assert len(calls.first().items) == 3
        hasty.join(10)

        assert type(found[0]) is package.APITimeoutError
    assert vendor.logins == 2


# Who fetches may be lost.


def test_cancelled_fetcher_lets_another_take_over(vendor: Store365) -> None:
    async def conversation() -> Any:
        client = package.AsyncClient(
            username="c4n4ry-user+1@storage.example",
            password=PASSWORD,
            client_id="c4n4ry-client-id",
            base_url=vendor.resources.url,
            token_url=vendor.tokens.url,
        )
        async with client:
            vendor.tokens.fail(wire.silent(5))

            async def listed() -> Any:
                return await client.users.list()

            first = asyncio.create_task(listed())
            await asyncio.to_thread(until_a_login_came, vendor)
            second = asyncio.create_task(listed())
            await asyncio.sleep(0.05)
            first.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await first
            assert caught.value.may_have_executed is False  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - told on the object
            return await asyncio.wait_for(second, 10)

    assert len(asyncio.run(conversation()).items) == 3
    assert vendor.logins == 2


def test_loop_that_ends_while_it_fetches_lets_another_take_over(vendor: Store365) -> None:
    with session(vendor, asynchronous=True, timeout=0.8) as calls:
        vendor.tokens.fail(wire.silent(5))
        loop = asyncio.new_event_loop()

        async def listed() -> Any:
            return await calls.client.users.list()

        lost = loop.create_task(listed())
        loop.run_until_complete(asyncio.sleep(0.2))
        assert vendor.logins == 1
        calls.shift.seconds += 3

        assert len(calls.first().items) == 3
        lost.cancel()
        loop.run_until_complete(asyncio.gather(lost, return_exceptions=True))
        loop.close()


def in_child(work: Callable[[], bool]) -> bool:
    """Tell whether *work* came out true in a forked process."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if work() else 1
        finally:
            os._exit(status)
    begun = time.monotonic()
    while time.monotonic() - begun < 20:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status == 0
        time.sleep(0.02)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return False


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_forked_process_goes_on_with_the_token(vendor: Store365) -> None:
    with session(vendor, asynchronous=False) as calls:
        calls.first()

        assert in_child(lambda: len(calls.first().items) == 3)
        assert len(calls.first().items) == 3
    assert vendor.logins == 1


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_fork_while_the_parent_fetches_does_not_block_the_child(vendor: Store365) -> None:
    with session(vendor, asynchronous=False) as calls:
        vendor.tokens.fail(wire.silent(3))
        parent = threading.Thread(target=calls.first)
        parent.start()
        until_a_login_came(vendor)
        lock = calls.client._setting.tokens._lock
        with lock:
            worked = in_child(lambda: len(calls.first().items) == 3)

        assert worked
        parent.join(10)
    assert vendor.logins == 2


# What a token host could do.


@pytest.mark.parametrize(
    "token", ["line\nbreak", "carriage\rreturn", "with space", " ", "", "nul\0", "ümlaut", "x" * 20000, None, 7, ["t"]]
)
def test_token_that_no_header_can_carry_is_refused_and_not_shown(
    calls: Session, vendor: Store365, token: object
) -> None:
    vendor.tokens.fail(giving({"access_token": token, "expires_in": "60"}))

    error = calls.error()

    assert type(error) is package.APIResponseValidationError
    assert not isinstance(token, str) or len(token) < 3 or token not in repr(error) + str(error) + repr(vars(error))
    assert error.response is None
    assert vendor.resources.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_password_follows_no_redirect(calls: Session, vendor: Store365, status: int) -> None:
    with Store365() as elsewhere:
        vendor.tokens.fail(wire.saying(status, b"", {"Location": elsewhere.tokens.url}))

        error = calls.error()

        assert isinstance(error, package.APIError)
        assert elsewhere.tokens.requests == []
    assert vendor.resources.requests == []


def test_token_goes_to_the_resource_host_alone(calls: Session, vendor: Store365) -> None:
    calls.first()
    calls.shift.seconds += 21600
    calls.first()

    assert all("authorization" not in request.headers for request in vendor.tokens.requests)
    assert all("c4n4ry-user" not in request.target for request in vendor.resources.requests)
