"""One way to call the client of Store365, from a thread and from a task."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import generated.store365 as package
from tests.stand_ins import wire
from tests.stand_ins.store365 import CLIENT_ID, PASSWORD, USERNAME, Store365

KINDS = (False, True)
"""Whether calls are made from a task."""

MANY = 64
"""Calls at the same moment."""


class Shift:
    """A clock that can be set forward."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._stopped_at: float | None = None

    def __call__(self) -> float:
        return (time.monotonic() if self._stopped_at is None else self._stopped_at) + self.seconds

    def stop(self) -> None:
        """Go on only when it is set forward: on a busy machine a second may be over before two calls are."""
        self._stopped_at = time.monotonic()


class Session:
    """A client in use; each method is the same whether the client is one for threads or for tasks."""

    def __init__(self, vendor: Store365, *, asynchronous: bool, **setting: Any) -> None:
        setting.setdefault("username", USERNAME)
        setting.setdefault("password", PASSWORD)
        setting.setdefault("client_id", CLIENT_ID)
        setting.setdefault("base_url", vendor.resources.url)
        setting.setdefault("token_url", vendor.tokens.url)
        self.shift = Shift()
        self.runner = asyncio.Runner() if asynchronous else None
        kind: Any = package.AsyncClient if asynchronous else package.Client
        self.client: Any = kind(**setting)
        inside = self.client._setting
        # Waits between tries are short, and time can be set forward.
        clock = replace(inside.clock, monotonic=self.shift)
        self.client._setting = replace(inside, backoff=replace(inside.backoff, first=0.01), clock=clock)
        self.client._setting.tokens._clock = clock

    def first(self, client: Any = None, /, **arguments: Any) -> Any:
        """Return the first page of users."""
        return self.wait((client or self.client).users.list(**arguments))

    def all(self, **arguments: Any) -> list[Any]:
        """Return the users of all pages."""
        given = self.client.users.list(**arguments)
        if self.runner is None:
            return list(given)

        async def gathered() -> list[Any]:
            return [record async for record in given]

        return self.runner.run(gathered())

    def error(self, **arguments: Any) -> Any:
        """Return what a list raises."""
        try:
            self.first(**arguments)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            return error
        raise AssertionError("nothing was raised")

    def wait(self, given: Any) -> Any:
        """Return what an awaitable gives; anything else is what it is."""
        if self.runner is None:
            return given

        async def awaited() -> Any:
            return await given

        return self.runner.run(awaited())

    def close(self) -> None:
        """Close the client."""
        if self.runner is None:
            self.client.close()
        else:
            self.runner.run(self.client.aclose())
            self.runner.close()


@contextmanager
def session(vendor: Store365, *, asynchronous: bool, **setting: Any) -> Generator[Session]:
    """Make a client for as long as a test needs it."""
    made = Session(vendor, asynchronous=asynchronous, **setting)
    try:
        yield made
    finally:
        made.close()


def together(calls: Session, count: int = MANY, **arguments: Any) -> list[Any]:
    """Return what *count* calls at the same moment give or raise."""
    if calls.runner is None:
        found: list[Any] = []
        barrier = threading.Barrier(count)

        def call() -> None:
            barrier.wait()
            try:
                found.append(calls.client.users.list(**arguments))
            except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
                found.append(error)

        threads = [threading.Thread(target=call) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return found

    async def listed() -> Any:
        return await calls.client.users.list(**arguments)

    async def gathered() -> list[Any]:
        return await asyncio.gather(*(listed() for _ in range(count)), return_exceptions=True)

    return calls.runner.run(gathered())


def until_a_login_came(vendor: Store365) -> None:
    """Wait until the host of tokens was asked."""
    while not vendor.tokens.requests:
        time.sleep(0.01)


def refusing(status: int, document: object) -> wire.Fault:
    """Answer with an error of the vendor's."""
    response = wire.json_response(document, status)
    return wire.saying(status, response.body, response.headers)


def giving(document: object) -> wire.Fault:
    """Answer a login with something else."""
    return refusing(200, document)
