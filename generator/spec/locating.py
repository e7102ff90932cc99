"""Where in a file the parts of a document stand, so that a complaint points to its cause."""

from __future__ import annotations

import re

from generator import naming
from generator.diagnostics import Position
from generator.spec.nodes import Entry, Mapping, Node, Scalar, Sequence


class Document:
    """A document whose parts are looked up by path, each mapping searched once."""

    def __init__(self, root: Node, *, has_slips: bool = False) -> None:
        """Look up paths in *root*; with *has_slips*, a key that is missing is taken for the one that is nearly it."""
        self.root = root
        self._has_slips = has_slips
        self._tables: dict[int, dict[str, Entry]] = {}

    def at(self, path: tuple[str, ...]) -> Node | None:
        """Return what stands at *path*, if it is there."""
        node: Node | None = self.root
        for step in path:
            match node:
                case Mapping():
                    entry = self._entry(node, step)
                    node = None if entry is None else entry.value
                case Sequence(items=items) if step.isdigit() and int(step) < len(items):
                    node = items[int(step)]
                case _:
                    return None
        return node

    def locate(self, path: tuple[str, ...], *, key: bool = False, word: str = "") -> Position:
        """Return where *path* stands, or the deepest part of it that exists.

        Args:
            path: Keys and indices as text, as in `Place.path`.
            key: Return the position of the last key instead of that of its value.
            word: Return the position of this word inside the text that stands there.
        """
        node = self.root
        position = node.position
        for number, step in enumerate(path):
            match node:
                case Mapping():
                    entry = self._entry(node, step)
                    if entry is None:
                        return position
                    node = entry.value
                    position = entry.key.position if key and number == len(path) - 1 else node.position
                case Sequence(items=items) if step.isdigit() and int(step) < len(items):
                    node = items[int(step)]
                    position = node.position
                case _:
                    return position
        if word and isinstance(node, Scalar):
            found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", node.text)
            return node.at(found.start()) if found else position
        return position

    def _entry(self, mapping: Mapping, key: str) -> Entry | None:
        # By identity: the document is kept alive here, and a mapping's own hash looks at everything in it.
        table = self._tables.get(id(mapping))
        if table is None:
            table = {entry.key.text: entry for entry in reversed(mapping.entries)}
            self._tables[id(mapping)] = table
        found = table.get(key)
        if found is None and self._has_slips:
            slip = naming.nearest(key, table)
            found = None if slip is None else table[slip]
        return found


def locate(root: Node, path: tuple[str, ...], *, key: bool = False, word: str = "") -> Position:
    """Return where *path* stands in a document of which nothing else is asked."""
    return Document(root).locate(path, key=key, word=word)
