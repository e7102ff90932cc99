"""Faults over real sockets: what comes out is right, in time, or an error that says what is known."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import gzip
import os
import socket
import threading
import warnings
import zlib
from typing import Any

import httpx2
import pytest

from generator.runtime import wire as wire_module
from generator.runtime.client import AsyncioClient, SyncClient
from generator.runtime.credentials import Credentials
from generator.runtime.errors import APIConnectionError, APIStatusError, APITimeoutError, ClientClosedError
from generator.runtime.request import CallOptions
from tests.runtime.fault_server import FaultServer, Wire, answer, serve
from tests.runtime.ledgerly import (
    FORGET,
    KEY,
    NO_OPTIONS,
    ONE,
    PAY,
    POST,
    QUICK,
    READ,
    SERVICE,
    TOKEN,
    Entry,
    Runner,
    Step,
    body,
    echo,
)


def sync_client(url: str, **setting: Any) -> SyncClient:
    return SyncClient(SERVICE, Credentials(auth_code=KEY, auth_token=TOKEN), base_url=url, **setting)


def async_client(url: str, **setting: Any) -> AsyncioClient:
    return AsyncioClient(SERVICE, Credentials(auth_code=KEY, auth_token=TOKEN), base_url=url, **setting)


def test_calls_share_a_connection(runner: Runner) -> None:
    with FaultServer() as server:
        outcomes = runner.steps([(READ, ONE, NO_OPTIONS)] * 3, base_url=server.url)

        assert outcomes == [Entry(entry_id="e1", amount=5)] * 3
        assert server.connections == 1


def test_money_has_a_connection_each(runner: Runner) -> None:
    with FaultServer() as server:
        runner.steps([(READ, ONE, NO_OPTIONS), (PAY, {}, NO_OPTIONS), (PAY, {}, NO_OPTIONS)], base_url=server.url)

        assert server.connections == 3


def test_request_leaves_in_one_piece(runner: Runner) -> None:
    pieces: list[bytes] = []

    def script(wire: Wire) -> None:
        pieces.append(wire._sock.recv(65536))
        wire.send(answer())

    with FaultServer(script) as server:
        runner.call(POST, arguments={"amount": 1}, base_url=server.url)

    assert pieces[0].endswith(b'\r\n\r\n{"amount":1}')


def test_dripping_answer_ends_at_the_deadline(runner: Runner) -> None:
    def script(wire: Wire) -> None:
        wire.take()
        wire.drip(answer(b"x" * 1000), 0.02)

    with FaultServer(script) as server, pytest.raises(APITimeoutError) as caught:
        runner.call(PAY, options=QUICK, base_url=server.url)

    assert caught.value.may_have_executed is True


def test_endless_interim_answers_end_at_the_deadline(runner: Runner) -> None:
    def script(wire: Wire) -> None:
        wire.take()
        while not wire._server.stopped.wait(0.02):
            wire.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")

    with FaultServer(script) as server, pytest.raises(APITimeoutError):
        runner.call(PAY, options=QUICK, base_url=server.url)


def test_answer_that_never_comes_is_a_timeout(runner: Runner) -> None:
    def script(wire: Wire) -> None:
        wire.take()
        wire.wait(10)

    with FaultServer(script) as server, pytest.raises(APITimeoutError) as caught:
        runner.call(POST, options=QUICK, base_url=server.url)

    assert caught.value.may_have_executed is True


def test_bound_of_one_attempt_leaves_time_for_the_next(runner: Runner) -> None:
    def silent(wire: Wire) -> None:
        wire.take()
        wire.wait(10)

    with FaultServer(silent, serve) as server:
        options = CallOptions(httpx2.Timeout(0.2))

        assert runner.call(READ, arguments=ONE, options=options, base_url=server.url).amount == 5
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    "cut",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nConte",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n"
        + gzip.compress(b"x" * 99, mtime=0)[:20],
    ],
)
@pytest.mark.parametrize("reset", [False, True])
def test_cut_answer_is_repeated_for_a_read_and_unknown_for_the_rest(runner: Runner, cut: bytes, *, reset: bool) -> None:
    def script(wire: Wire) -> None:
        wire.take()
        wire.send(cut)
        if reset:
            wire.reset()

    with FaultServer(script, script, serve) as server:
        outcomes = runner.steps([(POST, {}, NO_OPTIONS), (READ, ONE, NO_OPTIONS)], base_url=server.url)

        assert isinstance(outcomes[0], APIConnectionError)
        assert outcomes[0].may_have_executed is True
        assert outcomes[1] == Entry(entry_id="e1", amount=5)
        assert len(server.requests) == 3


def test_refused_connection_sent_nothing(runner: Runner) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(APIConnectionError) as caught:
        runner.call(PAY, base_url=url, max_retries=0)

    assert caught.value.may_have_executed is False


def test_idle_connection_that_the_server_closed_is_not_used(runner: Runner) -> None:
    closed = threading.Event()

    def once(wire: Wire) -> None:
        wire.take()
        wire.send(answer())
        wire.close()
        closed.set()

    with FaultServer(once, serve) as server:

        class Waiting(dict[str, object]):
            """Arguments that are read only when the server has closed."""

            def get(self, key: str, default: object = None) -> object:
                closed.wait(5)
                return super().get(key, default)

        steps: list[Step] = [(READ, ONE, NO_OPTIONS), (POST, Waiting(), NO_OPTIONS)]
        outcomes = runner.steps(steps, base_url=server.url, max_retries=0)

        assert not isinstance(outcomes[1], Exception)


@pytest.mark.parametrize(
    "twice",
    [
        answer(body(1)) + answer(body(999)),
        answer(body(1)) + b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body(1)), body(1))
        + answer(body(999)),
    ],
)
def test_second_answer_is_never_given_to_the_next_call(runner: Runner, twice: bytes) -> None:
    def script(wire: Wire) -> None:
        wire.take()
        wire.send(twice)
        wire.wait(5)

    with FaultServer(script, echo) as server:
        numbers = [(READ, {"entry_id": str(number)}, NO_OPTIONS) for number in (1, 2, 3)]
        outcomes = runner.steps(numbers, base_url=server.url)

        assert [outcome.amount for outcome in outcomes] == [1, 2, 3]
        assert server.connections == 2


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_body_of_an_answer_that_has_none_is_never_given_to_the_next_call(runner: Runner, status: bytes) -> None:
    def script(wire: Wire) -> None:
        wire.take()
        wire.send(b"HTTP/1.1 " + status + b"\r\n\r\n" + answer(body(999)))
        wire.wait(5)

    with FaultServer(script, echo) as server:
        steps: list[Step] = [(FORGET, {}, NO_OPTIONS), (READ, {"entry_id": "2"}, NO_OPTIONS)]

        assert runner.steps(steps, base_url=server.url)[1].amount == 2


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(body(7), mtime=0)),
        ("identity", body(7)),
        ("GZIP", gzip.compress(body(7)[:9], mtime=0) + gzip.compress(body(7)[9:], mtime=0)),
    ],
)
def test_coding_is_undone(runner: Runner, coding: str, packed: bytes) -> None:
    def script(wire: Wire) -> None:
        wire.take()
        wire.send(answer(packed, headers=b"Content-Encoding: %b\r\n" % coding.encode()))

    with FaultServer(script) as server:
        assert runner.call(READ, arguments=ONE, base_url=server.url).amount == 7


@pytest.mark.parametrize("coding", [b"br", b"deflate", b"gzip, gzip", b"zstd"])
def test_coding_that_was_not_asked_for_is_refused(runner: Runner, coding: bytes) -> None:
    def script(wire: Wire) -> None:
        wire.take()
        wire.send(answer(b"x", headers=b"Content-Encoding: %b\r\n" % coding))

    with FaultServer(script) as server, pytest.raises(APIConnectionError, match="coding"):
        runner.call(READ, arguments=ONE, base_url=server.url, max_retries=0)


def test_gzip_bomb_is_refused_before_it_fills_the_memory(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire_module, "MOST_DECODED", 1_000_000)
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(100)) + packer.flush()

    def script(wire: Wire) -> None:
        wire.take()
        wire.send(answer(bomb, headers=b"Content-Encoding: gzip\r\n"))

    with FaultServer(script) as server, pytest.raises(APIConnectionError, match="when unpacked"):
        runner.call(READ, arguments=ONE, base_url=server.url)

    assert len(server.requests) == 1


def test_endless_body_is_refused(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire_module, "MOST_RAW", 100_000)

    def script(wire: Wire) -> None:
        wire.take()
        wire.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while not wire._server.stopped.is_set():
            wire._sock.sendall(b"x" * 10_000)

    with FaultServer(script) as server, pytest.raises(APIConnectionError, match="larger than 100000 bytes"):
        runner.call(READ, arguments=ONE, base_url=server.url)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"SSH-2.0-x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
    ],
)
def test_what_is_not_http_is_an_error_of_ours(runner: Runner, nonsense: bytes) -> None:
    def script(wire: Wire) -> None:
        wire.take()
        wire.send(nonsense)

    with FaultServer(script) as server, pytest.raises(APIConnectionError) as caught:
        runner.call(PAY, base_url=server.url)

    assert caught.value.__context__ is None
    assert caught.value.may_have_executed is True


def test_redirect_to_another_server_is_not_followed(runner: Runner) -> None:
    with FaultServer() as other:

        def script(wire: Wire) -> None:
            wire.take()
            wire.send(answer(b"", status="307 Temporary Redirect", headers=b"Location: %b/\r\n" % other.url.encode()))

        with FaultServer(script) as server, pytest.raises(APIStatusError):
            runner.call(READ, arguments=ONE, base_url=server.url)

        assert other.connections == 0


def test_proxies_of_the_environment_are_used_only_when_asked(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer() as proxy, FaultServer() as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "")
        monkeypatch.setenv("NO_PROXY", "")
        runner.call(READ, arguments=ONE, base_url=server.url)
        without = proxy.connections
        runner.call(READ, arguments=ONE, base_url=server.url, trust_env=True)

        assert (without, proxy.connections, server.connections) == (0, 1, 1)
        assert proxy.requests[0].startswith(b"GET http://127.0.0.1:")


def test_threads_get_their_own_answers() -> None:
    with FaultServer(echo) as server, sync_client(server.url) as client:
        wrong: list[tuple[int, object]] = []

        def work(first: int) -> None:
            for number in range(first, first + 20):
                amount = client._call(READ, {"entry_id": str(number)}, NO_OPTIONS).amount
                if amount != number:
                    wrong.append((number, amount))

        threads = [threading.Thread(target=work, args=(1000 * index,)) for index in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert wrong == []


def test_tasks_get_their_own_answers() -> None:
    async def main(url: str) -> list[int | None]:
        async with async_client(url) as client:
            calls = (client._call(READ, {"entry_id": str(number)}, NO_OPTIONS) for number in range(200))
            return [entry.amount for entry in await asyncio.gather(*calls)]

    with FaultServer(echo) as server:
        assert asyncio.run(main(server.url)) == list(range(200))


def test_children_of_a_fork_do_not_share_connections() -> None:
    with FaultServer(echo) as server, sync_client(server.url) as client:
        client._call(READ, {"entry_id": "1"}, NO_OPTIONS)
        children: list[int] = []
        for child in range(4):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                pid = os.fork()
            if pid == 0:
                numbers = range(1000 * child, 1000 * child + 50)
                right = all(client._call(READ, {"entry_id": str(n)}, NO_OPTIONS).amount == n for n in numbers)
                os._exit(0 if right else 1)
            children.append(pid)
        numbers = range(9000, 9050)
        matches = [client._call(READ, {"entry_id": str(n)}, NO_OPTIONS).amount == n for n in numbers]

        assert all(matches)
        assert [os.waitpid(pid, 0)[1] for pid in children] == [0, 0, 0, 0]
        assert server.connections == 5


def test_client_works_in_one_event_loop_after_the_other() -> None:
    with FaultServer() as server:
        client = async_client(server.url)

        async def once() -> int | None:
            return (await client._call(READ, ONE, NO_OPTIONS)).amount

        assert [asyncio.run(once()) for _ in range(3)] == [5, 5, 5]
        asyncio.run(client.aclose())


def test_cancelling_at_any_step_leaves_the_client_usable() -> None:
    async def main(url: str) -> list[bool]:
        known: list[bool] = []
        async with async_client(url) as client:
            for steps in range(40):
                task = asyncio.create_task(client._call(PAY, {}, NO_OPTIONS))
                for _ in range(steps):
                    await asyncio.sleep(0)
                task.cancel()
                try:
                    await task
                except asyncio.CancelledError as error:
                    if steps:
                        known.append(isinstance(getattr(error, "may_have_executed", None), bool))
                async with asyncio.timeout(1):
                    await client._call(READ, ONE, NO_OPTIONS)
        return known

    with FaultServer() as server:
        known = asyncio.run(main(server.url))

    assert known
    assert all(known)


def test_cancelled_call_tells_that_it_may_have_executed() -> None:
    taken = threading.Event()

    def script(wire: Wire) -> None:
        wire.take()
        taken.set()
        wire.wait(10)

    async def main(url: str) -> object:
        async with async_client(url) as client:
            task = asyncio.create_task(client._call(PAY, {}, NO_OPTIONS))
            await asyncio.to_thread(taken.wait, 5)
            task.cancel("enough")
            try:
                return await task
            except asyncio.CancelledError as error:
                return error.args, getattr(error, "may_have_executed", None)

    with FaultServer(script) as server:
        assert asyncio.run(main(server.url)) == (("enough",), True)


def test_closed_client_refuses_calls() -> None:
    with FaultServer() as server:
        client = sync_client(server.url)
        client.close()
        client.close()
        with pytest.raises(ClientClosedError, match="make a new one"):
            client._call(READ, ONE, NO_OPTIONS)

        assert server.connections == 0


def test_client_that_is_dropped_leaves_no_socket_open() -> None:
    with FaultServer() as server:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            client = sync_client(server.url)
            client._call(READ, ONE, NO_OPTIONS)
            [connection] = client._sender._pools.registry  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType] - looked at from inside
            del client

        assert connection._sock.fileno() == -1  # pyright: ignore[reportUnknownMemberType] - looked at from inside
