"""Exchanging two folders in one step, where the system can: there is no moment at which either name is missing."""

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from functools import cache
from typing import Protocol

from generator.output.folder import Folder


class ExchangeUnsupportedError(Exception):
    """This system, or the file system of these folders, has no such step."""


Exchange = Callable[[Folder, Folder, str], None]
"""Exchanges the folders of one name in two folders, or raises `ExchangeUnsupportedError` having done nothing."""

_RENAME_EXCHANGE = 2  # Linux: renameat2(2)
_RENAME_SWAP = 2  # macOS: renameatx_np(2)

# EPERM is what containers answer to a call they have not heard of. Where it means what it says, renaming fails as well.
_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM}


class ExchangeCall(Protocol):
    """The system's call, the same in shape on Linux and macOS: 0, or -1 and an error number."""

    def __call__(self, old_folder: int, old: bytes, new_folder: int, new: bytes, flags: int, /) -> int: ...


def exchange_folders(stage: Folder, top: Folder, name: str) -> None:
    """Exchange `stage/name` and `top/name` by the means of this system."""
    exchange_by(_system_call(), stage, top, name)


def exchange_by(found: tuple[ExchangeCall, int] | None, stage: Folder, top: Folder, name: str) -> None:
    """Exchange `stage/name` and `top/name` by a call and its flag.

    Raises:
        ExchangeUnsupportedError: There is no call, or it does not serve these folders.
        OSError: It failed; nothing was exchanged.
    """
    if found is None:
        raise ExchangeUnsupportedError
    call, flag = found

    def exchange(old_folder: int, old: bytes, new_folder: int, new: bytes) -> None:
        ctypes.set_errno(0)
        if call(old_folder, old, new_folder, new, flag) != 0:
            number = ctypes.get_errno()
            if number in _UNSUPPORTED:
                raise ExchangeUnsupportedError
            raise OSError(number, os.strerror(number), os.fsdecode(new))

    stage.exchange(name, top, exchange)


def find_call(platform: str, library: object) -> tuple[ExchangeCall, int] | None:
    """Return the call and the flag by which *platform* exchanges, if its C library has them."""
    if platform == "linux":
        name, flag = "renameat2", _RENAME_EXCHANGE
    elif platform == "darwin":
        name, flag = "renameatx_np", _RENAME_SWAP
    else:
        return None
    call = getattr(library, name, None)
    return None if call is None else (call, flag)


@cache
def _system_call() -> tuple[ExchangeCall, int] | None:
    return find_call(sys.platform, ctypes.CDLL(None, use_errno=True))
