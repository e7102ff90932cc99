"""A spec whose prose is plain words: what is generated from it differs from what the spec gives in texts only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, cast

from generator.spec.document import Spec

_PROSE = frozenset({"about", "assumed", "choice", "doc", "quote", "reason", "title", "unknowns"})
_WORDS = "Plain words."


def harmless(spec: Spec) -> Spec:
    """Return the spec with plain words wherever it has prose; what is empty stays empty, and names and values stay."""
    return cast("Spec", _Twins().of(spec))


class _Twins:
    """Makes twins; what stands in two places of a spec as one object does so in the twin."""

    def __init__(self) -> None:
        self._made: dict[int, object] = {}

    def of(self, value: object) -> object:
        """Return the twin of a value."""
        if id(value) not in self._made:
            self._made[id(value)] = self._make(value)
        return self._made[id(value)]

    def _make(self, value: object) -> object:
        if is_dataclass(value) and not isinstance(value, type):
            changed: dict[str, Any] = {}
            for each in fields(value):
                held = getattr(value, each.name)
                changed[each.name] = _plain(held) if each.name in _PROSE else self.of(held)
            return replace(value, **changed)
        if isinstance(value, tuple):
            return tuple(map(self.of, cast("tuple[object, ...]", value)))
        if isinstance(value, Mapping):
            return {name: self.of(each) for name, each in cast("Mapping[object, object]", value).items()}
        return value


def _plain(value: object) -> object:
    """Return plain words for a text, for each of a tuple, or for each value of a mapping."""
    if isinstance(value, str):
        return _WORDS if value else value
    if isinstance(value, tuple):
        return tuple(map(_plain, cast("tuple[object, ...]", value)))
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in cast("Mapping[object, object]", value).items()}
    return value
