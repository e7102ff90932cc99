"""`like`: a spec that takes another one as its base and says only what differs."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, replace

from generator import naming
from generator.diagnostics import Complaints
from generator.spec.locating import locate
from generator.spec.nodes import Entry, Mapping, Node, Scalar, Sequence
from generator.spec.source import SpecSource

# What is merged key by key; all else is a fact of its own and is replaced as a whole. A `*` stands for any one key.
_MERGED = (
    (),
    ("sources",),
    ("servers",),
    ("credentials",),
    ("settings",),
    ("format",),
    ("envelope",),
    ("envelope", "error"),
    ("errors",),
    ("rate_limit",),
    ("pagination",),
    ("pagination", "*"),
    ("filters",),
    ("endpoints",),
    ("endpoints", "*"),
    ("endpoints", "*", "path"),
    ("endpoints", "*", "query"),
    ("endpoints", "*", "header"),
    ("endpoints", "*", "body"),
    ("endpoints", "*", "form"),
    ("endpoints", "*", "examples"),
    ("types",),
    ("types", "*"),
    ("types", "*", "fields"),
)

_OWN_KEYS = frozenset(
    {"vendor", "version", "package", "title", "like", "without", "changelog", "renamed_from", "unknowns"}
    | {"contradictions", "assumed"}
)
"""What is never taken from the base: it is said of one version."""


def reference_of(source: SpecSource) -> str | None:
    """Return `vendor/version` of a document, by which others can be like it; the vendor alone where it has no version."""
    vendor, version = source.root.get("vendor"), source.root.get("version")
    if isinstance(vendor, Scalar) and isinstance(version, Scalar):
        return f"{vendor.text}/{version.text}"
    return vendor.text if isinstance(vendor, Scalar) and version is None else None


def inherit(
    source: SpecSource, others: MappingABC[str, SpecSource], unread: Iterable[str], complaints: Complaints
) -> Mapping | None:
    """Return the whole document of a spec, with what it takes from the specs that it is like.

    Args:
        source: The spec.
        others: All specs of the run by `vendor/version`.
        unread: Names of files of which that is not known; their authors have been told why.
        complaints: Takes what is wrong.

    Returns:
        The merged document, or None when the base cannot be found; the author has been told.
    """
    return _Lineage(others, tuple(unread), complaints).inherit(source, (reference_of(source) or source.name,))


@dataclass(frozen=True, slots=True)
class _Lineage:
    others: MappingABC[str, SpecSource]
    unread: tuple[str, ...]
    complaints: Complaints

    def inherit(self, source: SpecSource, seen: tuple[str, ...]) -> Mapping | None:
        without = source.root.get("without")
        like = source.root.get("like")
        if like is None and without is not None:
            message = "there is nothing to leave out of: 'without' goes with 'like'"
            self.complaints.add(locate(source.root, ("without",), key=True), "S082", "without", message)
        if not isinstance(like, Scalar):
            return source.root
        base = self._base(like, seen)
        whole = None if base is None else self.inherit(base, (*seen, like.text))
        if whole is None:
            return None
        kept = replace(whole, entries=tuple(entry for entry in whole.entries if entry.key.text not in _OWN_KEYS))
        if isinstance(without, Sequence):
            for number, item in enumerate(without.items):
                if isinstance(item, Scalar):
                    kept = self._leave_out(kept, item, number)
        return _merge(kept, source.root, ())

    def _base(self, like: Scalar, seen: tuple[str, ...]) -> SpecSource | None:
        if like.text == seen[0]:
            ring = " -> ".join((*seen, like.text))
            message = f"a spec cannot be like itself: {ring}; let one of them say everything"
            self.complaints.add(locate(self.others[like.text].root, ("like",)), "S081", "like", message)
            return None
        if like.text in seen:
            # A ring further up: those in it are told.
            return None
        base = self.others.get(like.text)
        if base is None and not any(name.endswith((f"{like.text}.yaml", f"{like.text}.yml")) for name in self.unread):
            message = f"no spec is called '{like.text}'; {naming.hint(like.text, self.others, what='this run has')}"
            self.complaints.add(like.position, "S080", "like", message)
        return base

    def _leave_out(self, root: Mapping, item: Scalar, number: int) -> Mapping:
        steps = _steps(root, item.text)
        if steps:
            return _removed(root, steps)
        near = _nearest(root, item.text)
        message = f"the base has no '{item.text}', so there is nothing to leave out"
        if near:
            message += f"; did you mean '{near}'?"
        self.complaints.add(item.position, "S082", f"without.{number}", message)
        return root


def _steps(mapping: Mapping, path: str) -> tuple[str, ...]:
    """Split a dotted path by the keys that are there, since a key such as `workflows.execute` has dots of its own."""
    for entry in mapping.entries:
        name = entry.key.text.removesuffix("?")
        if path in (name, entry.key.text):
            return (entry.key.text,)
        if path.startswith(f"{name}.") and isinstance(entry.value, Mapping):
            rest = _steps(entry.value, path[len(name) + 1 :])
            if rest:
                return (entry.key.text, *rest)
    return ()


def _nearest(mapping: Mapping, path: str) -> str | None:
    """Return the dotted path that somebody who wrote *path* most likely meant."""
    for entry in mapping.entries:
        name = entry.key.text.removesuffix("?")
        if path.startswith(f"{name}.") and isinstance(entry.value, Mapping):
            inner = _nearest(entry.value, path[len(name) + 1 :])
            return None if inner is None else f"{name}.{inner}"
    first, dot, rest = path.partition(".")
    near = naming.nearest(first, [key.removesuffix("?") for key in mapping.keys])
    if near is None:
        return naming.nearest(path, [key.removesuffix("?") for key in mapping.keys])
    return f"{near}{dot}{rest}"


def _removed(mapping: Mapping, steps: tuple[str, ...]) -> Mapping:
    first, *rest = steps
    entries: list[Entry] = []
    for entry in mapping.entries:
        if entry.key.text != first:
            entries.append(entry)
        elif rest and isinstance(entry.value, Mapping):
            entries.append(replace(entry, value=_removed(entry.value, tuple(rest))))
    return replace(mapping, entries=tuple(entries))


def _is_merged(path: tuple[str, ...]) -> bool:
    return any(
        len(pattern) == len(path) and all(want in ("*", step) for want, step in zip(pattern, path, strict=True))
        for pattern in _MERGED
    )


def _merge(base: Node, own: Node, path: tuple[str, ...]) -> Mapping:
    """Lay *own* over *base*; what both have stands where the base has it, so that one order holds for both versions."""
    assert isinstance(base, Mapping)  # noqa: S101 - the caller merges mappings only
    assert isinstance(own, Mapping)  # noqa: S101 - the same
    mine: dict[str, Entry] = {}
    again: list[Entry] = []
    for entry in own.entries:
        name = entry.key.text.removesuffix("?")
        if name in mine:
            again.append(entry)
        else:
            mine[name] = entry
    merged: list[Entry] = []
    for entry in base.entries:
        name = entry.key.text.removesuffix("?")
        over = mine.pop(name, None)
        if over is None:
            merged.append(entry)
        elif _is_merged((*path, name)) and isinstance(entry.value, Mapping) and isinstance(over.value, Mapping):
            merged.append(replace(over, value=_merge(entry.value, over.value, (*path, name))))
        else:
            merged.append(over)
    # What stands twice, with and without a '?', stays so: the fields are read later, and their author told.
    merged.extend((*mine.values(), *again))
    return replace(own, entries=tuple(merged))
