"""The shortest way to know that a package needs nothing. Every run takes it for every package, so it imports little."""

import hashlib
import json
import os
import stat

from generator.output.layout import MANIFEST, MANIFEST_FORMAT, is_build_product, is_cache

_ONLY_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_PIECE = 1 << 16


def is_current(root: str | os.PathLike[str], package: str, inputs: str) -> bool:
    """Tell whether *package* was made from *inputs* and every file of it is still as it was written.

    Anything out of the ordinary is a no, so that the full comparison looks at it and says what it is. Files that are
    not ours do not matter here.
    """
    top = os.fspath(root)
    folder = f"{top}/{package}"
    try:
        if stat.S_ISLNK(os.lstat(top).st_mode) or stat.S_ISLNK(os.lstat(folder).st_mode):
            return False
        manifest = json.loads(_read(f"{folder}/{MANIFEST}"))
        if manifest["format"] != MANIFEST_FORMAT or manifest["inputs"] != inputs:
            return False
        return _is_as_written(folder, manifest["files"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False


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
