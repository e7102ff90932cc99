"""Where in a file the parts of a document stand, so that a complaint points to its cause."""

from __future__ import annotations

import re

from generator import naming
from generator.diagnostics import Position
from generator.spec.nodes import Entry, Mapping, Node, Scalar, Sequence


def entry_at(mapping: Mapping, key: str) -> Entry | None:
    """Return the entry under *key*, or under what its author most likely wrote for it."""
    for entry in mapping.entries:
        if entry.key.text == key:
            return entry
    slip = naming.nearest(key, mapping.keys)
    return next((entry for entry in mapping.entries if entry.key.text == slip), None)


def node_at(root: Node, path: tuple[str, ...]) -> Node | None:
    """Return what stands at *path*, if it is there."""
    node: Node | None = root
    for step in path:
        match node:
            case Mapping():
                entry = entry_at(node, step)
                node = None if entry is None else entry.value
            case Sequence(items=items) if step.isdigit() and int(step) < len(items):
                node = items[int(step)]
            case _:
                return None
    return node


def locate(root: Node, path: tuple[str, ...], *, key: bool = False, word: str = "") -> Position:
    """Return where *path* stands in a document, or the deepest part of it that exists.

    Args:
        root: The document.
        path: Keys and indices as text, as in `Place.path`.
        key: Return the position of the last key instead of that of its value.
        word: Return the position of this word inside the text that stands there.
    """
    node = root
    position = root.position
    for number, step in enumerate(path):
        match node:
            case Mapping():
                entry = entry_at(node, step)
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
