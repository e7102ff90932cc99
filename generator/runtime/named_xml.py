"""XML that tells what a JSON answer tells: without its outermost element, with names spelled otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from .documents import Malformed
from .values import dataclass
from .xml_answers import parse_xml, unpacked

_FIRST_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]+")
"""Capitals at the beginning of a name; the last of several belongs to the word after them."""


@dataclass(frozen=True, kw_only=True)
class NamedXml:
    """XML becomes what JSON would be: mappings by name, all values as text, an empty element None.

    Attributes:
        lists: Where lists of objects stand, by JSON's names: each is an element whose children, whatever they are
            called, are its elements. Lists on the way are gone through.
        is_pascal_case: Whether names begin with a capital where JSON's begin with a small letter.
    """

    lists: tuple[tuple[str, ...], ...] = ()
    is_pascal_case: bool = False

    @property
    def is_text(self) -> bool:
        return False

    def read(self, content: bytes, /) -> object:
        """Return what the outermost element holds."""
        plain = unpacked(content).removeprefix(b"\xef\xbb\xbf").strip()
        if not plain:
            raise Malformed("", "nothing")
        (held,) = parse_xml(plain).values()
        return {} if held is None else self._named(held) or {}

    def typed(self, document: object, /) -> object:
        """Return *document* with lists where the documentation has them."""
        if not isinstance(document, dict):
            raise Malformed("", "a single value")
        for path in self.lists:
            for parent in _parents(cast("object", document), path[:-1]):
                if path[-1] in parent:
                    parent[path[-1]] = _children(parent[path[-1]])
        return cast("object", document)

    def _named(self, value: object) -> object:
        # No deeper than the parser lets it be.
        if isinstance(value, list):
            return [self._named(each) for each in cast("list[object]", value)]
        if not isinstance(value, dict):
            return value
        entries = cast("dict[str, object]", value).items()
        return {self._spelled(name): self._named(each) for name, each in entries if not _is_of_xml(name)} or None

    def _spelled(self, name: str) -> str:
        own = name.rpartition(":")[2]
        return _FIRST_WORD.sub(lambda found: found[0].lower(), own, count=1) if self.is_pascal_case else own


def _is_of_xml(name: str) -> bool:
    """Tell whether an attribute speaks of the document and not of what it tells."""
    return name == "xmlns" or name.startswith(("xmlns:", "xml:")) or name.endswith((":nil", ":type", ":schemaLocation"))


def _parents(document: object, path: tuple[str, ...]) -> Iterator[dict[str, object]]:
    following = [document]
    for name in path:
        found = [cast("dict[str, object]", each).get(name) for each in following if isinstance(each, dict)]
        following = [
            element for each in found for element in (cast("list[object]", each) if isinstance(each, list) else [each])
        ]
    for each in following:
        if isinstance(each, dict):
            yield cast("dict[str, object]", each)


def _children(wrapper: object) -> object:
    """Return the elements of a list; an empty one is an object of which nothing is told."""
    if wrapper is None:
        return []
    if not isinstance(wrapper, dict):
        return wrapper
    groups = cast("dict[str, object]", wrapper).values()
    listed = [
        each for group in groups for each in (cast("list[object]", group) if isinstance(group, list) else [group])
    ]
    nothing: dict[str, object] = {}
    return [nothing if each is None else each for each in listed]
