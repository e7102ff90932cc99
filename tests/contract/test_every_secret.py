"""Secrets are in no text, log, error, traceback of a package or pickle, for all five packages and whatever fails."""

from __future__ import annotations

import asyncio
import gc
import logging
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.contract.every import CALLERS, Caller
from tests.contract.test_secrets import FAULTS, frames, sinks, spellings
from tests.stand_ins import wire


def canaries(caller: Caller) -> set[str]:
    """Return every spelling of the secrets of a vendor's look-alike."""
    return {spelling for secret in caller.vendor.canaries for spelling in spellings(secret)}


def shown(caller: Caller, text: str) -> list[str]:
    """Return the spellings of secrets that *text* has."""
    return [canary for canary in canaries(caller) if canary in text]


def folder_of(caller: Caller) -> Path:
    """Return the folder of a package, whose frames must hold no secret."""
    return Path(caller.module.__file__).parent


def of_the_vendor(fault: wire.Fault) -> Callable[[Caller, Any], Any]:
    def fail(caller: Caller, stand_in: Any) -> Any:
        caller.vendor.server(stand_in).fail(*[fault] * 3)
        with caller.client(stand_in, timeout=0.3, max_retries=1) as session:
            return session.error(caller.vendor.change or caller.vendor.read)

    return fail


def wrong_argument(caller: Caller, stand_in: Any) -> Any:
    with caller.client(stand_in) as session:
        return session.error(caller.vendor.mistake.question)


def closed(caller: Caller, stand_in: Any) -> Any:
    with caller.client(stand_in) as session:
        session.close()
        return session.error(caller.vendor.read)


def nobody_there(caller: Caller, stand_in: Any) -> Any:
    with (
        wire.LoopbackServer(listening=False) as nobody,
        caller.client(stand_in, base_url=f"http://127.0.0.1:{nobody.port}", max_retries=0) as session,
    ):
        return session.error(caller.vendor.read)


def cannot_be_spelled(caller: Caller, stand_in: Any) -> Any:
    with caller.client(stand_in) as session:
        return session.error(caller.vendor.read, extra_query={"x": object()})


def transport_of_the_caller_that_fails(caller: Caller, _stand_in: Any) -> Any:
    def fail(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.LocalProtocolError(f"Illegal header {request.headers!r} {request.content!r} {request.url}")

    with caller.against(fail, max_retries=0) as session:
        return session.error(caller.vendor.read)


def constructor(**setting: Any) -> Callable[[Caller, Any], Any]:
    def fail(caller: Caller, stand_in: Any) -> Any:
        try:
            caller.client(stand_in, **setting)
        except Exception as error:  # noqa: BLE001 - it is what is looked at
            return error

    return fail


def refused_login(caller: Caller, stand_in: Any) -> Any:
    # The secret is right for the look-alike and wrong all the same, so that the right one is looked for.
    caller.vendor.server(stand_in).fail(*[wire.saying(401)] * 3)
    with caller.client(stand_in) as session:
        return session.error(caller.vendor.read)


FAILURES: dict[str, Callable[[Caller, Any], Any]] = {
    **{name: of_the_vendor(fault) for name, fault in FAULTS.items()},
    "refused login": refused_login,
    "wrong argument": wrong_argument,
    "closed": closed,
    "nobody there": nobody_there,
    "cannot be spelled": cannot_be_spelled,
    "transport of the caller": transport_of_the_caller_that_fails,
    "timeout": constructor(timeout=-1),
    "retries": constructor(max_retries=-1),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
def test_failure_of_each_package_shows_no_secret_anywhere(
    each: Caller, stand_in: Any, failure: Callable[[Caller, Any], Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        error = failure(each, stand_in)
        gc.collect()

    assert isinstance(error, (each.module.APIError, ValueError))
    assert (error.__cause__, error.__context__) == (None, None)
    assert not [(name, found) for name, text in sinks(error, folder_of(each)) if (found := shown(each, text))]
    assert not shown(each, caplog.text + repr([vars(record) for record in caplog.records]))
    assert not shown(each, repr([str(warning.message) for warning in warned]))


def test_client_and_good_call_of_each_package_show_no_secret(
    each: Caller, stand_in: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with each.client(stand_in) as session:
        result = session.call(each.vendor.read)
        raw = session.raw(each.vendor.read)
        made = session.client
        texts = [repr(made), str(made), repr(made.__dict__), repr(made.with_raw_response), repr(result), repr(raw)]
        texts += [repr(getattr(made, name)) for name in dir(made)]
        inside: list[Any] = list(made.__dict__.values())
        texts += [repr(value.__dict__) for value in inside if hasattr(value, "__dict__")]

        assert not shown(each, " ".join(texts))
    assert not shown(each, caplog.text + repr([vars(record) for record in caplog.records]))


@pytest.mark.parametrize("each", [caller for caller in CALLERS if caller.asynchronous], ids=str)
def test_cancelled_call_of_each_package_shows_no_secret(each: Caller, stand_in: Any) -> None:
    each.vendor.server(stand_in).fail(wire.silent(3))
    with each.client(stand_in) as session:

        async def main() -> BaseException | None:
            async def ask() -> None:
                await session.asked(each.vendor.read)

            task = asyncio.ensure_future(ask())
            await asyncio.sleep(0.1)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError as error:
                return error
            return None

        error = session.wait(main())

    assert error is not None
    assert not [text for text in frames(error, folder_of(each)) if shown(each, text)]
    assert not shown(each, "".join(traceback.format_exception(error)))


@pytest.mark.parametrize("tail", ["\n", "\r\nX-Other: 1", "\x00"])
def test_credential_of_each_package_that_cannot_be_sent_is_refused_unseen(each: Caller, tail: str) -> None:
    for keyword, (_, value) in each.vendor.credentials.items():
        given = {**each.vendor.right(), "base_url": "http://127.0.0.1:1", keyword: f"c4n4ry{value}{tail}"}
        with pytest.raises(each.module.CredentialError, match=rf"^{keyword} ") as caught:
            each.kind(**given)

        assert not [text for _, text in sinks(caught.value, folder_of(each)) if "c4n4ry" in text]
