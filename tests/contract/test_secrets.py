"""Secrets are in no text, log, error, traceback of the package or pickle, whatever fails."""

from __future__ import annotations

import asyncio
import base64
import copy
import gc
import json
import logging
import pickle
import traceback
import urllib.parse
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.contract.callers import Caller, Session
from tests.stand_ins import wire
from tests.stand_ins.m360 import M360, bad

CODE = "c4n4ry-code\"\\+/%=&?#'<x>"
TOKEN = "t0k3n-c4n4ry\"\\+/%=&?#'<y>"
PROXY_PASSWORD = "pr0xy-c4n4ry"


def spellings(secret: str) -> Iterator[str]:
    raw = secret.encode()
    yield from (secret, secret[::-1], ascii(secret)[1:-1], repr(secret)[1:-1], json.dumps(secret)[1:-1], raw.hex())
    yield from (urllib.parse.quote(secret), urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret))
    yield from (base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode())
    # Inside a longer text, base64 begins at one of three places.
    yield from (base64.b64encode(b"x" * shift + raw).decode()[4:-4] for shift in (1, 2))


# The words in the secrets survive every quoting, however often it is done.
WORDS = ("c4n4ry-code", "t0k3n-c4n4ry", "pr0xy-c4n4ry")

CANARIES = {spelling for secret in (CODE, TOKEN, PROXY_PASSWORD, *WORDS) for spelling in spellings(secret)}


def shown(text: str) -> list[str]:
    """Return the spellings of secrets that *text* has."""
    return [canary for canary in CANARIES if canary in text]


def frames(error: BaseException | None, folder: Path) -> Iterator[str]:
    """Give the locals of the frames of the package that an error and its chain passed through."""
    while error is not None:
        told = traceback.TracebackException.from_exception(error, capture_locals=True)
        for frame in told.stack:
            if Path(frame.filename).is_relative_to(folder):
                yield "\n".join([frame.name, *(f"{name} = {value}" for name, value in (frame.locals or {}).items())])
        error = error.__cause__ or error.__context__


def sinks(error: BaseException, folder: Path) -> Iterator[tuple[str, str]]:
    """Give every text in which an error could show what it knows, with its name; *folder* is the package's."""
    yield "repr", repr(error) + str(error) + repr(error.args) + repr(getattr(error, "__notes__", ""))
    yield "vars", repr(vars(error))
    yield "traceback", "".join(traceback.format_exception(error))
    yield from (("frame", text) for text in frames(error, folder))
    yield "attributes", repr([getattr(error, name, None) for name in dir(error) if name != "__traceback__"])
    response = getattr(error, "response", None)
    if response is not None:
        yield "response", repr((response, response.content, response.headers, response.text))
    yield "pickle", repr(pickle.dumps(error))


def folder_of(caller: Caller) -> Path:
    return Path(caller.package.__file__).parent


def redirected(turn: wire.Turn) -> None:
    turn.send(wire.Response(b"", 307, {"Location": "http://127.0.0.1:1/elsewhere"}).spelled())


FAULTS: dict[str, wire.Fault] = {
    "reset": wire.reset_after_reading,
    "cut": wire.cut,
    "silent": wire.silent(2),
    "drip": wire.drip(0.02, 100),
    "html": wire.html_with_200,
    "401": wire.saying(401),
    "429": wire.saying(429, b"", {"Retry-After": "99"}),
    "503": wire.saying(503, b"busy"),
    "empty": wire.saying(200),
    "not unpacked": wire.saying(200, b"x", {"Content-Encoding": "gzip"}),
    "not HTTP": lambda turn: turn.send(b"nonsense\r\n\r\n"),
    "header without end": lambda turn: turn.send(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000 + b"\r\n\r\n"),
    "redirect": redirected,
}


def of_the_vendor(fault: wire.Fault) -> Callable[[Caller, M360], Any]:
    def fail(caller: Caller, vendor: M360) -> Any:
        vendor.fail(*[fault] * 3)
        with client(caller, vendor, timeout=0.3, max_retries=1) as session:
            return session.error("get_history")

    return fail


def client(caller: Caller, vendor: M360, **setting: Any) -> Session:
    return caller.client(vendor, auth_code=CODE, auth_token=TOKEN, **setting)


