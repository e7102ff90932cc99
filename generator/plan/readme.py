"""The package's README: install, quick start, every operation, what the vendor leaves open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from generator.plan import literals
from generator.plan.auth import Credential
from generator.plan.bound_names import in_prose
from generator.plan.client import plan_options
from generator.plan.guides import Guide, address, arguments, plan_guides
from generator.plan.idempotency import key_sentences
from generator.plan.migration_guide import older_names
from generator.plan.operations import Operation
from generator.plan.sharing import SharedLimit, SharedToken, plan_shared_limit, plan_shared_token
from generator.spec.document import Spec
from generator.spec.envelope import ErrorMeaning, told_by
from generator.spec.error_classes import own_classes
from generator.spec.members import ObjectType

_EFFECTS: Mapping[str, str] = {
    "read": "reads",
    "idempotent": "idempotent",
    "unsafe": "not idempotent",
    "money": "moves money",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialRow:
    """A credential in the table."""

    name: str
    environment_variable: str
    doc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionRow:
    """Another keyword of the clients in the table."""

    name: str
    takes: str
    doc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRow:
    """An operation in the table."""

    name: str
    returns: str
    effect: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRow:
    """One of the vendor's codes, or how one of its messages begins, in the table."""

    told: str
    raises: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnErrorRow:
    """A class of the package's own."""

    name: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadmePage:
    """The page for people."""

    title: str
    note: str
    package: str
    quick_start: str
    async_quick_start: str
    credentials: tuple[CredentialRow, ...]
    options: tuple[OptionRow, ...]
    operations: tuple[OperationRow, ...]
    results: tuple[str, ...]
    guides: tuple[Guide, ...]
    errors: tuple[ErrorRow, ...]
    own_errors: tuple[OwnErrorRow, ...]
    keys: tuple[str, ...]
    shared_limit: SharedLimit | None
    shared_token: SharedToken | None
    assumed: tuple[str, ...]
    unknowns: tuple[str, ...]
    contradictions: tuple[str, ...]
    older: str


def plan_readme(
    spec: Spec, note: str, credentials: tuple[Credential, ...], operations: tuple[Operation, ...]
) -> ReadmePage:
    """Plan the README of a package."""
    return ReadmePage(
        title=literals.markdown(spec.title),
        note=literals.markdown(f"{note}."),
        package=spec.package,
        quick_start=_quick_start(spec, operations),
        async_quick_start=_async_quick_start(spec, operations),
        credentials=tuple(
            CredentialRow(
                name=each.name, environment_variable=each.environment_variable, doc=literals.markdown(each.doc)
            )
            for each in credentials
        ),
        options=tuple(
            OptionRow(
                name=each.name,
                takes=literals.markdown_code(each.annotation.strip('"').removesuffix(" | None")),
                doc=literals.markdown(each.doc.replace("`", "")),
            )
            for each in plan_options(spec, "httpx2.Client")
        ),
        operations=tuple(
            OperationRow(
                name=each.name,
                returns=literals.markdown_code(in_prose(each.method.returns)),
                effect=_EFFECTS[operation.endpoint.effect],
                summary=literals.markdown(each.endpoint.doc) if isinstance(each, Operation) else each.summary,
            )
            for operation in operations
            for each in operation.calls()
        ),
        results=tuple(_results(spec, operations)),
        guides=plan_guides(spec, operations),
        errors=tuple(
            ErrorRow(told=literals.markdown_code(next(filter(None, told_by(key)))), raises=meaning.raises)
            for key, meaning in spec.errors.items()
        ),
        own_errors=tuple(
            OwnErrorRow(name=name, what=_own_error(meaning)) for name, meaning in own_classes(spec).items()
        ),
        keys=key_sentences(spec),
        shared_limit=plan_shared_limit(spec, address(spec)),
        shared_token=plan_shared_token(spec, address(spec)),
        assumed=tuple(literals.markdown(f"{what}: {why}.") for what, why in spec.assumed.items()),
        unknowns=tuple(literals.markdown(unknown) for unknown in spec.unknowns),
        contradictions=tuple(
            literals.markdown(f"{each.about}: {each.choice.rstrip('.')}. {each.reason}") for each in spec.contradictions
        ),
        older=" or ".join(map(literals.markdown, older_names(spec))),
    )


def _results(spec: Spec, operations: tuple[Operation, ...]) -> Iterator[str]:
    """Yield where the classes are that operations give, so that an app can name them."""
    if any(isinstance(definition, ObjectType) for definition in spec.types.values()):
        yield f"Models are in `{spec.package}.models`."
    if any(operation.endpoint.pages for operation in operations):
        yield "A listing is a `Page`, with asyncio an `AsyncPage`: it holds `.items`, and iterating goes on through all pages."


def _own_error(meaning: ErrorMeaning) -> str:
    what = " and ".join(f"`{base}`" for base in meaning.bases)
    return f"caught as {what}" + (f". {literals.markdown(meaning.doc)}" if meaning.doc else "")


def shown_operation(operations: tuple[Operation, ...]) -> Operation:
    """Choose what the quick start shows: a read that has pages and needs no argument, else the next best."""

    def fitness(operation: Operation) -> tuple[bool, bool, bool, bool]:
        needs = any(parameter.required for parameter in operation.parameters)
        return (operation.is_ending, operation.endpoint.effect != "read", operation.endpoint.pages is None, needs)

    return min(operations, key=fitness)


def _quick_start(spec: Spec, operations: tuple[Operation, ...]) -> str:
    shown = shown_operation(operations)
    call = f"client.{shown.name}({', '.join(arguments(spec, shown))})"
    use = f"    for record in {call}:\n        print(record)" if shown.endpoint.pages else f"    print({call})"
    made = f"Client({address(spec)})"
    return f"from {spec.package} import Client\n\nwith {made} as client:  # credentials from the environment\n{use}"


def _async_quick_start(spec: Spec, operations: tuple[Operation, ...]) -> str:
    shown = shown_operation(operations)
    call = f"client.{shown.name}({', '.join(arguments(spec, shown))})"
    use = (
        f"        async for record in {call}:\n            print(record)"
        if shown.endpoint.pages
        else f"        print(await {call})"
    )
    return (
        f"import asyncio\n\nfrom {spec.package} import AsyncClient\n\n\n"
        f"async def main() -> None:\n    async with AsyncClient({address(spec)}) as client:\n{use}\n\n\nasyncio.run(main())"
    )
