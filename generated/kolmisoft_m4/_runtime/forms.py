"""Bodies as forms: `application/x-www-form-urlencoded`, or the same in the query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from .credentials import Secret
from .values import dataclass

if TYPE_CHECKING:
    from .request import BodyValue


@dataclass(frozen=True, kw_only=True)
class FormBody:
    """Fields as pairs of name and text.

    Attributes:
        in_query: Whether they travel in the query, where servers and proxies write them into their logs.
        setting: The client's setting that may say so, with `query` for its word.
    """

    in_query: bool = False
    setting: str | None = None

    @property
    def content_type(self) -> str:
        return "application/x-www-form-urlencoded"

    def chosen(self, settings: Mapping[str, str]) -> FormBody:
        """Return the form that the client's settings ask for."""
        asked = self.setting is not None and settings.get(self.setting) == "query"
        return FormBody(in_query=self.in_query or asked)

    def encode(self, fields: Mapping[str, BodyValue]) -> bytes:
        """Spell *fields*, secrets included; a list is the same name several times."""
        return "&".join(
            f"{quote(name, safe='')}={quote(value.reveal() if isinstance(value, Secret) else cast('str', value), safe='')}"
            for name, given in fields.items()
            for value in (cast("list[object]", given) if isinstance(given, list) else (given,))
        ).encode("ascii")
