"""Answers that are a bare value, with whatever markup a server leaves around it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from .documents import Malformed
from .values import dataclass
from .xml_answers import inside_html, parse_xml, plain_text, unpacked

_TAG = re.compile(rb"<[^<>]*>")


@dataclass(frozen=True, kw_only=True)
class TextAnswer:
    """A bare value. Failures may still come as XML, so a document is read as one.

    Attributes:
        roots: What the outermost element of such a failure may be called, by which it is found inside an HTML page.
    """

    roots: tuple[str, ...] = ()

    @property
    def is_text(self) -> bool:
        return True

    def read(self, content: bytes, /) -> object:
        """Return the text, or the document where there is one."""
        plain = unpacked(content).removeprefix(b"\xef\xbb\xbf").strip()
        if not plain.startswith(b"<"):
            return plain_text(plain)
        malformed: Malformed | None = None
        try:
            return parse_xml(inside_html(plain, self.roots))
        except Malformed as error:
            malformed = Malformed(error.path, error.reason)
        if b"<!" in plain or len(plain) > 500:
            raise malformed
        return plain_text(_TAG.sub(b" ", plain).strip())

    def typed(self, document: object, /) -> object:
        """Return the text, taken out of its markup."""
        texts = list(_texts(document))
        if len(texts) != 1:
            raise Malformed("", "not one bare value")
        return texts[0]


def _texts(document: object) -> list[str]:
    """Return all texts of a document, which is no deeper than its reader lets it be."""
    if isinstance(document, str):
        return [document]
    if isinstance(document, Mapping):
        return [text for value in cast("Mapping[str, object]", document).values() for text in _texts(value)]
    if isinstance(document, list):
        return [text for value in cast("list[object]", document) for text in _texts(value)]
    return []
