"""Filters: the module that binds the runtime's builder to the vendor's words."""

from __future__ import annotations

from dataclasses import dataclass

from generator import naming
from generator.plan import literals
from generator.plan.code import Code, Import, construct, import_lines, tuple_of
from generator.plan.documentation import provenance
from generator.runtime import filters as runtime
from generator.spec.document import Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterBuilder:
    """A function that names a field to filter by."""

    name: str
    constant: str
    form: Code
    docstring: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterModule:
    """The module of filters."""

    header: str
    docstring: str
    imports: tuple[str, ...]
    names: tuple[str, ...]
    builders: tuple[FilterBuilder, ...]


def plan_filters(spec: Spec, header: str) -> FilterModule | None:
    """Plan the module of filters, or None where the vendor has none."""
    if not spec.filters:
        return None
    builders: list[FilterBuilder] = []
    for name, form in spec.filters.items():
        function = builder_name(spec, name)
        pairs = tuple_of(
            f"({literals.string(ours)}, {literals.string(theirs)})" for theirs, ours in form.operators.items()
        )
        first = next(iter(form.operators))
        shown = form.separator.join(("status", first, "active"))
        builders.append(
            FilterBuilder(
                name=function,
                constant=f"_{naming.constant_name(name)}",
                form=construct(runtime.FilterForm, separator=literals.string(form.separator), operators=pairs or "()"),
                docstring=literals.docstring(
                    (
                        f"Name a field to filter by; compared with a value it is a filter, such as `{shown}`.",
                        literals.prose(form.doc),
                        provenance(spec, form.source),
                    ),
                    indent=4,
                ),
            )
        )
    names = ("Filter", *(builder.name for builder in builders))
    return FilterModule(
        header=header,
        docstring=literals.docstring((f"Filters of the {literals.prose(spec.title)}.",)),
        imports=import_lines(Import("._runtime.filters", name) for name in ("Field", "Filter", "FilterForm")),
        names=tuple(literals.string(name) for name in sorted(names)),
        builders=tuple(builders),
    )


def builder_name(spec: Spec, name: str) -> str:
    """Return what the function that builds a filter is called."""
    return "F" if len(spec.filters) == 1 else naming.class_name(name)
