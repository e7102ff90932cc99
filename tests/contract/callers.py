"""One way to call both versions of the client, from a thread and from a task."""

from __future__ import annotations

import asyncio
import importlib
import time
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self

import httpx2

from tests.stand_ins.m360 import AUTH_CODE, AUTH_TOKEN, M360

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

ROOT = Path(__file__).parents[2]
GENERATED = ROOT / "generated"
VERSIONS = ("v1", "v2")

FAST = 100_000.0
"""A limit that no test reaches, where the limit is not what is tested."""


def package(version: str) -> ModuleType:
    """Return a generated package."""
    return importlib.import_module(f"generated.m360_{version}")


@dataclass(frozen=True)
class Caller:
    """A version of the client, and whether it is called from a task."""

    version: str
    asynchronous: bool

    @property
    def package(self) -> Any:
        """The generated package."""
        return package(self.version)

    @property
    def models(self) -> Any:
        """The models of the generated package."""
        return importlib.import_module(f"generated.m360_{self.version}.models")

    @property
    def kind(self) -> Any:
        """The client's class."""
        return self.package.AsyncClient if self.asynchronous else self.package.Client

    @property
    def page_kind(self) -> Any:
        """The class of pages."""
        return self.package.AsyncPage if self.asynchronous else self.package.Page

    def client(self, vendor: M360 | None = None, *, clock: Any = None, **setting: Any) -> Session:
        """Return a client of *vendor*, by default with its credentials, unlimited, and without much patience.

        With a *clock*, waits are as long as they are for everybody, on that clock.
        """
        setting.setdefault("auth_code", AUTH_CODE)
        setting.setdefault("auth_token", AUTH_TOKEN)
        setting.setdefault("requests_per_second", FAST)
        if vendor is not None:
            setting.setdefault("base_url", vendor.url(self.version))
        client = self.kind(**setting)
        inside = client._setting
        if clock is None:
            client._setting = replace(inside, backoff=replace(inside.backoff, first=0.01))
        else:
            client._setting = replace(inside, clock=clock)
        return Session(self, client)

    def against(self, handler: Callable[[httpx2.Request], httpx2.Response], **setting: Any) -> Session:
        """Return a client whose requests end in *handler*."""
        kind = httpx2.AsyncClient if self.asynchronous else httpx2.Client
        return self.client(http_client=kind(transport=httpx2.MockTransport(handler)), **setting)


class Session:
    """A client in use. Each method is the same whether the client is one for threads or for tasks."""

    def __init__(self, caller: Caller, client: Any, loop: asyncio.Runner | None = None) -> None:
        self.caller = caller
        self.client = client
        self._loop = loop if loop is not None or not caller.asynchronous else asyncio.Runner()

    def call(self, name: str, /, **arguments: Any) -> Any:
        """Return what an operation gives; of a paged one, the first page."""
        given = getattr(self.client, name)(**arguments)
        return self.wait(given) if self.caller.asynchronous else given

    def raw(self, name: str, /, **arguments: Any) -> Any:
        """Return the answer as it came beside what was made of it."""
        given = getattr(self.client.with_raw_response, name)(**arguments)
        return self.wait(given) if self.caller.asynchronous else given

    def error(self, name: str, /, **arguments: Any) -> Any:
        """Return what an operation raises."""
        try:
            self.call(name, **arguments)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            return error
        raise AssertionError(f"{name} raised nothing")

    def records(self, most: int | None = None, /, **arguments: Any) -> list[Any]:
        """Return the history's records, stopping after *most*."""
        return self.all(self.client.get_history(**arguments), most)

    def pages(self, **arguments: Any) -> list[Any]:
        """Return the history's pages."""
        return self.all(self.client.get_history(**arguments).pages())

    def all(self, source: Any, most: int | None = None) -> list[Any]:
        """Return what iterating over *source* gives, stopping after *most*."""
        if not self.caller.asynchronous:
            found: list[Any] = []
            for element in source:
                found.append(element)
                if len(found) == most:
                    break
            return found
        gathered: list[Any] = self.wait(_all(source, most))
        return gathered

    def next_page(self, page: Any) -> Any:
        """Return the page after *page*."""
        return self.wait(page.next_page()) if self.caller.asynchronous else page.next_page()

    def with_options(self, **options: Any) -> Session:
        """Return a copy of the client with other settings, in the same loop."""
        return Session(self.caller, self.client.with_options(**options), self._loop)

    def wait(self, pending: Any) -> Any:
        """Return what an awaitable gives."""
        assert self._loop is not None
        return self._loop.run(_awaited(pending))

    def wait_a_moment(self) -> None:
        """Let the vendor do what it does after an answer."""
        if self.caller.asynchronous:
            self.wait(asyncio.sleep(0.02))
        else:
            time.sleep(0.02)

    def close(self) -> None:
        """Close the client."""
        if self._loop is None:
            self.client.close()
        else:
            self.wait(self.client.aclose())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
        if self._loop is not None:
            self._loop.close()


async def _awaited(pending: Any) -> Any:
    return await pending


async def _all(source: Any, most: int | None) -> list[Any]:
    found: list[Any] = []
    async for element in source:
        found.append(element)
        if len(found) == most:
            break
    return found


def for_each_caller(table: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the rows of *table* for every caller that they are for: the first column says `v1`, `v2` or `both`."""
    return [
        (Caller(version, asynchronous), *row[1:])
        for row in table
        for version in VERSIONS
        if row[0] in ("both", version)
        for asynchronous in (False, True)
    ]
