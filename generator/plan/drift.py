"""The module by which an app collects what the spec does not know."""

from __future__ import annotations

from dataclasses import dataclass

from generator.plan import literals
from generator.plan.code import import_lines, runtime_import
from generator.runtime.drift import Drift
from generator.runtime.drift_file import DriftFile


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftModule:
    """A module that names what the runtime has for it."""

    header: str
    docstring: str
    imports: tuple[str, ...]
    names: tuple[str, ...]


def plan_drift(header: str) -> DriftModule:
    """Plan the module."""
    listed = (Drift, DriftFile)
    return DriftModule(
        header=header,
        docstring=literals.docstring(("What answers hold that is not documented, for `Client(on_drift=...)`.",)),
        imports=import_lines(runtime_import(each) for each in listed),
        names=tuple(literals.string(each.__name__) for each in listed),
    )
