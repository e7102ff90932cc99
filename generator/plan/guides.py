"""Sections of a package's README about what stands beside plain calls: filters, waiting, parts, webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator import naming
from generator.plan import literals, types
from generator.plan.filters import builder_name
from generator.plan.operations import Operation
from generator.plan.webhooks import event_names
from generator.spec.document import Spec
from generator.spec.types import Text, Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """A section: what it is about, and code that runs as it stands.

    Attributes:
        about: What the code shows.
        operation: The operation that it calls, where it calls one.
    """

    title: str
    text: tuple[str, ...]
    code: str
    about: Literal["filter", "wait", "parts", "webhooks"]
    operation: Operation | None = None


def plan_guides(spec: Spec, operations: tuple[Operation, ...]) -> tuple[Guide, ...]:
    """Plan the sections that this package has, each showing the first operation of its kind."""
    found: list[Guide] = []
    filtered = next((each for each in operations if _filters(each)), None)
    waiting = next((each for each in operations if each.endpoint.wait is not None), None)
    parted = next((each for each in operations if each.endpoint.parts is not None), None)
    if filtered is not None:
        found.append(_filter_guide(spec, filtered))
    if waiting is not None:
        found.append(_wait_guide(spec, waiting))
    if parted is not None:
        found.append(_parts_guide(spec, parted))
    if spec.webhooks is not None:
        found.append(_webhooks_guide(spec))
    return tuple(found)


def arguments(spec: Spec, operation: Operation, *, without: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Spell the arguments that a call needs, as a reader would try them first; *without* are wire names."""
    members = {member.name: member.type for _, group in operation.endpoint.groups() for member in group}
    return tuple(
        f"{each.name}={_tried(spec, members.get(each.wire, Text()))}"
        for each in operation.parameters
        if each.required and each.wire not in without
    )


def address(spec: Spec) -> str:
    """Spell where a client of a server of the caller's own talks to."""
    server = next(iter(spec.servers.values()))
    return "" if isinstance(server, str) else f"base_url={literals.string(server.example)}"


def _tried(spec: Spec, of: Type) -> str:
    of = types.resolved(of, spec.types)
    return '"..."' if of == Text() else literals.value(types.sample(of, spec.types))


def _filters(operation: Operation) -> list[tuple[str, str]]:
    """Return the arguments that may be a filter, with the filter's name."""
    return [
        (member.alias or naming.parameter_name(member.name), member.filter)
        for _, group in operation.endpoint.groups()
        for member in group
        if member.filter is not None
    ]


def _filter_guide(spec: Spec, operation: Operation) -> Guide:
    (name, form), *_ = _filters(operation)
    builder = builder_name(spec, form)
    operators = spec.filters[form].operators
    first = next((ours for ours in operators.values() if ours in ("==", "!=", ">", "<", ">=", "<=")), None)
    built = f'{builder}("status") {first} "active"' if first else f'{builder}("status").{_method(operators)}("active")'
    given = ", ".join((*arguments(spec, operation), f"{name}={built}"))
    call = f"client.{operation.name}({given})"
    body = f"    for record in {call}:\n        print(record)" if operation.endpoint.pages else f"    print({call})"
    spelled = ", ".join(
        (
            literals.markdown_code(f"{builder}(...){'.in_(...)' if ours == 'in' else '.contains(...)'}")
            if ours in ("in", "contains")
            else literals.markdown_code(ours)
        )
        for ours in operators.values()
    )
    return Guide(
        title="Filters",
        text=(
            (
                f"`{builder}` names a field; compared with a value it is a filter. There are {spelled}. What cannot be "
                "spelled is refused before anything is sent, and a plain text is taken as well."
            ),
            literals.markdown(spec.filters[form].doc),
        ),
        code=f"from {spec.package} import Client\nfrom {spec.package}.filters import {builder}\n\n{_opened(spec)}{body}",
        about="filter",
        operation=operation,
    )


def _method(operators: object) -> str:
    return "contains" if "contains" in str(operators) else "in_"


def _wait_guide(spec: Spec, operation: Operation) -> Guide:
    wait = operation.endpoint.wait
    without = frozenset(wait.start) if wait is not None else frozenset[str]()
    given = ", ".join((*arguments(spec, operation, without=without), "deadline=60.0"))
    return Guide(
        title="Waiting for an end",
        text=(
            (
                f"`{operation.name}_and_wait` starts it, asks with growing pauses, and returns how it ended. When the "
                "deadline comes first, the error holds what was known last; what was started goes on."
            ),
        ),
        code=(
            f"from {spec.package} import Client, WaitTimeoutError\n\n{_opened(spec)}    try:\n"
            f"        print(client.{operation.name}_and_wait({given}))\n"
            '    except WaitTimeoutError as error:\n        print("not ended yet:", error.last)'
        ),
        about="wait",
        operation=operation,
    )


def _parts_guide(spec: Spec, operation: Operation) -> Guide:
    parts = operation.endpoint.parts
    rows = parts.rows if parts is not None else ""
    [parameter] = [each for each in operation.parameters if each.wire == rows]
    [member] = [each for _, group in operation.endpoint.groups() for each in group if each.name == rows]
    given = ", ".join((*arguments(spec, operation, without=frozenset((rows,))), f"{parameter.name}=rows", "size=100"))
    return Guide(
        title="Long lists",
        text=(
            (
                f"`{operation.name}_in_parts` takes a list of any length and tells by row numbers what became of it: "
                "`created_rows`, `failed_rows`, `unsent_rows`; `mixed_rows` where the vendor only counts, and "
                "`unknown_rows` where nobody knows. Look for the last two before you send them again."
            ),
        ),
        code=(
            f"from {spec.package} import Client\n\n"
            f"rows = {literals.value(types.sample(member.type, spec.types))} * 250\n\n{_opened(spec)}"
            f"    report = client.{operation.name}_in_parts({given})\n"
            '    print(report.created, "created, refused:", report.failed_rows, report.errors)'
        ),
        about="parts",
        operation=operation,
    )


def _webhooks_guide(spec: Spec) -> Guide:
    names = event_names(spec)
    event, kind = next(iter(names.items()), ("", "UnknownEvent"))
    known = f", such as {literals.markdown_code(event)}" if event else ""
    return Guide(
        title="Webhooks",
        text=(
            (
                f"`verify` returns the event of a delivery whose signature is good{known}; an event that the spec does "
                "not know is an `UnknownEvent`. The vendor does not document how it signs, so header and scheme are yours "
                "to name; `parse` verifies nothing."
            ),
        ),
        code=(
            f"from {spec.package}.webhooks import Scheme, SeenDeliveries, {kind}, verify\n\nSEEN = SeenDeliveries()\n\n\n"
            "def receive(body: bytes, headers: dict[str, str], secret: str) -> None:\n"
            '    event = verify(body, headers, secret=secret, header="X-Signature", scheme=Scheme(), seen=SEEN)\n'
            f"    if isinstance(event, {kind}):\n        print(event)"
        ),
        about="webhooks",
    )


def _opened(spec: Spec) -> str:
    return f"with Client({address(spec)}) as client:\n"
