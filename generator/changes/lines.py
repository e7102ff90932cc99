"""How the facts of a line of the surface are spelled."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import cast

from generator.changes.surface import Line
from generator.spec.document import Spec
from generator.spec.words import Composed, Hole, Path

Fact = tuple[str, str | None]
"""What is said, and how; None where it is not said."""

FLAG = ""
"""What a fact says that is there or not."""


def line(kind: str, name: str, *facts: Fact) -> Line:
    """Make a line of the facts that are there."""
    return Line(kind, name, tuple((key, value) for key, value in facts if value is not None))


def flag(key: str, *, is_set: bool) -> Fact:
    """Say a fact that is there or not."""
    return (key, FLAG if is_set else None)


def python_name(wire: str, python: str) -> str | None:
    """Return a name in Python where it does not follow from the vendor's."""
    return None if python == wire.rpartition(".")[2] else python


def text_digest(*parts: object) -> str | None:
    """Return a short digest of what is said for people only, so that a change of it is seen and takes no room."""
    said = [part for part in parts if part not in (None, "", (), {})]
    if not said:
        return None
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=_plain).encode()).hexdigest()[:8]


def page_of(spec: Spec, source: str | None) -> tuple[str | None, ...]:
    """Return what readers are told of a source; the day of reading is no change."""
    if source is None:
        return ()
    known = spec.sources.get(source)
    return (source,) if known is None else (known.title, known.page)


def _plain(value: object) -> object:
    return dict(cast("Mapping[str, object]", value)) if isinstance(value, Mapping) else str(value)


def joined(names: Iterable[str]) -> str | None:
    """Return names one after the other, or None."""
    return ", ".join(names) or None


def composed(value: Composed) -> str:
    """Spell a text with its holes."""
    return "".join(f"${{{part.name}}}" if isinstance(part, Hole) else part for part in value.parts)


def spelled_fields(fields: Mapping[str, Composed]) -> str | None:
    """Spell fields and what stands in them."""
    return joined(f"{name}={composed(value)}" for name, value in fields.items())


def spelled_path(path: Path | None) -> str | None:
    """Spell a path."""
    return None if path is None else ".".join(path)


def spelled_json(value: object) -> str:
    """Spell a JSON value."""
    return json.dumps(value, ensure_ascii=False, default=_plain)
