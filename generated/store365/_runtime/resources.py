"""Groups of operations, such as `client.workflows`: they speak for the client that they hang on."""

# A group is a part of its client, in a class of its own only for the dot in its name.
# pyright: reportPrivateUsage=false
# ruff: noqa: SLF001

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from .pages import AsyncPage, Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .client import AsyncioClient, SyncClient
    from .operations import Operation, PagedOperation
    from .pages import AsyncPageRequest, AsyncPageRequestAs
    from .request import CallOptions

T = TypeVar("T")
PageT = TypeVar("PageT", bound=Page[Any])
AsyncPageT = TypeVar("AsyncPageT", bound=AsyncPage[Any])


class SyncResource:
    """A group of a `Client`'s operations; make it in a property, so that it follows `with_options`."""

    def __init__(self, client: SyncClient) -> None:
        self._client = client

    def _call(self, operation: Operation[T], arguments: Mapping[str, object], options: CallOptions) -> T:
        return self._client._call(operation, arguments, options)

    def _page(self, operation: PagedOperation[T], arguments: Mapping[str, object], options: CallOptions) -> Page[T]:
        return self._client._page(operation, arguments, options)

    def _page_as(
        self,
        kind: type[PageT],
        operation: PagedOperation[Any],
        arguments: Mapping[str, object],
        options: CallOptions,
    ) -> PageT:
        return self._client._page_as(kind, operation, arguments, options)


class AsyncioResource:
    """A group of an `AsyncClient`'s operations; make it in a property, so that it follows `with_options`."""

    def __init__(self, client: AsyncioClient) -> None:
        self._client = client

    async def _call(self, operation: Operation[T], arguments: Mapping[str, object], options: CallOptions) -> T:
        return await self._client._call(operation, arguments, options)

    def _page(
        self, operation: PagedOperation[T], arguments: Mapping[str, object], options: CallOptions
    ) -> AsyncPageRequest[T]:
        return self._client._page(operation, arguments, options)

    def _page_as(
        self,
        kind: type[AsyncPageT],
        operation: PagedOperation[T],
        arguments: Mapping[str, object],
        options: CallOptions,
    ) -> AsyncPageRequestAs[AsyncPageT, T]:
        return self._client._page_as(kind, operation, arguments, options)
