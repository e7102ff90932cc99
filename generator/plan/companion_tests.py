"""Tests of what stands beside plain calls: waiting for an end, sending a long list in parts, building a filter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast

from generator import naming
from generator.plan import literals
from generator.plan.conversations import Case
from generator.plan.exchanges import Writer
from generator.plan.filters import builder_name
from generator.plan.operations import Operation
from generator.plan.pagination import merged, nested
from generator.spec.answers import is_xml
from generator.spec.filters import FilterForm
from generator.spec.types import ListOf

# A word that no vendor has for an end.
_GOING_ON = "still going on"

# How each meaning of an operator is written in Python, with a field and a value.
_SPELLED = {"contains": "{field}.contains({value})", "in": "{field}.in_({value})"}


def wait_cases(writer: Writer, operation: Operation, polls: Mapping[str, Operation]) -> Iterator[Case]:
    """Show that something is started in the right way, asked about until it has ended, and given up in time."""
    wait, returned = operation.endpoint.wait, operation.endpoint.returns.type
    if wait is None or returned is None or is_xml(writer.spec, operation.endpoint):
        return
    poll = polls[wait.poll]
    needed = _needed(writer, operation, without=frozenset(wait.start))
    going, ended = (answered_so(writer, operation, word) for word in (_GOING_ON, wait.done[0]))
    asked = {
        name: needed[name] if name in needed else cast("dict[str, object]", going)[name]
        for name in (parameter.wire for parameter in poll.parameters if parameter.required)
    }
    started = writer.sent(operation, {**needed, **wait.start})
    call = writer.called(operation, needed, suffix="_and_wait")
    yield _case(
        writer,
        operation,
        "and_wait_asks_until_it_has_ended",
        call,
        answers=(writer.answered(operation, going), writer.answered(poll, ended)),
        checks=(
            f"result == {writer.sampler.expected(returned, ended)}",
            f"vendor.sent == [{started}, {writer.sent(poll, asked)}]",
        ),
    )
    yield _case(
        writer,
        operation,
        "and_wait_gives_up_in_time",
        writer.called(operation, needed, suffix="_and_wait", more=("deadline=0.5",)),
        answers=(writer.answered(operation, going),),
        checks=("error.may_have_executed", f"vendor.sent == [{started}]"),
        raises="WaitTimeoutError",
    )


def answered_so(writer: Writer, operation: Operation, word: str) -> object:
    """Return an answer that tells by *word* how things stand."""
    wait, returned = operation.endpoint.wait, operation.endpoint.returns.type
    assert wait is not None  # noqa: S101 - asked for where there is one
    assert returned is not None  # noqa: S101 - checked when the spec was read
    full = writer.sampler.full(returned)
    return merged(cast("dict[str, object]", full), nested(wait.until, word)) if isinstance(full, dict) else full


def part_cases(writer: Writer, operation: Operation) -> Iterator[Case]:
    """Show what is told of each row: created, refused, or perhaps created."""
    parts, returned = operation.endpoint.parts, operation.endpoint.returns.type
    if parts is None or returned is None or is_xml(writer.spec, operation.endpoint):
        return
    needed = _needed(writer, operation)
    row = one_row(writer, operation)
    rows = {**needed, parts.rows: [row] * 3}
    call = writer.called(operation, rows, suffix="_in_parts", more=("size=2",))
    both = ", ".join(writer.sent(operation, {**needed, parts.rows: [row] * count}) for count in (2, 1))
    first = writer.sent(operation, {**needed, parts.rows: [row] * 2})
    good, bad = (counted(writer, operation, created=created, failed=failed) for created, failed in ((2, 0), (0, 1)))
    yield _case(
        writer,
        operation,
        "in_parts_tells_of_each_row",
        call,
        answers=(good, bad),
        checks=(f"vendor.sent == [{both}]", "result.created_rows == [0, 1]", "result.failed_rows == [2]"),
    )
    yield _case(
        writer,
        operation,
        "in_parts_goes_on_after_a_refusal",
        call,
        answers=("Answer(status=400)", counted(writer, operation, created=1, failed=0)),
        checks=(f"vendor.sent == [{both}]", "result.failed_rows == [0, 1]", "result.created_rows == [2]"),
    )
    yield _case(
        writer,
        operation,
        "in_parts_stops_when_nobody_knows",
        call,
        answers=("Answer(status=503)",),
        checks=(f"vendor.sent == [{first}]", "result.unknown_rows == [0, 1]", "result.unsent_rows == [2]"),
    )


def one_row(writer: Writer, operation: Operation) -> object:
    """Return a row of a list that is sent in parts."""
    parts = operation.endpoint.parts
    assert parts is not None  # noqa: S101 - asked for where there is one
    [member] = [each for _, group in operation.endpoint.groups() for each in group if each.name == parts.rows]
    assert isinstance(member.type, ListOf)  # noqa: S101 - checked when the spec was read
    return cast("list[object]", writer.sampler.arguments(operation.endpoint)[parts.rows])[0]


def counted(writer: Writer, operation: Operation, *, created: int, failed: int) -> str:
    """Spell an answer that counts so many rows."""
    parts, returned = operation.endpoint.parts, operation.endpoint.returns.type
    assert parts is not None  # noqa: S101 - asked for where there is one
    assert returned is not None  # noqa: S101 - checked when the spec was read
    value = cast("dict[str, object]", writer.sampler.full(returned))
    for at, number in ((parts.created, created), (parts.failed, failed)):
        value = merged(value, nested(at, number))
    return writer.answered(operation, value)


def filter_cases(writer: Writer, operation: Operation) -> Iterator[Case]:
    """Show how each operator of a filter is spelled, and that the first goes out so."""
    for _, members in operation.endpoint.groups():
        for member in members:
            if member.filter is None:
                continue
            form = writer.spec.filters[member.filter]
            spelled = _spelled(builder_name(writer.spec, member.filter), form)
            if not spelled:
                continue
            needed = _needed(writer, operation, without=frozenset({member.name}))
            name = member.alias or naming.parameter_name(member.name)
            first, text = spelled[0]
            call = writer.called(operation, needed, more=(f"{name}={first}",))
            checks = (
                f"vendor.sent == [{writer.sent(operation, {**needed, member.name: text})}]",
                *(f"({built}).text == {literals.string(wire)}" for built, wire in spelled),
            )
            answers = (writer.good(operation),)
            yield _case(writer, operation, f"takes_a_filter_as_{name}", call, answers=answers, checks=checks)


def _spelled(builder: str, form: FilterForm) -> list[tuple[str, str]]:
    """Return each operator as it is written in Python, and what goes out for it."""
    field, value = f"{builder}({literals.string('status')})", literals.string("active")
    return [
        (
            _SPELLED.get(ours, f"{{field}} {ours} {{value}}").format(field=field, value=value),
            form.separator.join(("status", theirs, "active")),
        )
        for theirs, ours in form.operators.items()
    ]


def _needed(writer: Writer, operation: Operation, *, without: frozenset[str] = frozenset()) -> dict[str, object]:
    given = writer.sampler.arguments(operation.endpoint, required_only=True)
    return {name: value for name, value in given.items() if name not in without}


def _case(
    writer: Writer,
    operation: Operation,
    name: str,
    call: str,
    *,
    answers: tuple[str, ...],
    checks: tuple[str, ...],
    raises: str = "",
) -> Case:
    case = writer.case(operation, name, {}, answers, checks, raises=raises, options=writer.fast())
    return replace(case, call=call, async_call=f"await {call}")
