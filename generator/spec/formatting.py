"""The canonical form of a spec file: its keys in one order, its comments kept, its values as the author spelled them.

Nothing is written anew. The lines of a file are cut into blocks, one an entry of a mapping, with the comments above it;
the blocks are put into order and joined again. So quotes, braces, indentation and blocks of text stay as they are.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from generator.spec.nodes import Entry, Mapping, Node, Scalar, Sequence
from generator.spec.source import SpecSource

Path: TypeAlias = tuple[str, ...]
"""Keys from the top of a document; an item of a list is `ITEM`, whatever its index."""

KeyOrder: TypeAlias = Callable[[Path], tuple[str, ...] | None]
"""Tells in which order the keys of a mapping stand; None where the author's order stays."""

ITEM = "[]"

_KEEPING = re.compile(r"[|>][1-9]?\+")


def format_spec(source: SpecSource, order: KeyOrder) -> str:
    """Return the text of *source* in its canonical form.

    Comments above a key move with it, those at the end of a line stay there, those at the top and at the end of the
    file stay too. Keys that the order does not name follow the others as they stood. There is one blank line between
    sections, none between single lines at the top, and no space at the end of a line.

    Args:
        source: A file without complaints; one with some is not to be touched.
        order: The keys of the document for `()`, and of what is inside it for longer paths.
    """
    return _Formatter(source, order).text()


def end_of(source: SpecSource, node: Node, column: int) -> int:
    """Return the line after a node, counted from 0, with the comments below it that are indented deeper than *column*."""
    return _Formatter(source, lambda _: None).end(node, column)


