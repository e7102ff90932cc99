"""XML answers as plain mappings: bounded, without DTDs, whatever is wrapped around them."""

from __future__ import annotations

import re
import zlib
from typing import cast
from xml.etree import ElementTree
from xml.parsers import expat

from .documents import Malformed
from .values import dataclass

MOST_LEVELS = 100
MOST_NODES = 500_000
MOST_ATTRIBUTES = 100
"""Elements in one another, elements in all, attributes of one element. More is refused while it is read."""

MOST_UNPACKED = 32 * 1024 * 1024
MOST_GROWTH = 250
FREE_GROWTH = 1024 * 1024
"""Bytes of a packed answer when unpacked: so many in all, and so many for each byte that came, past the first few."""

_STEP = 64 * 1024
_HTML = re.compile(rb"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!doctype\s+html[^>\[]*>\s*)?<html[\s>/]", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class ListAt:
    """A list: the element that wraps it, and the name of its repeated child.

    Attributes:
        path: Where the wrapper stands, from the whole document; lists on the way are gone through.
        item: What each element of the list is called.
    """

    path: tuple[str, ...]
    item: str


@dataclass(frozen=True, kw_only=True)
class XmlAnswer:
    """XML becomes mappings by name: an empty element is None, one of text is that text without the space around it.

    Attributes follow the rule of elements, and an element of the same name counts more; an element of nothing but text
    has no room for them. An element that stands several times is a list.

    Attributes:
        roots: What the outermost element may be called, by which it is found inside an HTML page.
        lists: Which elements are lists, however often their child is there.
    """

    roots: tuple[str, ...] = ()
    lists: tuple[ListAt, ...] = ()

    @property
    def is_text(self) -> bool:
        return False

    def read(self, content: bytes, /) -> object:
        """Return the document, or the text where there is no markup at all."""
        plain = unpacked(content).removeprefix(b"\xef\xbb\xbf").strip()
        if not plain.startswith(b"<"):
            return plain_text(plain)
        return parse_xml(inside_html(plain, self.roots))

    def typed(self, document: object, /) -> object:
        """Return *document* with lists where the documentation has them."""
        if not isinstance(document, dict):
            raise Malformed("", "not XML")
        for each in self.lists:
            _make_list(cast("dict[str, object]", document), each.path, each.item)
        return cast("object", document)


def plain_text(content: bytes) -> str:
    """Return *content* as a short line of text, such as vendors answer instead of a document.

    Raises:
        Malformed: It is no such text.
    """
    text: str | None = None
    if content and len(content) <= 500:
        try:
            text = content.decode()
        except UnicodeDecodeError:
            text = None
    if text is None or not all(character.isprintable() or character.isspace() for character in text):
        raise Malformed("", "not XML" if content else "nothing")
    return " ".join(text.split())


def unpacked(content: bytes) -> bytes:
    """Undo gzip, which some servers put around a body without saying so.

    Raises:
        Malformed: It is cut, broken, or grows beyond measure.
    """
    if not content.startswith(b"\x1f\x8b"):
        return content
    parts: list[bytes] = []
    size = taken = 0
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    piece, rest = content[:_STEP], content[_STEP:]
    reason = ""
    while piece and not reason:
        before = len(piece)
        try:
            plain = unpacker.decompress(piece, _STEP)
        except zlib.error:
            reason = "it begins like gzip and is not"
            continue
        parts.append(plain)
        size += len(plain)
        piece = unpacker.unconsumed_tail
        if unpacker.eof:
            piece = unpacker.unused_data
            if piece.startswith(b"\x1f\x8b") or (not piece and rest.startswith(b"\x1f\x8b")):
                unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
            else:
                break
        taken += before - len(piece)
        if size > MOST_UNPACKED or (size > FREE_GROWTH and size > taken * MOST_GROWTH):
            reason = "more than it may be when unpacked"
        if not piece:
            piece, rest = rest[:_STEP], rest[_STEP:]
    if not reason and not unpacker.eof:
        reason = "cut"
    if reason:
        raise Malformed("", reason)
    return b"".join(parts)


def inside_html(content: bytes, roots: tuple[str, ...]) -> bytes:
    """Return the document that stands inside an HTML page, or *content* where there is no page around it."""
    if _HTML.match(content) is None:
        return content
    names = b"|".join(re.escape(root.encode()) for root in roots)
    begin = re.search(rb"<(" + names + rb")(?=[\s/>])", content) if names else None
    if begin is None:
        raise Malformed("", "a web page")
    closing = b"</%b>" % begin[1]
    end = content.rfind(closing)
    return content[begin.start() : end + len(closing)] if end > 0 else content[begin.start() :]


def parse_xml(content: bytes) -> dict[str, object]:
    """Read *content* at once.

    Raises:
        Malformed: It is not XML in UTF-8, it has a DTD, or there is too much of it.
    """
    if _is_ordinary(content):
        root = _tree(content)
        if root is not None:
            return {root.tag: _value(root, 1)}
    return _parse_carefully(content)


def _is_ordinary(content: bytes) -> bool:
    """Tell whether there is nothing in a document that only a careful reader may see, and not too much of it.

    What is ordinary is read in half of the time.
    """
    return (
        content.count(b"<") <= MOST_NODES
        # A DTD, a comment or CDATA.
        and b"<!" not in content
        # A processing instruction behind the declaration.
        and content.find(b"<?", 1) < 0
        # The tree would spell names in a space of their own in another way; a prefix without one is an error to it.
        and b"xmlns" not in content
    )


def _tree(content: bytes) -> ElementTree.Element | None:
    """Return the document as a tree; None where it is none, or not an ordinary one."""
    parser = ElementTree.XMLParser(encoding="utf-8")  # noqa: S314 - an ordinary document has no DTD
    try:
        parser.feed(content)
        return parser.close()
    except (ElementTree.ParseError, MemoryError):
        # The careful reader says what is wrong.
        return None


def _value(element: ElementTree.Element, level: int) -> object:
    """Return what an element stands for."""
    entries: dict[str, object] = dict(element.items())
    if len(entries) > MOST_ATTRIBUTES:
        raise Malformed("", "too many elements or attributes")
    attributes = set(entries)
    if not len(element):
        return (element.text or "").strip() or entries or None
    if level >= MOST_LEVELS:
        raise Malformed("", f"more than {MOST_LEVELS} levels")
    for child in element:
        name, text = child.tag, child.text
        # Most elements are a text and nothing else, not worth a call; `attrib` would make a mapping for each of them.
        is_plain = not len(child) and not child.keys()
        value = ((text.strip() or None) if text else None) if is_plain else _value(child, level + 1)
        if name not in entries:
            entries[name] = value
        elif name in attributes:
            attributes.remove(name)
            entries[name] = value
        elif isinstance(found := entries[name], list):
            cast("list[object]", found).append(value)
        else:
            entries[name] = [found, value]
    return entries


def _parse_carefully(content: bytes) -> dict[str, object]:
    """Read *content* and refuse what it must not have as soon as it is there."""
    reason = ""
    walk = _Walk()
    # Named here, the encoding is not the document's to choose.
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = walk.refuse_dtd
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    parser.CharacterDataHandler = walk.text
    try:
        parser.Parse(content, True)  # noqa: FBT003 - expat takes it by position only
    except expat.ExpatError as error:
        reason = f"not XML: {expat.ErrorString(error.code)} in line {error.lineno}"
    except Malformed as error:
        reason = error.reason
    except MemoryError:
        reason = "too large"
    if reason:
        raise Malformed("", reason)
    return walk.document


class _Element:
    """An element that is not closed yet; there is one for every value, so it is as little as it can be.

    Attributes:
        name: What it is called.
        entries: Its attributes, then its children as well.
        attributes: The names of attributes that no child has taken the place of; None for none.
        pieces: Its text.
        is_parent: Whether it has a child.
    """

    __slots__ = ("attributes", "entries", "is_parent", "name", "pieces")

    def __init__(self, name: str, attributes: dict[str, object]) -> None:
        self.name = name
        self.entries = attributes
        self.attributes = set(attributes) if attributes else None
        self.pieces: list[str] = []
        self.is_parent = False


class _Walk:
    """What the parser calls while it reads."""

    def __init__(self) -> None:
        self.document: dict[str, object] = {}
        self._open: list[_Element] = []
        self._nodes = 0

    def refuse_dtd(self, *_: object) -> None:
        raise Malformed("", "a document type definition, which is never read")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._nodes += 1
        if len(self._open) >= MOST_LEVELS:
            raise Malformed("", f"more than {MOST_LEVELS} levels")
        if self._nodes > MOST_NODES or len(attributes) > MOST_ATTRIBUTES:
            raise Malformed("", "too many elements or attributes")
        self._open.append(_Element(name, cast("dict[str, object]", attributes)))

    def text(self, data: str) -> None:
        if self._open:
            self._open[-1].pieces.append(data)

    def end(self, _: str) -> None:
        element = self._open.pop()
        # An element of nothing but text is that text; what else it has would not fit into it.
        text = "" if element.is_parent else "".join(element.pieces).strip()
        value: object = text or element.entries or None
        if not self._open:
            self.document[element.name] = value
            return
        above = self._open[-1]
        above.is_parent = True
        name, entries = element.name, above.entries
        if name not in entries:
            entries[name] = value
        elif above.attributes is not None and name in above.attributes:
            above.attributes.remove(name)
            entries[name] = value
        elif isinstance(found := entries[name], list):
            cast("list[object]", found).append(value)
        else:
            entries[name] = [found, value]


def _make_list(document: dict[str, object], path: tuple[str, ...], item: str) -> None:
    """Turn the wrapper at *path* into a list; one that is absent from an element that is there is empty."""
    parents: list[dict[str, object]] = [document]
    for depth, name in enumerate(path[:-1]):
        following: list[dict[str, object]] = []
        for parent in parents:
            found = parent.get(name)
            if found is None and name in parent and depth == 0:
                found = parent[name] = {}
            candidates = cast("list[object]", found) if isinstance(found, list) else [found]
            following += [cast("dict[str, object]", each) for each in candidates if isinstance(each, dict)]
        parents = following
    for parent in parents:
        wrapper = parent.get(path[-1])
        if wrapper is None:
            parent[path[-1]] = []
        elif isinstance(wrapper, dict):
            child = cast("dict[str, object]", wrapper).get(item)
            children = cast("list[object]", child) if isinstance(child, list) else [child]
            # An empty element is one that is not set.
            parent[path[-1]] = [each for each in children if each is not None]
