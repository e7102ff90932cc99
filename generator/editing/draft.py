"""A spec file on its way to a change: additions are written into its text, and the result is checked like any spec."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generator.diagnostics import Complaints, Diagnostic
from generator.editing import spelling
from generator.editing.additions import (
    Addition,
    Announcement,
    Known,
    Mistake,
    NewEndpoint,
    NewMember,
    NewWords,
    Wish,
    understood,
    with_words,
)
from generator.editing.places import Misplaced, Places, entry_of
from generator.editing.releases import Releases
from generator.editing.spelling import Value
from generator.editing.text import Edit, edited
from generator.inputs import SpecFiles
from generator.spec.document import SPEC, Spec
from generator.spec.endpoints import GROUPS
from generator.spec.formatting import ITEM
from generator.spec.inheritance import inherit, reference_of
from generator.spec.members import Alias, ObjectType, is_long_object
from generator.spec.nodes import Mapping, Node, Scalar, Sequence
from generator.spec.notation import NotationError, parse_notation
from generator.spec.parsing import parse_specs
from generator.spec.source import SpecSource, file_of, parse_source
from generator.spec.types import ListOf, MapOf, Nullable, Reference


class Refused(Exception):
    """The spec has mistakes, or would have some after the change.

    Attributes:
        diagnostics: What is wrong.
        before: Whether that is so without the change.
    """

    def __init__(self, diagnostics: tuple[Diagnostic, ...], *, before: bool) -> None:
        super().__init__("; ".join(str(each) for each in diagnostics))
        self.diagnostics = diagnostics
        self.before = before


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A change that was checked.

    Attributes:
        path: The file.
        name: How the run names it.
        before: Its bytes when it was read.
        after: What they become.
        heirs: Names of the specs that are like it, and have the change as well.
    """

    path: Path
    name: str
    before: bytes
    after: bytes
    heirs: tuple[str, ...] = ()


