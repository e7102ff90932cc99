"""Answers that attack whoever reads them end in a result or in an error of ours, in bounded time."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from generator.runtime.errors import APIConnectionError, APIError, APIResponseValidationError
from generator.runtime.request import CallOptions
from tests.runtime.fault_server import GOOD, FaultServer, Wire, answer
from tests.runtime.ledgerly import LIST, PAY, POST, READ, Runner

ONE = {"entry_id": "e1"}


def heard(runner: Runner, said: bytes, operation: Any = READ, *, patience: float = 20.0) -> tuple[Any, float]:
    """Return what a call gives that is answered with these bytes, an error included, and how long it took."""

    def script(wire: Wire) -> None:
        while True:
            wire.take()
            wire.send(said)

    with FaultServer(script) as server:
        begun = time.monotonic()
        arguments = ONE if operation is READ else {}
        [outcome] = runner.steps([(operation, arguments, CallOptions(patience))], base_url=server.url, max_retries=0)
        return outcome, time.monotonic() - begun


HEADS: dict[str, bytes] = {
    "one of 200 KB": b"X-Long: " + b"x" * 200_000,
    "50,000 of them": b"\r\n".join(b"X-%d: y" % number for number in range(50_000)),
    "folded": b"X-Folded: a\r\n b",
    "with NUL": b"X-Nul: a\x00b",
    "with a bare line feed": b"X-A: b\nX-C: d",
    "without a colon": b"nothing",
    "with a blank in its name": b"X A: b",
    "two lengths": b"Content-Length: 5\r\nContent-Length: 6",
    "a length and chunks": b"Content-Length: 5\r\nTransfer-Encoding: chunked",
    "a negative length": b"Content-Length: -1",
    "a length in words": b"Content-Length: five",
    "a huge length": b"Content-Length: " + b"9" * 40,
}


@pytest.mark.parametrize("head", HEADS)
def test_headers_that_cannot_be_end_in_an_error_of_ours_or_are_read(runner: Runner, head: str) -> None:
    lines = [HEADS[head]] if b"ength" in HEADS[head] else [HEADS[head], b"Content-Length: %d" % len(GOOD)]

    outcome, seconds = heard(runner, b"\r\n".join([b"HTTP/1.1 200 OK", *lines, b"", GOOD]), patience=3.0)

    assert isinstance(outcome, APIError) or outcome.amount == 5
    assert seconds < 15


BODIES: dict[str, bytes] = {
    "100,000 levels of lists": b"[" * 100_000,
    "100,000 levels of objects": b'{"data":' * 100_000 + b"1" + b"}" * 100_000,
    "a number of 5,000 digits": b'{"data":{"entryId":"e1","amount":%b},"meta":{"success":true}}' % (b"9" * 5_000),
    "a number beyond all": b'{"data":{"entryId":"e1","amount":1e999},"meta":{"success":true}}',
    "no number": b'{"data":{"entryId":"e1","amount":NaN},"meta":{"success":true}}',
    "infinity": b'{"data":{"entryId":"e1","amount":-Infinity},"meta":{"success":true}}',
    "text after its end": b'{"data":{"entryId":"e1"},"meta":{"success":true}} and more',
    "a half of a pair": b'{"data":{"entryId":"\\ud800"},"meta":{"success":true}}',
    "bytes that are no UTF-8": b'{"data":{"entryId":"\xff"},"meta":{"success":true}}',
    "UTF-16": '{"data":{"entryId":"e1"},"meta":{"success":true}}'.encode("utf-16"),
    "NUL": b"\x00" * 1_000,
    "a number where an object is due": b'{"data":5,"meta":{"success":true}}',
    "success in words": b'{"data":{"entryId":"e1"},"meta":{"success":"true"}}',
}


@pytest.mark.parametrize("body", BODIES)
def test_body_that_cannot_be_is_an_error_of_ours(runner: Runner, body: str) -> None:
    outcome, seconds = heard(runner, answer(BODIES[body]))

    assert isinstance(outcome, APIError)
    assert not isinstance(outcome, APIConnectionError)
    assert len(str(outcome)) < 1_000
    assert seconds < 15


@pytest.mark.parametrize("operation", [POST, PAY], ids=lambda operation: str(operation.effect))
def test_wrong_body_of_a_change_may_have_executed(runner: Runner, operation: Any) -> None:
    outcome, _ = heard(runner, answer(b"[" * 100_000), operation)

    assert isinstance(outcome, APIResponseValidationError)
    assert outcome.may_have_executed is True


def test_very_many_keys_and_items_are_read_or_refused_in_bounded_time(runner: Runner) -> None:
    keys = ",".join(f'"k{number}":0' for number in range(100_000))
    many = f'{{"data":{{"entryId":"e1",{keys}}},"meta":{{"success":true}}}}'.encode()
    items = b'{"data":{"entryId":"e1","more":[' + b"0," * 300_000 + b'0]},"meta":{"success":true}}'

    for said in (many, items):
        outcome, seconds = heard(runner, answer(said))

        assert isinstance(outcome, APIError) or outcome.entry_id == "e1"
        assert seconds < 15


INSIDE = (
    "__class__",
    "__dict__",
    "__init__",
    "model_config",
    "model_fields",
    "model_extra",
    "copy",
    "json",
    "dict",
    "self",
)


@pytest.mark.parametrize("key", INSIDE)
def test_key_that_python_or_pydantic_has_inside_is_data(runner: Runner, key: str) -> None:
    body = json.dumps({"data": {"entryId": "e1", "amount": 5, key: {"x": 1}}, "meta": {"success": True}}).encode()

    outcome, _ = heard(runner, answer(body))

    assert outcome.amount == 5
    assert outcome.model_dump(by_alias=True) == {"entryId": "e1", "amount": 5, key: {"x": 1}}
    assert type(outcome).__name__ == "Entry"


@pytest.mark.parametrize("charset", ["zlib", "hex", "rot13", "idna", "undefined", "utf-7", "base64", "nobody-knows"])
@pytest.mark.parametrize("status", ["200 OK", "500 Failed"])
def test_charset_that_an_answer_names_is_not_used(runner: Runner, charset: str, status: str) -> None:
    headers = f"Content-Type: application/json; charset={charset}\r\n".encode()

    good, _ = heard(runner, answer(status=status, headers=headers))
    bad, _ = heard(runner, answer(b"+ADw- nothing", status=status, headers=headers))

    assert good.amount == 5 if status.startswith("200") else isinstance(good, APIError)
    assert isinstance(bad, APIError)
    assert bad.__context__ is None


def test_page_with_a_cursor_of_a_megabyte_ends(runner: Runner) -> None:
    cursor = "x" * 1_000_000
    body = {"data": {"records": [{"entryId": cursor}], "hasMore": True}, "meta": {"success": True}}

    with FaultServer(lambda wire: wire.send(answer(json.dumps(body).encode())) if wire.take() else None) as server:
        [outcome] = runner.steps([(LIST, {}, CallOptions(20.0))], base_url=server.url, max_retries=0, records=True)

    assert isinstance(outcome, Exception)
    assert cursor not in str(outcome)
