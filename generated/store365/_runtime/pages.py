"""Pages of records: one is held, and at most one ahead is fetched."""

from __future__ import annotations

import functools
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast

from .decode import at
from .errors import PaginationLoopError

if TYPE_CHECKING:
    from .call import Outcome
    from .operations import PagedOperation
    from .pagination import Progress

T = TypeVar("T")
P = TypeVar("P", bound="AsyncPage[Any]")

Fetch = Callable[[Mapping[str, object]], "Outcome"]
AsyncFetch = Callable[[Mapping[str, object]], Awaitable["Outcome"]]


class _BasePage(Generic[T]):
    """What pages of both kinds know."""

    def __init__(self, operation: PagedOperation[T], progress: Progress, outcome: Outcome) -> None:
        records = cast("list[T]", outcome.decoded.value)
        self.items: list[T] = records
        self._operation = operation
        self._content = outcome.decoded.content
        progress = replace(progress, pages=progress.pages + 1, given=progress.given + len(records))
        self._following = operation.pages.next(progress, records, functools.partial(at, self._content))
        self._reversed = operation.pages.is_reversed(progress.arguments)
        if self._following is not None and self._following.repeated:
            raise PaginationLoopError(
                f"{operation.name} leads back to a page that was there before; stopped after {progress.pages} pages",
                operation=operation.name,
                may_have_executed=True,
                response=outcome.answer,
            )

    def has_next_page(self) -> bool:
        """Tell whether the vendor has more."""
        return self._following is not None

    def _next_progress(self) -> Progress:
        if self._following is None:
            raise LookupError("there is no page after this one; has_next_page() tells")
        return self._following

    def in_order(self) -> Sequence[T]:
        """Return the records in the order in which reading goes: backward when the question goes backward."""
        return self.items[::-1] if self._reversed else self.items

    def _told(self, path: str) -> object:
        """Return what else the page tells at a dotted *path*, from the unwrapped content; None when nothing."""
        return at(self._content, tuple(path.split(".")))

    def _told_integer(self, path: str) -> int | None:
        """Return a whole number that the page tells at a dotted *path*, from the unwrapped content."""
        found = self._told(path)
        return found if isinstance(found, int) and not isinstance(found, bool) else None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self.items)} records>"


class Page(_BasePage[T]):
    """Records that came in one answer. Iterating over a page goes on through all pages after it.

    Attributes:
        items: This page's records, in the vendor's order.
    """

    def __init__(self, operation: PagedOperation[T], progress: Progress, outcome: Outcome, fetch: Fetch) -> None:
        super().__init__(operation, progress, outcome)
        self._fetch = fetch

    def next_page(self) -> Self:
        """Fetch the page after this one.

        Raises:
            LookupError: There is none.
        """
        progress = self._next_progress()
        return type(self)(self._operation, progress, self._fetch(progress.arguments), self._fetch)

    def pages(self) -> Iterator[Self]:
        """Go over this page and all pages after it."""
        return _pages(self)

    def __iter__(self) -> Iterator[T]:
        return _records(self)


class AsyncPage(_BasePage[T]):
    """Records that came in one answer. Iterating over a page goes on through all pages after it.

    Attributes:
        items: This page's records, in the vendor's order.
    """

    def __init__(self, operation: PagedOperation[T], progress: Progress, outcome: Outcome, fetch: AsyncFetch) -> None:
        super().__init__(operation, progress, outcome)
        self._fetch = fetch

    async def next_page(self) -> Self:
        """Fetch the page after this one.

        Raises:
            LookupError: There is none.
        """
        progress = self._next_progress()
        return type(self)(self._operation, progress, await self._fetch(progress.arguments), self._fetch)

    def pages(self) -> AsyncIterator[Self]:
        """Go over this page and all pages after it."""
        return _async_pages(self)

    def __aiter__(self) -> AsyncIterator[T]:
        return _async_records(self)


class AsyncPageRequestAs(Awaitable[P], Generic[P, T]):
    """A question that is asked when it is awaited (for the first page) or iterated over (for all records).

    `P` is the page's class, for pages that tell more than their records.
    """

    def __init__(self, name: str, ask: Callable[[], Awaitable[P]]) -> None:
        self._name = name
        self._ask = ask
        self._used = False

    def __await__(self) -> Generator[Any, Any, P]:
        self._used = True
        return self._ask().__await__()

    def __aiter__(self) -> AsyncIterator[T]:
        self._used = True
        return _async_all(self._ask)

    def pages(self) -> AsyncIterator[P]:
        """Go over all pages."""
        self._used = True
        return _async_all_pages(self._ask)

    def __del__(self) -> None:
        if not getattr(self, "_used", True):
            warnings.warn(
                f"{self._name} was called but nothing was sent: await it, or iterate over it with `async for`",
                RuntimeWarning,
                stacklevel=2,
            )


class AsyncPageRequest(AsyncPageRequestAs[AsyncPage[T], T]):
    """A question that is asked when it is awaited (for the first page) or iterated over (for all records)."""


PG = TypeVar("PG", bound=Page[Any])


def _pages(page: PG) -> Generator[PG]:
    while True:
        yield page
        if not page.has_next_page():
            return
        page = page.next_page()


def _records(page: Page[T]) -> Generator[T]:
    # A function and not a method: a method's frame would hold the first page until the last.
    while True:
        yield from page.in_order()
        if not page.has_next_page():
            return
        page = page.next_page()


async def _async_pages(page: P) -> AsyncIterator[P]:
    while True:
        yield page
        if not page.has_next_page():
            return
        page = await page.next_page()


async def _async_records(page: AsyncPage[T]) -> AsyncIterator[T]:
    while True:
        for record in page.in_order():
            yield record
        if not page.has_next_page():
            return
        page = await page.next_page()


async def _async_all(ask: Callable[[], Awaitable[AsyncPage[Any]]]) -> AsyncIterator[Any]:
    page = await ask()
    while True:
        for record in page.in_order():
            yield record
        if not page.has_next_page():
            return
        page = await page.next_page()


async def _async_all_pages(ask: Callable[[], Awaitable[P]]) -> AsyncIterator[P]:
    page = await ask()
    while True:
        yield page
        if not page.has_next_page():
            return
        page = await page.next_page()