def refused_login(caller: Caller, vendor: M360) -> Any:
    with client(caller, vendor) as session:
        return session.error("get_history")


def wrong_argument(caller: Caller, vendor: M360) -> Any:
    with client(caller, vendor) as session:
        return session.error("get_history", limit=1000)


def wrong_extra(caller: Caller, vendor: M360) -> Any:
    with client(caller, vendor) as session:
        return session.error("get_history", extra_headers={"X-Trace": f"{TOKEN}\r\n"})


def closed(caller: Caller, vendor: M360) -> Any:
    session = client(caller, vendor)
    with session:
        session.close()
        return session.error("get_history")


def nobody_there(caller: Caller, vendor: M360) -> Any:
    with M360(listening=False) as nobody, client(caller, vendor, base_url=nobody.url(caller.version)) as session:
        return session.error("get_history")


def cannot_be_spelled(caller: Caller, vendor: M360) -> Any:
    with client(caller, vendor) as session:
        return session.error("get_history", extra_body={"x": object()})


def transport_of_the_caller_that_fails(caller: Caller, vendor: M360) -> Any:
    def fail(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.LocalProtocolError(f"Illegal header {request.headers!r} {request.content!r}")

    base_url = vendor.url(caller.version)
    with caller.against(fail, auth_code=CODE, auth_token=TOKEN, base_url=base_url) as session:
        return session.error("get_history")


def proxy_that_is_none(caller: Caller, vendor: M360) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("http_proxy", f"socks5://user:{PROXY_PASSWORD}@127.0.0.1:1")
        with client(caller, vendor, trust_env=True) as session:
            return session.error("get_history")


def proxy_that_is_down(caller: Caller, vendor: M360) -> Any:
    with pytest.MonkeyPatch.context() as patch, M360(listening=False) as nobody:
        patch.setenv("http_proxy", f"http://user:{PROXY_PASSWORD}@127.0.0.1:{nobody.port}")
        with client(caller, vendor, trust_env=True, max_retries=0) as session:
            return session.error("get_history")


def constructor(**setting: Any) -> Callable[[Caller, M360], Any]:
    def fail(caller: Caller, vendor: M360) -> Any:
        try:
            client(caller, vendor, **setting)
        except Exception as error:  # noqa: BLE001 - it is what is looked at
            return error

    return fail


FAILURES: dict[str, Callable[[Caller, M360], Any]] = {
    **{name: of_the_vendor(fault) for name, fault in FAULTS.items()},
    "refused login": refused_login,
    "wrong argument": wrong_argument,
    "wrong extra": wrong_extra,
    "closed": closed,
    "nobody there": nobody_there,
    "cannot be spelled": cannot_be_spelled,
    "transport of the caller": transport_of_the_caller_that_fails,
    "proxy that is none": proxy_that_is_none,
    "proxy that is down": proxy_that_is_down,
    "base URL": constructor(base_url=f"ftp://user:{TOKEN}@example.com"),
    "timeout": constructor(timeout=-1),
    "retries": constructor(max_retries=-1),
    "limit": constructor(requests_per_second=-1),
}

NOT_OURS = {"wrong extra", "base URL"}
"""Where the secret is also the caller's own argument, which the caller's name in our frames holds."""


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
def test_failure_shows_no_secret_anywhere(
    caller: Caller, vendor: M360, failure: Callable[[Caller, M360], Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx2", "httpcore2", "asyncio", f"m360_{caller.version}"):
        caplog.set_level(logging.DEBUG, name)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        error = failure(caller, vendor)
        gc.collect()
    looked_at = (
        list(sinks(error, folder_of(caller))) if failure not in map(FAILURES.get, NOT_OURS) else [("text", str(error))]
    )

    assert isinstance(error, (caller.package.APIError, ValueError))
    assert (error.__cause__, error.__context__) == (None, None)
    assert not [(name, found) for name, text in looked_at if (found := shown(text))]
    assert not shown(caplog.text + repr([vars(record) for record in caplog.records]))
    assert not shown(repr([str(warning.message) for warning in warned]))


@pytest.mark.parametrize("tail", ["\n", "\r\nX-Other: 1", "\x00", "é", " ", "\x7f"])
def test_credential_that_cannot_be_sent_is_refused_unseen(caller: Caller, tail: str) -> None:
    for keyword in ("auth_code", "auth_token"):
        with pytest.raises(ValueError, match=rf"^{keyword} ") as caught:
            caller.kind(**{"auth_code": CODE, "auth_token": TOKEN, keyword: TOKEN + tail})

        assert not [found for _, text in sinks(caught.value, folder_of(caller)) if (found := shown(text))]


def test_secret_that_the_vendor_echoes_is_not_in_the_text(caller: Caller, vendor: M360) -> None:
    echo = json.dumps(bad("stand_in:echo", f"Unknown account {CODE} with {TOKEN}")).encode()
    vendor.fail(wire.saying(400, echo))
    with client(caller, vendor) as session:
        error = session.error("get_history")

    assert not shown(str(error) + repr(error) + error.message + "".join(traceback.format_exception(error)))
    assert not [text for text in frames(error, Path(caller.package.__file__).parent) if shown(text)]


def test_good_call_logs_no_secret_and_the_layers_below_say_nothing(
    caller: Caller, vendor: M360, caplog: pytest.LogCaptureFixture
) -> None:
    vendor.account.auth_code, vendor.account.auth_token = CODE, TOKEN
    caplog.set_level(logging.DEBUG)
    with client(caller, vendor) as session:
        session.call("get_history", extra_query={"key": TOKEN})
        records = list(caplog.records)

    assert vendor.executions["getHistory"] == 1
    assert not shown(caplog.text + repr([vars(record) for record in caplog.records]))
    assert not [record for record in records if record.name.startswith(("httpx2", "httpcore2"))]


def test_client_shows_no_secret(caller: Caller, vendor: M360) -> None:
    with client(caller, vendor) as session:
        session.error("get_history")
        made = session.client
        texts = [repr(made), str(made), f"{made}", repr(made.__dict__), repr(made.with_raw_response), made.__doc__]
        texts += [repr(getattr(made, name)) for name in dir(made)]
        inside: list[Any] = list(made.__dict__.values())
        texts += [repr(value.__dict__) for value in inside if hasattr(value, "__dict__")]

        assert not shown(" ".join(map(str, texts)))


@pytest.mark.parametrize("how", [pickle.dumps, copy.copy, copy.deepcopy], ids=["pickle", "copy", "deepcopy"])
def test_client_cannot_be_pickled_or_copied(caller: Caller, how: Callable[[Any], object]) -> None:
    made = caller.kind(auth_code=CODE, auth_token=TOKEN)
    with pytest.raises(TypeError, match="with_options") as caught:
        how(made)

    assert not shown("".join(traceback.format_exception(caught.value)))
    assert not [text for text in frames(caught.value, Path(caller.package.__file__).parent) if shown(text)]


def test_results_hold_no_secret(caller: Caller, vendor: M360) -> None:
    vendor.account.auth_code, vendor.account.auth_token = CODE, TOKEN
    with client(caller, vendor) as session:
        page = session.call("get_history")
        answer = session.raw("get_history")

    assert not shown(repr(page) + repr(page.items) + repr(answer) + repr(answer.headers) + repr(answer.content))


def test_cancelled_call_shows_no_secret(version: str, vendor: M360) -> None:
    caller = Caller(version, asynchronous=True)

    async def main() -> BaseException | None:
        async with caller.kind(auth_code=CODE, auth_token=TOKEN, base_url=vendor.url(version)) as made:
            task = asyncio.ensure_future(made.get_history())
            await asyncio.sleep(0.1)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError as error:
                return error
        return None

    vendor.fail(wire.silent(3))
    error = asyncio.run(main())

    assert error is not None
    assert not [text for text in frames(error, Path(caller.package.__file__).parent) if shown(text)]


def test_sweep_finds_what_is_there(caller: Caller) -> None:
    folder = Path(__file__).parent
    held = TOKEN
    try:
        raise ValueError(held)  # noqa: TRY301 - the sweep itself is under test
    except ValueError as error:
        found = [shown(text) for text in frames(error, folder)]
        texts = {name for name, text in sinks(error, folder_of(caller)) if shown(text)}

    assert any(found)
    assert texts >= {"repr", "attributes", "traceback"}
    assert shown(base64.b64encode(f"x{TOKEN}".encode()).decode())
