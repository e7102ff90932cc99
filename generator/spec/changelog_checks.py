"""What has to hold of the changelog by itself: its order, and the members that its entries name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from generator.spec.changelog import ChangelogEntry
from generator.spec.checker import Checker
from generator.spec.endpoints import GROUPS
from generator.spec.members import Alias
from generator.spec.types import OneOf

_SECTIONS = ("servers", "credentials", "settings", "errors", "pagination", "filters", "auth", "envelope")
"""Sections whose parts are named with their section, such as `errors.too_fast`."""

_WHOLE = ("rate_limit", "testing", "webhooks", "idempotency")
"""Sections that are named as a whole."""


def check_changelog(checker: Checker) -> None:
    """Complain of entries out of order, and of members that are not there, or still are."""
    entries = checker.spec.changelog
    for number, (newer, older) in enumerate(pairwise(entries), start=1):
        if older.date > newer.date:
            message = f"the newest entry stands first, and {older.date} is later than {newer.date} above it"
            checker.complain(("changelog", str(number), "date"), "S058", message)
    names = set(_member_names(checker))
    gone: set[str] = set()
    back: set[str] = set()
    for number, entry in enumerate(entries):
        # An entry may name what a later one took away.
        for place, name in _present(entry):
            if name not in gone:
                checker.known(("changelog", str(number), *place), "S057", name, names, "member")
        for place, name in _absent(entry):
            if name in names and name not in back:
                message = f"'{name}' is still there; take it out, or say what the entry changes"
                checker.complain(("changelog", str(number), *place), "S057", message)
        if (entry.sunset is not None or entry.instead) and not entry.deprecates:
            key = "sunset" if entry.sunset is not None else "instead"
            message = f"'{key}' speaks of what ends; name it under 'deprecates'"
            checker.complain(("changelog", str(number), key), "S057", message)
        _check_end(checker, number, entry)
        gone.update(name for _, name in _absent(entry))
        back.update((*entry.adds, *entry.renames.values()))


def _check_end(checker: Checker, number: int, entry: ChangelogEntry) -> None:
    place = ("changelog", str(number))
    if entry.instead in entry.deprecates:
        message = f"'{entry.instead}' is what ends; name what is used instead of it, or leave it out"
        checker.complain((*place, "instead"), "S140", message)
    if entry.sunset is not None and entry.sunset < entry.date:
        message = f"the end on {entry.sunset} is before its announcement on {entry.date}"
        checker.complain((*place, "sunset"), "S140", message)


def _present(entry: ChangelogEntry) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the members that are there after an entry, with their places in it."""
    for key, names in (("adds", entry.adds), ("changes", entry.changes), ("deprecates", entry.deprecates)):
        for index, name in enumerate(names):
            yield (key, str(index)), name
    for old, new in entry.renames.items():
        yield ("renames", old), new


def _absent(entry: ChangelogEntry) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the members that are not there after an entry, with their places in it."""
    for index, name in enumerate(entry.removes):
        yield ("removes", str(index)), name
    for old in entry.renames:
        yield ("renames", old), old


def _member_names(checker: Checker) -> Iterator[str]:
    """Yield all that an entry can name, as far as it is written down, whether or not it could be read."""
    for section in _SECTIONS:
        yield from (f"{section}.{key}" for key in checker.written(section))
    yield from (section for section in _WHOLE if section in checker.written())
    yield from ("format.request", "format.answer")
    yield from (f"webhooks.{event}" for event in checker.written("webhooks", "events"))
    for name, setting in checker.spec.settings.items():
        yield from (f"settings.{name}.{word}" for word in setting.one_of)
    for name, form in checker.spec.filters.items():
        yield from (f"filters.{name}.{word}" for word in form.operators)
    for version, table, renaming in checker.spec.old_names():
        yield f"renamed_from.{version}.{table}"
        yield from (f"renamed_from.{version}.{table}.{'.'.join(path[1:])}" for path, _, _ in renaming.rows())
    for name, endpoint in checker.spec.endpoints.items():
        yield from (f"{name}.{placeholder}" for placeholder in endpoint.call.placeholders())
    for endpoint_name in checker.written("endpoints"):
        yield endpoint_name
        for group in GROUPS:
            for key in checker.written("endpoints", endpoint_name, group):
                yield f"{endpoint_name}.{key.removesuffix('?')}"
                # Where two places have a parameter of one name, the second is named with its place.
                yield f"{endpoint_name}.{group}.{key.removesuffix('?')}"
    for name in checker.written("types"):
        yield name
        yield from (f"{name}.{key.removesuffix('?')}" for key in checker.written(*checker.fields_of(name)))
        definition = checker.spec.types.get(name)
        if isinstance(definition, Alias) and isinstance(definition.type, OneOf):
            yield from (f"{name}.{word}" for word in definition.type.words)
