"""Connections by TLS: whom they trust, and the same bounds as in the clear."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import os
import ssl

import pytest

from generator.runtime import transport as transport_module
from generator.runtime.errors import APIConnectionError, APITimeoutError
from generator.runtime.request import CallOptions
from generator.runtime.transport import tls_context
from tests.runtime.fault_server import LOOPBACK, FaultServer, Wire, answer
from tests.runtime.ledgerly import (
    NO_OPTIONS,
    ONE,
    PAY,
    POST,
    QUICK,
    READ,
    Runner,
    Step,
    body,
    echo,
)


def test_keys_of_secure_connections_are_not_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", os.devnull)
    tls_context.cache_clear()

    assert tls_context(trust_env=False).keylog_filename is None
    assert tls_context(trust_env=False) is tls_context(trust_env=False)


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the certificate of the tests."""
    context = ssl.create_default_context(cafile=LOOPBACK)

    def trusting(*, trust_env: bool) -> ssl.SSLContext:  # noqa: ARG001 - the form of what it replaces
        return context

    monkeypatch.setattr(transport_module, "tls_context", trusting)


@pytest.mark.usefixtures("trusted")
def test_secure_connection_carries_calls_and_is_kept(runner: Runner) -> None:
    with FaultServer(secure=True) as server:
        options = CallOptions(None, None, None, {"long": "x" * 300_000})
        steps: list[Step] = [(READ, ONE, NO_OPTIONS), (POST, {}, options)]
        outcomes = runner.steps(steps * 2, base_url=server.url)

        assert [isinstance(outcome, Exception) for outcome in outcomes] == [False] * 4
        assert server.connections == 1


@pytest.mark.usefixtures("trusted")
def test_dripping_secure_answer_ends_at_the_deadline(runner: Runner) -> None:
    def script(wire: Wire) -> None:
        wire.take()
        wire.drip(answer(b"x" * 1000), 0.02)

    with FaultServer(script, secure=True) as server, pytest.raises(APITimeoutError) as caught:
        runner.call(PAY, options=QUICK, base_url=server.url)

    assert caught.value.may_have_executed is True


@pytest.mark.usefixtures("trusted")
def test_second_secure_answer_is_never_given_to_the_next_call(runner: Runner) -> None:
    def script(wire: Wire) -> None:
        wire.take()
        wire.send(answer(body(1)) + answer(body(999)))
        wire.wait(5)

    with FaultServer(script, echo, secure=True) as server:
        numbers = [(READ, {"entry_id": str(number)}, NO_OPTIONS) for number in (1, 2)]

        assert [outcome.amount for outcome in runner.steps(numbers, base_url=server.url)] == [1, 2]


def test_certificate_that_nobody_vouches_for_is_refused_once_and_unsent(runner: Runner) -> None:
    tls_context.cache_clear()
    with FaultServer(secure=True) as server:
        with pytest.raises(APIConnectionError, match="certificate is not trusted") as caught:
            runner.call(PAY, base_url=server.url)

        assert caught.value.may_have_executed is False
        assert (server.connections, server.requests) == (1, [])


@pytest.mark.usefixtures("trusted")
def test_certificate_of_another_name_is_refused(runner: Runner) -> None:
    with FaultServer(secure=True) as server, pytest.raises(APIConnectionError, match="certificate is not trusted"):
        runner.call(PAY, base_url=server.url.replace("127.0.0.1", "localhost"))


def test_server_that_does_not_speak_tls_is_refused_unsent(runner: Runner) -> None:
    def script(wire: Wire) -> None:
        wire._sock.recv(1000)
        wire.send(b"HTTP/1.1 400 No\r\n\r\n")

    with FaultServer(script) as server, pytest.raises(APIConnectionError) as caught:
        runner.call(PAY, base_url=server.url.replace("http:", "https:"))

    assert caught.value.may_have_executed is False
