"""A file of what was found, for `clientmill adopt`: merged over runs, and shared by processes."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Generator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from .drift import ANY_NAME, Drift
from .forks import begin_in_each_process

if TYPE_CHECKING:
    from types import TracebackType

VERSION = 1
"""The form of the file."""

PAUSE = 5.0
"""Seconds after which counts alone are written; what was never seen is written at once."""

MOST_FINDINGS = 2000
"""More findings than these are not kept."""

MOST_NAMES = 200
"""Unknown names of one model, past which names are data."""


class DriftFile:
    """Collects what answers hold that the spec does not know; give it to a client as `on_drift`.

    The file is JSON in a stable order: package, operation, path, model, kind, name, JSON type and count, never a value.
    What several runs and processes find is added up, and the file is replaced whole.

    Args:
        path: The file. One that is there has to be such a file; its folder has to be there.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._known: set[Drift] = set()
        self._written = time.monotonic()
        begin_in_each_process(self, DriftFile._begin)
        _OPEN.add(self)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        # What the parent of a fork found, the parent writes.
        self._pending: dict[Drift, int] = {}

    def __call__(self, drift: Drift) -> None:
        """Take a finding.

        Raises:
            OSError: The file cannot be written.
            ValueError: Something else is in the file.
        """
        key = replace(drift, count=0)
        with self._lock:
            self._pending[key] = self._pending.get(key, 0) + drift.count
            is_new = key not in self._known
            if is_new or time.monotonic() - self._written > PAUSE:
                self._flush()

    def flush(self) -> None:
        """Write what was found since. It happens by itself when a program ends."""
        with self._lock:
            self._flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.flush()

    def _flush(self) -> None:
        self._written = time.monotonic()
        if not self._pending:
            return
        with _held(self._path):
            counts = read_drift(self._path)
            for key, count in self._pending.items():
                if key in counts or len(counts) < MOST_FINDINGS:
                    counts[key] = counts.get(key, 0) + count
            _replace(self._path, _spelled(_without_crowds(counts)))
        self._known.update(self._pending)
        self._pending.clear()


_OPEN: weakref.WeakSet[DriftFile] = weakref.WeakSet()


@atexit.register
def _flush_all() -> None:
    for file in list(_OPEN):
        # A program that ends cannot be told any more.
        with contextlib.suppress(OSError, ValueError):
            file.flush()


def read_drift(path: Path) -> dict[Drift, int]:
    """Return the findings in a file with their counts; none where there is no file.

    Raises:
        OSError: It cannot be read.
        ValueError: It is something else.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    try:
        document: Any = json.loads(text)
        if document["version"] == VERSION:
            return {_finding(each): int(each["count"]) for each in document["drift"]}
    except (ValueError, TypeError, KeyError):
        # The chain would show what is in the file.
        pass
    raise ValueError(f"{path} is not a drift file of this version; move it away, or name another file")


def _finding(entry: Mapping[str, Any]) -> Drift:
    names = ("package", "operation", "path", "owner", "name", "type")
    if not all(isinstance(entry[name], str) for name in names) or entry["kind"] not in ("field", "word"):
        raise ValueError("entry")
    return Drift(**{name: entry[name] for name in names}, kind=entry["kind"], count=0)


def _without_crowds(counts: Mapping[Drift, int]) -> dict[Drift, int]:
    """Take names for data where a model has too many of them."""
    names: dict[tuple[str, str], set[str]] = {}
    for key in counts:
        names.setdefault((key.package, key.owner), set()).add(key.name)
    found: dict[Drift, int] = {}
    for key, count in counts.items():
        crowded = key.kind == "field" and len(names[key.package, key.owner]) > MOST_NAMES
        path = key.path.removesuffix(key.name) + ANY_NAME
        merged = replace(key, name=ANY_NAME, path=path) if crowded else key
        found[merged] = found.get(merged, 0) + count
    return found


def _spelled(counts: Mapping[Drift, int]) -> str:
    drift = [{**asdict(key), "count": counts[key]} for key in sorted(counts)]
    return json.dumps({"version": VERSION, "drift": drift}, indent=1) + "\n"


def _replace(path: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        beside = Path(file.name)
        try:
            file.write(text)
            file.flush()
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def _held(path: Path) -> Generator[None]:
    """Hold the file for this process: a lock beside it, which the system lets go when a process dies."""
    with path.with_name(f".{path.name}.lock").open("a+b") as lock:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - not everywhere

            msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
            try:
                yield
            finally:
                lock.seek(0)
                msvcrt.locking(lock.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - not everywhere

            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                yield
            finally:
                # Closing is not enough where a process was forked meanwhile: it has the file open too.
                fcntl.flock(lock, fcntl.LOCK_UN)
