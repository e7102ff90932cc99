"""The envelope and the error codes, as declarations of the runtime."""

from __future__ import annotations

from generator.plan import literals
from generator.plan.code import Code, Import, construct, tuple_of
from generator.runtime import envelope as runtime
from generator.spec.document import Spec
from generator.spec.words import Path


def path(of: Path | None) -> str | None:
    """Spell a path into a body; None stays None."""
    return None if of is None else literals.strings(of)


def plan_envelope(spec: Spec) -> Code | None:
    """Spell what answers are wrapped in, or None where nothing is."""
    envelope = spec.envelope
    shape = envelope.error
    errors = (
        None
        if shape is None
        else construct(
            runtime.ErrorShape,
            code=path(shape.code),
            message=path(shape.message),
            details=path(shape.details),
            timestamp=path(shape.timestamp),
        )
    )
    if errors is None and envelope.success is None and not envelope.data:
        return None
    return construct(
        runtime.Envelope,
        success=path(envelope.success),
        data=path(envelope.data or None),
        errors=None if errors is None else tuple_of((errors,)),
    )


def plan_errors(spec: Spec) -> Code | None:
    """Spell which class each of the vendor's codes raises."""
    return tuple_of(
        construct(
            runtime.ErrorRule,
            code=literals.string(code),
            raises=Code(error, frozenset({Import("._runtime.errors", error)})),
        )
        for code, error in spec.errors.items()
    )
