"""What look-alikes of vendors have in common: HTTP/1.1 over real sockets on the loopback, with faults on demand."""

from __future__ import annotations

import contextlib
import functools
import gzip
import json
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType


@dataclass(frozen=True, slots=True)
class Request:
    """What came in.

    Attributes:
        method: The HTTP method.
        target: As it stood in the request line.
        headers: By small letters.
        body: As it came.
        connection: Which connection brought it, counted from 1.
        at: When it arrived, in seconds since 1970.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: int
    at: float

    @property
    def path(self) -> str:
        """The path alone; a request through a proxy names the whole URL."""
        target = self.target.split("://", 1)[-1]
        path = target if self.target.startswith("/") else "/" + target.partition("/")[2]
        return path.partition("?")[0]

    @property
    def query(self) -> str:
        """What follows the question mark, as it came."""
        return self.target.partition("?")[2]

    @property
    def json(self) -> Any:
        """The body as JSON; None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Response:
    """What goes out."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def spelled(self) -> bytes:
        """Return the bytes of the answer, its length included."""
        lines = [f"HTTP/1.1 {self.status} Said", f"Content-Length: {len(self.body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


def json_response(document: object, status: int = 200) -> Response:
    """Return *document* as a JSON answer."""
    return Response(json.dumps(document).encode(), status, {"Content-Type": "application/json"})


class Turn:
    """One request and the chance to answer it, as a fault sees it."""

    def __init__(
        self, request: Request, sock: socket.socket, work: Callable[[], Response], ended: threading.Event
    ) -> None:
        self.request = request
        self._sock = sock
        self._work = work
        self._ended = ended
        self.hung_up = False

    def work(self) -> Response:
        """Do what was asked, and return the answer that would go out."""
        return self._work()

    def send(self, data: bytes) -> None:
        """Write; a client that has gone is no fault of the server's."""
        with contextlib.suppress(OSError):
            self._sock.sendall(data)

    def wait(self, seconds: float) -> None:
        """Do nothing, until the server ends."""
        self._ended.wait(seconds)

    def reset(self) -> None:
        """Break the connection."""
        with contextlib.suppress(OSError):
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.hang_up()

    def hang_up(self) -> None:
        """Close the connection."""
        self.hung_up = True
        self._sock.close()


class Incoming:
    """What arrives on a connection, and when it did.

    The kernel tells the moment where it can: a thread that waits for its turn would note a later one.
    """

    SO_TIMESTAMPNS = 35
    """Linux's number for it, which Python has no name for."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = b""
        self.at = 0.0
        if sys.platform == "linux":
            sock.setsockopt(socket.SOL_SOCKET, self.SO_TIMESTAMPNS, 1)

    def until(self, mark: bytes) -> bytes:
        """Return what stands before *mark*; nothing when the connection ends."""
        while mark not in self._buffer:
            if not self._fill():
                return b""
        found, _, self._buffer = self._buffer.partition(mark)
        return found

    def take(self, size: int) -> bytes:
        """Return so many bytes."""
        while len(self._buffer) < size and self._fill():
            pass
        found, self._buffer = self._buffer[:size], self._buffer[size:]
        return found

    def _fill(self) -> bool:
        data, told, _, _ = self._sock.recvmsg(65536, 128)
        self.at = time.time()
        for level, kind, moment in told:
            if (level, kind) == (socket.SOL_SOCKET, self.SO_TIMESTAMPNS):
                seconds, nanoseconds = struct.unpack("qq", moment[:16])
                self.at = seconds + nanoseconds / 1e9
        self._buffer += data
        return bool(data)


Fault = Callable[[Turn], None]


def reset_after_reading(turn: Turn) -> None:
    """Do the work, and break the connection instead of answering."""
    turn.work()
    turn.reset()


def reset_unworked(turn: Turn) -> None:
    """Break the connection without doing anything, which the client cannot know."""
    turn.reset()


def gzipped(turn: Turn) -> None:
    """Answer well, packed."""
    answer = turn.work()
    turn.send(Response(gzip.compress(answer.body), 200, {**answer.headers, "Content-Encoding": "gzip"}).spelled())


def html_with_200(turn: Turn) -> None:
    """Answer as a proxy in maintenance does."""
    turn.send(Response(b"<html><body>Back soon</body></html>", 200, {"Content-Type": "text/html"}).spelled())


def cut(turn: Turn) -> None:
    """Do the work, and close in the middle of the answer."""
    turn.send(turn.work().spelled()[:-5])
    turn.hang_up()


def saying(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Fault:
    """Answer with *status* and do nothing."""

    def fault(turn: Turn) -> None:
        turn.send(Response(body, status, headers or {}).spelled())

    return fault


def silent(seconds: float) -> Fault:
    """Do the work, and answer only after *seconds*."""

    def fault(turn: Turn) -> None:
        answer = turn.work()
        turn.wait(seconds)
        turn.send(answer.spelled())

    return fault


def drip(every: float, least: int = 0) -> Fault:
    """Do the work, and answer one byte at a time; *least* spaces follow the body, where JSON allows them."""

    def fault(turn: Turn) -> None:
        answer = turn.work()
        for byte in Response(answer.body + b" " * least, answer.status, answer.headers).spelled():
            turn.send(bytes((byte,)))
            turn.wait(every)

    return fault


def adding(headers: Mapping[str, str]) -> Fault:
    """Answer well, with more headers."""

    def fault(turn: Turn) -> None:
        answer = turn.work()
        turn.send(Response(answer.body, answer.status, {**answer.headers, **headers}).spelled())

    return fault


class LoopbackServer:
    """Serves requests with a thread for each connection, and ends all that it starts.

    Attributes:
        requests: What came in, in the order in which it was there.
        connections: How many there were.
    """

    def __init__(self, *, listening: bool = True) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self._faults: list[tuple[Fault, str]] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._open: list[socket.socket] = []
        # Bound and not yet listening, the port refuses connections and nobody else can take it.
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        if listening:
            self.listen()

    def listen(self) -> None:
        """Take connections from now on."""
        self._listener.listen(256)
        self._threads[0].start()

    def fail(self, *faults: Fault, at: str = "") -> None:
        """Play *faults* one after the other for the next requests whose path ends with *at*."""
        with self._lock:
            self._faults += [(fault, at) for fault in faults]

    def answer(self, request: Request) -> Response:
        """Do what *request* asks."""
        return json_response({"target": request.target}, 404)

    def close(self) -> None:
        """End every thread and close every socket."""
        self._ended.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._open:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            self._open.append(sock)
            thread = threading.Thread(target=self._serve, args=(sock, self.connections), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket, connection: int) -> None:
        with sock, contextlib.suppress(OSError):
            incoming = Incoming(sock)
            while True:
                head = incoming.until(b"\r\n\r\n").decode("latin-1")
                if not head:
                    return
                first, *lines = head.split("\r\n")
                method, target, _ = first.split(" ", 2)
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
                body = incoming.take(int(headers.get("content-length", "0")))
                request = Request(method, target, headers, body, connection, incoming.at)
                with self._lock:
                    self.requests.append(request)
                turn = Turn(request, sock, functools.partial(self.answer, request), self._ended)
                self._fault(request)(turn)
                if turn.hung_up or headers.get("connection") == "close":
                    return

    def _fault(self, request: Request) -> Fault:
        with self._lock:
            for place, (fault, at) in enumerate(self._faults):
                if request.path.endswith(at):
                    del self._faults[place]
                    return fault
        return lambda turn: turn.send(turn.work().spelled())
