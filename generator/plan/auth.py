"""Credentials and authentication: what the constructor takes, and what signs a request."""

from __future__ import annotations

from dataclasses import dataclass

from generator import naming
from generator.plan import literals
from generator.plan.code import Code, construct, tuple_of
from generator.runtime import auth as runtime
from generator.runtime.operations import Credential as RuntimeCredential
from generator.spec.auth import AuthPart, BearerAuth, BodyAuth
from generator.spec.document import Spec
from generator.spec.words import Composed, Hole


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A keyword of the constructor, and where it falls back to."""

    name: str
    wire: str
    environment_variable: str
    doc: str
    declaration: Code


def plan_credentials(spec: Spec) -> tuple[Credential, ...]:
    """Name what a caller has from the vendor."""
    return tuple(
        Credential(
            name=naming.parameter_name(wire),
            wire=wire,
            environment_variable=credential.env,
            doc=literals.prose(credential.doc),
            declaration=construct(
                RuntimeCredential,
                name=literals.string(naming.parameter_name(wire)),
                wire=literals.string(wire),
                environment_variable=literals.string(credential.env),
            ),
        )
        for wire, credential in spec.credentials.items()
    )


def plan_auth(spec: Spec) -> Code | None:
    """Spell what signs a request, or None where nothing does."""
    parts = [_part(part) for part in spec.auth.parts]
    if len(parts) < 2:
        return parts[0] if parts else None
    return construct(runtime.AllOf, parts=tuple_of(parts))


def _part(part: AuthPart) -> Code:
    match part:
        case BearerAuth(token=token):
            return construct(runtime.BearerAuth, parts=_composed(token))
        case BodyAuth(fields=fields):
            pairs = tuple_of(
                tuple_of((literals.string(wire), _composed(value) or "()")) or "()" for wire, value in fields.items()
            )
            return construct(runtime.BodyAuth, fields=pairs)


def _composed(composed: Composed) -> Code | None:
    return tuple_of(
        (
            construct(runtime.CredentialPart, literals.string(naming.parameter_name(part.name)))
            if isinstance(part, Hole)
            else literals.string(part)
        )
        for part in composed.parts
    )
