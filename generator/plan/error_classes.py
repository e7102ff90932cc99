"""The module of a package's own error classes."""

from __future__ import annotations

from dataclasses import dataclass

from generator.plan import literals
from generator.plan.code import Import, import_lines
from generator.spec.document import Spec
from generator.spec.envelope import told_by
from generator.spec.error_classes import own_classes

OWN_ERRORS = "._errors"
"""Where a package keeps the classes that only it has."""

_STANDARD_ERRORS = "._runtime.errors"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorClass:
    """A class, spelled."""

    name: str
    bases: str
    docstring: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorModule:
    """The classes of a package's own."""

    header: str
    docstring: str
    imports: tuple[str, ...]
    classes: tuple[ErrorClass, ...]


def error_module(spec: Spec, name: str) -> str:
    """Return the module of a package that has the class *name*."""
    return OWN_ERRORS if name in own_classes(spec) else _STANDARD_ERRORS


def plan_error_module(spec: Spec, header: str) -> ErrorModule | None:
    """Plan the classes of the spec's own, or None where it has none."""
    classes = own_classes(spec)
    if not classes:
        return None
    return ErrorModule(
        header=header,
        docstring=literals.docstring((f"Errors of the {literals.prose(spec.title)}'s own.",)),
        imports=import_lines(Import(_STANDARD_ERRORS, base) for meaning in classes.values() for base in meaning.bases),
        classes=tuple(
            ErrorClass(
                name=name,
                bases=", ".join(meaning.bases),
                docstring=literals.docstring((_summary(meaning.doc), _told(spec, name)), indent=4),
            )
            for name, meaning in classes.items()
        ),
    )


def _summary(doc: str) -> str:
    plain = literals.prose(doc)
    return plain if not plain or plain.endswith((".", "!", "?")) else f"{plain}."


def _told(spec: Spec, name: str) -> str:
    """Say which of the vendor's codes or messages mean the class."""
    told = [next(filter(None, told_by(key))) for key, meaning in spec.errors.items() if meaning.raises == name]
    return f"The vendor answers {' or '.join(f'`{literals.prose(each)}`' for each in told)}."
