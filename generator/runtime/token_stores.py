"""Where the processes of one account keep their token together, and whose turn it is to sign in for all of them."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, NoReturn

from .values import dataclass

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from .credentials import Secret

CLAIM = 35.0
"""Seconds for which a process has the turn to sign in; who has not done so by then is taken for lost."""

REFUSED_FOR = 60.0
"""Seconds for which no process signs in with credentials that the vendor refused to one of them."""


@dataclass(frozen=True)
class Stored:
    """A token that another process fetched.

    Attributes:
        secret: The token.
        seconds: For how long it was good when it was fetched.
        age: How many seconds ago that was.
    """

    secret: Secret
    seconds: float
    age: float


@dataclass(frozen=True)
class Claim:
    """The turn to sign in."""

    name: str


@dataclass(frozen=True)
class Busy:
    """Another process is signing in."""


@dataclass(frozen=True)
class Refused:
    """The vendor refused these credentials to another process, with this status."""

    status_code: int


class TokenStore(ABC):
    """Keeps the token of an account for all processes that use the store; give one to their clients.

    Attributes:
        when_unavailable: What happens while it cannot be used: `closed` and calls fail, `open` and each process signs in
            for itself.
    """

    when_unavailable: Literal["open", "closed"]

    def __init__(self, when_unavailable: Literal["open", "closed"]) -> None:
        if when_unavailable not in ("open", "closed"):
            raise ValueError("when_unavailable must be 'open' or 'closed'")
        self.when_unavailable = when_unavailable

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} cannot be pickled or copied; make it anew in each process")

    @abstractmethod
    def claim(self, account: str, name: str, not_this: Secret | None) -> Stored | Claim | Busy | Refused:
        """Return the token, or whose turn it is to fetch one.

        Args:
            account: Which credentials the token is for.
            name: What the turn is called, if it is this one's.
            not_this: A token that the vendor did not take.

        Raises:
            StoreUnavailable: The store cannot be used.
        """

    @abstractmethod
    def put(self, account: str, token: Secret, seconds: float, age: float) -> None:
        """Keep a token that is good for *seconds* and was fetched *age* seconds ago.

        Raises:
            StoreUnavailable: The store cannot be used.
        """

    @abstractmethod
    def give_back(self, account: str, claim: Claim, status_code: int) -> None:
        """Give the turn back without a token; with the status, where the vendor refused the credentials.

        Raises:
            StoreUnavailable: The store cannot be used.
        """


class Question:
    """Something to ask a store, which may take its time: tasks ask from a thread."""

    def __init__(self, ask: Callable[[], object], undo: Callable[[object], object]) -> None:
        self._ask = ask
        self._undo = undo

    def acquire(self, deadline: float) -> object:  # noqa: ARG002 - a store answers in its own time
        """Ask, holding the thread."""
        return self._ask()

    async def acquire_async(self, deadline: float) -> object:  # noqa: ARG002 - the same
        """Ask, holding the task."""
        # Imported here: who calls without tasks does without.
        import asyncio  # noqa: PLC0415 - see above

        asked = asyncio.get_running_loop().run_in_executor(None, self._ask)
        try:
            return await asyncio.shield(asked)
        except asyncio.CancelledError:
            asked.add_done_callback(self._abandoned)
            raise

    def _abandoned(self, asked: asyncio.Future[object]) -> None:
        if not asked.cancelled() and asked.exception() is None:
            aside(lambda: self._undo(asked.result()))


def aside(do: Callable[[], object]) -> None:
    """Do something that nobody waits for and that may fail, such as giving back what is lost after a while anyway."""

    def run() -> None:
        with suppress(Exception):
            do()

    # At the end of the interpreter no thread starts.
    with suppress(RuntimeError):
        threading.Thread(target=run, daemon=True).start()
