"""One run at a time in one root. The lock is the kernel's, so a run that was killed holds nothing."""

import fcntl
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

from generator.output.errors import BusyError
from generator.output.folder import PRIVATE_MODE, Folder
from generator.output.layout import PRIVATE

_LOCK = "lock"
_IGNORE, _EVERYTHING = ".gitignore", b"*\n"
_PAUSE = 0.02  # seconds between two looks at a lock that somebody holds


@contextmanager
def hold(
    top: Folder,
    *,
    patience: float,
    waiting: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Generator[Folder]:
    """Hold the lock of a root, and give its private folder.

    Args:
        top: The root.
        patience: How many seconds to wait for another run.
        waiting: Told once, when there is another run to wait for.
        clock: Monotonic seconds.
        sleep: Waits for seconds.

    Raises:
        BusyError: The other run took longer.
    """
    deadline = clock() + patience
    told = False
    while True:
        with top.ensure(PRIVATE, PRIVATE_MODE) as private:
            descriptor = private.open_lock(_LOCK)
            try:
                # Somebody may have removed the private folder meanwhile, and somebody else made and locked a new one.
                if _take(descriptor) and top.same(PRIVATE, private.descriptor) and private.same(_LOCK, descriptor):
                    _introduce(private, descriptor)
                    yield private
                    return
                holder = _holder(descriptor)
            finally:
                # Explicitly: a process forked from this one may still have the descriptor.
                fcntl.flock(descriptor, fcntl.LOCK_UN)
                os.close(descriptor)
        if clock() >= deadline:
            raise BusyError(f"another run{holder} is still publishing into {top.path} after {patience:g} seconds")
        if not told:
            waiting(f"waiting for another run{holder} to finish publishing into {top.path}")
            told = True
        sleep(_PAUSE)


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _introduce(private: Folder, descriptor: int) -> None:
    """Say who holds the lock, for the message of those who wait, and keep git away."""
    with suppress(OSError):
        private.sign_lock(_LOCK, descriptor, str(os.getpid()).encode())
    there = private.kind(_IGNORE) is not None
    if there and private.read(_IGNORE).data != _EVERYTHING:  # cut short by a kill
        private.remove(_IGNORE)
        there = False
    if not there:
        private.write(_IGNORE, _EVERYTHING)


def _holder(descriptor: int) -> str:
    number = os.pread(descriptor, 20, 0).decode("ascii", "replace")
    return f" (process {number})" if number.isdigit() else ""
