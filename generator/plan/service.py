"""The module of declarations: the service as a whole, and one constant for each operation."""

from __future__ import annotations

from dataclasses import dataclass

from generator.plan import literals
from generator.plan.auth import Credential, plan_auth, plan_login
from generator.plan.code import Code, Import, construct, import_lines, tuple_of
from generator.plan.envelope import plan_envelope, plan_errors
from generator.plan.forms import plan_form, plan_settings
from generator.plan.limits import plan_rate_limit
from generator.plan.operations import Operation
from generator.runtime import operations as runtime
from generator.spec.auth import HEADER_WORD
from generator.spec.document import Spec
from generator.spec.format import MEDIA_TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A constant of the module."""

    name: str
    annotation: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceModule:
    """The declarations of a package."""

    header: str
    docstring: str
    imports: tuple[str, ...]
    constants: tuple[Constant, ...]


def plan_service(
    spec: Spec, header: str, version: str, credentials: tuple[Credential, ...], operations: tuple[Operation, ...]
) -> ServiceModule:
    """Plan the declarations of a spec."""
    service = construct(
        runtime.Service,
        package=literals.string(spec.package),
        version=literals.string(version),
        servers=tuple_of(
            construct(runtime.Server, name=literals.string(name), url=literals.string(url))
            for name, url in spec.servers.items()
            if isinstance(url, str)
        ),
        credentials=tuple_of(credential.declaration for credential in credentials),
        auth=plan_auth(spec),
        login=plan_login(spec),
        envelope=plan_envelope(spec),
        errors=plan_errors(spec),
        rate_limit=plan_rate_limit(spec),
        testing=_testing(spec),
        formats=_formats(spec),
        headers=None if spec.format.response == "json" else '(("Accept", "*/*"),)',
        settings=plan_settings(spec),
        form=plan_form(spec),
    )
    imports: set[Import] = set(service.imports)
    for operation in operations:
        imports |= operation.declaration.imports | operation.kind.imports
        for companion in operation.companions:
            imports |= companion.declaration.imports | companion.kind.imports
    constants = (
        Constant(name="SERVICE", annotation="", value=service.text),
        *(
            Constant(name=each.constant, annotation=f": {each.kind}", value=each.declaration.text)
            for each in operations
        ),
        *(
            Constant(name=each.constant, annotation=f": {each.kind}", value=each.declaration.text)
            for operation in operations
            for each in operation.companions
        ),
    )
    return ServiceModule(
        header=header,
        docstring=literals.docstring(
            (f"What the {literals.prose(spec.title)} is: its operations, limits and errors.",)
        ),
        imports=import_lines(imports, {each.name for each in constants}),
        constants=constants,
    )


def _formats(spec: Spec) -> Code | None:
    if spec.format.by is None:
        return None
    header = literals.string(spec.format.by.removeprefix(HEADER_WORD))
    return tuple_of(
        construct(
            runtime.WireFormat,
            name=literals.string(name),
            header=header,
            media_type=literals.string(MEDIA_TYPES[name]),
        )
        for name in spec.format.choose
    )


def _testing(spec: Spec) -> Code | None:
    if spec.testing is None:
        return None
    return construct(runtime.TestingFlag, body=literals.value(dict(spec.testing.body)))
