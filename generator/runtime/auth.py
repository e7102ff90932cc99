"""How requests prove who sends them. Auth signs a description of a request; it does no I/O."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, Protocol

from .credentials import joined
from .values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clock import Clock
    from .commands import TokenSource
    from .credentials import Secret
    from .envelope import Envelope
    from .request import Request

Remedy = Literal["fail", "renew"]

TOKEN = "token"  # noqa: S105 - the name under which a token stands among the secrets, not a token
"""The name under which the token of a login stands among the secrets."""


class Auth(Protocol):
    """A scheme of authentication."""

    def sign(self, request: Request, secrets: Mapping[str, Secret], /) -> Request:
        """Return *request* with what proves its sender."""
        ...

    def after_refusal(self) -> Remedy:
        """Say what helps after a 401: nothing (`fail`), or a new token (`renew`)."""
        ...

    def reserved(self) -> frozenset[str]:
        """Name the headers (in small letters) or body fields that a caller may not set."""
        ...


class LoginScheme(Protocol):
    """A way to get the token that requests carry."""

    def source(
        self,
        url: str | None,
        secrets: Mapping[str, Secret],
        envelope: Envelope,
        clock: Clock,
        user_agent: str,
        /,
        *,
        store: object | None,
    ) -> TokenSource:
        """Return what gives a client's calls their token; *url* is where to sign in, if not where the vendor says."""
        ...


@dataclass(frozen=True)
class CredentialPart:
    """The place of a credential in a composed value."""

    name: str


@dataclass(frozen=True, kw_only=True)
class NoAuth:
    """The vendor asks for nothing."""

    def sign(self, request: Request, secrets: Mapping[str, Secret], /) -> Request:  # noqa: ARG002 - the protocol's form
        return request

    def after_refusal(self) -> Remedy:
        return "fail"

    def reserved(self) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True, kw_only=True)
class BearerAuth:
    """An `Authorization` header, composed of credentials and literal text.

    Attributes:
        parts: What the value is made of, in order.
        scheme: The word before it, spelled as the vendor spells it.
        header: The header that carries it.
    """

    parts: tuple[CredentialPart | str, ...]
    scheme: str = "Bearer"
    header: str = "Authorization"

    def sign(self, request: Request, secrets: Mapping[str, Secret], /) -> Request:
        value = joined((f"{self.scheme} ", *(_part(part, secrets) for part in self.parts)))
        return request.with_header(self.header, value)

    def after_refusal(self) -> Remedy:
        # The credential is static: the same header would be refused again.
        return "fail"

    def reserved(self) -> frozenset[str]:
        return frozenset((self.header.lower(),))


@dataclass(frozen=True, kw_only=True)
class BodyAuth:
    """Credentials as fields of every request's body.

    Attributes:
        fields: Pairs of a wire name and what its value is made of, in order.
    """

    fields: tuple[tuple[str, tuple[CredentialPart | str, ...]], ...]

    def sign(self, request: Request, secrets: Mapping[str, Secret], /) -> Request:
        held = {wire: joined(tuple(_part(part, secrets) for part in parts)) for wire, parts in self.fields}
        return replace(request, body={**held, **(request.body or {})})

    def after_refusal(self) -> Remedy:
        return "fail"

    def reserved(self) -> frozenset[str]:
        return frozenset(wire for wire, _ in self.fields)


@dataclass(frozen=True, kw_only=True)
class AllOf:
    """Several schemes that sign one request, one after the other."""

    parts: tuple[Auth, ...]

    def sign(self, request: Request, secrets: Mapping[str, Secret], /) -> Request:
        for part in self.parts:
            request = part.sign(request, secrets)
        return request

    def after_refusal(self) -> Remedy:
        return "renew" if any(part.after_refusal() == "renew" for part in self.parts) else "fail"

    def reserved(self) -> frozenset[str]:
        return frozenset[str]().union(*(part.reserved() for part in self.parts))


def composed(parts: tuple[CredentialPart | str, ...], secrets: Mapping[str, Secret]) -> Secret:
    """Return what *parts* spell, credentials filled in."""
    return joined(tuple(_part(part, secrets) for part in parts))


def _part(part: CredentialPart | str, secrets: Mapping[str, Secret]) -> str | Secret:
    return part if isinstance(part, str) else secrets[part.name]
