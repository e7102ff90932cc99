"""Runs of their own process, watched and stopped at any file operation."""

import contextlib
import os
import pickle
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from generator.output.folder import EVENT

Watch = Callable[[str, str, str], None]
"""Told each operation before it happens: what, on which path, to which other path."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its status as the shell has it, and what it answered, if it came to that."""

    status: int
    answer: Any


def in_child(work: Callable[[], object], watch: Watch | None = None) -> Ended:
    """Do *work* in a forked process and wait for it."""
    return started(work, watch)()


def started(work: Callable[[], object], watch: Watch | None = None) -> Callable[[], Ended]:
    """Start *work* in a forked process; the result waits for its end."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 70
        try:
            os.close(reading)
            signal.alarm(60)
            if watch is not None:
                _listen(watch)
            answer = work()
            os.write(writing, pickle.dumps(answer))
            status = 0
        except KeyboardInterrupt:
            status = 130
        except BaseException as error:  # noqa: BLE001  # the parent is told whatever it was
            with contextlib.suppress(Exception):
                os.write(writing, pickle.dumps(repr(error)))
        finally:
            os._exit(status)
    os.close(writing)

    def wait() -> Ended:
        with os.fdopen(reading, "rb") as stream:
            data = stream.read()
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        return Ended(code if code >= 0 else 128 - code, pickle.loads(data) if data else None)  # noqa: S301  # our own

    return wait


def operations(work: Callable[[], object]) -> list[tuple[str, str, str]]:
    """Return every file operation of *work*, done in a process of its own."""
    told: list[tuple[str, str, str]] = []

    def watch(operation: str, path: str, other: str) -> None:
        told.append((operation, path, other))

    def watched() -> object:
        work()
        return told

    ended = in_child(watched, watch)
    assert ended.status == 0, ended
    return list(ended.answer)


def at(number: int, act: Callable[[], None], *, from_then_on: bool = False) -> Watch:
    """Return what acts at the operation of this number, counted from 0."""
    seen = 0

    def watch(operation: str, path: str, other: str) -> None:
        del operation, path, other
        nonlocal seen
        seen += 1
        if seen == number + 1 or (from_then_on and seen > number):
            act()

    return watch


def kill() -> None:
    """End this process at once, as a power switch does."""
    os.kill(os.getpid(), signal.SIGKILL)


def _listen(watch: Watch) -> None:
    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == EVENT:
            watch(*arguments)

    sys.addaudithook(hook)
