"""Tests of the vendor's own examples, each a whole exchange."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from generator.plan import literals
from generator.plan.conversations import Case
from generator.plan.exchanges import Writer
from generator.plan.operations import Operation
from generator.runtime.documents import Malformed
from generator.runtime.envelope import vendor_error
from generator.spec.answers import answer_form, as_typed, runtime_envelope, value_path
from generator.spec.endpoints import Example
from generator.spec.envelope import fitting


def example_cases(writer: Writer, operation: Operation) -> Iterator[Case]:
    """Show each example of an operation: what was sent, and what came out of the answer."""
    for name, example in operation.endpoint.examples.items():
        given = dict(example.call)
        request = example.request
        raw_body = _holes_filled(writer, request.body) if request is not None and request.body is not None else None
        wires = writer.sampler.sent(operation.endpoint, given)
        # A refused token is replaced once, and the call made again.
        times = 2 if example.answer.status == 401 and writer.spec.auth.login is not None else 1
        sent = f"vendor.sent == [{', '.join([writer.sent(operation, wires, raw_body=raw_body)] * times)}]"
        around = writer.header_checks(operation, wires)
        answer = _spelled_answer(example)
        if example.raises is not None:
            checks = (sent, *around, *_error_checks(writer, operation, example))
            yield writer.case(
                operation, name, given, (answer,) * times, checks, raises=example.raises, options="max_retries=0"
            )
            continue
        expected = writer.sampler.expected_of(operation, _at_content(writer, operation, example))
        looked_at = "result.items" if operation.endpoint.pages else "result"
        nothing = operation.endpoint.returns.type is None
        checks = (sent, *around) if nothing else (sent, *around, f"{looked_at} == {expected}")
        yield writer.case(operation, name, given, (answer,), checks)


def _holes_filled(writer: Writer, value: object) -> object:
    names = {f"${{{each.wire}}}": writer.value_of(each.name) for each in writer.credentials}
    match value:
        case str():
            for hole, text in names.items():
                value = value.replace(hole, text)
            return value
        case dict():
            return {key: _holes_filled(writer, item) for key, item in cast("dict[str, object]", value).items()}
        case list():
            return [_holes_filled(writer, item) for item in cast("list[object]", value)]
        case _:
            return value


def _spelled_answer(example: Example) -> str:
    text = example.answer.text
    parts = [literals.value(example.answer.body) if text is None else f"text={literals.string(text)}"]
    if example.answer.status != 200:
        parts.append(f"status={example.answer.status}")
    if example.answer.headers:
        parts.append(f"headers={literals.value(dict(example.answer.headers))}")
    return f"Answer({', '.join(parts)})"


def _at_content(writer: Writer, operation: Operation, example: Example) -> object:
    """Return what an operation returns out of a whole body."""
    body: object = example.answer.body
    form = answer_form(writer.spec, operation.endpoint)
    returned = operation.endpoint.returns.type
    if form is not None and returned is not None:
        document = form.typed(form.read((example.answer.text or "").encode()))
        for step in (*writer.spec.envelope.data, *value_path(writer.spec, operation.endpoint)):
            document = cast("dict[str, object]", document)[step]
        return as_typed(document, returned, writer.spec)
    if returned is None:
        return None
    pages = operation.endpoint.pages
    at = writer.spec.pagination[pages].items if pages else operation.endpoint.returns.at
    for step in (*writer.spec.envelope.data, *at):
        body = cast("dict[str, object]", body)[step]
    return body


def _told_document(writer: Writer, operation: Operation, example: Example) -> object:
    """Return what clients read out of an answer that is no JSON, None where they cannot."""
    form = answer_form(writer.spec, operation.endpoint)
    try:
        return None if form is None else form.read((example.answer.text or "").encode())
    except Malformed:
        return None


def _error_checks(writer: Writer, operation: Operation, example: Example) -> tuple[str, ...]:
    checks = [f"error.status_code == {example.answer.status}"]
    if example.answer.text is not None:
        said = vendor_error(runtime_envelope(writer.spec), _told_document(writer, operation, example))
        told = (("code", said.code), ("message", said.message))
        return (*checks, *(f"error.{name} == {literals.string(text)}" for name, text in told if text is not None))
    shape = fitting(writer.spec.envelope, example.answer.body)
    for name, path in (("code", shape.code), ("message", shape.message)) if shape is not None else ():
        found: object = example.answer.body
        for step in path or ():
            found = cast("dict[str, object]", found).get(step) if isinstance(found, dict) else None
        if path is not None and isinstance(found, str):
            checks.append(f"error.{name} == {literals.string(found)}")
    return tuple(checks)
