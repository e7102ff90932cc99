"""The way out: pools of connections, made when first used, of this process and this event loop only.

The one module that knows `httpcore2`, the layer below `httpx2`. Calls that move money have a pool without keep-alive,
because a connection that was used before may be closed by the server just as the next request leaves.
"""

from __future__ import annotations

import functools
import os
import threading
import urllib.request
import weakref
from typing import TYPE_CHECKING, Any, TypedDict, cast
from urllib.parse import unquote, urlsplit

import httpcore2
import httpx2

from .answer import Answer
from .exchange import CURRENT, Exchange, TransportError
from .forks import begin_in_each_process
from .streams import Connection, SyncConnection, connect
from .values import dataclass
from .wire import Body, prepare

if TYPE_CHECKING:
    import asyncio
    import ssl
    from collections.abc import Iterable

    from .request import Hidden, Request
    from .target import Target
    from .wire import WireHeaders

MOST_CONNECTIONS = 100
KEEP_ALIVE = 5.0
"""Seconds that an unused connection is kept; servers close theirs after a little more."""


@functools.cache
def tls_context(*, trust_env: bool) -> ssl.SSLContext:
    """Return the one TLS context of the process; making one takes longer than many calls."""
    return httpx2.create_ssl_context(trust_env=trust_env)


class _SyncStream(SyncConnection, httpcore2.NetworkStream):
    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the exchange knows better
    ) -> httpcore2.NetworkStream:
        return _SyncStream(self.secured(ssl_context, server_hostname), self._registry)


class _SyncBackend(httpcore2.NetworkBackend):
    def __init__(self, registry: set[Connection]) -> None:
        self._registry = registry

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the exchange knows better
        local_address: str | None = None,  # noqa: ARG002 - never asked for
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,  # noqa: ARG002 - never asked for
    ) -> httpcore2.NetworkStream:
        return _SyncStream(connect(host, port), self._registry)


class _AsyncBackend(httpcore2.AsyncNetworkBackend):
    def __init__(self, registry: set[Connection]) -> None:
        self._registry = registry

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - the exchange knows better
        local_address: str | None = None,  # noqa: ARG002 - never asked for
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,  # noqa: ARG002 - never asked for
    ) -> httpcore2.AsyncNetworkStream:
        # Imported here: who calls from threads does without.
        from .task_streams import AsyncConnection, connect_async  # noqa: PLC0415 - see above

        connection = AsyncConnection(await connect_async(host, port), self._registry)
        # It has all that a stream of the layer below has, which it does not know.
        return cast("httpcore2.AsyncNetworkStream", connection)


class _PoolSetting(TypedDict):
    ssl_context: ssl.SSLContext | None
    max_connections: int
    max_keepalive_connections: int
    keepalive_expiry: float


class _Proxy(TypedDict):
    proxy_url: str
    proxy_auth: tuple[str, str] | None


@dataclass(eq=False)
class _SyncPools:
    """The pools of one process."""

    process: int
    registry: set[Connection]
    shared: httpcore2.ConnectionPool
    fresh: httpcore2.ConnectionPool


@dataclass(eq=False)
class _AsyncPools:
    """The pools of one event loop of one process."""

    process: int
    registry: set[Connection]
    shared: httpcore2.AsyncConnectionPool
    fresh: httpcore2.AsyncConnectionPool


