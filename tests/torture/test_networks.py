"""Networks that are slow, lossy or half dead: several addresses, answers before the end of a request, slices and jitter."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Generator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from generator.runtime import streams
from generator.runtime.errors import APIConnectionError, APIStatusError
from generator.runtime.request import CallOptions
from tests.runtime.fault_server import FaultServer, Wire, answer, serve
from tests.runtime.ledgerly import NO_OPTIONS, PAY, READ, Runner, Step
from tests.torture.sharing import echo

ONE = {"entry_id": "1"}


@contextlib.contextmanager
def dead_port(*, is_silent: bool) -> Generator[int]:
    """Give a port that refuses, or one that never answers: all its room is taken, and nobody takes it up."""
    with socket.socket() as listener, contextlib.ExitStack() as stack:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        if is_silent:
            listener.listen(0)
            for _ in range(3):
                taken = stack.enter_context(socket.socket())
                taken.settimeout(0)
                taken.connect_ex(("127.0.0.1", port))
        yield port


@pytest.mark.parametrize("is_silent", [False, True], ids=["refuses", "says nothing"])
@pytest.mark.parametrize("operation", [READ, PAY], ids=["read", "money"])
def test_second_address_is_used_where_the_first_is_dead(
    runner: Runner, monkeypatch: pytest.MonkeyPatch, operation: Any, *, is_silent: bool
) -> None:
    with FaultServer(serve) as server, dead_port(is_silent=is_silent) as dead:

        def both(*_: object, **__: object) -> list[Any]:
            kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
            return [(*kind, ("127.0.0.1", port)) for port in (dead, server.port)]

        monkeypatch.setattr(socket, "getaddrinfo", both)
        monkeypatch.setattr(streams, "LONGEST_FIRST_ADDRESS", 0.3)
        step: Step = (operation, ONE if operation is READ else {}, CallOptions(timeout=60.0))
        [outcome] = runner.steps([step], base_url="http://vendor.invalid", max_retries=0)

        assert not isinstance(outcome, Exception), outcome
        assert len(server.requests) == 1


def _always(found: list[Any], *_: object, **__: object) -> list[Any]:
    return found


def test_all_addresses_dead_is_an_error_that_sent_nothing(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    with dead_port(is_silent=False) as dead:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", dead))] * 3
        monkeypatch.setattr(socket, "getaddrinfo", partial(_always, found))
        with pytest.raises(APIConnectionError) as caught:
            runner.call(PAY, base_url="http://vendor.invalid", max_retries=0)

    assert caught.value.may_have_executed is False


def test_answer_that_comes_while_the_request_is_still_going_out_is_the_answer(runner: Runner) -> None:
    def refusing_early(wire: Wire) -> None:
        wire.some(1000)
        wire.send(answer(b'{"error": "too large"}', status="413 Too large", headers=b"Connection: close\r\n"))
        while wire.some(1 << 20):
            pass

    upload = replace(PAY, effect="unsafe")
    with FaultServer(refusing_early, serve) as server:
        steps: list[Step] = [(upload, {}, CallOptions(timeout=60.0, extra_body={"data": "x" * (8 << 20)}))]
        steps += [(READ, ONE, NO_OPTIONS)]
        refused, following = runner.steps(steps, base_url=server.url, max_retries=0)

    assert isinstance(refused, APIStatusError)
    assert refused.status_code == 413
    assert refused.may_have_executed is False
    # Nothing of it is left on a connection that another call gets.
    assert following.amount == 5


class Shaping:
    """A way between client and server on which bytes come in slices, some late, some not at all."""

    def __init__(self, port: int, seed: int) -> None:
        self._port = port
        self._chance = random.Random(seed)  # noqa: S311 - chance that can be repeated
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.lost = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._port))
                for one, other in ((near, far), (far, near)):
                    seed = self._chance.random()
                    threading.Thread(target=self._carry, args=(one, other, seed), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket, seed: float) -> None:
        chance = random.Random(seed)  # noqa: S311 - as above
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                while data:
                    if chance.random() < 0.01:
                        self.lost += 1
                        data = b""
                        break
                    size = chance.choice((1, 7, 40, 1000))
                    time.sleep(chance.choice((0.0, 0.0, 0.0, 0.001, 0.01)))
                    other.sendall(data[:size])
                    data = data[size:]
                else:
                    continue
                break
        for sock in (one, other):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
                sock.close()


def test_slices_jitter_and_loss_give_right_answers_or_errors_of_ours(runner: Runner) -> None:
    steps: list[Step] = [(READ, {"entry_id": str(number)}, CallOptions(timeout=60.0)) for number in range(25)]
    with FaultServer(echo) as server:
        way = Shaping(server.port, 7)
        outcomes = runner.steps(steps, base_url=way.url, max_retries=5)
        way.close()

    wrong = [
        (number, outcome)
        for number, outcome in enumerate(outcomes)
        if not isinstance(outcome, APIConnectionError) and getattr(outcome, "amount", None) != number
    ]
    right = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]

    assert wrong == []
    assert way.lost > 0
    assert len(right) > 10
