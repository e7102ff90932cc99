"""The guide for those who come from an older version: what moved, in API words, found by the rules of what breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from generator import naming
from generator.changes.comparison import Change, compare
from generator.changes.extraction import surface_of
from generator.changes.rules import KINDS, worst
from generator.changes.surface import Line, Surface, member_name
from generator.plan import literals
from generator.plan.documentation import provenance
from generator.spec.document import Spec
from generator.spec.members import ObjectType
from generator.spec.renamings import Renaming


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedRow:
    """One thing that moved: what it is called in Python, what was, what is, and what that means for callers."""

    name: str
    was: str
    now: str
    kind: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """What moved in one part of an API, and what nobody has to know of it."""

    title: str
    text: tuple[str, ...]
    rows: tuple[MovedRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRow:
    """A name in both versions."""

    group: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NameChapter:
    """A table of names, and how code uses it."""

    constant: str
    module: str
    text: tuple[str, ...]
    has_groups: bool
    rows: tuple[NameRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """All that is to be known by those who come from one older version."""

    title: str
    was: str
    now: str
    text: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    tables: tuple[NameChapter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationPage:
    """The guide for people."""

    title: str
    note: str
    moves: tuple[Move, ...]


_CLIENT = ("server", "credential", "setting", "choice", "auth", "format", "envelope")
_LIMITS = ("rate_limit", "idempotency", "testing")
_OTHERS = ("filter", "operator", "webhooks", "event")
_NEW_INSIDE = ("parameter", "field", "word")
_TEXTS = frozenset({"text", "python", "named"})
_UNSAID = frozenset({"package-renamed", "title-changed", "text-changed", "made-otherwise"})
"""What the heading says already, and what callers need not know."""


def older_names(spec: Spec) -> tuple[str, ...]:
    """Return the older versions that a package's guide tells of, nearest first."""
    return tuple(dict.fromkeys((*(each.version for each in spec.older), *spec.renamed_from)))


def plan_guide(spec: Spec, note: str) -> MigrationPage | None:
    """Plan the guide, or None where no older version is known."""
    versions = older_names(spec)
    if not versions:
        return None
    by_version = {each.version: each for each in spec.older}
    return MigrationPage(
        title=literals.markdown(spec.title),
        note=literals.markdown(f"{note}."),
        moves=tuple(_move(spec, version, by_version.get(version)) for version in versions),
    )


def _move(spec: Spec, version: str, older: Spec | None) -> Move:
    return Move(
        title=literals.markdown(older.title if older is not None else f"version {version}"),
        was=literals.markdown(version),
        now=literals.markdown(spec.version),
        text=(
            ()
            if older is None
            else (f"`from {older.package} import Client` becomes `from {spec.package} import Client`.",)
        ),
        chapters=() if older is None else tuple(_chapters(older, spec)),
        tables=tuple(
            _name_chapter(spec, version, name, renaming)
            for name, renaming in spec.renamed_from.get(version, {}).items()
        ),
    )


def _name_chapter(spec: Spec, version: str, name: str, renaming: Renaming) -> NameChapter:
    constant = naming.old_names_constant(name, version)
    path, old, _ = next(renaming.rows())
    looked_up = "".join(f"[{literals.string(each)}]" for each in path[1:])
    of = (
        f" They are the names in {literals.markdown_code(renaming.old)} of version {literals.markdown(version)}."
        if renaming.old is not None
        else ""
    )
    here = literals.markdown_code(f"{constant}{looked_up}", in_table=False)
    return NameChapter(
        constant=constant,
        module=f"{spec.package}.migration",
        text=tuple(
            filter(
                None,
                (
                    f"{literals.markdown(renaming.doc)}{of}".strip(),
                    f"In code, {here} is what {literals.markdown_code(old, in_table=False)} is called now.",
                    f"The vendor: {literals.markdown(renaming.quote)}" if renaming.quote else "",
                    literals.markdown(provenance(spec, renaming.source)),
                ),
            )
        ),
        has_groups=bool(renaming.groups),
        rows=tuple(
            NameRow(
                group=literals.markdown(path[1]) if len(path) > 2 else "",
                old=literals.markdown_code(old),
                new=literals.markdown_code(new),
            )
            for path, old, new in renaming.rows()
        ),
    )


def _chapters(older: Spec, spec: Spec) -> Iterator[Chapter]:
    old, new = surface_of(older), surface_of(spec)
    moved = _Moved(old, new, _docs(spec))
    yield from moved.chapter("The client", _CLIENT)
    yield from moved.operations()
    yield from moved.chapter("Pages", ("pagination",))
    yield from moved.types()
    yield from moved.chapter("Errors", ("error",))
    yield from moved.chapter("Limits, keys and tests", _LIMITS)
    yield from moved.chapter("Filters and webhooks", _OTHERS)


def _docs(spec: Spec) -> dict[str, str]:
    """Return what the newer spec says of its members."""
    found = {name: endpoint.doc for name, endpoint in spec.endpoints.items()}
    for name, endpoint in spec.endpoints.items():
        for _, members in endpoint.groups():
            found.update((f"{name}.{member.name}", member.doc) for member in members)
    for name, definition in spec.types.items():
        found[name] = definition.doc
        if isinstance(definition, ObjectType):
            found.update((f"{name}.{member.name}", member.doc) for member in definition.fields)
    return found


