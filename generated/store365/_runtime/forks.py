"""What begins anew in the child of a fork: locks, and what they guard.

A fork copies a lock as it is. One that another thread holds just then would stay locked in the child for ever, since that
thread is not there to let it go.
"""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_BEGUN: weakref.WeakKeyDictionary[Any, Callable[[Any], None]] = weakref.WeakKeyDictionary()


def begin_in_each_process(owner: T, begin: Callable[[T], None]) -> None:
    """Do *begin* to *owner* now, and in every child that is forked as long as there is an *owner*.

    Args:
        owner: Whose locks they are.
        begin: Makes them, and puts right what another thread may just have had in its hands.
    """
    begin(owner)
    _BEGUN[owner] = begin


def _begin_anew() -> None:
    for owner, begin in list(_BEGUN.items()):
        begin(owner)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)
