"""What changed from one surface to another, in the words of the API: as text, as Markdown, as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from generator.changes.comparison import Change, compare
from generator.changes.rules import Kind, worst
from generator.changes.surface import Surface
from generator.changes.versions import following, numbers, version

Group = Literal["broken", "deprecated", "changed", "added", "only text", "by clientmill alone"]

_COLORS: dict[Group, str] = {
    "broken": "31",
    "deprecated": "33",
    "changed": "36",
    "added": "32",
    "only text": "2",
    "by clientmill alone": "2",
}
_GROUPS: tuple[Group, ...] = tuple(_COLORS)
_MOST_OPERATIONS = 6
_OF_ONE_CALL = frozenset({"operation", "parameter"})
"""What is called like the operation that it belongs to, so that nobody has to be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of one package.

    Attributes:
        package: Its name.
        state: Whether it is new, gone, or may have changed.
        changes: The changes, by the rules.
        old_version: The version before; nothing for a new package.
        new_version: The version that the changelog leads to; nothing for one that is gone.
        next_version: The version that the changes ask for.
    """

    package: str
    state: Literal["new", "gone", "kept"]
    changes: tuple[Change, ...]
    old_version: str
    new_version: str
    next_version: str

    @property
    def worst(self) -> Kind | None:
        """The kind of change that callers have to know first."""
        return worst(change.kind for change in self.changes)

    @property
    def is_announced(self) -> bool:
        """Whether the changelog leads to the version that the changes ask for, or further."""
        return self.state != "kept" or numbers(self.new_version) >= numbers(self.next_version)


def report(old: Surface | None, new: Surface | None) -> Report:
    """Compare two surfaces of a package; one of them may be missing."""
    if old is None or new is None:
        there = new or old
        assert there is not None  # noqa: S101 - a package is on one side at least
        return Report(
            package=there.package,
            state="new" if old is None else "gone",
            changes=(),
            old_version="" if old is None else version(old),
            new_version="" if new is None else version(new),
            next_version="" if new is None else version(new),
        )
    changes = compare(old, new)
    before = version(old)
    return Report(
        package=new.package,
        state="kept",
        changes=changes,
        old_version=before,
        new_version=version(new),
        next_version=following(before, worst(change.kind for change in changes)),
    )


def group_of(change: Change) -> Group:
    """Return under which heading a change is told."""
    match change.kind:
        case "breaking":
            return "broken"
        case "deprecation":
            return "deprecated"
        case "text":
            return "by clientmill alone" if change.rule.id == "made-otherwise" else "only text"
        case "additive" if "-added" in change.rule.id:
            return "added"
        case _:
            return "changed"


def told(reports: Iterable[Report], *, color: bool = False, spell: Callable[[str], str] = str) -> str:
    """Tell people at a terminal.

    Args:
        reports: The packages.
        color: Whether a terminal shows colours.
        spell: How a line is spelled, so that no text of a spec directs the terminal.
    """
    blocks: list[str] = []
    for each in reports:
        if _is_worth_telling(each):
            lines = ((spell(text), code) for text, code in _block(each))
            blocks.append("".join(f"{_painted(text, code, color=color)}\n" for text, code in lines))
    return "\n".join(blocks) or "nothing changed for callers\n"


def _is_worth_telling(each: Report) -> bool:
    return bool(each.changes) or each.state != "kept" or each.old_version != each.new_version


def _block(each: Report) -> Iterator[tuple[str, str]]:
    """Yield the lines about a package, each with its colour."""
    yield f"{each.package}: {_versions(each)}", "1"
    for group in _GROUPS:
        found = [change for change in each.changes if group_of(change) == group]
        if not found:
            continue
        yield "", ""
        yield group, _COLORS[group]
        if group == "only text":
            yield f"  {', '.join(dict.fromkeys(change.member for change in found))}", ""
            continue
        for change in found:
            yield f"  {change.member}{_values(change)} ({change.rule.id})", ""
            yield f"    {change.rule.reason}", ""
            if reached := _reached(change):
                yield f"    reached by {reached}", ""


def _painted(text: str, code: str, *, color: bool) -> str:
    return f"\033[{code}m{text}\033[0m" if color and code else text


def _versions(each: Report) -> str:
    match each.state:
        case "new":
            return f"a new package, {each.new_version}"
        case "gone":
            return f"gone; it was {each.old_version}"
        case "kept" if each.old_version == each.new_version == each.next_version:
            return f"{each.old_version} stays"
        case "kept" if each.is_announced:
            return f"{each.old_version} -> {each.new_version}"
        case "kept":
            return f"{each.old_version} -> {each.next_version} once this is announced in the changelog"


def _values(change: Change) -> str:
    if change.before and change.after:
        return f": {change.before} -> {change.after}"
    return f": {change.before or change.after}" if change.before or change.after else ""


def _reached(change: Change) -> str:
    if change.what in _OF_ONE_CALL or not change.operations:
        return ""
    more = len(change.operations) - _MOST_OPERATIONS
    named = ", ".join(change.operations[:_MOST_OPERATIONS])
    return f"{named} and {more} more" if more > 0 else named


def markdown(reports: Iterable[Report]) -> str:
    """Tell readers of a pull request."""
    blocks = ["\n".join(_sections(each)) + "\n" for each in reports if _is_worth_telling(each)]
    return "\n".join(blocks) or "Nothing changed for callers.\n"


def _sections(each: Report) -> Iterator[str]:
    yield f"### {_code(each.package)}: {_versions(each)}"
    for group in _GROUPS:
        found = [change for change in each.changes if group_of(change) == group]
        if not found:
            continue
        yield ""
        if group == "only text":
            names = ", ".join(_code(name) for name in dict.fromkeys(change.member for change in found))
            yield f"**Only text**: {names}"
            continue
        yield f"**{group.capitalize()}**"
        yield ""
        yield "| what | was | is | why it matters | reached by |"
        yield "|---|---|---|---|---|"
        for change in found:
            reached = "" if change.what in _OF_ONE_CALL else ", ".join(map(_code, change.operations[:_MOST_OPERATIONS]))
            more = len(change.operations) - _MOST_OPERATIONS
            reached += f" and {more} more" if more > 0 and reached else ""
            cells = (_code(change.member), _code(change.before), _code(change.after), change.rule.reason, reached)
            yield f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    """Spell text from a spec so that Markdown takes it for nothing else, in a table as well."""
    if not text:
        return ""
    plain = "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in text).replace("|", "\\|")
    longest = max((len(run) for run in _runs(plain)), default=0)
    fence = "`" * (longest + 1)
    edge = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{edge}{plain}{edge}{fence}"


def _runs(text: str) -> Iterator[str]:
    run = ""
    for character in text:
        if character == "`":
            run += character
        elif run:
            yield run
            run = ""
    if run:
        yield run


def as_json(reports: Iterable[Report]) -> str:
    """Tell programs: a list of packages, each with its changes."""
    packages = [
        {
            "package": each.package,
            "state": each.state,
            "old_version": each.old_version or None,
            "new_version": each.new_version or None,
            "next_version": each.next_version or None,
            "announced": each.is_announced,
            "worst": each.worst,
            "changes": [
                {
                    "member": change.member,
                    "what": change.what,
                    "rule": change.rule.id,
                    "kind": change.kind,
                    "reason": change.rule.reason,
                    "before": change.before or None,
                    "after": change.after or None,
                    "operations": list(change.operations),
                }
                for change in each.changes
            ],
        }
        for each in reports
    ]
    return json.dumps({"packages": packages}, indent=2, ensure_ascii=False) + "\n"
