"""Connections of tasks, in a module of their own: who calls from threads does not load `asyncio`."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import TYPE_CHECKING, Any, cast

from .exchange import Exchange, TransportError
from .framing import Framing
from .streams import (
    Address,
    Connection,
    broken_off,
    current_exchange,
    in_time,
    time_left,
    tls_failure,
    too_late,
    unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

PIECE = 64 * 1024


class AsyncConnection(Connection):
    """A connection of a task."""

    def __init__(self, sock: socket.socket, registry: set[Connection]) -> None:
        super().__init__(sock, registry)
        self._tls: ssl.SSLObject | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - the exchange knows better
    ) -> bytes:
        exchange = current_exchange()
        try:
            if self._pending:
                await self._flush(exchange)
            self._reading = True
            async with asyncio.timeout(time_left(exchange, exchange.timeouts.read)):
                return self._took(await self._receive(max_bytes))
        except TimeoutError:
            failure = too_late(exchange)
        except OSError:
            failure = broken_off()
        raise failure

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - the exchange knows better
    ) -> None:
        self._keep(buffer)

    async def aclose(self) -> None:
        self.abandon()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - the exchange knows better
    ) -> AsyncConnection:
        """Speak TLS from here on."""
        exchange = current_exchange()
        failure: TransportError | None = None
        self._framing = Framing()
        self._tls = ssl_context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_hostname)
        try:
            async with asyncio.timeout(time_left(exchange, exchange.timeouts.connect)):
                await self._pump(self._tls.do_handshake)
        except TimeoutError:
            failure = TransportError("timeout", "no secure connection in time")
        except ssl.SSLError as error:
            failure = tls_failure(error)
        except OSError:
            failure = TransportError("connect", "the connection broke while it was being secured")
        except BaseException:
            self.abandon()
            raise
        if failure is not None:
            self.abandon()
            raise failure
        return self

    def _is_readable(self) -> bool:
        left_over = self._tls is not None and (self._tls.pending() > 0 or self._incoming.pending > 0)
        return left_over or super()._is_readable()

    async def _flush(self, exchange: Exchange) -> None:
        exchange.check_process()
        view = memoryview(b"".join(self._pending))
        self._pending.clear()
        try:
            async with asyncio.timeout(time_left(exchange, exchange.timeouts.write)):
                if self._tls is not None:
                    exchange.sent = True
                    while view:
                        view = view[cast("int", await self._pump(self._tls.write, view)) :]
                    return
                exchange.leaving = not self._tunnel
                try:
                    taken = self._sock.send(view)
                except BlockingIOError:
                    taken = 0
                exchange.sent = exchange.sent or not self._tunnel
                exchange.leaving = False
                if taken < len(view):
                    await asyncio.get_running_loop().sock_sendall(self._sock, view[taken:])
        except TimeoutError:
            exchange.leaving = False
            raise
        except OSError:
            exchange.leaving = False
            # A server may close before it has read everything, and may have answered first.
            if not exchange.sent:
                raise

    async def _receive(self, max_bytes: int) -> bytes:
        if self._tls is None:
            return await asyncio.get_running_loop().sock_recv(self._sock, max_bytes)
        try:
            return cast("bytes", await self._pump(self._tls.read, max_bytes))
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""

    async def _pump(self, step: Callable[..., Any], *arguments: object) -> object:
        """Take a step of TLS as often as it takes, moving what it reads and writes."""
        loop = asyncio.get_running_loop()
        while True:
            result: object = None
            wants_more = False
            try:
                result = step(*arguments)
            except ssl.SSLWantReadError:
                wants_more = True
            if self._outgoing.pending:
                await loop.sock_sendall(self._sock, self._outgoing.read())
            if not wants_more:
                return result
            received = await loop.sock_recv(self._sock, PIECE)
            if received:
                self._incoming.write(received)
            else:
                self._incoming.write_eof()


async def connect_async(host: str, port: int) -> socket.socket:
    """Connect to the first address of *host* that answers."""
    exchange = current_exchange()
    loop = asyncio.get_running_loop()
    addresses = await _resolved_async(lambda: loop.getaddrinfo(host, port, type=socket.SOCK_STREAM), exchange)
    late = False
    for (family, kind, protocol, _, address), bound in in_time(addresses, exchange):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(0)
            async with asyncio.timeout(bound):
                await loop.sock_connect(sock, address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            late = isinstance(error, TimeoutError)
            sock.close()
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise unreachable(late=late)


async def _resolved_async(resolve: Callable[[], Awaitable[list[Any]]], exchange: Exchange) -> list[Address]:
    late = False
    try:
        async with asyncio.timeout(time_left(exchange, exchange.timeouts.connect)):
            return await resolve()
    except TimeoutError:
        late = True
    except (OSError, UnicodeError):
        pass
    raise TransportError("timeout" if late else "connect", "the server's name cannot be resolved")
