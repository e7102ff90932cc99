"""What a test may not do: reach a host beyond this machine, or write outside of the folders that are for it.

The interpreter tells of every connection and every file that is opened for writing; what is not allowed is refused
then and there, and fails the test, whoever swallowed the refusal. What runs in a process of its own is not watched.
"""

from __future__ import annotations

import ipaddress
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CACHES = frozenset({"__pycache__", ".pytest_cache", ".hypothesis", ".mypy_cache", ".ruff_cache"})
_PATHS: Mapping[str, tuple[tuple[int, int], ...]] = {
    "os.mkdir": ((0, 2),),
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.truncate": ((0, -1),),
    "os.chmod": ((0, 2),),
    "os.rename": ((0, 2), (1, 3)),
    "os.link": ((1, 3),),
    "os.symlink": ((1, 2),),
}
"""Where the paths stand in what is told of an operation, and the folders that they are relative to."""


class NotAllowed(Exception):
    """A test reaches beyond what is its own."""


def is_local(address: object) -> bool:
    """Tell whether an address of a socket is on this machine."""
    if not isinstance(address, tuple):
        return True
    return is_local_name(address[0])  # pyright: ignore[reportUnknownArgumentType] - an address of whatever family


def is_local_name(host: object) -> bool:
    """Tell whether a name can be looked up without asking anybody, or is one that nobody has."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name is None or name in ("", "localhost", "<broadcast>"):
        return True
    # Asking for a name that nobody can have is how a test learns what happens then.
    if not isinstance(name, str) or name.endswith(".invalid"):
        return isinstance(name, str)
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def is_place_for_tests(path: object) -> bool:
    """Tell whether a test may write at *path*."""
    if not isinstance(path, str | bytes | os.PathLike):
        return True
    place = Path(os.fsdecode(path)).absolute()  # pyright: ignore[reportUnknownArgumentType] - a path of whatever kind
    # Of a link the place is where it leads to; of a file that is not there yet, where its folder is.
    resolved = Path(os.path.realpath(place))
    if resolved.is_relative_to(ROOT):
        return bool(_CACHES & {*resolved.relative_to(ROOT).parts})
    return any(resolved.is_relative_to(root) for root in _places())


def _places() -> tuple[Path, ...]:
    return (Path(os.path.realpath(tempfile.gettempdir())), Path("/dev"))


class Guard:
    """Looks at what the interpreter tells while a test runs; what pytest itself keeps between them is its own matter.

    Attributes:
        found: What was refused since it was last emptied.
        is_watching: Whether a test runs.
    """

    def __init__(self) -> None:
        self.found: list[str] = []
        self.is_watching = False

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        look = _LOOKS.get(event) if self.is_watching else None
        if look is not None:
            refused = look(event, arguments)
            if refused:
                self.found.append(refused)
                raise NotAllowed(refused)

    def emptied(self) -> list[str]:
        """Return what was refused, and forget it."""
        found, self.found = self.found, []
        return found


def _socket(event: str, arguments: tuple[object, ...]) -> str:
    return "" if is_local(arguments[-1]) else f"{event} {arguments[-1]!r}"


def _name(event: str, arguments: tuple[object, ...]) -> str:
    return "" if is_local_name(arguments[0]) else f"{event} {arguments[0]!r}"


def _open(event: str, arguments: tuple[object, ...]) -> str:
    path, mode, flags = arguments
    if not isinstance(flags, int) or not flags & _WRITES or isinstance(path, int):
        return ""
    # By `os.open` a name may be relative to a folder that nobody tells.
    if mode is None and not os.path.isabs(path):  # type: ignore[arg-type]  # noqa: PTH117 - a path of whatever kind  # pyright: ignore[reportArgumentType, reportCallIssue]
        return ""
    return "" if is_place_for_tests(path) else f"{event} {path!r} for writing"


def _change(event: str, arguments: tuple[object, ...]) -> str:
    for place, folder in _PATHS[event]:
        path = arguments[place]
        relative_to = -1 if folder < 0 or folder >= len(arguments) else arguments[folder]
        if relative_to == -1 and not isinstance(path, int) and not is_place_for_tests(path):
            return f"{event} {path!r}"
    return ""


_LOOKS: Mapping[str, Callable[[str, tuple[object, ...]], str]] = {
    "socket.connect": _socket,
    "socket.sendto": _socket,
    "socket.getaddrinfo": _name,
    "socket.gethostbyname": _name,
    "open": _open,
    **dict.fromkeys(_PATHS, _change),
}


def install() -> Guard:
    """Look at everything from now on; there is no way back."""
    # Found before anything is watched: it holds a lock while it tries where it may write.
    tempfile.gettempdir()
    guard = Guard()
    sys.addaudithook(guard)
    return guard
