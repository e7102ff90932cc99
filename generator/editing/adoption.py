"""What clients saw in answers, as additions to the specs that did not know it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from generator.editing.additions import Addition, Announcement, Mistake, NewMember, NewWords
from generator.editing.draft import Draft
from generator.runtime.drift import ANY_NAME, Drift
from generator.spec.members import ObjectType

_TYPES = {
    "boolean": "boolean",
    "integer": "integer",
    "number": "decimal",
    "string": "string",
    "array": "list of any",
    "object": "map of any",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """What became of the findings of one package.

    Attributes:
        added: The dotted names of members that the spec knows now.
        left: What was not added, each with the reason.
    """

    added: tuple[str, ...]
    left: tuple[str, ...]


def adopt(draft: Draft, findings: Iterable[Drift], announcement: Announcement, words: Mapping[str, str]) -> Adoption:
    """Add to a spec what was found and it does not know.

    A field may be absent and null, since nobody promised it; its type is what was seen. Of a word only its place is in
    the findings, so it is added where somebody says it.

    Args:
        draft: The spec.
        findings: Those of its package.
        announcement: How the changelog tells of it.
        words: New words by the dotted names of the fields that have them.
    """
    types: dict[tuple[str, str], set[str]] = {}
    left: list[str] = []
    wanted: dict[str, tuple[str, ...]] = {}
    for each in sorted(findings):
        member = f"{each.owner}.{each.name}"
        if each.kind == "word":
            if member in words:
                wanted[member] = tuple(word.strip() for word in words[member].split(","))
            else:
                place = member if each.owner else f"{each.operation} {each.path}".strip()
                left.append(f"{place}: a word that is not listed; look it up, and say --value {member}=WORD")
        elif each.name == ANY_NAME:
            left.append(
                f"{each.owner}: fields whose names may be data; see what {each.operation} answers at {each.path}"
            )
        else:
            types.setdefault((each.owner, each.name), set()).add(each.type)
    added: list[str] = []
    for (owner, name), seen in types.items():
        if not isinstance(draft.spec.types.get(owner), ObjectType):
            left.append(f"{owner}.{name}: the spec has no type '{owner}'")
        elif f"{owner}.{name}" not in draft.known().members:
            _try(draft, NewMember(owner=owner, group="", name=name, type=_type(draft, seen)), announcement, added, left)
    for member, given in wanted.items():
        _try(draft, NewWords(member=member, words=given), announcement, added, left)
    return Adoption(added=tuple(added), left=tuple(dict.fromkeys(left)))


def _try(draft: Draft, addition: Addition, announcement: Announcement, added: list[str], left: list[str]) -> None:
    match addition:
        case NewMember(owner=owner, name=name):
            member = f"{owner}.{name}"
        case NewWords(member=member):
            pass
        case _:
            raise AssertionError("nothing else is adopted")
    try:
        draft.add(addition, announcement)
    except Mistake as mistake:
        left.append(f"{member}: {mistake}")
    else:
        added.append(member)


def _type(draft: Draft, seen: set[str]) -> str:
    """Return the type of a field in which values of these JSON types were seen."""
    kinds = seen - {"null"}
    if kinds == {"integer", "number"}:
        kinds = {"number"}
    if not kinds:
        return "unknown"
    forms = (*draft.spec.format.choose, draft.spec.format.response)
    # In XML a list is wrapped in an element of its own, which values that were seen do not tell.
    if len(kinds) > 1 or (kinds & {"array", "object"} and "xml" in forms):
        return "any"
    return f"{_TYPES[next(iter(kinds))]}?"
