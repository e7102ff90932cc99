"""A digest over an operation's own arguments, in an order of its own, then a secret."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, cast

from .auth import CredentialPart, Remedy
from .credentials import Secret, joined
from .errors import ArgumentError
from .values import dataclass

if TYPE_CHECKING:
    from .operations import DigestQuestion
    from .request import Request

Algorithm = Literal["md5", "sha1", "sha256", "sha512"]


def digest(algorithm: Algorithm, parts: Sequence[str | Secret]) -> str:
    """Return the digest of *parts*, one after the other in UTF-8, in small hexadecimal digits."""
    made = hashlib.new(algorithm, usedforsecurity=False)
    for part in parts:
        made.update((part if isinstance(part, str) else part.reveal()).encode())
    return made.hexdigest()


@dataclass(frozen=True, kw_only=True)
class DigestAuth:
    """A field that holds the digest of what is sent; what is not sent is left out, and so is all that callers add.

    Attributes:
        algorithm: How it is made.
        then: What stands behind the values, such as a secret key.
        field: The field that carries it.
        fields: Fields that other parts of the authentication send, which an operation may have among its values.
    """

    algorithm: Algorithm
    then: tuple[CredentialPart | str, ...]
    field: str
    fields: tuple[tuple[str, tuple[CredentialPart | str, ...]], ...] = ()

    def sign(self, request: Request, secrets: Mapping[str, Secret], /) -> Request:
        held = {wire: _composed(parts, secrets) for wire, parts in self.fields}
        values = tuple(held.get(wire) if value is None else value for wire, value in request.hashed)
        parts = (*(value for value in values if value is not None), _composed(self.then, secrets))
        hidden = Secret(lambda: digest(self.algorithm, parts))
        return replace(request, body={**(request.body or {}), self.field: hidden})

    def after_refusal(self) -> Remedy:
        return "fail"

    def reserved(self) -> frozenset[str]:
        return frozenset((self.field,))


@dataclass(frozen=True, kw_only=True)
class HashedInOrder:
    """The values that go into the digest, by their names on the wire."""

    names: tuple[str, ...] = ()

    def order(self, asked: DigestQuestion, /) -> tuple[str, ...]:  # noqa: ARG002 - the protocol's form
        """Return the names in their order."""
        return self.names


@dataclass(frozen=True, kw_only=True)
class HashedBySetting:
    """Another order for each word of a setting of the client's."""

    setting: str
    orders: tuple[tuple[str, tuple[str, ...]], ...]

    def order(self, asked: DigestQuestion, /) -> tuple[str, ...]:
        """Return the names in their order."""
        return dict(self.orders)[asked.settings[self.setting]]


@dataclass(frozen=True, kw_only=True)
class HashedAsGiven:
    """An order that the vendor does not tell, so that the caller does, by the argument `hashed`.

    Attributes:
        members: What goes into it, where at least that is known: then one that is sent alone needs no order.
    """

    members: tuple[str, ...] = ()

    def order(self, asked: DigestQuestion, /) -> tuple[str, ...]:
        """Return the names in their order.

        Raises:
            ArgumentError: The caller has to say it and does not, or says something else.
        """
        given = asked.given
        if given is None:
            alone = tuple(name for name in self.members if name in asked.sent)
            if not self.members or len(alone) > 1:
                raise ArgumentError(
                    "hashed is required: the vendor does not document the order of the digest, so give the names of the "
                    "arguments that go into it, in their order"
                )
            return alone
        if not isinstance(given, list | tuple):
            raise ArgumentError("hashed must be a list of names of arguments")
        names = cast("Sequence[object]", given)
        if any(not isinstance(name, str) or name not in asked.known for name in names):
            raise ArgumentError(f"hashed must have names of arguments only: {', '.join(asked.known)}")
        wires = tuple(asked.known[cast("str", name)] for name in names)
        if len(set(wires)) < len(wires):
            raise ArgumentError("hashed must have each name once")
        return wires


def _composed(parts: tuple[CredentialPart | str, ...], secrets: Mapping[str, Secret]) -> Secret:
    return joined(tuple(part if isinstance(part, str) else secrets[part.name] for part in parts))
