"""Credentials and authentication: what the constructor takes, and what signs a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator import naming
from generator.plan import literals
from generator.plan.code import Code, construct, tuple_of
from generator.runtime import auth as runtime
from generator.runtime import digest as runtime_digest
from generator.runtime import login as runtime_login
from generator.runtime.operations import Credential as RuntimeCredential
from generator.spec.auth import AuthPart, BearerAuth, BodyAuth, FormAuth, HashAuth, TokenAuth
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
    return _signing(spec, spec.auth.parts)


def plan_endpoint_auth(spec: Spec, chosen: tuple[str, ...] | None) -> Code | None:
    """Spell what signs the requests of an endpoint that uses some parts only, or None where it uses all."""
    if chosen is None or spec.auth.applied(chosen) == spec.auth.parts:
        return None
    return _signing(spec, spec.auth.applied(chosen)) or construct(runtime.NoAuth)


def _signing(spec: Spec, applied: tuple[AuthPart, ...]) -> Code | None:
    parts = [code for part in applied for code in _part(spec, part)]
    if len(parts) < 2:
        return parts[0] if parts else None
    return construct(runtime.AllOf, parts=tuple_of(parts))


def plan_login(spec: Spec) -> Code | None:
    """Spell how the token is fetched that requests carry, or None where they carry none."""
    login = spec.auth.login
    if login is None:
        return None
    return construct(
        runtime_login.Login,
        url=literals.string(login.url),
        fields=_fields(login.form),
        token=literals.strings(login.token),
        expires_in=None if login.expires_in is None else literals.strings(login.expires_in),
    )


def _part(spec: Spec, part: AuthPart) -> tuple[Code, ...]:
    match part:
        case BearerAuth(token=token):
            return (construct(runtime.BearerAuth, parts=_composed(token)),)
        case BodyAuth(fields=fields) | FormAuth(fields=fields):
            return (construct(runtime.BodyAuth, fields=_fields(fields)),)
        case TokenAuth(headers=headers):
            return tuple(
                construct(runtime_login.TokenAuth, header=literals.string(header), parts=_composed(value))
                for header, value in headers.items()
            )
        case HashAuth(digest=algorithm, then=then, send=field):
            held = {
                wire: value
                for each in spec.auth.parts
                if isinstance(each, FormAuth)
                for wire, value in each.fields.items()
            }
            signed = construct(
                runtime_digest.DigestAuth,
                algorithm=literals.string(algorithm),
                then=_composed(then),
                field=literals.string(field),
                fields=_fields(held),
            )
            return (signed,)


def _fields(fields: Mapping[str, Composed]) -> Code | None:
    return tuple_of(
        tuple_of((literals.string(wire), _composed(value) or "()")) or "()" for wire, value in fields.items()
    )


def _composed(composed: Composed) -> Code | None:
    return tuple_of(
        (
            construct(runtime.CredentialPart, literals.string(naming.parameter_name(part.name)))
            if isinstance(part, Hole)
            else literals.string(part)
        )
        for part in composed.parts
    )
