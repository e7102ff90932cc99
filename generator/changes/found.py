"""What a judge finds: a rule, and what was and is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.changes.surface import Line


@dataclass(frozen=True, slots=True)
class Found:
    """A rule that applies, with the two values that it is about."""

    rule: str
    before: str = ""
    after: str = ""


def differing(before: Line, after: Line, rules: dict[str, str]) -> Iterator[Found]:
    """Yield the rule of each fact that is not the same, by the fact's word."""
    for key, rule in rules.items():
        if before.get(key) != after.get(key):
            yield Found(rule, before.get(key) or "", after.get(key) or "")


def came_or_went(before: Line | None, after: Line | None, added: str, removed: str) -> Iterator[Found]:
    """Yield the rule for a line that is on one side only."""
    if before is None:
        yield Found(added, "", _shown(after))
    elif after is None:
        yield Found(removed, _shown(before), "")


def _shown(line: Line | None) -> str:
    """Return what is told of a line as a whole: its type, or what is called."""
    return "" if line is None else line.get("type") or line.get("call") or ""