class SyncTransport:
    """Sends for threads."""

    def __init__(self, target: Target, *, trust_env: bool) -> None:
        self._target = target
        self._trust_env = trust_env
        begin_in_each_process(self, SyncTransport._begin)
        self._pools: _SyncPools | None = None
        self._branches: dict[Target, SyncTransport] = {}
        self.is_closed = False

    def _begin(self) -> None:
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close all connections; a call in flight ends with an error."""
        self.is_closed = True
        pools, self._pools = self._pools, None
        if pools is not None:
            if pools.process == os.getpid():
                pools.shared.close()
                pools.fresh.close()
            _abandon(pools.registry)
        for branch in self._branches.values():
            branch.close()

    def send(self, request: Request, exchange: Exchange, *, fresh: bool) -> Answer:
        """Send *request* and read the whole answer.

        Raises:
            TransportError: There is none.
        """
        if request.target is not None and request.target != self._target:
            return self._branch(request.target).send(request, exchange, fresh=fresh)
        pools = self._current()
        token = CURRENT.set(exchange)
        started = exchange.monotonic()
        try:
            headers, content = prepare(self._target, request, fresh=fresh)
            pool = pools.fresh if fresh else pools.shared
            response = pool.handle_request(_outgoing(self._target, request, headers, content, exchange))
            try:
                body = Body(_coding(response.headers))
                for piece in response.iter_stream():
                    body.feed(piece)
            finally:
                response.close()
            return _answer(response, body, exchange.monotonic() - started)
        except TransportError as error:
            failure = TransportError(error.kind, error.reason)
        except Exception as error:  # noqa: BLE001 - whatever the layer below raises, the caller sees one of ours
            failure = _failure(error)
        except BaseException:
            # An interrupt may have left a lock of the layer below locked, for which the next call would wait for ever.
            self._retire(pools)
            raise
        finally:
            CURRENT.reset(token)
        raise failure

    def _retire(self, pools: _SyncPools) -> None:
        """Leave *pools* to the calls in flight, with the last of which they go."""
        if self._pools is pools:
            self._pools = None

    def _branch(self, target: Target) -> SyncTransport:
        """Return what sends to another host of the vendor's."""
        branch = self._branches.get(target)
        if branch is None:
            branch = self._branches.setdefault(target, SyncTransport(target, trust_env=self._trust_env))
        return branch

    def _current(self) -> _SyncPools:
        pools = self._pools
        if pools is not None and pools.process == os.getpid():
            return pools
        if pools is not None:
            # In a child, connections are the parent's: drop the copies without a word on them.
            _abandon(pools.registry)
            self._pools = None
        with self._lock:
            if self._pools is None:
                registry: set[Connection] = set()
                shared, fresh = self._pool(MOST_CONNECTIONS, registry), self._pool(0, registry)
                self._pools = _SyncPools(os.getpid(), registry, shared, fresh)
                # A client that is dropped without being closed leaves no socket open.
                weakref.finalize(self._pools, _abandon, registry)
            return self._pools

    def _pool(self, keep: int, registry: set[Connection]) -> httpcore2.ConnectionPool:
        setting = _pool_setting(self._target, keep, trust_env=self._trust_env)
        proxy = _proxy(self._target) if self._trust_env else None
        backend = _SyncBackend(registry)
        if proxy is None:
            return httpcore2.ConnectionPool(**setting, network_backend=backend)
        return httpcore2.HTTPProxy(**proxy, **setting, network_backend=backend)


class AsyncTransport:
    """Sends for tasks, in whatever event loop they run."""

    def __init__(self, target: Target, *, trust_env: bool) -> None:
        self._target = target
        self._trust_env = trust_env
        begin_in_each_process(self, AsyncTransport._begin)
        self._pools: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _AsyncPools] = weakref.WeakKeyDictionary()
        self._registries: list[set[Connection]] = []
        self._branches: dict[Target, AsyncTransport] = {}
        self.is_closed = False
        weakref.finalize(self, _abandon_all, self._registries)

    def _begin(self) -> None:
        self._lock = threading.Lock()

    async def aclose(self) -> None:
        """Close all connections; a call in flight ends with an error."""
        self.is_closed = True
        pools = self._pools.pop(_running_loop(), None)
        if pools is not None and pools.process == os.getpid():
            await pools.shared.aclose()
            await pools.fresh.aclose()
        _abandon_all(self._registries)
        for branch in self._branches.values():
            await branch.aclose()

    async def send(self, request: Request, exchange: Exchange, *, fresh: bool) -> Answer:
        """Send *request* and read the whole answer.

        Raises:
            TransportError: There is none.
        """
        if request.target is not None and request.target != self._target:
            return await self._branch(request.target).send(request, exchange, fresh=fresh)
        pools = self._current()
        token = CURRENT.set(exchange)
        started = exchange.monotonic()
        try:
            headers, content = prepare(self._target, request, fresh=fresh)
            pool = pools.fresh if fresh else pools.shared
            response = await pool.handle_async_request(_outgoing(self._target, request, headers, content, exchange))
            try:
                body = Body(_coding(response.headers))
                async for piece in response.aiter_stream():
                    body.feed(piece)
            finally:
                await response.aclose()
            return _answer(response, body, exchange.monotonic() - started)
        except TransportError as error:
            failure = TransportError(error.kind, error.reason)
        except Exception as error:  # noqa: BLE001 - whatever the layer below raises, the caller sees one of ours
            failure = _failure(error)
        finally:
            CURRENT.reset(token)
        raise failure

    def _branch(self, target: Target) -> AsyncTransport:
        """Return what sends to another host of the vendor's."""
        branch = self._branches.get(target)
        if branch is None:
            branch = self._branches.setdefault(target, AsyncTransport(target, trust_env=self._trust_env))
        return branch

    def _current(self) -> _AsyncPools:
        loop = _running_loop()
        pools = self._pools.get(loop)
        if pools is not None and pools.process == os.getpid():
            return pools
        if pools is not None:
            _abandon_all(self._registries)
            self._pools.clear()
        with self._lock:
            for other, left in list(self._pools.items()):
                if other.is_closed():
                    _abandon(left.registry)
                    del self._pools[other]
            registry: set[Connection] = set()
            # One that is empty yet may be another loop's, which is just connecting.
            used = {id(pools.registry) for pools in self._pools.values()}
            self._registries[:] = [*(kept for kept in self._registries if kept or id(kept) in used), registry]
            made = _AsyncPools(os.getpid(), registry, self._pool(MOST_CONNECTIONS, registry), self._pool(0, registry))
            self._pools[loop] = made
            return made

    def _pool(self, keep: int, registry: set[Connection]) -> httpcore2.AsyncConnectionPool:
        setting = _pool_setting(self._target, keep, trust_env=self._trust_env)
        proxy = _proxy(self._target) if self._trust_env else None
        backend = _AsyncBackend(registry)
        if proxy is None:
            return httpcore2.AsyncConnectionPool(**setting, network_backend=backend)
        return httpcore2.AsyncHTTPProxy(**proxy, **setting, network_backend=backend)


