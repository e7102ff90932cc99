"""Keys of requests and tables of old names: their lines of the surface, and what a change of them means."""

from __future__ import annotations

from collections.abc import Iterator

from generator import naming
from generator.changes.found import Found, came_or_went, differing
from generator.changes.lines import line, page_of, text_digest
from generator.changes.surface import Line, Surface
from generator.spec.document import Spec

_REPEATED = {"runs_again": 0, "unknown": 0, "replays": 1}
"""How readily a call with a key is repeated after a failure, by what the vendor does with the key."""


def key_lines(spec: Spec) -> Iterator[Line]:
    """Return how requests carry a key, where they do."""
    keys = spec.idempotency
    if keys is not None:
        yield line(
            "idempotency",
            "idempotency",
            ("key", keys.key),
            ("seconds", str(keys.lifetime)),
            ("after_error", keys.after_error),
            ("compares", None if keys.compares is None else "yes" if keys.compares else "no"),
            ("in_progress", None if keys.in_progress is None else str(keys.in_progress)),
            ("text", text_digest(keys.doc, keys.quote, page_of(spec, keys.source))),
        )


def renaming_lines(spec: Spec) -> Iterator[Line]:
    """Return the tables of names that an older version had, each with its names."""
    for version, table, renaming in spec.old_names():
        name = f"{version}.{table}"
        text = text_digest(renaming.doc, renaming.quote, page_of(spec, renaming.source))
        yield line("renaming", name, ("python", naming.old_names_constant(table, version)), ("text", text))
        for path, _, new in renaming.rows():
            yield line("renamed", f"{name}.{'.'.join(path[1:])}", ("is", new))


def idempotency(_old: Surface, _new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge how requests carry a key, and what the vendor does with it."""
    if before is None or after is None:
        yield from came_or_went(before, after, "idempotency-added", "idempotency-removed")
        return
    yield from differing(before, after, {"key": "idempotency-key-moved"})
    was, is_ = (int(each.get("seconds") or 0) for each in (before, after))
    if was != is_:
        yield Found(f"idempotency-lifetime-{'lengthened' if is_ > was else 'shortened'}", f"{was} s", f"{is_} s")
    told, now = before.get("after_error") or "unknown", after.get("after_error") or "unknown"
    if _REPEATED[told] != _REPEATED[now]:
        yield Found(f"idempotency-repeated-{'more' if _REPEATED[now] > _REPEATED[told] else 'less'}", told, now)
    elif told != now:
        yield Found("text-changed", told, now)
    yield from differing(
        before,
        after,
        {"compares": "idempotency-compared-otherwise", "in_progress": "idempotency-progress-told-otherwise"},
    )


def renaming(_old: Surface, _new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge a table of names by itself; its names have lines of their own."""
    yield from came_or_went(before, after, "renaming-added", "renaming-removed")


def renamed(_old: Surface, _new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge a name in a table."""
    if before is None or after is None:
        yield from came_or_went(before, after, "renamed-name-added", "renamed-name-removed")
    else:
        yield from differing(before, after, {"is": "renamed-name-changed"})
