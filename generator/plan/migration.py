"""Tables of names that an older version had: the constants for code, and their tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator import naming
from generator.plan import literals
from generator.plan.code import Import, import_lines
from generator.plan.documentation import provenance
from generator.spec.document import Spec
from generator.spec.renamings import Renaming


@dataclass(frozen=True, slots=True, kw_only=True)
class NameTable:
    """A constant of the module: what an older version called the same."""

    constant: str
    kind: str
    words: str
    annotation: str
    value: str
    docstring: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TestedTable:
    """What a table has to give for each of the spec's names."""

    __test__ = False

    constant: str
    name: str
    rows: tuple[str, ...]
    looked_up: str
    size: str
    names: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationTests:
    """The module of tests about the tables."""

    header: str
    docstring: str
    imports: tuple[str, ...]
    tables: tuple[TestedTable, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationModule:
    """The module with the tables of names."""

    header: str
    docstring: str
    imports: tuple[str, ...]
    names: tuple[str, ...]
    tables: tuple[NameTable, ...]


def plan_migration(spec: Spec, header: str) -> MigrationModule | None:
    """Plan the module of tables, or None where the spec has none."""
    tables = tuple(_table(spec, version, table, renaming) for version, table, renaming in spec.old_names())
    if not tables:
        return None
    names = sorted(name for table in tables for name in (table.constant, table.kind))
    used = {Import("collections.abc", "Mapping"), Import("types", "MappingProxyType")}
    return MigrationModule(
        header=header,
        docstring=literals.docstring(
            (f"What older versions called the same, for code that comes to the {literals.prose(spec.title)}.",)
        ),
        imports=import_lines({*used, Import("typing", "Final"), Import("typing", "Literal")}),
        names=tuple(map(literals.string, names)),
        tables=tables,
    )


def plan_migration_tests(spec: Spec, header: str) -> MigrationTests | None:
    """Plan the tests of the tables, or None where the spec has none."""
    tables = [(naming.old_names_constant(table, version), renaming) for version, table, renaming in spec.old_names()]
    if not tables:
        return None
    return MigrationTests(
        header=header,
        docstring=literals.docstring(("Names of older versions, as the spec has them.",)),
        imports=import_lines({Import("pytest"), *(Import("..migration", constant) for constant, _ in tables)}),
        tables=tuple(
            TestedTable(
                constant=constant,
                name=constant.lower(),
                rows=tuple(literals.strings((*path[1:], new)) for path, _, new in renaming.rows()),
                looked_up=f"{constant}[group][old]" if renaming.groups else f"{constant}[old]",
                size=f"sum(map(len, {constant}.values()))" if renaming.groups else f"len({constant})",
                names='("group", "old", "new")' if renaming.groups else '("old", "new")',
                arguments="group: str, old: str, new: str" if renaming.groups else "old: str, new: str",
            )
            for constant, renaming in tables
        ),
    )


def _table(spec: Spec, version: str, name: str, renaming: Renaming) -> NameTable:
    words = dict.fromkeys(new for _, _, new in renaming.rows())
    kind = naming.old_names_class(name, version)
    flat = not renaming.groups
    value = (
        _read_only(renaming.names)
        if flat
        else "MappingProxyType({"
        + ", ".join(f"{literals.string(group)}: {_read_only(names)}" for group, names in renaming.groups.items())
        + "})"
    )
    what = "The name here for each name there" if flat else "For each group, the name here for each name there"
    return NameTable(
        constant=naming.old_names_constant(name, version),
        kind=kind,
        words=f"Literal[{', '.join(map(literals.string, words))}]",
        annotation=f"Final[Mapping[str, {kind}]]" if flat else f"Final[Mapping[str, Mapping[str, {kind}]]]",
        value=value,
        docstring=literals.docstring(
            (
                f"{what}, of version {literals.prose(version)}.",
                literals.prose(renaming.doc),
                f'The vendor: "{literals.prose(renaming.quote)}"' if renaming.quote else "",
                provenance(spec, renaming.source),
            )
        ),
    )


def _read_only(names: Mapping[str, str]) -> str:
    return f"MappingProxyType({literals.value(names)})"
