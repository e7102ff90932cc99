"""The shortest way to know that a package needs nothing. Every run takes it for every package, so it imports little."""

import hashlib
import json
import os
import stat
import time

from generator.output.layout import MANIFEST, PRIVATE, is_build_product, is_cache

_ONLY_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_PIECE = 1 << 16
_NOTES = "made_from.json"

_TICK = 20_000_000
"""Nanoseconds after which a file system with fine time stamps gives another one: no kernel's clock ticks more slowly."""


class Memory:
    """What the packages of a root were made from, as earlier runs here have noted it.

    It stands in the root's private folder, which is not committed: a digest of all that went in changes with every line
    of ours, and no reviewer wants to see that. Without it a run makes everything anew, and finds it unchanged.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self._root = os.fspath(root)
        self._notes: dict[str, list[str]] = {}
        try:
            notes = json.loads(_read(f"{self._root}/{PRIVATE}/{_NOTES}"))
            self._notes = {str(name): [str(part) for part in note] for name, note in notes.items()}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            # A memory that cannot be read is none.
            self._notes = {}

    def is_current(self, package: str, inputs: str) -> bool:
        """Tell whether *package* was made from *inputs* and every file of it is still as it was written.

        Anything out of the ordinary is a no, so that the full comparison looks at it and says what it is. Files that
        are not ours do not matter here.
        """
        folder = f"{self._root}/{package}"
        try:
            if stat.S_ISLNK(os.lstat(self._root).st_mode) or stat.S_ISLNK(os.lstat(folder).st_mode):
                return False
            manifest = _read(f"{folder}/{MANIFEST}")
            note = self._notes.get(package, [])
            if note[:2] != [inputs, hashlib.sha256(manifest).hexdigest()]:
                return False
            files: dict[str, str] = json.loads(manifest)["files"]
            found = _found(folder, files)
            if found is None:
                return False
            # Looking at the states of 6,300 files instead of reading them saves 70 of 110 ms.
            return note[2:] == [_state(found)] or _is_as_written(found, files)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return False

    def note(self, made_from: dict[str, str]) -> None:
        """Note what packages were made from that stand as they were published; one that is gone is forgotten."""
        for package, inputs in made_from.items():
            folder = f"{self._root}/{package}"
            try:
                manifest = _read(f"{folder}/{MANIFEST}")
                state = _settled_state(folder, json.loads(manifest)["files"])
                self._notes[package] = [inputs, hashlib.sha256(manifest).hexdigest(), *state]
            except (OSError, ValueError, TypeError, KeyError):
                self._notes.pop(package, None)
        path = f"{self._root}/{PRIVATE}/{_NOTES}"
        try:
            # Replaced whole: another run may be reading it.
            with open(f"{path}.new", "w", encoding="ascii") as file:  # noqa: PTH123 - pathlib is not imported here
                json.dump(dict(sorted(self._notes.items())), file)
            os.replace(f"{path}.new", path)  # noqa: PTH105 - the same
        except OSError:
            # It only saves time: the next run finds out by itself.
            return


_Found = list[tuple[str, os.DirEntry[str]]]


def _found(folder: str, files: dict[str, str]) -> _Found | None:
    """Return the files that are to be in a folder, None where one is missing or anything is out of the ordinary."""
    inner = {""}
    for path in files:
        parent = path.rpartition("/")[0]
        while parent not in inner:
            inner.add(parent)
            parent = parent.rpartition("/")[0]
    found: _Found = []
    waiting = [""]
    while waiting:
        above = waiting.pop()
        with os.scandir(f"{folder}/{above}") as entries:
            for entry in entries:
                path = f"{above}/{entry.name}" if above else entry.name
                if path in files:
                    if not entry.is_file(follow_symlinks=False):
                        return None
                    found.append((path, entry))
                elif entry.is_dir(follow_symlinks=False):
                    if path in inner:
                        waiting.append(path)
                elif not (entry.is_file(follow_symlinks=False) or is_cache(entry.name) or is_build_product(path)):
                    return None
    return found if len(found) == len(files) else None


def _is_as_written(found: _Found, files: dict[str, str]) -> bool:
    return all(_digest(entry.path) == files[path] for path, entry in found)


def _state(found: _Found) -> str:
    """Return a digest of all that changes with a file: nobody can write to it and leave the time of its last change."""
    states = ((path, entry.stat(follow_symlinks=False)) for path, entry in found)
    seen = sorted(
        (path, now.st_ino, now.st_mode, now.st_size, now.st_mtime_ns, now.st_ctime_ns) for path, now in states
    )
    return hashlib.sha256(repr(seen).encode()).hexdigest()


def _settled_state(folder: str, files: dict[str, str]) -> list[str]:
    """Return the state of a package that is as it was written, nothing where the state would not tell a later change."""
    found = _found(folder, files)
    if not found:
        return []
    changes = [entry.stat(follow_symlinks=False).st_ctime_ns for _, entry in found]
    if all(change % 1_000_000 == 0 for change in changes):
        # Stamps of whole seconds: two changes may have the same one.
        return []
    # What is written from now on has another stamp than what was written until now.
    time.sleep(min(max(0, max(changes) + _TICK - time.time_ns()), _TICK) / 1e9)
    before = _found(folder, files)
    if not before:
        return []
    state = _state(before)
    if not _is_as_written(before, files):
        return []
    after = _found(folder, files)
    return [state] if after and _state(after) == state else []


def _digest(path: str) -> str:
    return hashlib.sha256(_read(path)).hexdigest()


def _read(path: str) -> bytes:
    descriptor = os.open(path, _ONLY_READ)
    try:
        data = os.read(descriptor, _PIECE)
        if len(data) < _PIECE:
            return data
        pieces = [data]
        while data := os.read(descriptor, _PIECE):
            pieces.append(data)
        return b"".join(pieces)
    finally:
        os.close(descriptor)
