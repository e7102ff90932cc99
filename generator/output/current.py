"""The shortest way to know that a package needs nothing. Every run takes it for every package, so it imports little."""

import hashlib
import json
import os
import stat

from generator.output.layout import MANIFEST, PRIVATE, is_build_product, is_cache

_ONLY_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_PIECE = 1 << 16
_NOTES = "made_from.json"


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
            if self._notes.get(package) != [inputs, hashlib.sha256(manifest).hexdigest()]:
                return False
            return _is_as_written(folder, json.loads(manifest)["files"])
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return False

    def note(self, made_from: dict[str, str]) -> None:
        """Note what packages were made from that stand as they were published; one that is gone is forgotten."""
        for package, inputs in made_from.items():
            try:
                self._notes[package] = [inputs, _digest(f"{self._root}/{package}/{MANIFEST}")]
            except OSError:
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


def _is_as_written(folder: str, files: dict[str, str]) -> bool:
    inner = {""}
    for path in files:
        parent = path.rpartition("/")[0]
        while parent not in inner:
            inner.add(parent)
            parent = parent.rpartition("/")[0]
    seen = 0
    waiting = [""]
    while waiting:
        above = waiting.pop()
        with os.scandir(f"{folder}/{above}") as entries:
            for entry in entries:
                path = f"{above}/{entry.name}" if above else entry.name
                digest = files.get(path)
                if digest is not None:
                    if not entry.is_file(follow_symlinks=False) or _digest(entry.path) != digest:
                        return False
                    seen += 1
                elif entry.is_dir(follow_symlinks=False):
                    if path in inner:
                        waiting.append(path)
                elif not (entry.is_file(follow_symlinks=False) or is_cache(entry.name) or is_build_product(path)):
                    return False
    return seen == len(files)


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
