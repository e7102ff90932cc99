"""What has to hold of tables of names: an older version, and names that the two versions have."""

from __future__ import annotations

from collections.abc import Mapping

from generator import naming
from generator.inputs import is_older
from generator.spec.checker import Checker, Path
from generator.spec.document import Spec
from generator.spec.members import Alias, ObjectType
from generator.spec.renamings import Renaming
from generator.spec.types import Anything, ListOf, MapOf, Nullable, OneOf, Reference, Type

SECTION = "renamed_from"

_DEPTH = 16
"""How many names deep types are looked into."""


def check_renamings(checker: Checker) -> None:
    """Complain of tables that are not of an older version, that say nothing, or whose new names this version lacks."""
    spec = checker.spec
    for version in spec.renamed_from:
        if not is_older(version, spec.version):
            message = (
                f"'{version}' is no older version than this one ('{spec.version}'); "
                "a table stands in the spec of the newer version, under the older one's name"
            )
            checker.complain((SECTION, version), "S141", message, key=True)
    names: dict[str, str] = {}
    for version, table, renaming in spec.old_names():
        place = (SECTION, version, table)
        name = naming.old_names_class(table, version)
        if name in names:
            message = f"this and '{names[name]}' would both be {name} in Python; give one of them another name"
            checker.complain(place, "S062", message, key=True)
        names.setdefault(name, ".".join(place))
        _table(checker, place, renaming)


def _table(checker: Checker, place: Path, renaming: Renaming) -> None:
    if not checker.is_broken(*place) and not list(renaming.rows()):
        checker.complain(place, "S141", "a table without names; write 'old name: new name'", key=True)
    for group, names in renaming.groups.items():
        if not names and list(renaming.rows()):
            checker.complain((*place, "groups", group), "S141", "a group without names; leave it out", key=True)
    for path, old, new in renaming.rows():
        if old == new:
            message = f"'{old}' is called the same in both versions; leave it out"
            checker.complain((*place, *path), "S141", message)
    if renaming.by is not None:
        words = _names_of(checker, (*place, "by"), checker.spec, renaming.by, "this version")
        if words is not None:
            for group in renaming.groups:
                kind = f"name in {renaming.by}"
                checker.known((*place, "groups", group), "S141", group, words, kind, key=True)
    if renaming.new is not None:
        there = _names_of(checker, (*place, "new"), checker.spec, renaming.new, "this version")
        if there is not None:
            for path, _, new in renaming.rows():
                checker.known((*place, *path), "S141", new, there, f"name in {renaming.new}")


def check_old_names(checker: Checker) -> None:
    """Complain of old names that the older version's spec does not have, where there is one."""
    older = {each.version: each for each in checker.spec.older}
    for version, table, renaming in checker.spec.old_names():
        if version not in older or renaming.old is None:
            continue
        place = (SECTION, version, table)
        names = _names_of(checker, (*place, "old"), older[version], renaming.old, f"version {version}")
        if names is None:
            continue
        for path, old, _ in renaming.rows():
            kind = f"name in {renaming.old} of version {version}"
            checker.known((*place, *path), "S141", old, names, kind, key=True)


def _names_of(checker: Checker, path: Path, spec: Spec, member: str, whose: str) -> frozenset[str] | None:
    """Return the names that a member has inside; None where any may be there, or where the author is told of a mistake."""
    members = _members(spec)
    owner = member.partition(".")[0]
    if member not in members and spec is checker.spec and checker.is_broken("types", owner):
        # What could not be read has a complaint of its own.
        return None
    if member not in members:
        kind = f"type or field of {whose}"
        checker.known(path, "S141", member, frozenset(members), kind)
        return None
    names = _inside(spec, members[member], 0)
    if names == frozenset():
        message = (
            f"'{member}' of {whose} has no names in it; write a type with fields or words, or a field that is a map"
        )
        checker.complain(path, "S141", message)
        return None
    return names


def _members(spec: Spec) -> Mapping[str, Type]:
    found: dict[str, Type] = {}
    for name, definition in spec.types.items():
        found[name] = Reference(name)
        if isinstance(definition, ObjectType):
            found.update((f"{name}.{member.name}", member.type) for member in definition.fields)
    return found


def _inside(spec: Spec, of: Type, depth: int) -> frozenset[str] | None:
    """Return the fields, words or keys of a type; None where they are data, nothing where it has none."""
    if depth > _DEPTH:
        # Types that never end have a complaint of their own.
        return None
    match of:
        case Nullable(inner=inner) | ListOf(item=inner):
            return _inside(spec, inner, depth + 1)
        case OneOf(words=words):
            return frozenset(words)
        case MapOf() | Anything():
            return None
        case Reference(name=name):
            definition = spec.types.get(name)
            if isinstance(definition, ObjectType):
                return frozenset(member.name for member in definition.fields)
            return _inside(spec, definition.type, depth + 1) if isinstance(definition, Alias) else frozenset()
        case _:
            return frozenset()
