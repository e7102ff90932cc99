"""Small notations that many sections share: dotted paths, `${name}` holes, durations, names of things."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.spec.shape import ParsedShape, TextShape, shown

Path = tuple[str, ...]
"""Where something stands in a body: `meta.success` is `("meta", "success")`."""

_SEGMENT = re.compile(r"[A-Za-z_][0-9A-Za-z_-]*")
_HOLE = re.compile(r"\$\{([^}]*)\}")
_DURATION = re.compile(r"(?P<count>[1-9][0-9]{0,6}) (?P<unit>second|minute|hour|day)s?")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


@dataclass(frozen=True, slots=True)
class Hole:
    """A `${name}`: a credential, a setting or `token`."""

    name: str


@dataclass(frozen=True, slots=True)
class Composed:
    """Text with holes, such as `${authCode}-${authToken}`."""

    parts: tuple[str | Hole, ...]

    def names(self) -> tuple[str, ...]:
        """Return the names of the holes in order."""
        return tuple(part.name for part in self.parts if isinstance(part, Hole))


DEEPEST_PATH = 20
"""Levels that a dotted path leads down; no vendor wraps its answers in more."""


def parse_path(text: str) -> Path:
    """Read a dotted path."""
    if text.count(".") >= DEEPEST_PATH:
        raise ValueError(f"a path leads at most {DEEPEST_PATH} levels down", 0)
    offset = 0
    for segment in text.split("."):
        if not _SEGMENT.fullmatch(segment):
            raise ValueError(
                f"{shown(text)} is not a path; write names with dots between them, such as meta.success", offset
            )
        offset += len(segment) + 1
    return tuple(text.split("."))


def parse_composed(text: str) -> Composed:
    """Read text with `${name}` holes."""
    parts: list[str | Hole] = []
    at = 0
    for hole in _HOLE.finditer(text):
        if hole.start() > at:
            parts.append(text[at : hole.start()])
        if not _SEGMENT.fullmatch(hole[1]):
            raise ValueError(f"{shown(hole[0])} is not a substitution; write ${{name}}", hole.start())
        parts.append(Hole(hole[1]))
        at = hole.end()
    rest = text[at:]
    if "${" in rest:
        raise ValueError("a '${' is not closed; write ${name}", at + rest.index("${"))
    return Composed((*parts, rest) if rest else tuple(parts))


def parse_duration(text: str) -> int:
    """Read a duration such as `1 second` or `5 minutes`, in seconds."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(f"{shown(text)} is not a duration; write '1 second', '30 seconds', '5 minutes', '1 hour'", 0)
    return int(found["count"]) * _SECONDS[found["unit"]]


text = TextShape()
doc = TextShape(what="a sentence for people")
path = ParsedShape(parse_path, "a dotted path", "S025", "meta.success")
DOTTED = r"[A-Za-z_][0-9A-Za-z_-]*(?:\.[A-Za-z_][0-9A-Za-z_-]*)*"
"""What a dotted path looks like where it is a key."""

composed = ParsedShape(parse_composed, "text with ${name} in it", "S026", "${authCode}-${authToken}")
duration = ParsedShape(parse_duration, "a duration", "S027", "1 second")
wire_name = TextShape(
    r"[A-Za-z_][0-9A-Za-z_.\[\]-]{0,127}", "a name on the wire: letters, digits and _ . - [ ], a letter or _ first"
)
header_name = TextShape(r"[A-Za-z][0-9A-Za-z-]{0,63}", "the name of a header, such as X-Request-Id")
python_name = TextShape(r"[a-z][0-9a-z_]{0,63}", "a Python name in snake_case, such as due_on")
source_name = TextShape(
    r"[A-Za-z][0-9A-Za-z_-]*", "the name of a source such as orders-page, 'observed' or 'third-party'"
)

SOURCE_DOC = "Where this is known from: a name under `sources`, or `observed` (seen in real answers), or `third-party`."
