"""Where in a file a new entry goes, and how it is written there so that nothing else moves."""

from __future__ import annotations

import re

import yaml

from generator.editing import spelling
from generator.editing.spelling import Value
from generator.editing.text import Edit
from generator.spec.formatting import KeyOrder, end_of
from generator.spec.nodes import Entry, Mapping, Node, Scalar, Sequence
from generator.spec.source import SpecSource

Path = tuple[str, ...]


class Misplaced(Exception):
    """What is written in the file leaves no place for the new entry; the text says where and why."""


class Places:
    """Finds places in one file.

    Args:
        source: The file.
        order: The canonical order of keys, as for `format_spec`.
    """

    def __init__(self, source: SpecSource, order: KeyOrder) -> None:
        self._source = source
        self._order = order
        self._text = source.text
        self._lines = source.text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def entry(self, path: Path, key: str, value: Value) -> Edit:
        """Return the edit that adds an entry to the mapping at *path*; what of the path is missing is added with it.

        Keys are found with or without a `?` at their end. The entry follows the others, or stands where the order of
        keys has it.

        Raises:
            Misplaced: Something on the path is no mapping.
        """
        node: Node = self._source.root
        for number, step in enumerate(path):
            if not isinstance(node, Mapping):
                raise Misplaced(f"{self.shown(node)}: '{'.'.join(path[:number])}' has no entries to add one to")
            found = entry_of(node, step)
            if found is None:
                inner: Value = {key: value}
                for outer in reversed(path[number + 1 :]):
                    inner = {outer: inner}
                return self._added(node, path[:number], step, inner)
            node = found.value
        if not isinstance(node, Mapping):
            raise Misplaced(f"{self.shown(node)}: '{'.'.join(path)}' has no entries to add one to")
        return self._added(node, path, key, value)

    def inside(self, mapping: Mapping, path: Path, key: str, value: Value) -> Edit:
        """Return the edit that adds an entry to a mapping of this file, which stands at *path*."""
        return self._added(mapping, path, key, value)

    def item(self, sequence: Sequence, text: str) -> Edit:
        """Return the edit that adds a text to the end of a list."""
        if not sequence.flow:
            column = sequence.position.column - 1
            line = end_of(self._source, sequence, column)
            return self._inserted(line, [f"{' ' * column}- {spelling.scalar(text)}"])
        separator = ", " if sequence.items else ""
        at = self._last_end(sequence.position.line, sequence.position.column)
        return Edit(at, at, separator + spelling.scalar(text, flow=True))

    def announcement(self, value: dict[str, Value], older: int) -> Edit:
        """Return the edit that adds an entry to the changelog.

        Args:
            value: Its keys and what they say.
            older: The index of the first entry that is older, or of none.

        Raises:
            Misplaced: The changelog is written in brackets.
        """
        root = self._source.root
        found = entry_of(root, "changelog")
        if found is None:
            lines = ["changelog:", *self._item_lines(value, 2, 2)]
            at = end_of(self._source, root, 0)
            return self._inserted(at, ["", *lines])
        sequence = found.value
        if isinstance(sequence, Scalar) and not sequence.text:
            # `changelog:` with nothing behind it is refused by the check; here it is as good as an empty list.
            return self._inserted(found.key.position.line, self._item_lines(value, 2, 2))
        if not isinstance(sequence, Sequence):
            raise Misplaced(f"{self.shown(sequence)}: the changelog is no list")
        if sequence.flow:
            if sequence.items:
                where = self.shown(sequence)
                raise Misplaced(f"{where}: the changelog is written in brackets; write each of its entries on lines")
            return self._first(found, sequence, value)
        column = sequence.position.column - 1
        item = sequence.items[0]
        # As deep behind its dash as the others are.
        depth = item.position.column - 1 - column if item.position.column - 1 > column else 2
        lines = self._item_lines(value, column, depth)
        first = self._item_start(sequence, 0)
        parted = len(sequence.items) > 1 and not self._lines[self._item_start(sequence, 1) - 1].strip()
        if older < len(sequence.items):
            start = first if older == 0 else self._item_start(sequence, older)
            return self._inserted(start, [*lines, ""] if parted else lines)
        at = end_of(self._source, sequence, column)
        return self._inserted(at, ["", *lines] if parted else lines)

    def replaced(self, scalar: Scalar, text: str, *, flow: bool) -> Edit:
        """Return the edit that gives a text on one line another wording, in the quotes that it has.

        A text that is folded over lines can be added to at its end.

        Raises:
            Misplaced: The text is spread over lines otherwise.
        """
        if scalar.last_line != scalar.position.line and text.startswith(scalar.text) and self._is_folded(scalar):
            line = scalar.last_line - 1
            while not self._lines[line].strip():
                line -= 1
            at = self._starts[line] + len(self._lines[line].rstrip())
            return Edit(at, at, text[len(scalar.text) :])
        quote = self._text[self._offset(scalar.position.line, scalar.position.column)]
        spelled = spelling.scalar(text, flow=flow) if scalar.plain else spelling.quoted_like(text, quote)
        return self.verbatim(scalar, spelled)

    def verbatim(self, scalar: Scalar, written: str) -> Edit:
        """Return the edit that puts something as it is written in the place of a text on one line.

        Raises:
            Misplaced: The text is spread over lines.
        """
        if scalar.last_line != scalar.position.line or scalar.lead is None:
            raise Misplaced(f"{self.shown(scalar)}: this text is spread over lines; change it by hand")
        start = self._offset(scalar.position.line, scalar.position.column)
        return Edit(start, start + len(scalar.text) + 2 * scalar.lead, written)

    def _is_folded(self, scalar: Scalar) -> bool:
        return scalar.plain or self._text[self._offset(scalar.position.line, scalar.position.column)] == ">"

    def shown(self, node: Node) -> str:
        """Return where a node stands, as complaints say it."""
        return f"{node.position.file}:{node.position.line}:{node.position.column}"

    def _first(self, entry: Entry, sequence: Sequence, value: dict[str, Value]) -> Edit:
        """Write the first announcement in the place of `[]`, and keep a comment behind it."""
        line = entry.key.position.line - 1
        column = sequence.position.column - 1
        written = self._lines[line]
        if sequence.position.line - 1 != line or not re.match(r"\[[ \t]*\]", written[column:]):
            raise Misplaced(f"{self.shown(sequence)}: the changelog is written in brackets; write 'changelog: []'")
        rest = re.sub(r"^\[[ \t]*\]", "", written[column:]).strip()
        head = written[:column].rstrip() + (f"  {rest}" if rest else "")
        lines = [head, *self._item_lines(value, 2, 2)]
        start = self._starts[line]
        return Edit(start, start + len(written), "\n".join(lines))

    def _item_lines(self, value: dict[str, Value], column: int, depth: int) -> list[str]:
        lines: list[str] = []
        for key, inner in value.items():
            lines += spelling.block(key, inner, column + depth, 2)
        dash = " " * column + "-" + " " * (depth - 1)
        return [dash + lines[0][column + depth :], *lines[1:]]

    def _item_start(self, sequence: Sequence, index: int) -> int:
        """Return the line where an item begins, the comments right above it included."""
        column = sequence.position.column - 1
        line = sequence.items[index].position.line - 1
        while self._lines[line][column : column + 1] != "-" or self._lines[line][:column].strip(" -"):
            line -= 1
        while self._lines[line - 1].lstrip().startswith("#"):
            line -= 1
        return line

    def _added(self, mapping: Mapping, path: Path, key: str, value: Value) -> Edit:
        if mapping.flow:
            opened = None if mapping.entries else self._opened(mapping, key, value)
            if opened is not None:
                return opened
            at = self._last_end(mapping.position.line, mapping.position.column)
            written = f"{spelling.scalar(key, flow=True)}: {spelling.flow(value)}"
            return Edit(at, at, f", {written}" if mapping.entries else f" {written} ")
        column = mapping.entries[0].key.position.column - 1
        lines = spelling.block(key, value, column, self._step())
        before = self._before(mapping, path, key)
        if before is None:
            return self._inserted(mapping.entries[0].key.position.line - 1, lines)
        at = end_of(self._source, before.value, column)
        first = mapping.entries[0]
        parted = not path or (
            len(mapping.entries) > 1
            and isinstance(value, dict)
            and not self._lines[end_of(self._source, first.value, column)].strip()
        )
        return self._inserted(at, ["", *lines] if parted else lines)

    def _opened(self, mapping: Mapping, key: str, value: Value) -> Edit | None:
        """Write the first entry on a line of its own instead of `{}`; None where that stands inside other braces."""
        line = mapping.position.line - 1
        written = self._lines[line]
        found = re.fullmatch(r"( *)([^\s#{\[][^{\[#]*:)[ \t]*\{[ \t]*\}[ \t]*(#.*)?", written)
        if found is None:
            return None
        head = found[1] + found[2] + (f"  {found[3]}" if found[3] else "")
        lines = [head, *spelling.block(key, value, len(found[1]) + self._step(), self._step())]
        return Edit(self._starts[line], self._starts[line] + len(written), "\n".join(lines))

    def _before(self, mapping: Mapping, path: Path, key: str) -> Entry | None:
        """Return the entry that a new one follows."""
        order = self._order(path)
        if order is None or key not in order:
            return mapping.entries[-1]
        ranks = {name: rank for rank, name in enumerate(order)}
        found = [entry for entry in mapping.entries if ranks.get(entry.key.text, len(ranks)) < ranks[key]]
        return found[-1] if found else None

    def _step(self) -> int:
        """Return by how much this file's author indents."""
        inside = (entry.value for entry in self._source.root.entries)
        return next(
            (
                node.entries[0].key.position.column - 1
                for node in inside
                if isinstance(node, Mapping) and not node.flow and node.entries
            ),
            2,
        )

    def _inserted(self, line: int, lines: list[str]) -> Edit:
        at = self._starts[line]
        return Edit(at, at, "".join(f"{each}\n" for each in lines))

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column - 1

    def _last_end(self, line: int, column: int) -> int:
        """Return where the last value inside braces or brackets ends that open at a position, or the place behind them."""
        start = self._offset(line, column)
        depth = 0
        last = start + 1
        # Read by the parser that read the file: where a value in braces ends, only a parser knows.
        for event in yaml.parse(self._text, Loader=yaml.CSafeLoader):
            is_start = isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent)
            if depth == 0:
                depth = 1 if is_start and _marks(event)[0] == start else 0
                continue
            if is_start:
                depth += 1
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                depth -= 1
                if depth == 0:
                    break
            last = _marks(event)[1]
        return last


def _marks(event: yaml.Event) -> tuple[int, int]:
    if event.start_mark is None or event.end_mark is None:
        raise AssertionError("events of a text have marks")
    return event.start_mark.index, event.end_mark.index


def entry_of(mapping: Mapping, key: str) -> Entry | None:
    """Return the entry of a mapping whose key is *key*, with or without a `?` at its end."""
    return next((entry for entry in mapping.entries if entry.key.text.removesuffix("?") == key.removesuffix("?")), None)
