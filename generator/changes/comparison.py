"""Two surfaces compared by the rules: every change, what it means, and whom it reaches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from generator.changes import keys, members, sections
from generator.changes.found import Found
from generator.changes.reach import Way, operations_reaching
from generator.changes.rules import RULES, Kind, Rule
from generator.changes.surface import DERIVED, FORMAT, KEYS_SINCE, Line, Surface, member_name

Judge = Callable[[Surface, Surface, Line | None, Line | None], Iterator[Found]]

_JUDGES: Mapping[str, Judge] = {
    "package": sections.package,
    "server": sections.server,
    "credential": sections.credential,
    "setting": sections.setting,
    "choice": sections.choice,
    "auth": sections.auth,
    "format": sections.form,
    "envelope": sections.envelope,
    "error": sections.error,
    "rate_limit": sections.rate_limit,
    "idempotency": keys.idempotency,
    "testing": sections.testing,
    "pagination": sections.pagination,
    "filter": sections.filter_,
    "operator": sections.operator,
    "operation": members.operation,
    "parameter": members.parameter,
    "webhooks": sections.webhooks,
    "event": sections.event,
    "renaming": keys.renaming,
    "renamed": keys.renamed,
    "type": members.type_,
    "field": members.field,
    "word": members.word,
}

_PARENTS = {
    "parameter": "operation",
    "field": "type",
    "word": "type",
    "operator": "filter",
    "choice": "setting",
    "renamed": "renaming",
}
"""Kinds whose lines come and go with another line, which alone is told then."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an API.

    Attributes:
        member: The name by which a changelog speaks of it.
        rule: What it means for callers.
        before: What was said, where that is short; nothing where it was not there.
        after: What is said now.
        operations: The operations that reach what changed, by the vendor's names.
        what: What it is: `field`, `parameter`, ...
        key: The key of a changelog entry under which it is named.
    """

    member: str
    rule: Rule
    before: str
    after: str
    operations: tuple[str, ...]
    what: str
    key: Literal["adds", "changes", "removes"]

    @property
    def kind(self) -> Kind:
        """What it means for callers."""
        return self.rule.kind


_WAYS: Mapping[str, Way] = {"request": "sent", "answer": "answered"}
"""The way that a rule is about, by the first word of its name."""


def compare(old: Surface, new: Surface) -> tuple[Change, ...]:
    """Return every change from one surface to the other, in the order of the new one, what is gone last."""
    shared = min(old.format, new.format)
    changes: list[Change] = []
    for kind, name in _keys(old, new):
        judge = _JUDGES.get(kind)
        if judge is None or KEYS_SINCE.get(kind, 1) > shared:
            continue
        before, after = _known(old.line(kind, name), shared), _known(new.line(kind, name), shared)
        if before == after or _is_told_by_parent(old, new, kind, name, is_new=before is None, is_gone=after is None):
            continue
        line = after or before
        assert line is not None  # noqa: S101 - a key is of one of the two
        found = _only_derived(before, after) or (*judge(old, new, before, after), *members.common(before, after))
        changes.extend(
            Change(
                member=member_name(line),
                rule=RULES[each.rule],
                before=each.before,
                after=each.after,
                operations=operations_reaching(
                    new if after is not None else old, line, _WAYS.get(each.rule.partition("-")[0])
                ),
                what=kind,
                key="adds" if before is None else "removes" if after is None else "changes",
            )
            for each in found
        )
    return tuple(changes)


def _keys(old: Surface, new: Surface) -> Iterator[tuple[str, str]]:
    """Yield all names; a package is one, whatever it is called."""
    yield from new.by_key
    for kind, name in old.by_key:
        if (kind, name) not in new.by_key:
            yield kind, name


def _known(line: Line | None, shared: int) -> Line | None:
    if line is None or shared >= FORMAT:
        return line
    facts = tuple((key, value) for key, value in line.facts if KEYS_SINCE.get(f"{line.kind}.{key}", 1) <= shared)
    return Line(line.kind, line.name, facts)


def _is_told_by_parent(old: Surface, new: Surface, kind: str, name: str, *, is_new: bool, is_gone: bool) -> bool:
    if kind == "event":
        return (is_new and not old.of("webhooks")) or (is_gone and not new.of("webhooks"))
    parent = _PARENTS.get(kind)
    if parent is None:
        return False
    above = name
    while "." in above:
        above = above.rpartition(".")[0]
        was, is_ = old.line(parent, above), new.line(parent, above)
        if was is not None or is_ is not None:
            return (is_new and was is None) or (is_gone and is_ is None) or _is_another_kind(was, is_)
    return False


def _is_another_kind(was: Line | None, is_: Line | None) -> bool:
    return was is not None and is_ is not None and was.kind == "type" and members.form_of(was) != members.form_of(is_)


def _only_derived(before: Line | None, after: Line | None) -> tuple[Found, ...]:
    """Return the change of a name that clientmill alone decided."""
    if before is None or after is None:
        return ()
    vendor = [tuple(fact for fact in line.facts if fact[0] not in DERIVED) for line in (before, after)]
    return (Found("made-otherwise", before.python, after.python),) if vendor[0] == vendor[1] else ()
