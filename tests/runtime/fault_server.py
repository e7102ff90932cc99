"""A server that does what a script tells it, fault by fault, over real sockets on the loopback."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

GOOD = b'{"data":{"entryId":"e1","amount":5},"meta":{"success":true}}'


def answer(body: bytes = GOOD, *, status: str = "200 OK", headers: bytes = b"") -> bytes:
    """Spell an answer with its length."""
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\n%b\r\n%b" % (status.encode(), len(body), headers, body)


class Wire:
    """One connection, as a script sees it."""

    def __init__(self, server: FaultServer, sock: socket.socket) -> None:
        self._server = server
        self._sock = sock
        self._buffer = b""

    def take(self) -> bytes:
        """Read one request; raises `EOFError` when the client has gone."""
        while b"\r\n\r\n" not in self._buffer:
            self._read()
        head, _, rest = self._buffer.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        wanted = int(length.group(1)) if length else 0
        while len(rest) < wanted:
            self._read()
            rest = self._buffer.partition(b"\r\n\r\n")[2]
        request, self._buffer = head + b"\r\n\r\n" + rest[:wanted], rest[wanted:]
        self._server.requests.append(request)
        return request

    @property
    def peer(self) -> int:
        """The port at the other end."""
        port: int = self._sock.getpeername()[1]
        return port

    def some(self, most: int) -> bytes:
        """Read what there is, and wait for it; nothing when the client has gone."""
        return self._sock.recv(most)

    def send(self, data: bytes) -> None:
        """Write *data*; a client that has gone is no fault of the script's."""
        with contextlib.suppress(OSError):
            self._sock.sendall(data)

    def drip(self, data: bytes, every: float) -> None:
        """Write one byte at a time."""
        for index in range(len(data)):
            self.send(data[index : index + 1])
            if self._server.stopped.wait(every):
                return

    def wait(self, seconds: float) -> None:
        """Do nothing."""
        self._server.stopped.wait(seconds)

    def close(self) -> None:
        """Close the connection at once."""
        self._sock.close()

    def reset(self) -> None:
        """Break the connection."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sock.close()

    def _read(self) -> None:
        try:
            data = self._sock.recv(65536)
        except OSError:
            data = b""
        if not data:
            raise EOFError
        self._buffer += data


LOOPBACK = Path(__file__).with_name("loopback.pem")
"""A key and a certificate for 127.0.0.1 that only these tests know."""


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(LOOPBACK)
    return context


Script = Callable[[Wire], None]


def serve(wire: Wire) -> None:
    """Answer every request well."""
    while True:
        wire.take()
        wire.send(answer())


class FaultServer:
    """Plays one script per connection, the last one for all that follow."""

    def __init__(self, *scripts: Script, secure: bool = False) -> None:
        self._context = _context() if secure else None
        self._scripts = scripts or (serve,)
        self.connections = 0
        self.requests: list[bytes] = []
        self.stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http{'s' if secure else ''}://127.0.0.1:{self.port}"
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stopped.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._open:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            script = self._scripts[min(self.connections, len(self._scripts) - 1)]
            self.connections += 1
            self._open.append(sock)
            thread = threading.Thread(target=self._play, args=(script, sock), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _play(self, script: Script, sock: socket.socket) -> None:
        with sock, contextlib.suppress(EOFError, OSError):
            if self._context is None:
                script(Wire(self, sock))
                return
            sock.settimeout(5)
            with self._context.wrap_socket(sock, server_side=True) as secured:
                script(Wire(self, secured))
