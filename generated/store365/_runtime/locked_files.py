"""A small file that the processes of one machine read and write one at a time.

The lock is the operating system's: it goes with the process that holds it, however that ends. What stands in the file is
one line of JSON; a line that was cut by a crash reads as `None`, which whoever uses the file has to make the worst of.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from .limits import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Generator

PATIENCE = 5.0
"""Seconds to wait for the lock: who holds it longer is stuck."""

LONGEST_CONTENT = 1 << 22

_FIRST_PAUSE = 0.0002
_LONGEST_PAUSE = 0.005


class LockedFile:
    """The open file, while this process has the lock."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def read(self) -> object:
        """Return what was written last, None where there is nothing that can be read; an empty file is `{}`."""
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        content = b""
        while piece := os.read(self._descriptor, LONGEST_CONTENT + 1 - len(content)):
            content += piece
        if not content:
            return {}
        line, end, _ = content.partition(b"\n")
        try:
            return json.loads(line) if end else None
        except (ValueError, RecursionError):
            return None

    def write(self, document: object) -> None:
        """Put *document* in place of what was there."""
        # What is left of a longer line before it stands behind the line's end, and is not read.
        content = json.dumps(document, separators=(",", ":")).encode() + b"\n"
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        while content:
            content = content[os.write(self._descriptor, content) :]
        os.ftruncate(self._descriptor, os.lseek(self._descriptor, 0, os.SEEK_CUR))


@contextmanager
def locked(path: str, *, private: bool = False, patience: float = PATIENCE) -> Generator[LockedFile]:
    """Open the file at *path*, made where there is none, and hold its lock.

    Args:
        path: Where it is; its folder has to be there.
        private: Refuse a file that others than its owner may read.
        patience: Seconds to wait for the lock.

    Raises:
        StoreUnavailable: It cannot be opened, is no plain file of one's own, or somebody keeps the lock.
    """
    opened = _open(path, time.monotonic() + patience)
    if isinstance(opened, str):
        raise StoreUnavailable(f"{path}: {opened}")
    descriptor, reason = opened, ""
    try:
        _check(path, descriptor, private=private)
        yield LockedFile(descriptor)
    except OSError as error:
        reason = f"{path}: {error.strerror or type(error).__name__}"
    finally:
        # Closing gives the lock back.
        with suppress(OSError):
            _unlock(descriptor)
        os.close(descriptor)
    if reason:
        raise StoreUnavailable(reason)


def _open(path: str, deadline: float) -> int | str:
    """Return the file with its lock, or the reason why there is none."""
    try:
        return _opened(path, deadline)
    except OSError as error:
        return error.strerror or type(error).__name__


def _opened(path: str, deadline: float) -> int:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    flags |= getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    pause = _FIRST_PAUSE
    while True:
        descriptor = os.open(path, flags, 0o600)
        try:
            if _lock(descriptor) and _is_still_there(path, descriptor):
                return descriptor
            held = time.monotonic() >= deadline
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        if held:
            raise OSError(None, "another process keeps its lock")
        time.sleep(pause)
        pause = min(_LONGEST_PAUSE, pause * 2)


def _is_still_there(path: str, descriptor: int) -> bool:
    """Tell whether nobody took the file away, or put another in its place, before there was the lock."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))  # noqa: PTH116 - compared with a descriptor's
    except FileNotFoundError:
        return False


def _check(path: str, descriptor: int, *, private: bool) -> None:
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        raise StoreUnavailable(f"{path}: not a plain file")
    if found.st_size > LONGEST_CONTENT:
        raise StoreUnavailable(f"{path}: too large to be what this package wrote")
    if private and sys.platform != "win32" and (found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077):
        raise StoreUnavailable(f"{path}: others may read it, or it is somebody else's; it needs mode 0600")


if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 30
    # A lock there keeps others from what it covers, so it covers what is never written.

    def _lock(descriptor: int) -> bool:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
