"""The package's own tests: what is wired for this vendor, as literal values out of the spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from generator import naming
from generator.plan import literals
from generator.plan.auth import Credential
from generator.plan.conversations import Case, ReadmeTest, TestPlan, plan_test_module
from generator.plan.operations import Operation
from generator.plan.pagination import last_page, merged, nested, page_scripts, position_parameter, record_field
from generator.plan.readme import shown_operation
from generator.plan.samples import Sampler
from generator.spec.auth import BearerAuth, BodyAuth
from generator.spec.document import Spec
from generator.spec.endpoints import Example
from generator.spec.types import ListOf
from generator.spec.words import Composed, Hole


@dataclass(slots=True)
class _Writer:
    """Writes the cases of one spec."""

    spec: Spec
    credentials: tuple[Credential, ...]
    sampler: Sampler

    # What requests and answers look like.

    def value_of(self, credential: str) -> str:
        return f"test-{credential.replace('_', '-')}"

    def client(self, options: str, *, is_async: bool = False) -> str:
        """Spell a client of the stand-in."""
        given = [f"{each.name}={literals.string(self.value_of(each.name))}" for each in self.credentials]
        http_client = "http_client=vendor.async_client()" if is_async else "http_client=vendor.client()"
        arguments = ", ".join(part for part in (*given, http_client, options) if part)
        return f"AsyncClient({arguments})" if is_async else f"Client({arguments})"

    def filled(self, composed: Composed) -> str:
        """Return a composed value with the tests' credentials in it."""
        names = {each.wire: each.name for each in self.credentials}
        return "".join(self.value_of(names[part.name]) if isinstance(part, Hole) else part for part in composed.parts)

    def auth_body(self) -> dict[str, object]:
        fields: dict[str, object] = {}
        for part in self.spec.auth.parts:
            if isinstance(part, BodyAuth):
                fields |= {wire: self.filled(value) for wire, value in part.fields.items()}
        return fields

    def auth_checks(self) -> tuple[str, ...]:
        return tuple(
            f'vendor.headers[0]["authorization"] == {literals.string(f"Bearer {self.filled(part.token)}")}'
            for part in self.spec.auth.parts
            if isinstance(part, BearerAuth)
        )

    def body(self, data: object) -> object:
        """Return a good answer around its content."""
        envelope = self.spec.envelope
        whole = nested(envelope.data, data) if envelope.data else data
        if envelope.success is not None:
            whole = merged(cast("dict[str, object]", whole), nested(envelope.success, value=True))
        return whole

    def content(self, operation: Operation, value: object) -> object:
        """Return the content of a good answer around what the operation returns."""
        style = self.spec.pagination[operation.endpoint.pages] if operation.endpoint.pages else None
        if style is not None:
            return last_page(style, cast("list[object]", value))
        at = operation.endpoint.returns.at
        return nested(at, value) if at else value

    def good(self, operation: Operation) -> str:
        """Spell the answer to an operation that went well, with all that is known of it."""
        value, expected = self.sampler.returned(operation)
        return (
            "Answer()" if expected is None else f"Answer({literals.value(self.body(self.content(operation, value)))})"
        )

    def failure(self, code: str) -> dict[str, object]:
        """Return an answer that says no with one of the vendor's codes."""
        envelope = self.spec.envelope
        body: dict[str, object] = nested(envelope.success, value=False) if envelope.success is not None else {}
        shape = envelope.error
        if shape is not None and shape.code is not None:
            body = merged(body, nested(shape.code, code))
        if shape is not None and shape.message is not None:
            body = merged(body, nested(shape.message, "text for people"))
        return body

    def sent(self, operation: Operation, given: Mapping[str, object], *, raw_body: object = None) -> str:
        """Spell what the vendor is asked for these arguments, by wire name."""
        path = urlsplit(next(iter(self.spec.servers.values()))).path.rstrip("/")
        target = operation.endpoint.call.path
        body: dict[str, object] = {}
        query: dict[str, object] = {}
        for parameter in operation.parameters:
            if parameter.wire not in given:
                continue
            if parameter.place == "path":
                target = target.replace(f"{{{parameter.wire}}}", _plain(given[parameter.wire]))
            elif parameter.place == "query":
                query |= _query(parameter.wire, given[parameter.wire])
            elif parameter.place == "body":
                body[parameter.wire] = given[parameter.wire]
            elif parameter.place == "document":
                body |= cast("dict[str, object]", given[parameter.wire])
        parts = [literals.string(operation.endpoint.call.method), literals.string(f"{path}/{target}")]
        if operation.endpoint.call.method not in ("GET", "DELETE"):
            parts.append(literals.value(raw_body if raw_body is not None else self.auth_body() | body))
        if query:
            parts.append(f"query={literals.value(query)}")
        return f"Sent({', '.join(parts)})"

    def header_checks(self, operation: Operation, given: Mapping[str, object]) -> tuple[str, ...]:
        """Spell that the arguments that travel in headers were there."""
        return tuple(
            f"vendor.headers[0][{literals.string(each.wire.lower())}] == {literals.string(_plain(given[each.wire]))}"
            for each in operation.parameters
            if each.place == "header" and each.wire in given
        )

    def called(self, operation: Operation, given: Mapping[str, object]) -> str:
        """Spell the call with these arguments, by wire name."""
        names = {parameter.wire: parameter.name for parameter in operation.parameters}
        arguments = ", ".join(f"{names[wire]}={literals.value(value)}" for wire, value in given.items())
        return f"client.{operation.name}({arguments})"

    def case(
        self,
        operation: Operation,
        name: str,
        given: Mapping[str, object],
        answers: tuple[str, ...],
        checks: tuple[str, ...],
        *,
        raises: str = "",
        options: str = "",
        before: tuple[str, ...] = (),
    ) -> Case:
        call = self.called(operation, given)
        return Case(
            name=f"{operation.name.replace('.', '_')}_{name}",
            answers=answers,
            client=self.client(options),
            async_client=self.client(options, is_async=True),
            before=before,
            call=call,
            async_call=f"await {call}",
            raises=raises,
            checks=checks,
        )

    # What is shown.

    def operations(self, operation: Operation) -> Iterator[Case]:
        every = self.sampler.arguments(operation.endpoint)
        needed = self.sampler.arguments(operation.endpoint, required_only=True)
        _, expected = self.sampler.returned(operation)
        answer = self.good(operation)
        looked_at = "result.items" if operation.endpoint.pages else "result"
        checks = () if expected is None else (f"{looked_at} == {expected}",)
        wires = self.sampler.sent(operation.endpoint, every)
        sent = f"vendor.sent == [{self.sent(operation, wires)}]"
        around = (*self.header_checks(operation, wires), *self.auth_checks())
        yield self.case(operation, "with_every_argument", every, (answer,), (sent, *around, *checks))
        if needed != every:
            only = f"vendor.sent == [{self.sent(operation, self.sampler.sent(operation.endpoint, needed))}]"
            yield self.case(operation, "sends_nothing_that_was_not_given", needed, (answer,), (only,))
        yield from self.refused_arguments(operation, needed)

    def refused_arguments(self, operation: Operation, needed: Mapping[str, object]) -> Iterator[Case]:
        for _, members in operation.endpoint.groups():
            for member in members:
                wrong = self.sampler.refused(member.type)
                name = member.alias or naming.parameter_name(member.name)
                if wrong is not None:
                    checks = (f"{literals.string(name)} in str(error)", "vendor.sent == []")
                    given = {**needed, member.name: wrong}
                    case = self.case(operation, f"refuses_{name}", given, (), checks, raises="ArgumentError")
                    yield case

    def examples(self, operation: Operation) -> Iterator[Case]:
        for name, example in operation.endpoint.examples.items():
            given = dict(example.call)
            request = example.request
            raw_body = self.holes_filled(request.body) if request is not None and request.body is not None else None
            wires = self.sampler.sent(operation.endpoint, given)
            sent = f"vendor.sent == [{self.sent(operation, wires, raw_body=raw_body)}]"
            around = self.header_checks(operation, wires)
            answer = self.spelled_answer(example)
            if example.raises is not None:
                checks = (sent, *around, *self.error_checks(example))
                yield self.case(
                    operation, name, given, (answer,), checks, raises=example.raises, options="max_retries=0"
                )
                continue
            expected = self.sampler.expected_of(operation, self.at_content(operation, example.answer.body))
            looked_at = "result.items" if operation.endpoint.pages else "result"
            yield self.case(operation, name, given, (answer,), (sent, *around, f"{looked_at} == {expected}"))

    def holes_filled(self, value: object) -> object:
        names = {f"${{{each.wire}}}": self.value_of(each.name) for each in self.credentials}
        match value:
            case str():
                for hole, text in names.items():
                    value = value.replace(hole, text)
                return value
            case dict():
                return {key: self.holes_filled(item) for key, item in cast("dict[str, object]", value).items()}
            case list():
                return [self.holes_filled(item) for item in cast("list[object]", value)]
            case _:
                return value

    def spelled_answer(self, example: Example) -> str:
        parts = [literals.value(example.answer.body)]
        if example.answer.status != 200:
            parts.append(f"status={example.answer.status}")
        if example.answer.headers:
            parts.append(f"headers={literals.value(dict(example.answer.headers))}")
        return f"Answer({', '.join(parts)})"

    def at_content(self, operation: Operation, body: object) -> object:
        """Return what an operation returns out of a whole body."""
        pages = operation.endpoint.pages
        at = self.spec.pagination[pages].items if pages else operation.endpoint.returns.at
        for step in (*self.spec.envelope.data, *at):
            body = cast("dict[str, object]", body)[step]
        return body

    def error_checks(self, example: Example) -> tuple[str, ...]:
        checks = [f"error.status_code == {example.answer.status}"]
        shape = self.spec.envelope.error
        for name, path in (("code", shape.code), ("message", shape.message)) if shape is not None else ():
            found: object = example.answer.body
            for step in path or ():
                found = cast("dict[str, object]", found).get(step) if isinstance(found, dict) else None
            if path is not None and isinstance(found, str):
                checks.append(f"error.{name} == {literals.string(found)}")
        return tuple(checks)

    def errors(self, operation: Operation) -> Iterator[Case]:
        needed = self.sampler.arguments(operation.endpoint, required_only=True)
        for code, error in self.spec.errors.items():
            # Where no flag of the body says that it is a failure, the status does; the code still decides what is raised.
            status = "" if self.spec.envelope.success is not None else ", status=400"
            answer = f"Answer({literals.value(self.failure(code))}{status})"
            name = f"raises_{naming.snake_case(code)}"
            checks = (f"error.code == {literals.string(code)}", f"error.operation == {literals.string(operation.name)}")
            yield self.case(operation, name, needed, (answer,), checks, raises=error, options="max_retries=0")

    def repetition(self, operation: Operation) -> Iterator[Case]:
        """Show what is repeated and what is not: a 503 leaves open whether something was done."""
        needed = self.sampler.arguments(operation.endpoint, required_only=True)
        # Asked to wait for next to nothing, and with a limit of its own, so that the test does not wait either.
        busy = 'Answer(status=503, headers={"Retry-After-Ms": "1"})'
        good = self.good(operation)
        if operation.endpoint.effect in ("read", "idempotent"):
            twice = ("len(vendor.sent) == 2",)
            name = "is_asked_again_after_503"
            yield self.case(operation, name, needed, (busy, good), twice, options=self.fast())
        else:
            checks = ("len(vendor.sent) == 1", "error.may_have_executed")
            yield self.case(
                operation, "is_not_repeated_after_503", needed, (busy,), checks, raises="ServiceUnavailableError"
            )

    def testing(self, operation: Operation) -> Iterator[Case]:
        mode = self.spec.testing
        if mode is None or not operation.endpoint.testing:
            return
        needed = self.sampler.arguments(operation.endpoint, required_only=True)
        good = self.good(operation)
        sent = self.sampler.sent(operation.endpoint, needed)
        own = {
            each.wire: sent[each.wire] for each in operation.parameters if each.place == "body" and each.wire in sent
        }
        body = self.auth_body() | dict(mode.body) | own
        checks = (f"vendor.sent[0].body == {literals.value(body)}",)
        yield self.case(operation, "in_testing_mode", needed, (good,), checks, options="testing=True")

    def paging(self, operation: Operation) -> Iterator[Case]:
        if operation.endpoint.pages is None:
            return
        style = self.spec.pagination[operation.endpoint.pages]
        returned = operation.endpoint.returns.type
        assert isinstance(returned, ListOf)  # noqa: S101 - checked when the spec was read
        field = record_field(style)
        position = position_parameter(style)
        taken = next(
            (member.type for _, group in operation.endpoint.groups() for member in group if member.name == position),
            self.sampler.type_of(returned.item, field),
        )
        records = tuple(self.sampler.record(returned.item, field, taken, number) for number in range(1, 6))
        needed = self.sampler.arguments(operation.endpoint, required_only=True)
        identified = self.sampler.identified(returned.item, field)
        for script in page_scripts(style, records):
            asked = ", ".join(
                self.sent(operation, self.sampler.sent(operation.endpoint, {**needed, **each})) for each in script.asked
            )
            call = self.called(operation, {**needed, **script.arguments})
            given = ", ".join(self.sampler.identity(returned.item, field, each) for each in script.given)
            yield Case(
                name=f"{operation.name.replace('.', '_')}_{script.name}_over_three_pages",
                answers=tuple(f"Answer({literals.value(self.body(content))})" for content in script.answered),
                client=self.client(self.fast()),
                async_client=self.client(self.fast(), is_async=True),
                before=(),
                call=f"[{identified} for record in {call}]",
                async_call=f"[{identified} async for record in {call}]",
                raises="",
                checks=(f"result == [{given}]", f"vendor.sent == [{asked}]"),
            )

    def fast(self) -> str:
        """Return the option by which a test of several requests does not wait for the vendor's limit."""
        limit = self.spec.rate_limit
        return f"{limit.setting}=1000" if limit is not None and limit.setting is not None else ""

    def limits(self, operation: Operation) -> Iterator[Case]:
        limit = self.spec.rate_limit
        if limit is None or limit.learn is None:
            return
        needed = self.sampler.arguments(operation.endpoint, required_only=True)
        answer = f"Answer({literals.value(nested(limit.learn.requests, 5))}, status={limit.learn.status})"
        yield self.case(
            operation,
            "learns_the_limit_that_the_vendor_tells",
            needed,
            (answer,),
            ("limiter.requests == 5",),
            raises="RateLimitError" if limit.learn.status == 429 else "APIStatusError",
            options="max_retries=0, limiter=limiter",
            before=("limiter = Limiter(100)",),
        )


