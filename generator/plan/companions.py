"""Methods beside an operation's own: they call it, and go on with what it answers."""

from __future__ import annotations

from dataclasses import replace

from generator import naming
from generator.plan import literals
from generator.plan.code import Code, Import, construct, tuple_of
from generator.plan.documentation import entries, provenance
from generator.plan.envelope import path
from generator.plan.operations import Companion, Operation
from generator.runtime import waiting as runtime_waiting
from generator.spec.companions import UNKNOWN, Parts, Wait
from generator.spec.document import Spec

_GOING_ON = (
    "It goes on after a part that the vendor refuses for its rows, and stops when something else goes wrong, so that "
    "nothing is sent twice: an error is in the report and is not raised."
)

_OPTIONS = "CallOptions(timeout, extra_headers, extra_query, extra_body)"


def with_companions(spec: Spec, operations: tuple[Operation, ...]) -> tuple[Operation, ...]:
    """Return the operations with the methods beside them."""
    by_wire = {operation.wire: operation for operation in operations}
    return tuple(
        replace(operation, companions=tuple(_companions(spec, operation, by_wire))) for operation in operations
    )


def _companions(spec: Spec, operation: Operation, by_wire: dict[str, Operation]) -> list[Companion]:
    found: list[Companion] = []
    if operation.endpoint.wait is not None:
        found.append(_wait(spec, operation, operation.endpoint.wait, by_wire[operation.endpoint.wait.poll]))
    if operation.endpoint.parts is not None:
        found.append(_parts(spec, operation, operation.endpoint.parts))
    return found


def _wait(spec: Spec, operation: Operation, wait: Wait, poll: Operation) -> Companion:
    names = {parameter.wire: parameter.name for parameter in operation.parameters}
    given = ", ".join(f"{literals.string(names[wire])}: {literals.value(value)}" for wire, value in wait.start.items())
    asked = [parameter for parameter in poll.parameters if parameter.required]
    declaration = construct(
        runtime_waiting.Wait,
        start=operation.constant,
        given=f"{{{given}}}",
        poll=Code(
            f"replace({poll.constant}, returns={operation.returns}, may_be_empty=False)",
            operation.returns.imports | {Import("dataclasses", "replace")},
        ),
        passed=tuple_of(literals.string(each.name) for each in asked if each.wire in names) or "()",
        found=tuple_of(
            f"({literals.string(each.name)}, {literals.strings((each.wire,))})"
            for each in asked
            if each.wire not in names
        )
        or "()",
        until=path(wait.until),
        done=literals.strings((*wait.done, *(() if wait.failed == UNKNOWN else wait.failed))),
    )
    unknown = "" if wait.failed != UNKNOWN else "; which there are beside these is not documented"
    ends = ", ".join(f"`{literals.prose(word)}`" for word in wait.done)
    paragraphs = (
        f"Call `{operation.name}` and wait until it has ended, asking `{poll.name}` with growing pauses.",
        entries(
            "Args",
            [
                ("deadline", "Seconds for all of it."),
                ("final_statuses", f"Words for an end beside {ends}{unknown}."),
                ("timeout", "Seconds for each of the calls."),
            ],
        ),
        f"Returns:\n    {operation.returns}; look at how it ended.",
        entries(
            "Raises",
            [
                ("WaitTimeoutError", "It did not end in time, and may go on; `last` holds what was known."),
                ("APIError", "As the two calls; `may_have_executed` is True once it was started."),
            ],
        ),
        provenance(spec, operation.endpoint.source),
    )
    arguments = _arguments(operation, without=frozenset(names[wire] for wire in wait.start))
    return _companion(
        operation,
        suffix="and_wait",
        declaration=declaration,
        without=frozenset(names[wire] for wire in wait.start),
        more=("deadline", "final_statuses"),
        extras=("deadline: float = 300.0", "final_statuses: Collection[str] = ()"),
        returns=operation.returns.text,
        paragraphs=paragraphs,
        functions=("wait_for", "wait_for_async"),
        call=f"{{constant}}, {arguments}, Patience(deadline, final_statuses), {_OPTIONS}",
        imports=frozenset({Import("collections.abc", "Collection"), Import("._runtime.waiting", "Patience")}),
    )


def _parts(spec: Spec, operation: Operation, parts: Parts) -> Companion:
    # Imported here: it loads pydantic, and few operations have parts.
    from generator.runtime import parts as runtime_parts  # noqa: PLC0415 - see above

    names = {parameter.wire: parameter.name for parameter in operation.parameters}
    declaration = construct(
        runtime_parts.Parts,
        operation=operation.constant,
        rows=literals.string(names[parts.rows]),
        created=path(parts.created),
        failed=path(parts.failed),
    )
    paragraphs = (
        f"Call `{operation.name}` for a list of any length, part by part, and tell what became of each row.",
        _GOING_ON,
        entries("Args", [("size", "Rows of a part; the vendor states no maximum.")]),
        "Returns:\n    What became of the rows: created, refused, unknown, not sent, or mixed where the vendor only counts.",
        entries("Raises", [("ArgumentError", "A row cannot be sent; all are looked at before the first goes out.")]),
        provenance(spec, operation.endpoint.source),
    )
    return _companion(
        operation,
        suffix="in_parts",
        declaration=declaration,
        without=frozenset(),
        more=("size",),
        extras=("size: int = 500",),
        returns=f"PartsReport[{operation.returns}]",
        paragraphs=paragraphs,
        functions=("send_parts", "send_parts_async"),
        call=f"{{constant}}, {_arguments(operation)}, size, {_OPTIONS}",
        imports=frozenset({Import("._runtime.parts", "PartsReport")}),
    )


def _arguments(operation: Operation, *, without: frozenset[str] = frozenset()) -> str:
    given = (f"{literals.string(each.name)}: {each.name}" for each in operation.parameters if each.name not in without)
    # Doubled, since the constant's name is filled in later.
    return f"{{{{{', '.join(given)}}}}}"


def _companion(
    operation: Operation,
    *,
    suffix: str,
    declaration: Code,
    without: frozenset[str],
    more: tuple[str, ...],
    extras: tuple[str, ...],
    returns: str,
    paragraphs: tuple[str, ...],
    functions: tuple[str, str],
    call: str,
    imports: frozenset[Import],
) -> Companion:
    kind = declaration.text.partition("(")[0]
    constant = f"{operation.constant}_{naming.constant_name(suffix)}"
    module = next(each.module for each in declaration.imports if each.name == kind)
    methods = tuple(
        replace(
            method,
            define="async def" if is_async else "def",
            name=f"{method.name}_{suffix}",
            overloads=(),
            keywords=tuple(each for each in method.keywords if each.name not in without),
            more=more,
            extras=extras,
            returns=returns,
            docstring=literals.docstring(paragraphs, indent=8),
            call=f"{'await ' if is_async else ''}{functions[is_async]}(self._call, {call.format(constant=constant)})",
        )
        for method, is_async in ((operation.method, False), (operation.async_method, True))
    )
    used = {Import("._service", constant), *(Import(module, function) for function in functions)}
    return Companion(
        name=f"{operation.name}_{suffix}",
        constant=constant,
        kind=Code(f"{kind}[{operation.returns}]", operation.returns.imports),
        declaration=declaration,
        method=methods[0],
        async_method=methods[1],
        summary=paragraphs[0],
        imports=imports | used | operation.returns.imports,
    )
