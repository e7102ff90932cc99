"""The envelope and the error codes, as declarations of the runtime."""

from __future__ import annotations

from generator.plan import literals
from generator.plan.code import Code, Import, construct, tuple_of
from generator.plan.error_classes import error_module
from generator.runtime import envelope as runtime
from generator.spec.document import Spec
from generator.spec.envelope import ErrorMeaning, ErrorShape, told_by
from generator.spec.words import Path


def path(of: Path | None) -> str | None:
    """Spell a path into a body; None stays None."""
    return None if of is None else literals.strings(of)


def plan_envelope(spec: Spec) -> Code | None:
    """Spell what answers are wrapped in, or None where nothing is."""
    envelope = spec.envelope
    errors = tuple_of(map(_shape, envelope.errors))
    if errors is None and envelope.success is None and not envelope.data:
        return None
    return construct(
        runtime.Envelope,
        success=path(envelope.success),
        data=path(envelope.data or None),
        errors=errors,
    )


def _shape(shape: ErrorShape) -> Code:
    when = (
        tuple_of((literals.strings(tuple(at.split("."))), literals.string(word))) or ""
        for at, word in shape.when.items()
    )
    return construct(
        runtime.ErrorShape,
        code=path(shape.code),
        message=path(shape.message),
        details=path(shape.details),
        timestamp=path(shape.timestamp),
        when=tuple_of(when),
        anywhere=None if shape.anywhere is None else literals.string(shape.anywhere),
        is_text="True" if shape.of == "text" else None,
    )


def plan_errors(spec: Spec) -> Code | None:
    """Spell which class each of the vendor's codes raises."""
    return tuple_of(_rule(spec, *told_by(key), meaning) for key, meaning in spec.errors.items())


def _rule(spec: Spec, code: str | None, message: str | None, meaning: ErrorMeaning) -> Code:
    return construct(
        runtime.ErrorRule,
        code=None if code is None else literals.string(code),
        message=None if message is None else literals.string(message),
        raises=Code(meaning.raises, frozenset({Import(error_module(spec, meaning.raises), meaning.raises)})),
        temporary="True" if meaning.temporary else None,
    )
