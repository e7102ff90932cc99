"""What one generated package holds, before anything is written."""

import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath

FileTree = Mapping[PurePosixPath, str]
"""The files of one package: path inside the package folder -> text.

Paths are relative and normalised; texts have LF line ends and become UTF-8. `encoded` is what holds a tree to that.
"""

_LONGEST_NAME = 255  # bytes, the limit of every file system in use


def encoded(tree: FileTree) -> dict[PurePosixPath, bytes]:
    """Return the bytes of every file, in the order of their paths.

    Raises:
        ValueError: A path could leave the package folder or be another path's twin on some file system, or a text is
            not what a file of ours may hold. A planned tree never does that, so this is a mistake of ours.
    """
    _check_apart(tree)
    result: dict[PurePosixPath, bytes] = {}
    for path in sorted(tree):
        text = tree[path]
        if "\r" in text:
            raise ValueError(f"{path}: a line ends in CR; texts have LF line ends")
        try:
            result[path] = text.encode()
        except UnicodeEncodeError as error:
            raise ValueError(f"{path}: the text is not Unicode at character {error.start}") from None
    return result


def check_name(name: str) -> None:
    """Refuse a file or folder name that means something else on some file system."""
    if name in {"", ".", ".."} or "/" in name or "\\" in name or ":" in name or not name.isprintable():
        raise ValueError(f"{name!r} is not a file name")
    if len(name.encode(errors="replace")) > _LONGEST_NAME:
        raise ValueError(f"{name[:40]!r}... is longer than {_LONGEST_NAME} bytes")


def folded(name: str) -> str:
    """Return what all spellings of *name* share that some file system takes for one name."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _check_apart(tree: FileTree) -> None:
    """Check each path, and that no two of them meet once case and Unicode forms are folded."""
    files: dict[str, PurePosixPath] = {}
    folders: dict[str, PurePosixPath] = {}
    for path in sorted(tree):
        if not path.parts or path.is_absolute():
            raise ValueError(f"{str(path)!r} is not a path inside a package folder")
        for part in path.parts:
            check_name(part)
        key = folded(str(path))
        if key in files:
            raise ValueError(f"{files[key]} and {path} are one file on some file systems")
        files[key] = path
        for folder in path.parents[:-1]:
            twin = folders.setdefault(folded(str(folder)), folder)
            if twin != folder:
                raise ValueError(f"{twin} and {folder} are one folder on some file systems")
    for key, folder in folders.items():
        if key in files:
            raise ValueError(f"{files[key]} is a file and {folder} a folder")
