"""A server on loopback that gives one answer to everything, in a process of its own so that it costs nobody's time."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)

ANSWER = (
    b'{"ok":true,"data":{"id":"000000000000000000000000000000000001","object":"model","created":1,"owned_by":"me",'
    b'"reference":"R-1","amount":"19.90","currency":"EUR","state":"open","createdAt":"2026-11-21T08:30:00Z"},'
    b'"id":"1","object":"model","created":1,"owned_by":"me"}'
)
"""A small record: in the envelope for us, beside it for the peer's client that takes no envelope."""


@contextmanager
def serving(content: Path | None = None) -> Generator[str]:
    """Serve *content*, else the small record; give the address."""
    command = [sys.executable, "-m", "benchmarks.inside.server", *([str(content)] if content else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield f"http://127.0.0.1:{int(child.stdout.readline()) if child.stdout else 0}"
        finally:
            child.kill()


def _serve(connection: socket.socket, answer: bytes) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    waiting = b""
    with connection:
        while piece := connection.recv(65536):
            waiting += piece
            head, end, rest = waiting.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            if end and len(rest) >= (int(length[1]) if length else 0):
                waiting = b""
                connection.sendall(answer)


def main() -> None:
    """Say the port, then serve until somebody ends it."""
    content = Path(sys.argv[1]).read_bytes() if len(sys.argv) > 1 else ANSWER
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(content)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection, head + content), daemon=True).start()


if __name__ == "__main__":
    main()
