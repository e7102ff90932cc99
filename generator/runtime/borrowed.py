"""The caller's own `httpx2` client as a transport. Its pool, its keep-alive and its limits per read are the caller's."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx2

from .answer import Answer
from .errors import ArgumentError
from .exchange import CURRENT, Exchange, TransportError
from .wire import Body, prepare

if TYPE_CHECKING:
    from .request import Request
    from .target import Target

NEVER_SENT: tuple[type[Exception], ...] = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
    httpx2.ProxyError,
)


def _check_kind(client: object, wanted: type) -> None:
    if not isinstance(client, wanted):
        raise ArgumentError(f"http_client must be an httpx2.{wanted.__name__}, not {type(client).__name__}")


class SyncBorrowed:
    """Sends through the caller's `httpx2.Client`."""

    def __init__(self, target: Target, client: httpx2.Client) -> None:
        _check_kind(client, httpx2.Client)
        self._target = target
        self._client = client
        self._closed = False

    @property
    def is_closed(self) -> bool:
        return self._closed or self._client.is_closed

    def close(self) -> None:
        """Note that no more calls come; the caller's client stays open."""
        self._closed = True

    def send(self, request: Request, exchange: Exchange, *, fresh: bool) -> Answer:
        """Send *request* and read the whole answer."""
        token = CURRENT.set(exchange)
        try:
            return self._send(request, exchange, fresh=fresh)
        finally:
            CURRENT.reset(token)

    def _send(self, request: Request, exchange: Exchange, *, fresh: bool) -> Answer:
        started = exchange.monotonic()
        try:
            # Set before, and taken back when the failure proves otherwise: an interruption in between must not look
            # like a request that never left.
            exchange.sent = True
            response = self._client.send(
                _request(self._target, request, exchange, fresh=fresh), stream=True, auth=None, follow_redirects=False
            )
            try:
                body = Body("" if response.is_stream_consumed else response.headers.get("content-encoding", ""))
                for piece in (response.content,) if response.is_stream_consumed else response.iter_raw():
                    body.feed(piece)
                    _check(exchange)
            finally:
                response.close()
            return _answer(response, body, exchange.monotonic() - started)
        except httpx2.HTTPError as error:
            failure = _failure(error, exchange)
        except TransportError as error:
            failure = TransportError(error.kind, error.reason)
        raise failure


class AsyncBorrowed:
    """Sends through the caller's `httpx2.AsyncClient`."""

    def __init__(self, target: Target, client: httpx2.AsyncClient) -> None:
        _check_kind(client, httpx2.AsyncClient)
        self._target = target
        self._client = client
        self._closed = False

    @property
    def is_closed(self) -> bool:
        return self._closed or self._client.is_closed

    async def aclose(self) -> None:
        """Note that no more calls come; the caller's client stays open."""
        self._closed = True

    async def send(self, request: Request, exchange: Exchange, *, fresh: bool) -> Answer:
        """Send *request* and read the whole answer."""
        token = CURRENT.set(exchange)
        try:
            return await self._send(request, exchange, fresh=fresh)
        finally:
            CURRENT.reset(token)

    async def _send(self, request: Request, exchange: Exchange, *, fresh: bool) -> Answer:
        started = exchange.monotonic()
        try:
            exchange.sent = True
            async with asyncio.timeout(max(0.0, exchange.left())):
                response = await self._client.send(
                    _request(self._target, request, exchange, fresh=fresh),
                    stream=True,
                    auth=None,
                    follow_redirects=False,
                )
                try:
                    body = Body("" if response.is_stream_consumed else response.headers.get("content-encoding", ""))
                    if response.is_stream_consumed:
                        body.feed(response.content)
                    else:
                        async for piece in response.aiter_raw():
                            body.feed(piece)
                finally:
                    await response.aclose()
            return _answer(response, body, exchange.monotonic() - started)
        except httpx2.HTTPError as error:
            failure = _failure(error, exchange)
        except TransportError as error:
            failure = TransportError(error.kind, error.reason)
        except TimeoutError:
            failure = TransportError("timeout", "no answer before the deadline")
        raise failure


def _request(target: Target, request: Request, exchange: Exchange, *, fresh: bool) -> httpx2.Request:
    headers, content = prepare(target, request, fresh=fresh)
    query = f"?{request.query}" if request.query else ""
    timeouts = exchange.timeouts
    return httpx2.Request(
        request.method,
        f"{target.base_url}/{request.path}{query}",
        headers=headers.reveal(),
        content=None if content is None else content.reveal(),
        extensions={
            "timeout": {
                "connect": max(0.001, exchange.left(timeouts.connect)),
                "read": max(0.001, exchange.left(timeouts.read)),
                "write": max(0.001, exchange.left(timeouts.write)),
                "pool": max(0.001, exchange.left(timeouts.pool)),
            }
        },
    )


def _check(exchange: Exchange) -> None:
    if exchange.left() <= 0:
        raise TransportError("timeout", "no whole answer before the deadline")


def _failure(error: httpx2.HTTPError, exchange: Exchange) -> TransportError:
    """Return what *error* means, without its text, which may quote a header."""
    exchange.sent = not isinstance(error, NEVER_SENT)
    if isinstance(error, httpx2.TimeoutException):
        return TransportError("timeout", "no answer in time" if exchange.sent else "no connection in time")
    if isinstance(error, httpx2.ProxyError):
        return TransportError("proxy", "the proxy refused the connection")
    if isinstance(error, (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol)):
        return TransportError("refused_locally", "the request cannot be sent as it is")
    if not exchange.sent:
        return TransportError("connect", "no connection to the server")
    return TransportError("broken", "the connection broke before the whole answer was there")


def _answer(response: httpx2.Response, body: Body, elapsed: float) -> Answer:
    return Answer(
        status_code=response.status_code,
        raw_headers=tuple(response.headers.raw),
        content=body.finish(),
        elapsed=elapsed,
    )