class Draft:
    """Takes additions to one spec file, and ends in a proposal.

    Args:
        sources: All specs of the project as they were read, for `like` and for names.
        name: The name of the one that changes.
        output: The folder of the packages, which remember what was announced in a release; nothing where none was.

    Raises:
        Refused: It has mistakes as it is.
    """

    def __init__(self, sources: tuple[SpecSource, ...], name: str, output: Path | None = None) -> None:
        self._sources = sources
        self._name = name
        (self._first,) = (source for source in sources if source.name == name)
        self._source = self._first
        self._data = self._before = self._first.path.read_bytes()
        mistakes, specs = _checked(sources, _built_on(sources, (name,)))
        own = tuple(each for each in mistakes if each.position.file == name)
        if own or name not in specs:
            raise Refused(own or _checked(sources)[0], before=True)
        self._spec = specs[name]
        self._releases = Releases(self._spec, output)

    @property
    def spec(self) -> Spec:
        """The spec as it was before."""
        return self._spec

    def known(self) -> Known:
        """Return what the spec has by now, what it takes from another included."""
        root = self._whole()
        types: dict[str, bool] = {}
        endpoints: dict[str, tuple[str, ...]] = {}
        members: set[str] = set()
        for entry in _entries(root, "types"):
            name = entry[0]
            fields = _fields(entry[1])
            types[name] = isinstance(self._spec.types.get(name), ObjectType)
            members |= {
                name,
                *(f"{name}.{key.removesuffix('?')}" for key in (fields.keys if types[name] and fields else ())),
            }
        for name, node in _entries(root, "endpoints"):
            groups = [group for group in GROUPS if isinstance(node, Mapping) and group in node.keys]
            endpoints[name] = tuple(groups)
            members.add(name)
            for group in groups:
                there = node.get(group) if isinstance(node, Mapping) else None
                if isinstance(there, Mapping):
                    members |= {f"{name}.{key.removesuffix('?')}" for key in there.keys}
        return Known(types=types, endpoints=endpoints, members=frozenset(members))

    def wish(self, wish: Wish, announcement: Announcement) -> None:
        """Add what is wished for, and announce it.

        Raises:
            Mistake: That cannot be.
        """
        self.add(understood(wish, self.known()), announcement)

    def add(self, addition: Addition, announcement: Announcement) -> None:
        """Write an addition into its place, and its name into the changelog.

        Raises:
            Mistake: There is no place for it.
        """
        if isinstance(addition, NewWords):
            addition = NewWords(member=self._owner_of_words(addition.member), words=addition.words)
        try:
            self._apply(self._edit(addition, announcement))
            match addition:
                case NewWords(member=member, words=words):
                    # Words of a named type have names of their own, those of a field or a parameter do not.
                    is_named = member in self._spec.types
                    for name in (f"{member}.{word}" for word in words) if is_named else (member,):
                        self._announce("adds" if is_named else "changes", name, announcement)
                case NewEndpoint(name=name):
                    self._announce("adds", name, announcement)
                case NewMember(owner=owner, name=name):
                    self._announce("adds", f"{owner}.{name}", announcement)
        except Misplaced as problem:
            raise Mistake(str(problem)) from None

    def proposal(self) -> Proposal:
        """Check the result, together with all other specs that build on it.

        Raises:
            Refused: It has mistakes that were not there before.
        """
        # What does not build on this spec is what it was.
        affected = _built_on(
            self._sources,
            tuple(each.name for each in self._sources if self._name in _built_on(self._sources, (each.name,))),
        )
        after = tuple(self._source if each is self._first else each for each in self._sources)
        mistakes, specs = _checked(after, affected)
        before = _checked(self._sources, affected)[0] if mistakes else ()
        old = {(each.code, each.place, each.message) for each in before}
        new = tuple(each for each in mistakes if (each.code, each.place, each.message) not in old)
        if new or self._name not in specs:
            raise Refused(new, before=False)
        reference = reference_of(self._first)
        heirs = tuple(
            source.name
            for source in self._sources
            if isinstance(like := source.root.get("like"), Scalar) and like.text == reference
        )
        return Proposal(path=self._first.path, name=self._name, before=self._before, after=self._data, heirs=heirs)

    def _edit(self, addition: Addition, announcement: Announcement) -> Edit:
        places = Places(self._source, SPEC.order)
        match addition:
            case NewMember():
                key = addition.name if addition.required else f"{addition.name}?"
                path = (
                    ("endpoints", addition.owner, addition.group) if addition.group else self._fields_of(addition.owner)
                )
                return places.entry(path, key, _described(addition.type, addition.doc))
            case NewEndpoint():
                said: dict[str, Value] = {"call": addition.call, "effect": addition.effect}
                if addition.doc:
                    said["doc"] = addition.doc
                said |= {"source": announcement.source, "returns": addition.returns}
                return places.entry(("endpoints",), addition.name, said)
            case NewWords():
                scalar, flow = self._notation(addition.member)
                return places.replaced(scalar, with_words(scalar.text, addition.words), flow=flow)

    def _announce(self, key: str, member: str, announcement: Announcement) -> None:
        places = Places(self._source, SPEC.order)
        date = announcement.date.isoformat()
        changelog = self._source.root.get("changelog")
        items = changelog.items if isinstance(changelog, Sequence) else ()
        older = len(items)
        released = self._releases.alike(date, announcement)
        for index, item in reversed(list(enumerate(items))):
            if not isinstance(item, Mapping):
                continue
            if _text(item, "date") <= date:
                older = index
            if not _is_same(item, date, announcement):
                continue
            # What was released stays as it was; the oldest of a day stand last.
            released -= 1
            if released < 0:
                edit = self._joined(places, item, key, member)
                if edit is not None:
                    self._apply(edit)
                return
        said: dict[str, Value] = {"date": date, "source": announcement.source}
        if announcement.quote:
            said["quote"] = announcement.quote
        said["kind"] = announcement.kind
        if announcement.doc:
            said["doc"] = announcement.doc
        said[key] = [member]
        if self._releases.is_late(date, announcement):
            said["late"] = "true"
        self._apply(places.announcement(said, older))

    def _joined(self, places: Places, item: Mapping, key: str, member: str) -> Edit | None:
        """Return the edit by which an entry of the changelog names one more member; None where it does."""
        found = entry_of(item, key)
        match found.value if found is not None else None:
            case None:
                return places.inside(item, ("changelog", ITEM), key, [member])
            case Sequence() as sequence:
                if any(isinstance(each, Scalar) and each.text == member for each in sequence.items):
                    return None
                return places.item(sequence, member)
            case Scalar() as only:
                if only.text == member:
                    return None
                names = ", ".join(spelling.scalar(name, flow=True) for name in (only.text, member))
                return places.verbatim(only, f"[{names}]")
            case _:
                raise Misplaced(f"{places.shown(item)}: '{key}' is no list")

    def _apply(self, edit: Edit) -> None:
        self._data = edited(self._data, [edit])
        complaints = Complaints()
        source = parse_source(self._data, self._first.path, self._name, complaints)
        if source is None or complaints:
            raise Refused(complaints.sorted(), before=False)
        self._source = source

    def _whole(self) -> Mapping:
        """Return the document with what it takes from the specs that it is like."""
        sources = [self._source if each is self._first else each for each in self._sources]
        named = {reference: each for each in sources if (reference := reference_of(each)) is not None}
        whole = inherit(self._source, named, (), Complaints())
        return self._source.root if whole is None else whole

    def _fields_of(self, owner: str) -> tuple[str, ...]:
        types = self._whole().get("types")
        node = types.get(owner) if isinstance(types, Mapping) else None
        return ("types", owner, "fields") if node is not None and is_long_object(node) else ("types", owner)

    def _owner_of_words(self, member: str) -> str:
        """Return the named type whose words a member has, or the member itself."""
        scalar, _ = self._notation(member)
        try:
            of = parse_notation(scalar.text).type
        except NotationError:
            return member
        while isinstance(of, Nullable | ListOf | MapOf):
            of = of.inner if isinstance(of, Nullable) else of.item if isinstance(of, ListOf) else of.value
        if isinstance(of, Reference) and isinstance(self._spec.types.get(of.name), Alias):
            return self._owner_of_words(of.name)
        return member

    def _notation(self, member: str) -> tuple[Scalar, bool]:
        """Return the scalar that says what a member is, and whether it stands in braces."""
        root: Node = self._source.root
        for path in self._paths(member):
            node: Node | None = root
            flow = False
            for step in path:
                entry = entry_of(node, step) if isinstance(node, Mapping) else None
                flow = flow or (isinstance(node, Mapping) and node.flow)
                node = None if entry is None else entry.value
            if isinstance(node, Mapping) and not is_long_object(node) and isinstance(node.get("type"), Scalar):
                flow = flow or node.flow
                node = node.get("type")
            if isinstance(node, Scalar):
                return node, flow
        if member in self.known().members:
            raise Mistake(f"'{member}' has no words of its own in {self._name}; add them where they are written")
        raise Mistake(f"nothing is called '{member}'")

    def _paths(self, member: str) -> list[tuple[str, ...]]:
        owner, _, name = member.partition(".")
        found: list[tuple[str, ...]] = [("types", member)] if not name else [(*self._fields_of(owner), name)]
        for endpoint, _ in _entries(self._whole(), "endpoints"):
            if member.startswith(f"{endpoint}."):
                found += [("endpoints", endpoint, group, member[len(endpoint) + 1 :]) for group in GROUPS]
        return found


