"""Credentials: taken once, checked, and never shown."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NoReturn

from .errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .operations import Credential

HIDDEN = "[hidden]"


class Secret:
    """A text that shows itself nowhere: not by `repr` or `str`, not among attributes, not in a pickle."""

    __slots__ = ("reveal",)

    reveal: Callable[[], str]
    """Give the text; call it only inside the expression that hands the text on."""

    def __init__(self, reveal: Callable[[], str]) -> None:
        self.reveal = reveal

    @classmethod
    def of(cls, text: str) -> Secret:
        """Wrap *text*; the caller's own variable is the caller's to delete."""
        return cls(lambda: text)

    def __repr__(self) -> str:
        return HIDDEN

    def __format__(self, format_spec: str) -> str:
        return HIDDEN

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be pickled or copied; make it anew from where it is kept")


def joined(parts: tuple[str | Secret, ...]) -> Secret:
    """Return the secret that *parts* spell one after the other."""
    return Secret(lambda: "".join(part if isinstance(part, str) else part.reveal() for part in parts))


class Credentials:
    """What the caller gave, by keyword; wrapped at once and checked only by `resolve`."""

    __slots__ = ("_given",)

    def __init__(self, **given: str | None) -> None:
        self._given: dict[str, Secret] = {name: Secret.of(value) for name, value in given.items() if value is not None}

    def __repr__(self) -> str:
        return f"Credentials({', '.join(f'{name}={HIDDEN}' for name in self._given)})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("credentials cannot be pickled or copied; make them anew from where they are kept")

    def resolve(self, declared: tuple[Credential, ...]) -> dict[str, Secret]:
        """Return every declared credential, from the caller or from the environment.

        Raises:
            CredentialError: One is missing, or cannot be sent in a header.
        """
        found: dict[str, Secret] = {}
        for credential in declared:
            given = self._given.get(credential.name)
            # The environment is never held in a variable: it has secrets, and tracebacks show variables.
            if given is None and credential.environment_variable in os.environ:
                given = Secret.of(os.environ[credential.environment_variable])
            if given is None:
                if credential.required:
                    raise CredentialError(
                        f"{credential.name} is missing: give {credential.name}=... "
                        f"or set the environment variable {credential.environment_variable}"
                    )
                continue
            complaint = _complaint(given)
            if complaint:
                raise CredentialError(f"{credential.name} {complaint}")
            found[credential.name] = given
        return found


def scrub(text: str, secrets: Mapping[str, Secret]) -> str:
    """Take every secret out of a *text* that somebody else wrote."""
    for held in secrets.values():
        text = text.replace(held.reveal(), HIDDEN) if held.reveal() else text
    return text


def _complaint(held: Secret) -> str:
    if not _is_text(held.reveal()):
        return "must be a string"
    if not held.reveal():
        return "is empty"
    if not held.reveal().isascii() or not held.reveal().isprintable():
        return "has a line break, a control character or a character outside ASCII, which no header can carry"
    if held.reveal() != held.reveal().strip():
        return "begins or ends with a space; was it copied with one too many?"
    return ""


def _is_text(value: object) -> bool:
    return isinstance(value, str)
