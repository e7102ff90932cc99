"""The changelog held against what was released before: each change is announced, and by its true kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.changes.comparison import Change, compare
from generator.changes.extraction import entry_line
from generator.changes.rules import BUMPS
from generator.changes.spelling import spell_line
from generator.changes.surface import Line, Surface
from generator.diagnostics import Complaints
from generator.spec.changelog import ChangelogEntry
from generator.spec.checker import Checker
from generator.spec.document import Spec
from generator.spec.endpoints import GROUPS
from generator.spec.nodes import Mapping

# What follows from another change, or from an entry itself, needs no entry of its own.
_CONSEQUENCES = frozenset(
    {"type-sent-too", "type-answered-too", "deprecated", "sunset-set", "sunset-moved", "replacement-told"}
    | {"deprecation-withdrawn"}
)

_KIND_FOR = {"breaking": "breaking", "additive": "additive", "behaviour": "behaviour"}


@dataclass(frozen=True, slots=True)
class _New:
    """An entry that was not released before, with its place in the changelog."""

    number: int
    entry: ChangelogEntry


def check_announcements(spec: Spec, root: Mapping, released: Surface, current: Surface, complaints: Complaints) -> None:
    """Complain of what changed since *released* without the changelog saying so.

    Args:
        spec: The spec of today.
        root: Its whole document, with what it takes from the spec that it is like.
        released: The surface that the package had before.
        current: The surface that it has today.
        complaints: Takes what the author has to mend.
    """
    checker = Checker(spec, root, complaints)
    new, remembered = _told_apart(spec, released)
    _removed(checker, released, remembered)
    _old(checker, released, new)
    asked: dict[str, Change] = {}
    for change in compare(released, current):
        if change.kind not in ("text", "deprecation") and change.rule.id not in _CONSEQUENCES:
            known = asked.setdefault(change.member, change)
            # One entry announces all that happened to a member, so its kind is that of the worst.
            asked[change.member] = max(known, change, key=lambda each: BUMPS[each.kind])
    for change in asked.values():
        _announced(checker, change, new)


def _told_apart(spec: Spec, released: Surface) -> tuple[list[_New], Counter[tuple[tuple[str, str], ...]]]:
    """Return the entries that were not released, the oldest first, and what was released and is not there."""
    remembered = Counter((*line.facts, ("date", _date(line))) for line in released.of("entry"))
    new: list[_New] = []
    for number, entry in reversed(list(enumerate(spec.changelog))):
        key = (*entry_line(entry, "entry").facts, ("date", entry.date.isoformat()))
        if remembered[key]:
            remembered[key] -= 1
        else:
            new.append(_New(number, entry))
    return new, remembered


def released_entries(spec: Spec, released: Surface) -> tuple[ChangelogEntry, ...]:
    """Return the entries of a changelog that were released."""
    new = {each.number for each in _told_apart(spec, released)[0]}
    return tuple(entry for number, entry in enumerate(spec.changelog) if number not in new)


def _date(line: Line) -> str:
    return line.name.partition("/")[0]


def _removed(checker: Checker, released: Surface, remembered: Counter[tuple[tuple[str, str], ...]]) -> None:
    """Complain of entries that were released and are not there any more."""
    for line in released.of("entry"):
        key = (*line.facts, ("date", _date(line)))
        if not remembered[key]:
            continue
        remembered[key] -= 1
        same_day = [
            number for number, entry in enumerate(checker.spec.changelog) if entry.date.isoformat() == _date(line)
        ]
        path = ("changelog", str(same_day[0])) if same_day else ("changelog",)
        said = spell_line(line).partition(": ")[2]
        message = (
            f"the entry of {_date(line)} was released and is not there as it was ({said}); put it back, "
            "and say what is new in an entry of its own"
        )
        checker.complain(path, "S133", message, key=not same_day)


def _old(checker: Checker, released: Surface, new: Sequence[_New]) -> None:
    """Complain of new entries that are older than what was released, unless they say so."""
    newest = max((_date(line) for line in released.of("entry")), default="")
    for each in new:
        day = each.entry.date.isoformat()
        if day < newest and not each.entry.late:
            message = (
                f"an entry of {newest} was released already, and this one is older; "
                "write 'late: true' beside it if it was noticed only now"
            )
            checker.complain(("changelog", str(each.number), "date"), "S132", message)


def _announced(checker: Checker, change: Change, new: Sequence[_New]) -> None:
    """Complain of a change that no new entry names, or none of a kind that covers it."""
    naming = [each for each in new if change.member in each.entry.named() or _covered_by_parent(change, each.entry)]
    right = [
        each
        for each in naming
        if change.member in _members(each.entry, change.key) or _covered_by_parent(change, each.entry)
    ]
    if not naming:
        path, word = _place(checker, change)
        message = (
            f"'{change.member}' {_IS[change.key]} since the last release, and no entry of the changelog says so; "
            f"write: {_entry(change)}"
        )
        checker.complain(path, "S130", message, key=not word, word=word)
    elif not right:
        each = naming[0]
        message = f"'{change.member}' {_IS[change.key]} since the last release; name it under '{change.key}'"
        checker.complain(("changelog", str(each.number)), "S130", message)
    elif max(BUMPS[each.entry.kind] for each in right) < BUMPS[change.kind]:
        each = right[-1]
        values = f" ({change.before} -> {change.after})" if change.before and change.after else ""
        message = (
            f"'{each.entry.kind}' is not what happened: {change.member}{values}, {change.rule.id}. "
            f"{change.rule.reason} Write 'kind: {_KIND_FOR[change.kind]}'"
        )
        checker.complain(("changelog", str(each.number), "kind"), "S131", message)


_IS = {"adds": "is new", "changes": "changed", "removes": "is gone"}


def _members(entry: ChangelogEntry, key: str) -> tuple[str, ...]:
    match key:
        case "adds":
            return (*entry.adds, *entry.renames.values())
        case "removes":
            return (*entry.removes, *entry.renames)
        case _:
            # What came under a new name, or is announced to end, may have changed on the way.
            return (*entry.changes, *entry.adds, *entry.renames.values())


def _covered_by_parent(change: Change, entry: ChangelogEntry) -> bool:
    """Tell whether a change inside a type, operation or table is covered by an entry that says that this changed."""
    if change.what != "renamed" and (change.key != "changes" or change.what not in ("parameter", "field")):
        return False
    return any(change.member.startswith(f"{name}.") for name in entry.changes)


def _entry(change: Change) -> str:
    kind = _KIND_FOR[change.kind]
    return f"- {{ date: ..., source: ..., kind: {kind}, {change.key}: [{change.member}] }}"


def _place(checker: Checker, change: Change) -> tuple[tuple[str, ...], str]:
    """Return where a change stands in the spec, with the word that it is about; the changelog where it is gone."""
    if change.key == "removes":
        return ("changelog",), ""
    return next(_places(checker, change), (("changelog",), ""))


def _places(checker: Checker, change: Change) -> Iterator[tuple[tuple[str, ...], str]]:
    owner, _, last = change.member.rpartition(".")
    match change.what:
        case "operation":
            yield ("endpoints", change.member), ""
        case "type":
            yield ("types", change.member), ""
        case "field":
            owner, _, last = change.member.partition(".")
            place = checker.fields_of(owner)
            yield (*place, _written(checker, place, last)), ""
        case "word":
            owner, _, last = change.member.partition(".")
            yield checker.type_at(("types", owner)), last
        case "parameter":
            for group in GROUPS:
                place = ("endpoints", owner, group)
                if _written(checker, place, last) in checker.written(*place):
                    yield (*place, _written(checker, place, last)), ""
            yield ("endpoints", owner, "call"), last
        case "event":
            yield ("webhooks", "events", last), ""
        case "renaming" | "renamed":
            yield from _places_in_tables(checker, change.member)
        case "operator":
            _, name, word = change.member.split(".", 2)
            yield ("filters", name, "operators", word), ""
        case "choice":
            _, name, word = change.member.split(".", 2)
            yield ("settings", name, "one_of"), word
        case _:
            section, _, name = change.member.partition(".")
            yield ((section, name) if name else (section,)), ""


def _places_in_tables(checker: Checker, member: str) -> Iterator[tuple[tuple[str, ...], str]]:
    for version, table, renaming in checker.spec.old_names():
        place = ("renamed_from", version, table)
        inside = {".".join((*place, *path[1:])): (*place, *path) for path, _, _ in renaming.rows()}
        if member in {".".join(place), *inside}:
            yield inside.get(member, place), ""


def _written(checker: Checker, place: tuple[str, ...], name: str) -> str:
    """Return a member's key as it stands there."""
    return f"{name}?" if f"{name}?" in checker.written(*place) else name