def _described(type_: str, doc: str) -> Value:
    return {"type": type_, "doc": doc} if doc else type_


def _is_same(item: Mapping, date: str, announcement: Announcement) -> bool:
    """Tell whether an entry of the changelog is of the announcement; other words of the vendor are another one."""
    return (
        _text(item, "date") == date
        and _text(item, "source") == announcement.source
        and _text(item, "kind") == announcement.kind
        and announcement.quote in ("", _text(item, "quote"))
    )


def _text(mapping: Mapping, key: str) -> str:
    node = mapping.get(key)
    return node.text if isinstance(node, Scalar) else ""


def _entries(root: Mapping, section: str) -> list[tuple[str, Node]]:
    node = root.get(section)
    return [(entry.key.text, entry.value) for entry in node.entries] if isinstance(node, Mapping) else []


def _fields(node: Node) -> Mapping | None:
    inside = node.get("fields") if isinstance(node, Mapping) and is_long_object(node) else node
    return inside if isinstance(inside, Mapping) else None


def _built_on(sources: tuple[SpecSource, ...], names: tuple[str, ...]) -> frozenset[str]:
    """Return the specs called *names*, and those that they are made from."""
    files = SpecFiles(map(file_of, sources))
    return frozenset(each.name for name in names for each in files.lineage(name))


def _checked(
    sources: tuple[SpecSource, ...], only: frozenset[str] | None = None
) -> tuple[tuple[Diagnostic, ...], dict[str, Spec]]:
    complaints = Complaints()
    specs = parse_specs(sources, complaints, only)
    return complaints.sorted(), specs
