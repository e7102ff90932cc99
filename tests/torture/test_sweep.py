"""Secrets of every place stand in no spelling in anything that a failing call leaves behind."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import base64
import contextlib
import io
import logging
import sys
import urllib.parse
import warnings
from collections.abc import Generator
from typing import Any

import pytest

from generated.monetize360.webhooks import Scheme, WebhookError, verify
from tests.runtime.fault_server import FaultServer, Wire, answer
from tests.runtime.ledgerly import BODY_SERVICE, KEY, NO_OPTIONS, PAY, READ, SERVICE, TOKEN, Runner
from tests.torture.faults import FAULTS
from tests.torture.ledger import LedgerServer
from tests.torture.sweep import found_in, sinks, spellings

SECRETS = (KEY, TOKEN)
PROXY_PASSWORD = "pr0xy-w0rd-of-a-canary"


@contextlib.contextmanager
def everything_told() -> Generator[list[str]]:
    """Give what is logged, warned of and written to the standard streams meanwhile."""
    told: list[str] = []
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    names = [name for name in logging.root.manager.loggerDict if name.startswith(("http", "ledgerly", "asyncio"))]
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    out, err = io.StringIO(), io.StringIO()
    try:
        with warnings.catch_warnings(record=True) as warned, contextlib.redirect_stdout(out):
            warnings.simplefilter("always")
            with contextlib.redirect_stderr(err):
                yield told
            told += [str(each.message) for each in warned]
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        for name in names:
            logging.getLogger(name).setLevel(logging.NOTSET)
        told += [stream.getvalue(), out.getvalue(), err.getvalue()]


def test_sweep_finds_every_spelling() -> None:
    for spelled in (
        KEY,
        f"x{KEY[::-1]}y",
        KEY.encode().hex(),
        urllib.parse.quote(f"a {KEY}"),
        *(base64.b64encode(b"x" * lead + KEY.encode() + b"yz").decode() for lead in range(4)),
        KEY[: len(KEY) // 2],
    ):
        assert found_in(f"before {spelled} after", (KEY,)), spelled
    assert found_in("nothing of the kind", SECRETS) == []
    assert all(len(each) > 5 for each in spellings(KEY))


@pytest.mark.parametrize("service", [SERVICE, BODY_SERVICE], ids=["in a header", "in the body"])
@pytest.mark.parametrize("fault", [name for name in FAULTS if "silent" not in name and "without_end" not in name])
def test_no_fault_brings_a_secret_to_light(runner: Runner, service: Any, fault: str) -> None:
    with LedgerServer("json") as server, everything_told() as told:
        server.play([fault], 1)
        options = type(NO_OPTIONS)(1.0, extra_body={"reference": "r"})
        [outcome] = runner.steps([(PAY, {}, options)], service=service, base_url=server.url, max_retries=0)

    texts = [*told, repr(outcome), *(sinks(outcome) if isinstance(outcome, BaseException) else ())]
    assert found_in("\n".join(texts), SECRETS) == []


def test_vendor_that_repeats_the_request_brings_no_secret_to_light(runner: Runner) -> None:
    def echo(wire: Wire) -> None:
        request = wire.take()
        wire.send(answer(b'{"data":[],"meta":{"success":false,"errors":{"code":"x","title":"no"}}}', status="400 No"))
        assert KEY.encode() in request

    with FaultServer(echo) as server, everything_told() as told:
        [error] = runner.steps([(READ, {"entry_id": "1"}, NO_OPTIONS)], base_url=server.url, max_retries=0)

    assert found_in("\n".join([*told, *sinks(error)]), SECRETS) == []


def _refusing(wire: Wire) -> None:
    wire.take()
    wire.send(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")


def _cutting(wire: Wire) -> None:
    wire.take()
    wire.send(b"HTTP/1.1 200 Conn")


def _answering(wire: Wire) -> None:
    wire.take()
    wire.send(answer(b"<html>Please log in</html>"))


def _closing(wire: Wire) -> None:
    wire.take()


PROXIES = {"refuses": _refusing, "cuts": _cutting, "answers by itself": _answering, "closes": _closing}


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("way", PROXIES)
def test_fault_of_a_proxy_is_an_error_of_ours_that_shows_no_password(
    runner: Runner, monkeypatch: pytest.MonkeyPatch, way: str, scheme: str
) -> None:
    with FaultServer(PROXIES[way]) as proxy, everything_told() as told:
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://somebody:{PROXY_PASSWORD}@127.0.0.1:{proxy.port}")
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.setenv(name, "")
        [error] = runner.steps(
            [(PAY, {}, NO_OPTIONS)], base_url=f"{scheme}://ledgerly.invalid", max_retries=0, trust_env=True
        )

    from generator.runtime.errors import APIError

    assert isinstance(error, APIError)
    assert len(proxy.requests) == 1
    assert found_in("\n".join([*told, *sinks(error)]), (*SECRETS, PROXY_PASSWORD)) == []
    # Over a tunnel that did not come about, nothing of the request was sent.
    assert scheme == "http" or error.may_have_executed is False


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nb", "a\x00b", "é", " a", "a ", "\x7f", "a\u2028b"])
def test_value_that_no_header_can_carry_is_refused_and_not_shown(runner: Runner, value: str) -> None:
    canary = f"c4n4ry-{value}-c4n4ry" if value.strip() == value else f"{value}c4n4ry{value}"

    with FaultServer() as server:
        [error] = runner.steps([(READ, {"entry_id": "1", "trace": canary}, NO_OPTIONS)], base_url=server.url)
        connections = server.connections

    assert isinstance(error, ValueError)
    assert "trace" in str(error)
    assert "c4n4ry" not in f"{error}{error!r}{error.__context__!r}"
    assert connections == 0


SEPARATORS = (
    *(
        "a/b",
        "/a",
        "a/",
        "//evil.example/x",
        "https://evil.example/x",
        "a\\b",
        "a?b=c",
        "a#b",
        "a;b",
        "a%2fb",
        "a%2e%2e",
    ),
    *(
        "a b",
        "a+b",
        "a&b",
        "a=b",
        "a@b",
        "a:b",
        "é",
        "…",
        "..a",
        "a..",
        ".a",
        "%",
        "%%",
        "{entryId}",
        "${token}",
        "a,b",
        "~",
    ),
)


@pytest.mark.parametrize("value", SEPARATORS)
def test_value_of_a_path_is_one_segment_for_the_server(runner: Runner, value: str) -> None:
    with FaultServer() as server:
        [outcome] = runner.steps([(READ, {"entry_id": value}, NO_OPTIONS)], base_url=f"{server.url}/api")
        requests = [request.split(b" ")[1].decode("ascii") for request in server.requests]

    assert outcome.amount == 5
    [target] = requests
    assert target.startswith("/api/entries/")
    segment = target.removeprefix("/api/entries/")
    assert urllib.parse.unquote(segment) == value
    assert not set("/?#\\ ") & set(segment)


def test_error_of_a_webhook_holds_neither_the_payload_nor_what_would_be_right() -> None:
    secret, payload = "s3cret-of-a-canary-webhook", b'{"event":"p4yload-of-a-canary"}'
    import hashlib
    import hmac

    right = hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()

    for headers, body in (
        ({"X-Signature": "00" * 32}, payload),
        ({"X-Signature": "é"}, payload),
        ({}, payload),
        ({"X-Signature": right}, payload + b" "),
        ({"X-Signature": right}, payload),
    ):
        with pytest.raises(WebhookError) as caught:
            verify(body, headers, secret=secret, header="X-Signature", scheme=Scheme(), now=0.0)

        error = caught.value
        shown = f"{error}{error!r}{vars(error)}{error.args}{error.__cause__!r}{error.__context__!r}"
        assert found_in(shown, (secret, "p4yload-of-a-canary", right)) == []


def test_no_secret_is_in_the_environment_the_command_line_or_the_name_of_a_thread(runner: Runner) -> None:
    import os
    import threading

    with FaultServer() as server:
        runner.call(READ, arguments={"entry_id": "1"}, base_url=server.url)

    told = f"{dict(os.environ)}{sys.argv}{[thread.name for thread in threading.enumerate()]}"
    assert found_in(told, SECRETS) == []
