"""What generated clients are made of: one pool, one way to call.

What a client is made of and calls with is loaded with the first client and not with the package: together it takes half as
long as httpx2 and pydantic do.
"""

from __future__ import annotations

import platform
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypedDict, TypeVar, Unpack

from .clock import SYSTEM_CLOCK, Clock
from .errors import ClientClosedError
from .keywords import (
    checked_retries,
    checked_timeouts,
    chosen_format,
    chosen_limiter,
    chosen_settings,
    server_address,
)
from .pages import AsyncPage, AsyncPageRequest, AsyncPageRequestAs, Page
from .raw import LAST_ANSWER
from .redaction import package_logger, quieten

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from types import TracebackType

    import httpx2

    from .call import Outcome
    from .credentials import Credentials
    from .drift import OnDrift, Watch
    from .drivers import AsyncSender, SyncSender
    from .exchange import Timeouts
    from .limits import BaseLimiter
    from .operations import Operation, PagedOperation, Service
    from .request import CallOptions, Request

T = TypeVar("T")
PageT = TypeVar("PageT", bound=Page[Any])
AsyncPageT = TypeVar("AsyncPageT", bound=AsyncPage[Any])


class ClientOptions(TypedDict, total=False):
    """What a client of either kind may be made with; what each means is told where the package's own client is made."""

    base_url: str | None
    environment: str | None
    token_url: str | None
    token_store: object | None
    format: str | None
    timeout: float | httpx2.Timeout
    max_retries: int
    testing: bool
    requests_per_window: float | None
    limiter: BaseLimiter | None
    settings: Mapping[str, str] | None
    on_drift: OnDrift | None
    clock: Clock


class _BaseClient:
    """What both kinds of client know."""

    def __init__(
        self,
        service: Service,
        credentials: Credentials,
        *,
        base_url: str | None = None,
        environment: str | None = None,
        token_url: str | None = None,
        token_store: object | None = None,
        format: str | None = None,  # noqa: A002 - the word that callers know
        timeout: float | httpx2.Timeout = 60.0,
        max_retries: int = 2,
        testing: bool = False,
        requests_per_window: float | None = None,
        limiter: BaseLimiter | None = None,
        settings: Mapping[str, str] | None = None,
        on_drift: OnDrift | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        from .call import Setting, call  # noqa: PLC0415 - as said at the top, and so below
        from .request import build_request  # noqa: PLC0415
        from .retry import RetryQuota  # noqa: PLC0415
        from .target import read_target  # noqa: PLC0415

        # Kept: an import inside a function takes its time in every call.
        self._start, self._build = call, build_request
        secrets = credentials.resolve(service.credentials)
        self._service = service
        self._format = chosen_format(service, format)
        self._settings = chosen_settings(service, settings or {})
        self._timeouts = checked_timeouts(timeout)
        self._testing = testing
        self._target = read_target(server_address(service, base_url, environment), user_agent(service))
        self._setting = Setting(
            service=service,
            secrets=secrets,
            clock=clock,
            limiter=chosen_limiter(service, limiter, requests_per_window, clock),
            quota=RetryQuota(),
            max_retries=checked_retries(max_retries),
            logger=package_logger(service.package),
            format=None if self._format is None else self._format.name,
            tokens=(
                None
                if service.login is None
                else service.login.source(
                    token_url, secrets, service.envelope, clock, user_agent(service), store=token_store
                )
            ),
        )
        self._watch = None if on_drift is None else _watch(service, on_drift)
        quieten()

    @property
    def base_url(self) -> str:
        """Where the client talks to."""
        return self._target.base_url

    def __repr__(self) -> str:
        # Asked for by whoever shows a traceback, perhaps of the constructor's own refusal.
        target = self.__dict__.get("_target")
        return f"<{type(self).__name__}{f' for {target.base_url}' if target is not None else ''}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} cannot be pickled or copied: it holds credentials and connections; "
            "make a new one where it is needed, or use with_options()"
        )

    def with_options(
        self,
        *,
        timeout: float | httpx2.Timeout | None = None,
        max_retries: int | None = None,
        testing: bool | None = None,
    ) -> Self:
        """Return a copy with other settings that shares the connections; closing one closes both."""
        changes: dict[str, object] = {}
        if timeout is not None:
            changes["_timeouts"] = checked_timeouts(timeout)
        if testing is not None:
            changes["_testing"] = testing
        if max_retries is not None:
            changes["_setting"] = replace(self._setting, max_retries=checked_retries(max_retries))
        twin = object.__new__(type(self))
        twin.__dict__.update({**self.__dict__, **changes})
        return twin

    def _prepare(
        self, operation: Operation[Any], arguments: Mapping[str, object], options: CallOptions
    ) -> tuple[Request, Timeouts]:
        if operation.ends is not None:
            self._tell(operation, arguments)
        request = self._build(
            self._service,
            operation,
            arguments,
            options,
            testing=self._testing,
            chosen=self._format,
            settings=self._settings,
        )
        if operation.idempotency is not None:
            request = operation.idempotency.keyed(request, options.idempotency_key, self._setting.clock.time())
        timeouts = self._timeouts if options.timeout is None else checked_timeouts(options.timeout)
        return request, timeouts

    def _tell(self, operation: Operation[Any], arguments: Mapping[str, object]) -> None:
        if operation.ends is not None:
            setting = self._setting
            operation.ends.tell(operation.name, arguments, setting.told, setting.logger, setting.clock.time())


