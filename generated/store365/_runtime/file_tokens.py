"""The token that the processes of one machine keep together, in a file."""

from __future__ import annotations

import os
import time
from typing import Any, Literal, cast

from .credentials import Secret
from .limits import StoreUnavailable
from .locked_files import LockedFile, locked
from .logins import renewal
from .token_stores import CLAIM, REFUSED_FOR, Busy, Claim, Refused, Stored, TokenStore

_MOST_ACCOUNTS = 100


class FileTokenStore(TokenStore):
    """Keeps the token of an account for all processes of this machine that name the same file.

    The token lies in the file as it is: whoever can read the file can act as the account until the token ends. The file
    is made with mode 0600 where there is none, and one that others may read is refused. The password is not in it.

    Args:
        path: The file, on a disk of this machine: a network drive does not keep locks.
        when_unavailable: What happens while the file cannot be used: `closed` and calls fail with a
            `StoreUnavailableError`, `open` and each process signs in for itself.
    """

    def __init__(self, path: str | os.PathLike[str], *, when_unavailable: Literal["open", "closed"] = "closed") -> None:
        super().__init__(when_unavailable)
        self._path = os.path.abspath(path)  # noqa: PTH100 - a path of bytes is refused, and nothing else is needed

    def __repr__(self) -> str:
        return f"FileTokenStore({self._path!r})"

    def claim(self, account: str, name: str, not_this: Secret | None) -> Stored | Claim | Busy | Refused:
        with locked(self._path, private=True) as file:
            now = time.monotonic()
            accounts = _accounts(file, now)
            entry = accounts.setdefault(account, {})
            found = _stored(entry, now, not_this)
            renew, end = renewal(found.seconds) if found is not None else (0.0, 0.0)
            if found is not None and found.age < renew:
                return found
            if float(entry.get("refused_until", 0.0)) > now:
                return Refused(int(entry["refused"]))
            if float(entry.get("claimed_until", 0.0)) > now:
                return found if found is not None and found.age < end else Busy()
            entry |= {"claim": name, "claimed_until": now + CLAIM}
            _write(file, accounts, now)
            return Claim(name)

    def put(self, account: str, token: Secret, seconds: float, age: float) -> None:
        with locked(self._path, private=True) as file:
            now = time.monotonic()
            accounts = _accounts(file, now)
            fetched = {"seconds": seconds, "fetched": now - age, "wall": time.time() - age}
            accounts[account] = {"token": token.reveal(), **fetched}
            _write(file, accounts, now)

    def give_back(self, account: str, claim: Claim, status_code: int) -> None:
        with locked(self._path, private=True) as file:
            now = time.monotonic()
            accounts = _accounts(file, now)
            entry = accounts.get(account, {})
            if entry.get("claim") != claim.name:
                return
            entry["claimed_until"] = 0.0
            if status_code:
                entry |= {"refused": status_code, "refused_until": now + REFUSED_FOR}
            _write(file, accounts, now)


def _accounts(file: LockedFile, now: float) -> dict[str, dict[str, Any]]:
    """Return what is known of each account: nothing, where it was cut by a crash or is from before a restart."""
    document = file.read()
    if not isinstance(document, dict):
        return {}
    found = cast("dict[str, Any]", document)
    written, accounts = found.get("written"), found.get("accounts")
    if not isinstance(written, float) or written > now or not isinstance(accounts, dict):
        return {}
    return cast("dict[str, dict[str, Any]]", accounts)


def _stored(entry: dict[str, Any], now: float, not_this: Secret | None) -> Stored | None:
    if "token" not in entry or (not_this is not None and entry["token"] == not_this.reveal()):
        return None
    # By the clock that is the longer behind: the machine's own does not run while it is off.
    age = max(now - float(entry["fetched"]), time.time() - float(entry["wall"]))
    return Stored(Secret.of(entry["token"]), float(entry["seconds"]), age)


def _write(file: LockedFile, accounts: dict[str, dict[str, Any]], now: float) -> None:
    if len(accounts) > _MOST_ACCOUNTS:
        raise StoreUnavailable("there are too many accounts in the file; take one for each of them")
    file.write({"written": now, "accounts": accounts})
