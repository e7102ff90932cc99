"""The package's own tests: what is wired for this vendor, as literal values out of the spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import urlsplit

from generator import naming
from generator.plan import literals
from generator.plan.auth import Credential
from generator.plan.conversations import Case, ReadmeTest, TestPlan, plan_test_module
from generator.plan.operations import Operation
from generator.plan.pagination import last_page, merged, nested, page_scripts, position_parameter, record_field
from generator.plan.readme import shown_operation
from generator.plan.samples import Sampler, xml_root
from generator.plan.xml_samples import document_of, xml
from generator.runtime.auth import TOKEN
from generator.runtime.digest import Algorithm, digest
from generator.runtime.documents import Malformed
from generator.runtime.envelope import vendor_error
from generator.spec.answers import answer_form, as_typed, is_xml, runtime_envelope, value_path
from generator.spec.auth import HEADER_WORD, BearerAuth, BodyAuth, FormAuth, HashAuth, TokenAuth
from generator.spec.document import Spec
from generator.spec.endpoints import Endpoint, Example
from generator.spec.envelope import ErrorShape, fitting, told_by
from generator.spec.error_classes import own_classes
from generator.spec.format import MEDIA_TYPES
from generator.spec.servers import first_address
from generator.spec.types import ListOf
from generator.spec.words import Composed, Hole

# Of so many error codes, only the first operation shows them all.
_MANY_ERRORS = 6


@dataclass(slots=True)
class _Writer:
    """Writes the cases of one spec."""

    spec: Spec
    credentials: tuple[Credential, ...]
    sampler: Sampler

    # What requests and answers look like.

    def value_of(self, credential: str) -> str:
        return f"test-{credential.replace('_', '-')}"

    def client(self, options: str, *, is_async: bool = False, held: Mapping[str, str] | None = None) -> str:
        """Spell a client of the stand-in; *held* are credentials that it has instead of the tests' own."""
        own = held or {}
        given = [
            f"{each.name}={literals.string(own.get(each.name, self.value_of(each.name)))}" for each in self.credentials
        ]
        http_client = "http_client=vendor.async_client()" if is_async else "http_client=vendor.client()"
        server = next(iter(self.spec.servers.values()))
        if not isinstance(server, str):
            given.append(f"base_url={literals.string(server.example)}")
        arguments = ", ".join(part for part in (*given, http_client, options) if part)
        return f"AsyncClient({arguments})" if is_async else f"Client({arguments})"

    def filled(self, composed: Composed, held: Mapping[str, str] | None = None) -> str:
        """Return a composed value with the tests' credentials in it, or with those *held* instead."""
        names = {each.wire: each.name for each in self.credentials} | {TOKEN: TOKEN}
        own = held or {}
        return "".join(
            own.get(names[part.name], self.value_of(names[part.name])) if isinstance(part, Hole) else part
            for part in composed.parts
        )

    def auth_body(
        self, operation: Operation, given: Mapping[str, object], *, held: Mapping[str, str] | None = None
    ) -> dict[str, object]:
        """Return what authentication adds to the body of a call with these arguments, by wire name."""
        fields: dict[str, object] = {}
        for part in self.spec.auth.applied(operation.endpoint.auth):
            match part:
                case BodyAuth(fields=added) | FormAuth(fields=added):
                    fields |= {wire: self.filled(value, held) for wire, value in added.items()}
                case HashAuth(digest=algorithm, then=then, send=name):
                    values = {**{key: str(value) for key, value in fields.items()}, **_form(given)}
                    order = self.digest_order(operation, given)
                    parts = [str(values[wire]) for wire in order if wire in values]
                    fields[name] = digest(cast("Algorithm", algorithm), (*parts, self.filled(then, held)))
                case BearerAuth() | TokenAuth():
                    pass
        return fields

    def digest_order(self, operation: Operation, given: Mapping[str, object]) -> tuple[str, ...]:
        """Return what goes into the digest of a call with these arguments, by wire name in order."""
        hashed = operation.endpoint.hashed
        if hashed is None:
            return ()
        if hashed.names is not None:
            return hashed.names
        if hashed.setting is not None:
            return hashed.choices[self.spec.settings[hashed.setting].one_of[0]]
        return tuple(name for name in given if not hashed.unordered or name in hashed.unordered)

    def order_given(self, operation: Operation, given: Mapping[str, object]) -> tuple[str, ...] | None:
        """Return the argument `hashed` of a call, by Python names, or None where there is none."""
        hashed = operation.endpoint.hashed
        order = self.digest_order(operation, given)
        if hashed is None or not hashed.is_asked_for or (hashed.unordered and len(order) < 2):
            return None
        names = {parameter.wire: parameter.name for parameter in operation.parameters}
        return tuple(names[wire] for wire in order)

    def auth_checks(self) -> tuple[str, ...]:
        return (
            tuple(
                f'vendor.headers[0]["authorization"] == {literals.string(f"Bearer {self.filled(part.token)}")}'
                for part in self.spec.auth.parts
                if isinstance(part, BearerAuth)
            )
            + tuple(
                f"vendor.headers[0][{literals.string(header.lower())}] == {literals.string(self.filled(value))}"
                for part in self.spec.auth.parts
                if isinstance(part, TokenAuth)
                for header, value in part.headers.items()
            )
            + self.format_checks()
        )

    def format_checks(self) -> tuple[str, ...]:
        """Spell that the vendor was told in which form to answer."""
        chosen = self.spec.format
        if chosen.by is None:
            return ()
        header, kind = chosen.by.removeprefix(HEADER_WORD).lower(), MEDIA_TYPES[chosen.choose[0]]
        return (f"vendor.headers[0][{literals.string(header)}] == {literals.string(kind)}",)

    def login(self) -> tuple[str, ...]:
        """Spell how the stand-in answers a login, where there is one."""
        login = self.spec.auth.login
        if login is None:
            return ()
        answer = nested(login.token, self.value_of(TOKEN))
        if login.expires_in is not None:
            answer = merged(answer, nested(login.expires_in, "3600"))
        return (f"login=({literals.string(login.url)}, Answer({literals.value(answer)}))",)

    def logins(self, operation: Operation) -> Iterator[Case]:
        """Show that all calls share a token, and that a refused one is replaced once."""
        login = self.spec.auth.login
        if login is None:
            return
        needed = self.sampler.arguments(operation.endpoint, required_only=True)
        good = self.answered(operation, self.sampler.returned(operation)[0])
        form = literals.value({wire: self.filled(value) for wire, value in login.form.items()})
        carried = self.auth_checks()
        yield self.case(operation, "signs_in", needed, (good,), (f"vendor.logins == [{form}]", *carried))
        refused = "Answer(status=401)"
        again = ("len(vendor.logins) == 2", "len(vendor.sent) == 2")
        yield self.case(operation, "signs_in_again_when_refused", needed, (refused, good), again)
        given_up = ("len(vendor.logins) == 2", "len(vendor.sent) == 2")
        name = "gives_up_when_refused_twice"
        yield self.case(operation, name, needed, (refused, refused), given_up, raises="AuthenticationError")

    def body(self, data: object) -> object:
        """Return a good answer around its content."""
        envelope = self.spec.envelope
        whole = nested(envelope.data, data) if envelope.data else data
        if envelope.success is not None:
            whole = merged(cast("dict[str, object]", whole), nested(envelope.success, value=True))
        return whole

    def answered(self, operation: Operation, value: object) -> str:
        """Spell a good answer around what the operation returns."""
        endpoint = operation.endpoint
        if endpoint.returns.from_text:
            return f"Answer(text={literals.string(_plain(value))})"
        if not is_xml(self.spec, endpoint):
            nothing = endpoint.returns.type is None
            return "Answer()" if nothing else f"Answer({literals.value(self.body(self.content(operation, value)))})"
        document: dict[str, object] = {}
        if endpoint.returns.at and endpoint.returns.type is not None:
            document = nested(endpoint.returns.at, document_of(value, endpoint.returns.type, self.spec))
        elif isinstance(value, dict):
            document = cast("dict[str, object]", value)
        for at, word in endpoint.success.items():
            document = merged(document, nested(tuple(at.split(".")), word))
        return f"Answer(text={literals.string(xml(document or {xml_root(self.spec, endpoint): None}))})"

    def content(self, operation: Operation, value: object) -> object:
        """Return the content of a good answer around what the operation returns."""
        style = self.spec.pagination[operation.endpoint.pages] if operation.endpoint.pages else None
        if style is not None:
            return last_page(style, cast("list[object]", value))
        at = operation.endpoint.returns.at
        return nested(at, value) if at else value

    def good(self, operation: Operation) -> str:
        """Spell the answer to an operation that went well, with all that is known of it."""
        return self.answered(operation, self.sampler.returned(operation)[0])

    def failure(self, code: str | None, message: str | None, endpoint: Endpoint) -> dict[str, object]:
        """Return an answer that says no with one of the vendor's codes or messages."""
        envelope = self.spec.envelope
        body: dict[str, object] = nested(envelope.success, value=False) if envelope.success is not None else {}
        shape = next((each for each in envelope.errors if _tells(each, code)), None)
        if shape is None:
            return body
        for at, word in shape.when.items():
            body = merged(body, nested(tuple(at.split(".")), word))
        if shape.anywhere is not None:
            body = merged(body, {xml_root(self.spec, endpoint): {shape.anywhere: message}})
        if shape.code is not None and code is not None:
            body = merged(body, nested(shape.code, code))
        if shape.message is not None:
            body = merged(body, nested(shape.message, message or "text for people"))
        return body

    def sent(self, operation: Operation, given: Mapping[str, object], *, raw_body: object = None) -> str:
        """Spell what the vendor is asked for these arguments, by wire name."""
        path = urlsplit(first_address(self.spec.servers)).path.rstrip("/")
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
            elif parameter.place == "form":
                body |= _form({parameter.wire: given[parameter.wire]})
            elif parameter.place == "document":
                body |= cast("dict[str, object]", given[parameter.wire])
        parts = [literals.string(operation.endpoint.call.method), literals.string(f"{path}/{target}")]
        if operation.endpoint.call.method not in ("GET", "DELETE"):
            whole = self.auth_body(operation, given) | body
            empty = dict[str, object]() if "json" in self.spec.format.request else None
            parts.append(literals.value(raw_body if raw_body is not None else whole or empty))
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
        arguments = [f"{names[wire]}={literals.value(value)}" for wire, value in given.items()]
        order = self.order_given(operation, given)
        if order is not None:
            arguments.append(f"hashed={literals.value(order)}")
        return f"client.{operation.name}({', '.join(arguments)})"

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
            answers=(*answers, *self.login()),
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
            # A refused token is replaced once, and the call made again.
            times = 2 if example.answer.status == 401 and self.spec.auth.login is not None else 1
            sent = f"vendor.sent == [{', '.join([self.sent(operation, wires, raw_body=raw_body)] * times)}]"
            around = self.header_checks(operation, wires)
            answer = self.spelled_answer(example)
            if example.raises is not None:
                checks = (sent, *around, *self.error_checks(operation, example))
                yield self.case(
                    operation, name, given, (answer,) * times, checks, raises=example.raises, options="max_retries=0"
                )
                continue
            expected = self.sampler.expected_of(operation, self.at_content(operation, example))
            looked_at = "result.items" if operation.endpoint.pages else "result"
            nothing = operation.endpoint.returns.type is None
            checks = (sent, *around) if nothing else (sent, *around, f"{looked_at} == {expected}")
            yield self.case(operation, name, given, (answer,), checks)

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
        text = example.answer.text
        parts = [literals.value(example.answer.body) if text is None else f"text={literals.string(text)}"]
        if example.answer.status != 200:
            parts.append(f"status={example.answer.status}")
        if example.answer.headers:
            parts.append(f"headers={literals.value(dict(example.answer.headers))}")
        return f"Answer({', '.join(parts)})"

    def at_content(self, operation: Operation, example: Example) -> object:
        """Return what an operation returns out of a whole body."""
        body: object = example.answer.body
        form = answer_form(self.spec, operation.endpoint)
        returned = operation.endpoint.returns.type
        if form is not None and returned is not None:
            document = form.typed(form.read((example.answer.text or "").encode()))
            for step in (*self.spec.envelope.data, *value_path(self.spec, operation.endpoint)):
                document = cast("dict[str, object]", document)[step]
            return as_typed(document, returned, self.spec)
        if returned is None:
            return None
        pages = operation.endpoint.pages
        at = self.spec.pagination[pages].items if pages else operation.endpoint.returns.at
        for step in (*self.spec.envelope.data, *at):
            body = cast("dict[str, object]", body)[step]
        return body

    def told_document(self, operation: Operation, example: Example) -> object:
        """Return what clients read out of an answer that is no JSON, None where they cannot."""
        form = answer_form(self.spec, operation.endpoint)
        try:
            return None if form is None else form.read((example.answer.text or "").encode())
        except Malformed:
            return None

    def error_checks(self, operation: Operation, example: Example) -> tuple[str, ...]:
        checks = [f"error.status_code == {example.answer.status}"]
        if example.answer.text is not None:
            said = vendor_error(runtime_envelope(self.spec), self.told_document(operation, example))
            told = (("code", said.code), ("message", said.message))
            return (*checks, *(f"error.{name} == {literals.string(text)}" for name, text in told if text is not None))
        shape = fitting(self.spec.envelope, example.answer.body)
        for name, path in (("code", shape.code), ("message", shape.message)) if shape is not None else ():
            found: object = example.answer.body
            for step in path or ():
                found = cast("dict[str, object]", found).get(step) if isinstance(found, dict) else None
            if path is not None and isinstance(found, str):
                checks.append(f"error.{name} == {literals.string(found)}")
        return tuple(checks)

    def errors(self, operation: Operation, *, first: bool) -> Iterator[Case]:
        needed = self.sampler.arguments(operation.endpoint, required_only=True)
        known = list(self.spec.errors.items())
        for key, meaning in known if first or len(known) < _MANY_ERRORS else known[:1]:
            code, message = told_by(key)
            # Where no flag of the body says that it is a failure, the status does; the code still decides what is raised.
            failed = self.failure(code, message, operation.endpoint)
            if answer_form(self.spec, operation.endpoint) is not None:
                answer = f"Answer(text={literals.string(xml(failed))})"
            else:
                status = "" if self.spec.envelope.success is not None else ", status=400"
                answer = f"Answer({literals.value(failed)}{status})"
            name = f"raises_{naming.snake_case(code or message or '')}"
            told = (
                f"error.code == {literals.string(code)}"
                if code
                else f"error.message == {literals.string(message or '')}"
            )
            checks = (told, f"error.operation == {literals.string(operation.name)}")
            yield self.case(operation, name, needed, (answer,), checks, raises=meaning.raises, options="max_retries=0")
            own = own_classes(self.spec).get(meaning.raises)
            for base in own.bases if own is not None else ():
                of_own = (*checks, f"type(error).__name__ == {literals.string(meaning.raises)}")
                caught = f"{name}_caught_as_{naming.snake_case(base)}"
                yield self.case(operation, caught, needed, (answer,), of_own, raises=base, options="max_retries=0")

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
        body = self.auth_body(operation, needed) | dict(mode.body) | own
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
                answers=(
                    *(f"Answer({literals.value(self.body(content))})" for content in script.answered),
                    *self.login(),
                ),
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

    def vectors(self, operation: Operation) -> Iterator[Case]:
        """Show that a call is sent with the digest that the spec says."""
        parts = [part for part in self.spec.auth.applied(operation.endpoint.auth) if isinstance(part, HashAuth)]
        names = {each.wire: each.name for each in self.credentials}
        for vector in operation.endpoint.vectors if parts else ():
            needed = self.sampler.arguments(operation.endpoint, required_only=True)
            hashed = {name for name in needed if name in self.digest_order(operation, needed)}
            given = {name: value for name, value in needed.items() if name not in hashed} | dict(vector.call)
            held = {names[wire]: value for wire, value in vector.credentials.items()}
            settings = ", ".join(f"{name}={literals.string(word)}" for name, word in vector.settings.items())
            body = self.auth_body(operation, given, held=held) | {parts[0].send: vector.hash} | _form(given)
            case = self.case(
                operation,
                "is_sent_with_the_digest_of_the_vendor",
                given,
                ("Answer(status=400)",),
                (f"vendor.sent == [{self.sent(operation, given, raw_body=body)}]",),
                raises="BadRequestError",
                options=settings,
            )
            yield replace(
                case,
                client=self.client(settings, held=held),
                async_client=self.client(settings, is_async=True, held=held),
            )

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
        ("login", "The login, and the token that all calls share.", list(writer.logins(first))),
        ("errors", "The vendor's error codes.", [c for o in operations for c in writer.errors(o, first=o is first)]),
        ("paging", "Lists, read to their end.", [c for o in operations for c in writer.paging(o)]),
        ("repetition", "What is repeated and what is not.", [c for o in operations for c in writer.repetition(o)]),
        ("testing_mode", "The vendor's testing flag.", [c for o in operations for c in writer.testing(o)]),
        ("limits", "The vendor's rate limit.", list(writer.limits(first))),
        ("vectors", "The vendor's own digests.", [c for o in operations for c in writer.vectors(o)]),
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
            answers=(*(writer.good(shown_operation(operations)),) * 2, *writer.login()),
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


def _form(given: Mapping[str, object]) -> dict[str, object]:
    """Return what a form holds for these arguments."""
    return {
        wire: [_plain(each) for each in cast("list[object]", value)] if isinstance(value, list) else _plain(value)
        for wire, value in given.items()
    }


def _tells(shape: ErrorShape, code: str | None) -> bool:
    """Tell whether a failure with this code, or with a message where there is none, can be spelled in a shape."""
    if code is not None:
        return shape.code is not None
    return shape.anywhere is not None or (shape.message is not None and shape.code is None and not shape.when)


def _query(wire: str, value: object) -> dict[str, object]:
    """Return what a query holds for a value: one text, or several of the same name."""
    texts = [_plain(each) for each in cast("list[object]", value)] if isinstance(value, list) else [_plain(value)]
    return {wire: texts[0] if len(texts) == 1 else texts} if texts else {}
