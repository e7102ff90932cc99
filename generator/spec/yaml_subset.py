"""The subset of YAML that specs are written in: text to nodes.

Only the events of the parser are used, which it makes without recursion. Depth and size are counted on them, and
everything that makes YAML surprising is refused on them: anchors, aliases, tags, merges, directives, several documents,
keys that are no text, repeated keys.
"""

import re
from dataclasses import dataclass, field

import yaml

from generator.diagnostics import Complaints, Position
from generator.spec.nodes import Entry, Mapping, Node, Scalar, Sequence
from generator.spec.yaml_mistakes import explain

DEEPEST = 40
MOST_NODES = 200_000
MOST_COMPLAINTS = 100

_COLON = re.compile(r"[ \t]*:")


class _Stopped(Exception):
    """There is no use in reading on."""


class _Broken(Exception):
    """The parser gave up."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


@dataclass(slots=True)
class _Open:
    """A mapping or a list whose end is not reached yet."""

    position: Position
    flow: bool
    is_mapping: bool
    items: list[Node] = field(default_factory=list[Node])
    entries: dict[str, Entry] = field(default_factory=dict[str, Entry])
    is_key: bool = False
    wants_key: bool = True
    key: Scalar | None = None
    key_end: int = -1
    count: int = 0
    last_line: int = 0

    @property
    def step(self) -> str:
        """The key or the index under which the reader is, as places spell it."""
        if not self.is_mapping:
            return str(self.count)
        return self.key.text if self.key is not None else "?"


def parse_yaml(text: str, file: str, complaints: Complaints) -> Mapping | None:
    """Parse *text*, which has LF line ends and no character that YAML does not allow.

    Returns:
        The document; None when it is not what was written, apart from what the author has been told of repeated keys,
        tags, anchors and further documents.
    """
    if not yaml.__with_libyaml__:
        message = (
            "PyYAML is installed without libyaml; install one of its wheels (pip install --only-binary pyyaml pyyaml)"
        )
        complaints.add(Position(file), "S005", "", message)
        return None
    return _Reader(text, file, complaints).read()


class _Reader:
    """Builds the nodes of one file from the events of the parser."""

    def __init__(self, text: str, file: str, complaints: Complaints) -> None:
        self._text = text
        self._file = file
        self._complaints = complaints
        self._told = 0
        self._nodes = 0
        self._documents = 0
        self._stack: list[_Open] = []
        self._root: Node | None = None
        self._faithful = True
        self._last_scalar: yaml.ScalarEvent | None = None
        self._parser = yaml.CSafeLoader(text)

    def read(self) -> Mapping | None:
        try:
            self._read_events()
            return self._document()
        except _Stopped:
            return None
        except _Broken as broken:
            line, column, message = explain(broken.cause, self._text, self._last_scalar)
            self._complaints.add(Position(self._file, line, column), "S010", self._place(), message)
            return None

    def _document(self) -> Mapping | None:
        match self._root:
            case Mapping():
                return self._root if self._faithful else None
            case Sequence():
                self._complain(self._root.position, "S004", "a spec is a mapping (key: value), not a list")
            case Scalar(text=text, plain=plain) if not plain or text not in {"", "~", "null"}:
                self._complain(self._root.position, "S004", "a spec is a mapping (key: value), not a text")
            case _ if self._faithful:
                self._complain(Position(self._file), "S004", "the file is empty; a spec begins with its vendor")
            case _:
                pass
        return None

    def _read_events(self) -> None:
        # The kinds are asked for in the order of their number: this loop is what reading takes its time in.
        while (event := self._next()) is not None:
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._open(event, is_mapping=isinstance(event, yaml.MappingStartEvent))
            elif isinstance(event, yaml.CollectionEndEvent):
                self._close(event)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.DocumentStartEvent):
                if not self._begin(event):
                    return
            elif isinstance(event, yaml.DocumentEndEvent) and event.explicit:
                self._complain(_start(event, self._file), "S012", "remove the '...', a spec is one document")

    def _next(self) -> yaml.Event | None:
        try:
            return self._parser.get_event()
        except Exception as error:
            # Not only YAMLError: on odd documents ValueError, AttributeError and others come out of PyYAML.
            raise _Broken(error) from error

    def _count(self, position: Position) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._stop(position, f"more than {MOST_NODES:,} values; split the spec")

    def _begin(self, event: yaml.DocumentStartEvent) -> bool:
        """Look at the start of a document, and tell whether to read on."""
        self._documents += 1
        if self._documents > 1:
            position = _start(event, self._file)
            self._complain(position, "S012", "a second document begins here; write one spec per file")
            return False
        if event.version is not None or event.tags:
            # The event begins with its comments' end, at the first directive.
            self._complain(
                _start(event, self._file), "S012", "specs have no directives (lines that begin with %); remove it"
            )
        return True

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._last_scalar = event
        start, end = event.start_mark, event.end_mark
        assert start is not None and end is not None  # noqa: S101, PT018 - the C parser marks every event
        position = Position(self._file, start.line + 1, start.column + 1)
        self._count(position)
        text, style = event.value, event.style
        lead = None
        if event.tag is not None or event.anchor is not None:
            self._refuse_properties(event, position)
        elif not style:
            lead = 0 if start.line == end.line else None
        elif style in "\"'":
            lead = 1 if end.index - start.index == len(text) + 2 and start.line == end.line else None
        # A block ends where the next line begins.
        last_line = end.line if style and style in "|>" and end.column == 0 else end.line + 1
        scalar = Scalar(text, not style, position, last_line, lead)

        parent = self._stack[-1] if self._stack else None
        if parent is not None and parent.is_mapping and parent.wants_key:
            self._key(parent, scalar, event, end.index)
            return
        if parent is not None and parent.flow and parent.key is not None and not text and scalar.plain:
            self._check_colon(parent.key, parent.key_end)
        self._place_node(scalar)

    def _check_colon(self, key: Scalar, end: int) -> None:
        """Complain of a key in braces that stands there alone, which to YAML has an empty value."""
        if _COLON.match(self._text, end):
            return
        name = _shown(key.text)
        why = "a text with a comma or a brace needs quotes inside { }, and a key needs ': ' behind it"
        self._complain(key.position, "S012", f"'{name}' has no value; {why}", (key.text,))
        self._faithful = False

    def _key(self, parent: _Open, scalar: Scalar, event: yaml.ScalarEvent, end: int) -> None:
        parent.wants_key = False
        parent.key = scalar
        parent.key_end = end
        text = scalar.text
        if text in parent.entries:
            first = parent.entries[text].key.position.line
            second = scalar.position.line
            where = f"in lines {first} and {second}" if first != second else f"in line {second}"
            message = f"the key '{_shown(text)}' is written twice, {where}; keep one"
            self._complain(scalar.position, "S011", message, (text,))
        elif not text:
            self._refuse_key(parent, scalar.position, "a key must not be empty")
        elif text == "<<" and scalar.plain:
            self._refuse_key(
                parent, scalar.position, "specs have no merge keys (<<); write the keys out, or use 'like'"
            )
        elif self._is_explicit(parent, event, end):
            self._refuse_key(parent, scalar.position, "write 'key: value', without the question mark")

    def _is_explicit(self, parent: _Open, event: yaml.ScalarEvent, end: int) -> bool:
        """Tell whether a key is written behind a question mark, which the events do not say."""
        if parent.flow:
            start = end if event.start_mark is None else event.start_mark.index
            return self._text[max(start - 2, 0) : start] == "? "
        return bool(event.style and event.style in "|>") or not (
            self._text.startswith(":", end) or _COLON.match(self._text, end)
        )

    def _refuse_key(self, parent: _Open, position: Position, message: str) -> None:
        parent.key = None
        self._faithful = False
        self._complain(position, "S012", message)

    def _alias(self, event: yaml.AliasEvent) -> None:
        position = _start(event, self._file)
        message = f"specs have no aliases; write the value out, or quote the text '*{_shown(event.anchor or '')}'"
        self._complain(position, "S012", message)
        self._faithful = False
        if self._stack:
            parent = self._stack[-1]
            parent.count += 1
            if parent.is_mapping:
                # What stands under a key that is an alias is dropped with it.
                parent.key = None
                parent.wants_key = not parent.wants_key

    def _open(self, event: yaml.CollectionStartEvent, *, is_mapping: bool) -> None:
        position = _start(event, self._file)
        self._count(position)
        if event.tag is not None or event.anchor is not None:
            self._refuse_properties(event, position)
        if len(self._stack) == DEEPEST:
            self._stop(position, f"nested deeper than {DEEPEST} levels; give inner types a name of their own")
        is_key = False
        parent = self._stack[-1] if self._stack else None
        if parent is not None and parent.is_mapping and parent.wants_key:
            is_key = True
            self._refuse_key(parent, position, "a key must be a text, not a mapping or a list")
        elif parent is not None and not parent.is_mapping and parent.flow and is_mapping:
            mark = event.end_mark
            if mark is not None and event.start_mark is not None and mark.index == event.start_mark.index:
                self._complain(position, "S012", "write { key: value } in its own braces, or quote the text with ': '")
        self._stack.append(_Open(position, flow=bool(event.flow_style), is_mapping=is_mapping, is_key=is_key))

    def _close(self, event: yaml.CollectionEndEvent) -> None:
        done = self._stack.pop()
        if done.is_key:
            self._stack[-1].wants_key = False
            return
        last_line = done.last_line or done.position.line
        if done.flow and event.end_mark is not None:
            last_line = event.end_mark.line + 1
        if done.is_mapping:
            self._place_node(Mapping(tuple(done.entries.values()), done.position, last_line, done.flow))
        else:
            self._place_node(Sequence(tuple(done.items), done.position, last_line, done.flow))

    def _place_node(self, node: Node) -> None:
        """Put a finished value where it belongs."""
        if not self._stack:
            self._root = node
            return
        parent = self._stack[-1]
        parent.count += 1
        parent.last_line = node.last_line
        if not parent.is_mapping:
            parent.items.append(node)
            return
        parent.wants_key = True
        # The first of two equal keys stays.
        if parent.key is not None and parent.key.text not in parent.entries:
            parent.entries[parent.key.text] = Entry(parent.key, node)

    def _refuse_properties(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, position: Position) -> None:
        if event.tag is not None:
            self._complain(position, "S012", "specs have no tags; remove it, or quote a text that begins with '!'")
        if event.anchor is not None:
            name = _shown(event.anchor)
            self._complain(position, "S012", f"specs have no anchors; remove it, or quote the text '&{name}'")

    def _place(self) -> str:
        # The innermost step is the last one read, so only what is around it is certain.
        return ".".join(_shown(frame.step) for frame in self._stack[:-1])

    def _complain(self, position: Position, code: str, message: str, inside: tuple[str, ...] = ()) -> None:
        steps = [frame.step for frame in self._stack[:-1]]
        if inside:
            steps += inside
        elif self._stack:
            around = self._stack[-1]
            if not around.is_mapping or (around.key is not None and not around.wants_key):
                steps.append(around.step)
        self._complaints.add(position, code, ".".join(map(_shown, steps)), message)
        self._told += 1
        if self._told == MOST_COMPLAINTS:
            self._stop(position, f"{MOST_COMPLAINTS} mistakes up to here; the rest of the file was not read", code=code)

    def _stop(self, position: Position, message: str, code: str = "S003") -> None:
        self._complaints.add(position, code, "", message)
        raise _Stopped


def _start(event: yaml.Event, file: str) -> Position:
    mark = event.start_mark
    return Position(file) if mark is None else Position(file, mark.line + 1, mark.column + 1)


def _shown(text: str) -> str:
    """Shorten what stands in a message, since a key may be as long as a file."""
    return text if len(text) <= 60 else text[:57] + "..."
