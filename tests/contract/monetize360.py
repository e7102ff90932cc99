"""One way to call the Monetize360 client, from a thread and from a task."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any, Self

import generated.monetize360 as package
from tests.stand_ins.monetize360 import API_KEY, Monetize360

if TYPE_CHECKING:
    from types import TracebackType

FAST = 100_000.0
"""A limit that no test reaches, where the limit is not what is tested."""


@dataclass(frozen=True)
class Calling:
    """How the client is called."""

    asynchronous: bool

    def client(self, vendor: Monetize360 | None = None, **setting: Any) -> Session:
        """Return a client of *vendor*, by default with its key, unlimited, and without much patience."""
        setting.setdefault("api_key", API_KEY)
        setting.setdefault("requests_per_minute", FAST)
        if vendor is not None:
            setting.setdefault("base_url", vendor.url)
        client: Any = package.AsyncClient(**setting) if self.asynchronous else package.Client(**setting)
        client._setting = replace(client._setting, backoff=replace(client._setting.backoff, first=0.01))
        return Session(client, asyncio.Runner() if self.asynchronous else None)


class Session:
    """A client in use. Each method is the same whether the client is one for threads or for tasks."""

    def __init__(self, client: Any, loop: asyncio.Runner | None) -> None:
        self.client = client
        self._loop = loop

    def call(self, operation: str, /, *positional: Any, **arguments: Any) -> Any:
        """Return what an operation gives; of a paged one, the first page."""
        return self._wait(reduce(getattr, operation.split("."), self.client)(*positional, **arguments))

    def records(self, operation: str, /, *positional: Any, **arguments: Any) -> list[Any]:
        """Return the records of all pages."""
        given = reduce(getattr, operation.split("."), self.client)(*positional, **arguments)
        if self._loop is None:
            return list(given)

        async def collected() -> list[Any]:
            return [record async for record in given]

        return self._loop.run(collected())

    def error(self, operation: str, /, *positional: Any, **arguments: Any) -> Any:
        """Return what an operation raises."""
        try:
            self.call(operation, *positional, **arguments)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            return error
        raise AssertionError(f"{operation} raised nothing")

    def _wait(self, given: Any) -> Any:
        if self._loop is None:
            return given

        async def waited() -> Any:
            return await given

        return self._loop.run(waited())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._loop is None:
            self.client.close()
            return
        self._loop.run(self.client.aclose())
        self._loop.close()