class SyncClient(_BaseClient):
    """The base of a generated `Client`: safe to share between threads."""

    def __init__(
        self,
        service: Service,
        credentials: Credentials,
        *,
        http_client: httpx2.Client | None = None,
        trust_env: bool = False,
        **options: Unpack[ClientOptions],
    ) -> None:
        from .drivers import drive  # noqa: PLC0415

        super().__init__(service, credentials, **options)
        self._drive = drive
        self._sender: SyncSender
        if http_client is None:
            from .transport import SyncTransport  # noqa: PLC0415

            self._sender = SyncTransport(self._target, trust_env=trust_env)
        else:
            from .borrowed import SyncBorrowed  # noqa: PLC0415

            self._sender = SyncBorrowed(self._target, http_client)

    def close(self) -> None:
        """Close the connections. A client of your own, given as `http_client`, stays open."""
        self._sender.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _call(self, operation: Operation[T], arguments: Mapping[str, object], options: CallOptions) -> T:
        value: T = self._carry_out(operation, arguments, options).decoded.value
        return value

    def _page(self, operation: PagedOperation[T], arguments: Mapping[str, object], options: CallOptions) -> Page[T]:
        return self._page_as(Page[T], operation, arguments, options)

    def _page_as(
        self,
        kind: type[PageT],
        operation: PagedOperation[Any],
        arguments: Mapping[str, object],
        options: CallOptions,
    ) -> PageT:
        from .pagination import Progress  # noqa: PLC0415

        def fetch(question: Mapping[str, object]) -> Outcome:
            return self._carry_out(operation, question, options)

        return kind(operation, Progress(arguments=arguments), fetch(arguments), fetch)

    def _carry_out(self, operation: Operation[Any], arguments: Mapping[str, object], options: CallOptions) -> Outcome:
        request, timeouts = self._prepare(operation, arguments, options)
        if self._sender.is_closed:
            raise _closed(operation)
        try:
            conversation = self._start(self._setting, operation, request, timeouts)
            outcome = self._drive(conversation, self._sender, self._setting.clock)
            asked = LAST_ANSWER.get()
            if asked is not None:
                asked.append(outcome.answer)
            if self._watch is not None:
                self._watch.look(operation, outcome.decoded.value)
        except Exception:
            raise
        except BaseException as error:
            # An interrupt between two steps, or after the last, reaches no call that could say how far it was.
            # Nothing else is called before it is marked: another interrupt may come with every call.
            error.__dict__.setdefault("may_have_executed", True)
            raise
        return outcome


class AsyncioClient(_BaseClient):
    """The base of a generated `AsyncClient`: safe to share between tasks, for asyncio."""

    def __init__(
        self,
        service: Service,
        credentials: Credentials,
        *,
        http_client: httpx2.AsyncClient | None = None,
        trust_env: bool = False,
        **options: Unpack[ClientOptions],
    ) -> None:
        from .drivers import drive_async  # noqa: PLC0415

        super().__init__(service, credentials, **options)
        self._drive = drive_async
        self._sender: AsyncSender
        if http_client is None:
            from .transport import AsyncTransport  # noqa: PLC0415

            self._sender = AsyncTransport(self._target, trust_env=trust_env)
        else:
            from .borrowed import AsyncBorrowed  # noqa: PLC0415

            self._sender = AsyncBorrowed(self._target, http_client)

    async def aclose(self) -> None:
        """Close the connections. A client of your own, given as `http_client`, stays open."""
        await self._sender.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _call(self, operation: Operation[T], arguments: Mapping[str, object], options: CallOptions) -> T:
        value: T = (await self._carry_out(operation, arguments, options)).decoded.value
        return value

    def _page(
        self, operation: PagedOperation[T], arguments: Mapping[str, object], options: CallOptions
    ) -> AsyncPageRequest[T]:
        self._tell(operation, arguments)  # here, while the caller's line is on the stack
        return AsyncPageRequest(operation.name, self._asker(AsyncPage[T], operation, arguments, options))

    def _page_as(
        self,
        kind: type[AsyncPageT],
        operation: PagedOperation[T],
        arguments: Mapping[str, object],
        options: CallOptions,
    ) -> AsyncPageRequestAs[AsyncPageT, T]:
        self._tell(operation, arguments)  # as above
        return AsyncPageRequestAs(operation.name, self._asker(kind, operation, arguments, options))

    def _asker(
        self,
        kind: type[AsyncPageT],
        operation: PagedOperation[Any],
        arguments: Mapping[str, object],
        options: CallOptions,
    ) -> Callable[[], Awaitable[AsyncPageT]]:
        from .pagination import Progress  # noqa: PLC0415

        async def fetch(question: Mapping[str, object]) -> Outcome:
            return await self._carry_out(operation, question, options)

        async def ask() -> AsyncPageT:
            return kind(operation, Progress(arguments=arguments), await fetch(arguments), fetch)

        return ask

    async def _carry_out(
        self, operation: Operation[Any], arguments: Mapping[str, object], options: CallOptions
    ) -> Outcome:
        request, timeouts = self._prepare(operation, arguments, options)
        if self._sender.is_closed:
            raise _closed(operation)
        conversation = self._start(self._setting, operation, request, timeouts)
        outcome = await self._drive(conversation, self._sender, self._setting.clock)
        asked = LAST_ANSWER.get()
        if asked is not None:
            asked.append(outcome.answer)
        if self._watch is not None:
            self._watch.look(operation, outcome.decoded.value)
        return outcome


def _watch(service: Service, on_drift: OnDrift) -> Watch:
    from .drift import Watch  # noqa: PLC0415 - few clients are watched, and the others do not pay for it

    return Watch(service.package, on_drift, package_logger(service.package))


def user_agent(service: Service) -> str:
    """Return what the vendor sees of us."""
    return f"{service.package}/{service.version} python/{platform.python_version()}"


def _closed(operation: Operation[Any]) -> ClientClosedError:
    return ClientClosedError(
        f"{operation.name} was not sent: the client is closed; make a new one", operation=operation.name
    )
