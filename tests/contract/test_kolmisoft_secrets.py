"""Key, digest, password and uniquehash are in no text, log, error or traceback of the Kolmisoft client."""

from __future__ import annotations

import asyncio
import logging
import threading
import traceback
import urllib.parse
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.contract.kolmisoft import Calling, package
from tests.stand_ins.kolmisoft import (
    KEY,
    PASSWORD,
    UNIQUEHASH,
    Kolmisoft,
    saying_bytes,
    worked_then,
    worked_then_cut,
)
from tests.stand_ins.wire import Fault, Response, Turn, reset_after_reading, silent

CALLS: dict[str, dict[str, Any]] = {
    "user_login": {"p": PASSWORD},
    "user_simple_balance_get": {"id": UNIQUEHASH},
    "payment_create": {"user_id": 2, "amount": 96, "currency": "USD"},
    "devices_get": {"user_id": 100},
}


def echo(turn: Turn) -> None:
    """Answer with an error that repeats what came in."""
    given = urllib.parse.parse_qs(turn.request.body.decode() or turn.request.query)
    told = " ".join(value for values in given.values() for value in values)
    body = f"<page><status><error>No {told}</error></status></page>".encode()
    turn.send(Response(body, 200, {"Content-Type": "text/xml"}).spelled())


FAULTS: dict[str, Callable[[], Fault]] = {
    "reset": lambda: reset_after_reading,
    "late": lambda: silent(5),
    "500": lambda: worked_then(500),
    "502": lambda: worked_then(502, b"<html>Bad Gateway</html>"),
    "cut": lambda: worked_then_cut,
    "rubbish": lambda: saying_bytes(b"\x1f\x8b\x00"),
    "redirect": lambda: worked_then(302),
}

WAYS = [(Calling(asynchronous=asynchronous), form) for asynchronous in (False, True) for form in ("form", "query")]


@pytest.fixture
def vendor() -> Iterator[Kolmisoft]:
    """The vendor's look-alike."""
    with Kolmisoft() as server:
        yield server


def texts(error: BaseException) -> Iterator[str]:
    """Yield all that an error shows of itself, of what led to it, and of the frames of the package."""
    seen: list[BaseException] = []
    following: list[BaseException | None] = [error]
    while following:
        each = following.pop()
        if each is None or each in seen:
            continue
        seen.append(each)
        following += [each.__cause__, each.__context__]
        yield from (str(each), repr(each), repr(each.args), repr(vars(each)))
        yield "".join(traceback.format_exception(each))
        for frame, _ in traceback.walk_tb(each.__traceback__):
            if "kolmisoft_m4" in frame.f_code.co_filename:
                yield repr(frame.f_locals)


def shown(vendor: Kolmisoft, text: str) -> list[str]:
    """Return the secrets that *text* has, the digests that were sent included."""
    sent = [
        value
        for request in vendor.requests
        for value in urllib.parse.parse_qs(request.body.decode() or request.query).get("hash", [])
    ]
    return [secret for secret in (KEY, PASSWORD, UNIQUEHASH, *sent) if secret in text]


@pytest.mark.parametrize(("calling", "form"), WAYS)
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", CALLS)
def test_no_failure_shows_a_secret(
    request: pytest.FixtureRequest, name: str, fault: str, calling: Calling, form: str
) -> None:
    vendor: Kolmisoft = request.getfixturevalue("vendor")
    caplog: pytest.LogCaptureFixture = request.getfixturevalue("caplog")
    vendor.fail(FAULTS[fault]())
    caplog.set_level(logging.DEBUG)
    setting = {"request_format": form, "max_retries": 0, "timeout": 0.3 if fault == "late" else 5.0}

    with pytest.raises(package().APIError) as caught:
        calling.call(vendor, name, setting=setting, **CALLS[name])

    assert [secret for text in texts(caught.value) for secret in shown(vendor, text)] == []
    assert shown(vendor, caplog.text) == []


@pytest.mark.parametrize("name", CALLS)
def test_what_the_vendor_repeats_is_taken_out_of_messages(vendor: Kolmisoft, name: str) -> None:
    vendor.fail(echo)

    with pytest.raises(package().APIStatusError) as caught:
        Calling().call(vendor, name, **CALLS[name])

    assert caught.value.message.startswith("No ")
    assert shown(vendor, f"{caught.value} {caught.value.message}") == []


def test_a_refused_argument_shows_no_secret(vendor: Kolmisoft) -> None:
    lone = f"{PASSWORD}\ud800"

    with pytest.raises(package().ArgumentError, match=r"^p must") as caught:
        Calling().call(vendor, "user_login", p=lone)

    assert [text for text in texts(caught.value) if PASSWORD in text] == []


def test_raw_responses_keep_no_secret_in_their_frames(vendor: Kolmisoft) -> None:
    vendor.fail(worked_then(500))

    with Calling().client(vendor) as client, pytest.raises(package().APIError) as caught:
        client.with_raw_response.user_login(p=PASSWORD)

    assert [secret for text in texts(caught.value) for secret in shown(vendor, text)] == []


def test_a_cancelled_login_shows_no_secret(vendor: Kolmisoft) -> None:
    arrived = threading.Event()

    def wait(turn: Turn) -> None:
        arrived.set()
        turn.wait(5)

    vendor.fail(wait)

    async def conversation() -> BaseException:
        async with Calling(asynchronous=True).client(vendor) as client:
            task = asyncio.create_task(client.user_login(p=PASSWORD))
            await asyncio.to_thread(arrived.wait, 5)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            return caught.value

    error = asyncio.run(conversation())

    assert [secret for text in texts(error) for secret in shown(vendor, text)] == []


def test_secret_of_a_device_is_read_and_in_no_text_of_it(vendor: Kolmisoft) -> None:
    vendor.device_secret = "made-up-device-secret"

    device = Calling().call(vendor, "device_details_get", device_id=5)

    assert device.secret == "made-up-device-secret"
    assert "103" in repr(device)
    assert "made-up" not in f"{device!r} {device}"


def test_no_address_has_a_secret_by_default(vendor: Kolmisoft) -> None:
    Calling().call(vendor, "user_login", p=PASSWORD)
    client: Any = Calling().client(vendor)

    assert vendor.requests[0].target == "/billing/api/user_login"
    assert shown(vendor, f"{client!r} {vars(client)} {client.base_url}") == []
