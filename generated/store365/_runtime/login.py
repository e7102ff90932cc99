"""Signing in for a token: which form goes where, where the token stands in the answer, and how requests carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .auth import CredentialPart, Remedy, composed
from .errors import ArgumentError
from .values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clock import Clock
    from .commands import TokenSource
    from .credentials import Secret
    from .envelope import Envelope, Path
    from .request import Request


@dataclass(frozen=True, kw_only=True)
class Login:
    """A form that is sent for a token.

    Attributes:
        url: Where to; the token's host may be another one than the API's.
        fields: Pairs of a wire name and what its value is made of, in order.
        token: Where the token stands in the answer.
        expires_in: Where the answer says for how many seconds the token is good.
    """

    url: str
    fields: tuple[tuple[str, tuple[CredentialPart | str, ...]], ...]
    token: Path
    expires_in: Path | None = None

    def source(
        self,
        url: str | None,
        secrets: Mapping[str, Secret],
        envelope: Envelope,
        clock: Clock,
        user_agent: str,
        *,
        store: object | None,
    ) -> TokenSource:
        """Return what gives a client's calls their token; nothing is sent yet.

        Args:
            url: Where to sign in, where that is not the vendor's own address.
            secrets: The client's credentials.
            envelope: How the vendor tells an error.
            clock: Where the client takes time from.
            user_agent: What the vendor sees of us.
            store: Where the token is shared with other processes.
        """
        # Declarations are imported without what sends and reads.
        from .token_stores import TokenStore  # noqa: PLC0415 - see above
        from .tokens import TokenKeeper  # noqa: PLC0415 - see above

        if store is not None and not isinstance(store, TokenStore):
            raise ArgumentError("token_store must be a FileTokenStore or a RedisTokenStore of this package")

        chosen = self.url if url is None else url
        return TokenKeeper(
            self, url=chosen, secrets=secrets, envelope=envelope, clock=clock, user_agent=user_agent, store=store
        )


@dataclass(frozen=True, kw_only=True)
class TokenAuth:
    """A header that carries the token.

    Attributes:
        header: Its name.
        parts: What its value is made of, in order.
    """

    header: str
    parts: tuple[CredentialPart | str, ...]

    def sign(self, request: Request, secrets: Mapping[str, Secret], /) -> Request:
        return request.with_header(self.header, composed(self.parts, secrets))

    def after_refusal(self) -> Remedy:
        return "renew"

    def reserved(self) -> frozenset[str]:
        return frozenset((self.header.lower(),))