def plan_tests(
    spec: Spec, header: str, credentials: tuple[Credential, ...], operations: tuple[Operation, ...]
) -> TestPlan:
    """Plan the tests of a package."""
    writer = _Writer(spec, credentials, Sampler(spec))
    first = operations[0]
    chapters = (
        (
            "operations",
            "Each operation: what is sent, and what comes out.",
            [c for o in operations for c in writer.operations(o)],
        ),
        ("examples", "The vendor's own examples.", [c for o in operations for c in writer.examples(o)]),
        ("errors", "The vendor's error codes.", [c for o in operations for c in writer.errors(o)]),
        ("paging", "Lists, read to their end.", [c for o in operations for c in writer.paging(o)]),
        ("repetition", "What is repeated and what is not.", [c for o in operations for c in writer.repetition(o)]),
        ("testing_mode", "The vendor's testing flag.", [c for o in operations for c in writer.testing(o)]),
        ("limits", "The vendor's rate limit.", list(writer.limits(first))),
    )
    modules = tuple(
        plan_test_module(writer.sampler.models, header, name, docstring, cases)
        for name, docstring, cases in chapters
        if cases
    )
    return TestPlan(
        header=header,
        modules=modules,
        readme=ReadmeTest(
            header=header,
            docstring=literals.docstring(("The quick starts of the README, word for word.",)),
            package=literals.string(spec.package),
            answers=(writer.good(shown_operation(operations)),) * 2,
            environment=tuple(
                f"{literals.string(each.environment_variable)}, {literals.string(writer.value_of(each.name))}"
                for each in credentials
            ),
        ),
        docstring=literals.docstring(("Tests of this package; run them with pytest.",)),
    )


def _plain(value: object) -> str:
    """Return a value as a path, a query or a header spells it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _query(wire: str, value: object) -> dict[str, object]:
    """Return what a query holds for a value: one text, or several of the same name."""
    texts = [_plain(each) for each in cast("list[object]", value)] if isinstance(value, list) else [_plain(value)]
    return {wire: texts[0] if len(texts) == 1 else texts} if texts else {}
