"""Connections: every wait is bounded by the deadline of the call, and whether anything went out is noted.

Requests are written in one piece when the first byte of their answer is asked for. A read that brings one byte a time
asks for the time left before each, so that no answer outlives its call by dripping.
"""

from __future__ import annotations

import select
import socket
import ssl
from typing import TYPE_CHECKING, Any

from .exchange import CURRENT, Exchange, TransportError
from .framing import Framing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONGEST_FIRST_ADDRESS = 5.0
"""Seconds that one of several addresses may take to connect, so that a dead one leaves time for the next."""


class Connection:
    """What connections of both kinds know."""

    def __init__(self, sock: socket.socket, registry: set[Connection]) -> None:
        self._sock = sock
        self._registry = registry
        self._pending: list[bytes] = []
        self._reading = True
        self._tunnel = False
        self._framing = Framing()
        registry.add(self)

    def abandon(self) -> None:
        """Close this process's end, in whatever loop, thread or process it is done."""
        self._registry.discard(self)
        self._sock.close()

    def _keep(self, buffer: bytes) -> None:
        if not buffer:
            return
        if self._reading:
            self._framing.begin(buffer[:8])
            self._tunnel = buffer.startswith(b"CONNECT ")
            self._reading = False
        self._pending.append(buffer)

    def _took(self, data: bytes) -> bytes:
        self._framing.feed(data)
        return data

    def _is_readable(self) -> bool:
        """Tell whether anything but silence awaits the next request."""
        if not self._framing.is_clean or self._sock.fileno() < 0:
            return True
        poll = select.poll()
        poll.register(self._sock, select.POLLIN)
        return bool(poll.poll(0))

    def get_extra_info(self, info: str) -> object:
        """Tell the pool what it asks before it uses a connection again."""
        if info == "is_readable":
            return self._is_readable()
        if info == "socket":
            return self._sock
        return None


class SyncConnection(Connection):
    """A connection of a thread."""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the exchange knows better
        exchange = current_exchange()
        try:
            self._flush(exchange)
            self._sock.settimeout(time_left(exchange, exchange.timeouts.read))
            return self._took(self._sock.recv(max_bytes))
        except TimeoutError:
            failure = too_late(exchange)
        except OSError:
            failure = broken_off()
        raise failure

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the exchange knows better
        self._keep(buffer)

    def close(self) -> None:
        self.abandon()

    def _flush(self, exchange: Exchange) -> None:
        self._reading = True
        if not self._pending:
            return
        exchange.check_process()
        view = memoryview(b"".join(self._pending))
        self._pending.clear()
        encrypted = isinstance(self._sock, ssl.SSLSocket)
        try:
            while view:
                self._sock.settimeout(time_left(exchange, exchange.timeouts.write))
                # Of an encrypted record nobody can say afterwards how much of it went.
                exchange.sent = exchange.sent or (encrypted and not self._tunnel)
                exchange.leaving = not self._tunnel
                taken = self._sock.send(view)
                exchange.sent = exchange.sent or not self._tunnel
                exchange.leaving = False
                view = view[taken:]
        except TimeoutError:
            exchange.leaving = False
            raise
        except OSError:
            exchange.leaving = False
            # A server may close before it has read everything, and may have answered first.
            if not exchange.sent:
                raise

    def secured(self, context: ssl.SSLContext, hostname: str | None) -> ssl.SSLSocket:
        """Speak TLS from here on; the connection goes over to the socket that is returned."""
        exchange = current_exchange()
        self._registry.discard(self)
        try:
            self._sock.settimeout(time_left(exchange, exchange.timeouts.connect))
            return context.wrap_socket(self._sock, server_hostname=hostname)
        except TimeoutError:
            failure = TransportError("timeout", "no secure connection in time")
        except ssl.SSLError as error:
            failure = tls_failure(error)
        except OSError:
            failure = TransportError("connect", "the connection broke while it was being secured")
        self._sock.close()
        raise failure


def connect(host: str, port: int) -> socket.socket:
    """Connect to the first address of *host* that answers."""
    exchange = current_exchange()
    addresses = _resolved(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    late = False
    for (family, kind, protocol, _, address), bound in in_time(addresses, exchange):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(bound)
            sock.connect(address)
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


Address = tuple[int, int, int, str, Any]


def _resolved(resolve: Callable[[], list[Any]]) -> list[Address]:
    try:
        return resolve()
    except (OSError, UnicodeError):
        pass
    raise TransportError("connect", "the server's name cannot be resolved")


def in_time(addresses: list[Address], exchange: Exchange) -> Iterator[tuple[Address, float]]:
    """Give each address with the seconds it may take."""
    for index, address in enumerate(addresses):
        left = exchange.left(exchange.timeouts.connect)
        if left > 0:
            yield address, left if index + 1 == len(addresses) else min(LONGEST_FIRST_ADDRESS, left / 2)


def current_exchange() -> Exchange:
    """Return the attempt that is being carried out here."""
    exchange = CURRENT.get()
    if exchange is None:
        raise RuntimeError("a connection is used only inside a call")
    return exchange


def time_left(exchange: Exchange, bound: float | None) -> float:
    """Return the seconds left, at most *bound*.

    Raises:
        TimeoutError: There are none.
    """
    left = exchange.left(bound)
    if left <= 0:
        raise TimeoutError
    return left


def too_late(exchange: Exchange) -> TransportError:
    """Return what it means that time ran out."""
    return TransportError(
        "timeout", "no whole answer in time" if exchange.sent else "the request did not get out in time"
    )


def broken_off() -> TransportError:
    """Return what it means that a connection ended before its answer."""
    return TransportError("broken", "the connection broke before the whole answer was there")


def unreachable(*, late: bool) -> TransportError:
    """Return what it means that no address answered."""
    return TransportError("timeout", "no connection in time") if late else TransportError("connect", "no connection")


def tls_failure(error: ssl.SSLError) -> TransportError:
    """Return what it means that TLS did not come about."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return TransportError("tls", f"the server's certificate is not trusted ({error.verify_message})")
    return TransportError("tls", "no secure connection: the server and this client agree on no form of TLS")