@dataclass(frozen=True, slots=True)
class _Part:
    """Formatted lines.

    Attributes:
        lines: The lines.
        sealed: Whether blank lines behind them would become part of a text that keeps those at its end.
    """

    lines: list[str]
    sealed: bool


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines of one entry, counted from 0.

    Attributes:
        entry: The entry.
        lead: The blank lines and comments above.
        first: The line of the key.
        end: The line after the last one, comments indented below the entry included.
    """

    entry: Entry
    lead: range
    first: int
    end: int


class _Formatter:
    """Formats one file. A region is a range of lines that holds a node whole, and only comments beside it."""

    def __init__(self, source: SpecSource, order: KeyOrder) -> None:
        self._lines = source.text.split("\n")[:-1]
        self._root = source.root
        self._order = order
        # Lines inside a text, where blank lines count; of these, the ones where spaces at the end may count.
        self._text_lines: set[int] = set()
        self._exact_lines: set[int] = set()
        # Where texts end that keep the blank lines at their end.
        self._sealed_ends: set[int] = set()
        for scalar in _scalars(source.root):
            self._note(scalar)

    def text(self) -> str:
        if self._root.flow or not self._root.entries:
            lines = _without_outer_blanks(self._kept(range(len(self._lines))))
            return "\n".join(lines) + "\n"
        header, start = self._header()
        lines = self._mapping(self._root, (), range(start, len(self._lines))).lines
        # Without a blank line a comment of the first key would become one of the file.
        parted = lines[0].lstrip().startswith("#") or not self._lines[start - 1].strip()
        if header and parted and not header[-1].startswith("---"):
            header.append("")
        return "\n".join([*header, *lines]) + "\n"

    def end(self, node: Node, column: int) -> int:
        """Return the line after a node, wherever it stands."""
        return self._end(node, column, len(self._lines))

    def _note(self, scalar: Scalar) -> None:
        first = scalar.position.line - 1
        if self._is_block(scalar):
            if _KEEPING.match(self._lines[first], scalar.position.column - 1):
                self._sealed_ends.add(scalar.last_line)
            inside = range(first + 1, self._text_end(scalar))
        else:
            inside = range(first, scalar.last_line - 1)
        self._text_lines.update(inside)
        if not scalar.plain:
            self._exact_lines.update(inside)

    def _is_block(self, scalar: Scalar) -> bool:
        return not scalar.plain and self._lines[scalar.position.line - 1][scalar.position.column - 1] in "|>"

    def _text_end(self, scalar: Scalar) -> int:
        """Return the line after a scalar, without the blank lines below a block of text that mean nothing."""
        end = scalar.last_line
        if self._is_block(scalar) and end not in self._sealed_ends:
            while end > scalar.position.line and not self._lines[end - 1]:
                end -= 1
        return end

    def _header(self) -> tuple[list[str], int]:
        """Return the lines at the top that are about the file, and the line where the document begins."""
        first_key = self._root.entries[0].key.position.line - 1
        marker = next((number for number in range(first_key) if self._lines[number].startswith("---")), None)
        if marker is not None:
            return _without_outer_blanks(self._kept(range(marker + 1))), marker + 1
        start = self._skip_blanks(0)
        end = next((number for number in range(start, first_key) if not self._lines[number].strip()), first_key)
        return [self._trimmed(number).lstrip() for number in range(start, end)], self._skip_blanks(end)

    def _skip_blanks(self, number: int) -> int:
        while not self._lines[number].strip():
            number += 1
        return number

    def _region(self, node: Node, path: Path, region: range) -> _Part:
        if isinstance(node, Mapping) and not node.flow:
            return self._mapping(node, path, region)
        if isinstance(node, Sequence) and not node.flow:
            return self._sequence(node, path, region)
        return _Part(self._kept(region), region.stop in self._sealed_ends)

    def _mapping(self, mapping: Mapping, path: Path, region: range) -> _Part:
        column = mapping.entries[0].key.position.column - 1
        first = mapping.entries[0].key.position.line - 1
        # In a list the first key stands behind its dash; the dash stays where it is, whichever key comes first.
        dashes = self._lines[first][:column]
        blocks, tail = self._blocks(mapping, column, region)

        lines: list[str] = []
        sealed = False
        above: Entry | None = None
        for block in self._in_order(blocks, path):
            part = self._entry(block, path)
            lead = self._comments(block.lead, column)
            if above is None or sealed or not path:
                lead = _without_outer_blanks(lead, end=False)
            if above is None and dashes.strip():
                # Not deeper than the dash, or a text above it would take them in.
                lines += [_indented(line, _indent(dashes)) for line in lead if line]
                lines.append(dashes + part.lines[0][column:])
            else:
                if not path and not sealed and above is not None and not (_is_line(above) and _is_line(block.entry)):
                    lines.append("")
                lines += lead
                lines.append(" " * column + part.lines[0][column:])
            lines += part.lines[1:]
            sealed = part.sealed
            above = block.entry
        end = self._comments(tail, column)
        if not path:
            end = _without_outer_blanks(end)
            if end and not sealed:
                lines.append("")
        elif sealed:
            end = _without_outer_blanks(end, end=False)
        return _Part(lines + end, sealed and not end)

    def _blocks(self, mapping: Mapping, column: int, region: range) -> tuple[list[_Block], range]:
        """Cut a region into the blocks of its entries, and the comments below them."""
        starts = [entry.key.position.line - 1 for entry in mapping.entries]
        blocks: list[_Block] = []
        lead = range(region.start, starts[0])
        for entry, start, following in zip(mapping.entries, starts, [*starts[1:], region.stop], strict=True):
            end = self._end(entry.value, column, following)
            blocks.append(_Block(entry, lead, start, end))
            lead = range(end, following)
        return blocks, lead

    def _end(self, node: Node, column: int, following: int) -> int:
        """Return the line after a value and the comments below it that are indented deeper than *column*."""
        last = node
        while not isinstance(last, Scalar) and not last.flow:
            last = last.entries[-1].value if isinstance(last, Mapping) else last.items[-1]
        end = self._text_end(last) if isinstance(last, Scalar) else last.last_line
        for number in range(end, following):
            line = self._lines[number]
            if line.strip():
                if _indent(line) <= column:
                    break
                end = number + 1
        return end

    def _entry(self, block: _Block, path: Path) -> _Part:
        """Return the lines of an entry, what is inside it in order."""
        value = block.entry.value
        if isinstance(value, Scalar) or value.flow:
            return self._region(value, path, range(block.first, block.end))
        inside = self._region(value, (*path, block.entry.key.text), range(block.first + 1, block.end))
        return _Part([self._trimmed(block.first), *inside.lines], inside.sealed)

    def _sequence(self, sequence: Sequence, path: Path, region: range) -> _Part:
        column = sequence.position.column - 1
        dashes = [self._dash(item, column) for item in sequence.items]
        lines: list[str] = []
        sealed = True  # nothing stands above the first item, and no blank line is wanted there
        done = region.start
        for item, start, following in zip(sequence.items, dashes, [*dashes[1:], region.stop], strict=True):
            gap = self._comments(range(done, start), column)
            lines += _without_outer_blanks(gap, end=False) if sealed else gap
            done = self._end(item, column, following)
            alone = item.position.line - 1 > start
            if alone:
                lines.append(self._trimmed(start))
            part = self._region(item, (*path, ITEM), range(start + alone, done))
            lines += part.lines
            sealed = part.sealed
        end = self._comments(range(done, region.stop), column)
        if sealed:
            end = _without_outer_blanks(end, end=False)
        return _Part(lines + end, sealed and not end)

    def _dash(self, item: Node, column: int) -> int:
        """Return the line of an item's dash, which may stand above the item."""
        number = item.position.line - 1
        if item.position.column - 1 > column and self._is_dashed(number, column):
            return number
        number -= 1
        while not self._is_dashed(number, column):
            number -= 1
        return number

    def _is_dashed(self, number: int, column: int) -> bool:
        line = self._lines[number]
        return line[column : column + 1] == "-" and not line[:column].strip(" -\t")

    def _in_order(self, blocks: list[_Block], path: Path) -> list[_Block]:
        order = self._order(path)
        if order is None:
            return blocks
        ranks = {key: rank for rank, key in enumerate(order)}
        return sorted(blocks, key=lambda block: ranks.get(block.entry.key.text, len(ranks)))

    def _kept(self, region: range) -> list[str]:
        """Return lines as they are, but for spaces at their ends and further blank lines below one."""
        lines: list[str] = []
        for number in region:
            line = self._trimmed(number)
            if line or number in self._text_lines or not lines or lines[-1]:
                lines.append(line)
        return lines

    def _comments(self, region: range, column: int) -> list[str]:
        """Return blank lines and comments, none indented deeper than *column*, so that no text above takes them in."""
        return [_indented(line, column) if _indent(line) > column else line for line in self._kept(region)]

    def _trimmed(self, number: int) -> str:
        line = self._lines[number]
        return line if number in self._exact_lines else line.rstrip(" \t")


def _scalars(node: Node) -> Iterator[Scalar]:
    match node:
        case Scalar():
            yield node
        case Mapping():
            for entry in node.entries:
                yield entry.key
                yield from _scalars(entry.value)
        case Sequence():
            for item in node.items:
                yield from _scalars(item)


def _is_line(entry: Entry) -> bool:
    """Tell whether an entry is a key with a value beside it, as the identity of a spec is."""
    return isinstance(entry.value, Scalar) and entry.value.last_line == entry.key.position.line


def _indent(line: str) -> int:
    # A tab is wider than any column, since no indentation of keys can have one.
    blank = line[: len(line) - len(line.lstrip(" \t"))]
    return 1_000_000 if "\t" in blank else len(blank)


def _indented(line: str, column: int) -> str:
    return " " * column + line.lstrip(" \t") if line else line


def _without_outer_blanks(lines: list[str], *, end: bool = True) -> list[str]:
    start, stop = 0, len(lines)
    while start < stop and not lines[start].strip():
        start += 1
    while end and stop > start and not lines[stop - 1].strip():
        stop -= 1
    return lines[start:stop]