def _running_loop() -> asyncio.AbstractEventLoop:
    import asyncio  # noqa: PLC0415 - as above

    return asyncio.get_running_loop()


def _outgoing(
    target: Target, request: Request, headers: WireHeaders, content: Hidden | None, exchange: Exchange
) -> httpcore2.Request:
    return httpcore2.Request(
        request.method,
        httpcore2.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.request_target(request)),
        headers=headers.reveal(),
        content=b"" if content is None else content.reveal(),
        extensions={"timeout": {"pool": max(0.0, exchange.left(exchange.timeouts.pool))}},
    )


def _coding(headers: list[tuple[bytes, bytes]]) -> str:
    return ",".join(value.decode("latin-1") for name, value in headers if name.lower() == b"content-encoding")


def _answer(response: httpcore2.Response, body: Body, elapsed: float) -> Answer:
    return Answer(
        status_code=response.status, raw_headers=tuple(response.headers), content=body.finish(), elapsed=elapsed
    )


def _failure(error: Exception) -> TransportError:
    """Return what *error* means, without its text, which may quote a header."""
    match error:
        case httpcore2.PoolTimeout():
            return TransportError("timeout", "no free connection in time")
        case httpcore2.ProxyError():
            return TransportError("proxy", "the proxy refused the connection")
        case httpcore2.LocalProtocolError() | httpcore2.UnsupportedProtocol():
            return TransportError("refused_locally", "the request cannot be sent as it is")
        case httpcore2.RemoteProtocolError():
            return TransportError("broken", "the server closed the connection or did not speak HTTP")
        case _:
            return TransportError("broken", f"the connection failed ({type(error).__name__})")


def _pool_setting(target: Target, keep: int, *, trust_env: bool) -> _PoolSetting:
    return _PoolSetting(
        ssl_context=tls_context(trust_env=trust_env) if target.scheme == b"https" else None,
        max_connections=MOST_CONNECTIONS,
        max_keepalive_connections=keep,
        keepalive_expiry=KEEP_ALIVE,
    )


def _proxy(target: Target) -> _Proxy | None:
    """Return the environment's proxy for *target*, None when there is none."""
    proxies: dict[str, Any] = urllib.request.getproxies()
    host = target.host.decode("ascii")
    chosen = proxies.get(target.scheme.decode("ascii")) or proxies.get("all")
    if not chosen or urllib.request.proxy_bypass(host):
        return None
    url = urlsplit(chosen if "://" in chosen else f"http://{chosen}")
    if url.scheme != "http" or not url.hostname:
        raise TransportError("proxy", "the environment names a proxy that is not an http:// one")
    auth = (unquote(url.username), unquote(url.password or "")) if url.username else None
    name = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    return _Proxy(proxy_url=f"http://{name}:{url.port or 80}", proxy_auth=auth)


def _abandon(registry: set[Connection]) -> None:
    for connection in list(registry):
        connection.abandon()


def _abandon_all(registries: list[set[Connection]]) -> None:
    for registry in registries:
        _abandon(registry)