class _Moved:
    """The changes between two versions, told chapter by chapter."""

    def __init__(self, old: Surface, new: Surface, docs: Mapping[str, str]) -> None:
        self._old, self._new, self._docs = old, new, docs
        self._changes = [each for each in compare(old, new) if each.rule.id not in _UNSAID]

    def chapter(self, title: str, kinds: tuple[str, ...]) -> Iterator[Chapter]:
        """Yield a chapter about some kinds of members; none where nothing moved."""
        yield from self._told(title, [each for kind in kinds for each in self._changes if each.what == kind])

    def operations(self) -> Iterator[Chapter]:
        """Yield what became of the operations, then each that is there as before and moved inside."""
        whole = [each for each in self._changes if each.what == "operation" and each.key != "changes"]
        inside: dict[str, list[Change]] = {}
        for each in self._changes:
            if each.what == "parameter" or (each.what == "operation" and each.key == "changes"):
                inside.setdefault(each.operations[0], []).append(each)
        there = {line.name for line in self._old.of("operation")} & {line.name for line in self._new.of("operation")}
        same = [line for line in self._new.of("operation") if line.name in there and line.name not in inside]
        text = (f"As before: {', '.join(literals.markdown_code(_called(line)) for line in same)}.",) if same else ()
        if whole or text:
            yield Chapter(title="Operations", text=text, rows=self._rows(whole))
        for name, changes in inside.items():
            line = self._new.line("operation", name)
            yield from self._told(
                f"Operation {literals.markdown_code(name if line is None else _called(line))}", changes, _NEW_INSIDE
            )

    def types(self) -> Iterator[Chapter]:
        """Yield what became of the types, then each that has other fields or words."""
        whole = [each for each in self._changes if each.what == "type" and each.key != "changes"]
        inside: dict[str, list[Change]] = {}
        for each in self._changes:
            if each.what in ("field", "word") or (each.what == "type" and each.key == "changes"):
                inside.setdefault(each.member.partition(".")[0], []).append(each)
        gone = ", ".join(literals.markdown_code(each.member) for each in whole if each.key == "removes")
        new = ", ".join(literals.markdown_code(each.member) for each in whole if each.key == "adds")
        if whole:
            text = (f"Gone: {gone}." if gone else "", f"New: {new}." if new else "")
            yield Chapter(title="Types", text=tuple(filter(None, text)), rows=())
        for name, changes in inside.items():
            yield from self._told(f"Type {literals.markdown_code(name)}", changes, _NEW_INSIDE)

    def _told(self, title: str, changes: list[Change], new_kinds: tuple[str, ...] = ()) -> Iterator[Chapter]:
        """Yield a chapter with a row for each member, the worst first; what is just new is listed."""
        new = [each for each in changes if each.what in new_kinds and each.key == "adds" and each.kind == "additive"]
        listed = ", ".join(self._listed(each) for each in new)
        rows = self._rows(each for each in changes if each not in new)
        if rows or new:
            yield Chapter(title=title, text=(f"New: {listed}.",) if new else (), rows=rows)

    def _listed(self, change: Change) -> str:
        line = self._new.members[change.member]
        of = f" ({literals.markdown_code(change.after, in_table=False)})" if change.after else ""
        return f"{literals.markdown_code(_name(line))}{of}"

    def _rows(self, changes: Iterable[Change]) -> tuple[MovedRow, ...]:
        by_member: dict[tuple[str, str], list[Change]] = {}
        for each in changes:
            by_member.setdefault((each.what, each.member), []).append(each)
        order = list(KINDS)
        found = sorted(by_member.items(), key=lambda item: min(order.index(each.kind) for each in item[1]))
        return tuple(self._row(member, several) for (_, member), several in found)

    def _row(self, member: str, changes: list[Change]) -> MovedRow:
        was, now = self._old.members.get(member), self._new.members.get(member)
        line = now or was
        before, after = (
            ", ".join(dict.fromkeys(text for each in changes if (text := getattr(each, side))))
            for side in ("before", "after")
        )
        if not before and not after:
            before, after = _facts(was, now), _facts(now, was)
        doc = self._docs.get(member, "")
        return MovedRow(
            name=literals.markdown_code(member if line is None else _name(line)),
            was=_code(before),
            now=_code(after or self._renamed(member, changes[0])),
            kind=str(worst(each.kind for each in changes)),
            meaning=" ".join((*dict.fromkeys(each.rule.reason for each in changes), literals.markdown(doc))).strip(),
        )

    def _renamed(self, member: str, change: Change) -> str:
        """Return what an operation that is gone is called now, where the newer version says so."""
        if change.rule.id != "operation-removed":
            return ""
        return next((_called(line) for line in self._new.of("operation") if member in line.words("aka")), "")


def _called(line: Line) -> str:
    return line.get("python") or line.name


def _name(line: Line) -> str:
    """Return how callers write a name in Python, where it is one; else as the vendor writes it, with its section."""
    match line.kind:
        case "operation":
            return _called(line)
        case "parameter" | "field" | "credential" | "setting":
            return line.python
        case _:
            return member_name(line)


def _facts(line: Line | None, other: Line | None) -> str:
    """Return what a line says that the line on the other side does not."""
    if line is None:
        return ""
    known = () if other is None else other.facts
    facts = (f"{key} {value}".strip() for key, value in line.facts if key not in _TEXTS and (key, value) not in known)
    return "; ".join(facts)


def _code(text: str) -> str:
    return literals.markdown_code(text) if text else ""
