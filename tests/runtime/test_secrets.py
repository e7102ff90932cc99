"""Secrets show nowhere: not by any spelling of any object, in no log, no error, no frame of ours, no pickle."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import copy
import json
import logging
import pickle
import sys
import traceback
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from generator.runtime.client import AsyncioClient, SyncClient
from generator.runtime.credentials import Credentials, Secret
from generator.runtime.errors import APIError, CredentialError
from generator.runtime.request import CallOptions
from tests.runtime.fault_server import FaultServer, Script, Wire, answer
from tests.runtime.ledgerly import (
    BODY_SERVICE,
    KEY,
    NO_OPTIONS,
    POST,
    READ,
    SERVICE,
    TOKEN,
    FakeTime,
    Runner,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from generator.runtime.operations import Service

CANARIES = (KEY, TOKEN)


def shows(text: str) -> bool:
    return any(canary in text or canary[::-1] in text for canary in CANARIES)


def frames(error: BaseException | None) -> Iterator[str]:
    """Give every local of every frame of ours that an error and its chain passed through."""
    while error is not None:
        trace: TracebackType | None = error.__traceback__
        while trace is not None:
            if "/generator/runtime/" in trace.tb_frame.f_code.co_filename:
                for name, value in trace.tb_frame.f_locals.items():
                    yield f"{trace.tb_frame.f_code.co_qualname}: {name} = {value!r}"
            trace = trace.tb_next
        error = error.__cause__ or error.__context__


def hang_up(_: Wire) -> None:
    """Answer nothing."""


def saying(data: bytes) -> Script:
    def script(wire: Wire) -> None:
        wire.send(data)

    return script


FAULTS: list[Script] = [
    hang_up,
    Wire.reset,
    saying(b"nonsense\r\n\r\n"),
    saying(answer(b"{}")),
    saying(answer(b"no", status="500 No")),
    saying(answer(b"no", status="401 No")),
    lambda wire: wire.wait(2),
]


@pytest.mark.parametrize("service", [SERVICE, BODY_SERVICE], ids=["header", "body"])
@pytest.mark.parametrize("fault", FAULTS)
def test_no_error_and_no_frame_of_ours_holds_a_secret(runner: Runner, service: Service, fault: Script) -> None:
    def script(wire: Wire) -> None:
        wire.take()
        fault(wire)

    with FaultServer(script) as server:
        [error] = runner.steps(
            [(POST, {"amount": 1}, CallOptions(0.3))], service=service, base_url=server.url, max_retries=0
        )

    assert isinstance(error, APIError)
    assert not shows("".join(traceback.format_exception(error)))
    assert not [line for line in frames(error) if shows(line)]
    assert not shows(repr(vars(error)) + repr(error.args))
    assert error.__cause__ is None
    assert error.__context__ is None


def test_cancelled_call_holds_no_secret_in_frames_of_ours() -> None:
    def script(wire: Wire) -> None:
        wire.take()
        wire.wait(5)

    async def main(url: str) -> BaseException | None:
        credentials = Credentials(auth_code=KEY, auth_token=TOKEN)
        async with AsyncioClient(BODY_SERVICE, credentials, base_url=url) as client:
            task = asyncio.create_task(client._call(POST, {"amount": 1}, NO_OPTIONS))
            await asyncio.sleep(0.1)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError as error:
                return error
        return None

    with FaultServer(script) as server:
        error = asyncio.run(main(server.url))

    assert error is not None
    assert not [line for line in frames(error) if shows(line)]


def test_caller_s_transport_that_quotes_a_header_is_not_quoted(runner: Runner, fake_time: FakeTime) -> None:
    def handler(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.LocalProtocolError(f"Illegal header value {request.headers['authorization']!r}")

    [error] = runner.steps([(READ, {"entry_id": "e"}, NO_OPTIONS)], handler, clock=fake_time.clock())

    assert not shows("".join(traceback.format_exception(error)))
    assert not [line for line in frames(error) if shows(line)]


def test_no_logger_of_any_layer_tells_a_secret(runner: Runner, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx2", "httpcore2", "httpcore2.http11", "httpcore2.connection", "ledgerly", "asyncio"):
        caplog.set_level(logging.DEBUG, name)
    with FaultServer() as server:
        options = CallOptions(None, None, {"canary-query": KEY}, None)
        runner.call(READ, arguments={"entry_id": "e"}, options=options, base_url=server.url)

    assert not [record for record in caplog.records if record.name in ("httpx2", "httpcore2.http11")]
    assert not shows(caplog.text)


def test_loggers_below_speak_outside_our_calls(caplog: pytest.LogCaptureFixture) -> None:
    SyncClient(SERVICE, Credentials(auth_code=KEY, auth_token=TOKEN))
    with caplog.at_level(logging.INFO, "httpx2"), FaultServer() as server:
        httpx2.get(server.url)

    assert "HTTP Request" in caplog.text


def test_nothing_that_holds_a_secret_shows_it() -> None:
    credentials = Credentials(auth_code=KEY, auth_token=TOKEN)
    client = SyncClient(SERVICE, credentials)
    held = Secret.of(TOKEN)
    for thing in (credentials, client, held, client._setting, client._setting.secrets):
        spelled = [repr(thing), str(thing), f"{thing}", repr(getattr(thing, "__dict__", ""))]
        spelled += [repr(getattr(thing, name, "")) for name in dir(thing)]

        assert not shows(" ".join(spelled))


@pytest.mark.parametrize("how", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps])
def test_what_holds_a_secret_cannot_be_pickled_or_copied(how: Any) -> None:
    credentials = Credentials(auth_code=KEY, auth_token=TOKEN)
    for thing in (credentials, Secret.of(TOKEN), SyncClient(SERVICE, credentials), AsyncioClient(SERVICE, credentials)):
        with pytest.raises(TypeError) as caught:
            how(thing)

        assert not shows(str(caught.value))


def test_error_survives_a_pickle_without_a_secret(runner: Runner) -> None:
    [error] = runner.steps([(READ, {"entry_id": "e"}, NO_OPTIONS)], lambda _: httpx2.Response(404, json={"a": 1}))
    twin = pickle.loads(pickle.dumps(error))  # noqa: S301 - what was dumped just now

    assert (type(twin), str(twin), twin.status_code, twin.body) == (type(error), str(error), 404, {"a": 1})
    assert not shows(repr(pickle.dumps(error)))


@pytest.mark.parametrize("value", [f"{TOKEN}\n", f"{TOKEN}\x00", f"{TOKEN}é", f" {TOKEN}", "", f"{TOKEN}\r\nX: y"])
def test_credential_that_no_header_can_carry_is_refused_unseen(value: str) -> None:
    with pytest.raises(CredentialError, match=r"^auth_token ") as caught:
        SyncClient(SERVICE, Credentials(auth_code=KEY, auth_token=value))

    assert not shows(str(caught.value))
    assert not [line for line in frames(caught.value) if shows(line)]


def test_missing_credential_names_keyword_and_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEDGERLY_AUTH_TOKEN", raising=False)
    with pytest.raises(CredentialError, match=r"give auth_token=\.\.\. or set .* LEDGERLY_AUTH_TOKEN"):
        SyncClient(SERVICE, Credentials(auth_code=KEY))


def test_credential_comes_from_the_environment_when_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGERLY_AUTH_TOKEN", "from-there")
    held = Credentials(auth_code=KEY).resolve(SERVICE.credentials)

    assert (held["auth_code"].reveal(), held["auth_token"].reveal()) == (KEY, "from-there")


def test_frames_are_looked_at_where_they_are() -> None:
    canary = KEY
    try:
        raise ValueError  # noqa: TRY301 - the sweep itself is under test
    except ValueError as error:
        trace = error.__traceback__
    assert trace is not None

    assert canary in repr(trace.tb_frame.f_locals)
    assert sys.exc_info() == (None, None, None)
