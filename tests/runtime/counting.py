"""Many processes that share a limit, and a vendor in a process of its own that notes when each request arrives.

It is the system's word, where it gives one: a vendor that does not get its turn would see late what left in time.

Run as: python -m tests.runtime.counting vendor, or caller and how it calls.
"""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from generator.runtime.client import AsyncioClient, SyncClient
from generator.runtime.credentials import Credentials
from generator.runtime.errors import APITimeoutError
from generator.runtime.file_limits import FileLimiter
from generator.runtime.redis_limits import RedisLimiter
from generator.runtime.request import CallOptions
from tests.runtime.ledgerly import KEY, LIMITED_SERVICE, READ, TOKEN, good
from tests.stand_ins.wire import Incoming

ROOT = Path(__file__).parents[2]


def seen_by_vendor(
    where: str, requests: int, window: float, *, processes: int, callers: int, seconds: float, by_tasks: bool = False
) -> list[float]:
    """Return when a vendor saw the requests of all callers, in order.

    Args:
        where: The file, or the address of the Redis, by which they share the limit.
        requests: How many in a window.
        window: Its length in seconds.
        processes: How many processes there are.
        callers: How many threads or tasks each of them has.
        seconds: For how long they call.
        by_tasks: Whether they are tasks.
    """
    with ExitStack() as stack:
        vendor = stack.enter_context(_started("vendor"))
        port = _line(vendor)
        arguments = [
            "caller",
            port,
            where,
            str(requests),
            str(window),
            str(callers),
            "tasks" if by_tasks else "threads",
        ]
        clients = [stack.enter_context(_started(*arguments)) for _ in range(processes)]
        for client in clients:
            _line(client)
        until = time.monotonic() + seconds
        for client in clients:
            _tell(client, str(until))
        for client in clients:
            complaint = client.communicate(timeout=seconds + 30)[0]
            if complaint.strip() or client.returncode:
                raise AssertionError(complaint or f"a caller ended with {client.returncode}")
        _tell(vendor, "tell")
        return sorted(json.loads(_line(vendor)))


def most_in_a_window(seen: Sequence[float], window: float) -> int:
    """Return how many requests a vendor saw at most in any window."""
    return max(sum(1 for later in seen if moment <= later < moment + window) for moment in seen)


def used(seen: Sequence[float], requests: int, window: float, windows: int = 2) -> float:
    """Return how much of the limit was used in the first *windows*, 1 for all of it."""
    return sum(1 for moment in seen if moment < seen[0] + windows * window) / (windows * requests)


def _started(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.runtime.counting", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _line(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout is not None else ""
    if not line:
        raise AssertionError("a process ended before its time")
    return line.strip()


def _tell(process: subprocess.Popen[str], line: str) -> None:
    if process.stdin is not None:
        process.stdin.write(f"{line}\n")
        process.stdin.flush()


def _vendor() -> None:
    seen: list[float] = []
    body = json.dumps(good({"entryId": "e1"})).encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)

    def serve(sock: socket.socket) -> None:
        incoming = Incoming(sock)
        with sock, contextlib.suppress(OSError):
            while incoming.until(b"\r\n\r\n"):
                seen.append(incoming.at)
                sock.sendall(answer)

    def accept() -> None:
        while True:
            sock, _ = listener.accept()
            threading.Thread(target=serve, args=(sock,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    print(listener.getsockname()[1], flush=True)  # noqa: T201 - whoever started it reads it
    sys.stdin.readline()
    print(json.dumps(seen), flush=True)  # noqa: T201 - the same


def _caller(port: str, where: str, *how: str) -> None:
    requests, window, callers, kind = how
    limiter = (
        RedisLimiter(where, "account", int(requests), float(window))
        if where.startswith("redis:")
        else FileLimiter(where, int(requests), float(window))
    )
    credentials = Credentials(auth_code=KEY, auth_token=TOKEN)
    setting = {"base_url": f"http://127.0.0.1:{port}", "limiter": limiter}
    print("ready", flush=True)  # noqa: T201 - the same
    until = float(sys.stdin.readline())
    entry = {"entry_id": "e1"}

    def left() -> CallOptions:
        return CallOptions(timeout=max(0.001, until - time.monotonic()))

    def run(client: SyncClient) -> None:
        while time.monotonic() < until:
            try:
                client._call(READ, entry, left())
            except APITimeoutError:
                return

    async def run_tasks() -> None:
        async with AsyncioClient(LIMITED_SERVICE, credentials, **setting) as client:  # type: ignore[arg-type] # keywords of several types

            async def task() -> None:
                while time.monotonic() < until:
                    try:
                        await client._call(READ, entry, left())
                    except APITimeoutError:
                        return

            await asyncio.gather(*(task() for _ in range(int(callers))))

    if kind == "tasks":
        asyncio.run(run_tasks())
        return
    with SyncClient(LIMITED_SERVICE, credentials, **setting) as client:  # type: ignore[arg-type] # the same
        threads = [threading.Thread(target=run, args=(client,)) for _ in range(int(callers))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    if sys.argv[1] == "vendor":
        _vendor()
    else:
        _caller(*sys.argv[2:])
