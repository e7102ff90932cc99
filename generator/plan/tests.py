"""The package's own tests: what is wired for this vendor, as literal values out of the spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from generator import naming
from generator.plan import literals
from generator.plan.auth import Credential
from generator.plan.bound_names import BoundNames
from generator.plan.companion_tests import answered_so, counted, filter_cases, part_cases, wait_cases
from generator.plan.conversations import Case, ReadmeTest, Submodule, TestPlan, plan_test_module
from generator.plan.ending_tests import QUIET, ending_cases
from generator.plan.example_tests import example_cases
from generator.plan.exchanges import OWN_KEY, Writer, form_of
from generator.plan.filters import builder_name
from generator.plan.guides import Guide, plan_guides
from generator.plan.migration import plan_migration_tests
from generator.plan.operations import Operation
from generator.plan.pagination import nested, page_scripts, position_parameter, record_field
from generator.plan.readme import shown_operation
from generator.plan.samples import Sampler
from generator.plan.webhook_tests import plan_webhook_tests
from generator.plan.xml_samples import xml
from generator.spec.answers import answer_form
from generator.spec.auth import HashAuth
from generator.spec.document import Spec
from generator.spec.envelope import told_by
from generator.spec.error_classes import own_classes
from generator.spec.idempotency_checks import is_keyed
from generator.spec.types import ListOf

# Of so many error codes, only the first operation shows them all.
_MANY_ERRORS = 6


def plan_tests(
    spec: Spec,
    header: str,
    credentials: tuple[Credential, ...],
    operations: tuple[Operation, ...],
    bound: BoundNames,
) -> TestPlan:
    """Plan the tests of a package."""
    writer = Writer(spec, credentials, Sampler(spec, bound))
    first = operations[0]
    polls = {operation.wire: operation for operation in operations}
    builders = tuple(builder_name(spec, name) for name in spec.filters)
    guides = plan_guides(spec, operations)
    shown = (*writer.listed(shown_operation(operations)) * 2, *_guide_answers(writer, guides))
    marks = (QUIET,) if any(operation.is_ending for operation in operations) else ()
    chapters = (
        (
            "operations",
            "Each operation: what is sent, and what comes out.",
            [c for o in operations for c in _operations(writer, o)],
        ),
        ("examples", "The vendor's own examples.", [c for o in operations for c in example_cases(writer, o)]),
        ("login", "The login, and the token that all calls share.", list(_logins(writer, first))),
        ("errors", "The vendor's error codes.", [c for o in operations for c in _errors(writer, o, first=o is first)]),
        ("paging", "Lists, read to their end.", [c for o in operations for c in _paging(writer, o)]),
        ("repetition", "What is repeated and what is not.", [c for o in operations for c in _repetition(writer, o)]),
        ("testing_mode", "The vendor's testing flag.", [c for o in operations for c in _testing(writer, o)]),
        ("limits", "The vendor's rate limit.", list(_limits(writer, first))),
        ("waiting", "Waiting for an end.", [c for o in operations for c in wait_cases(writer, o, polls)]),
        ("parts", "Long lists, sent in parts.", [c for o in operations for c in part_cases(writer, o)]),
        ("filters", "Filters, as they go out.", [c for o in operations for c in filter_cases(writer, o)]),
        ("deprecations", "What the vendor takes away.", [c for o in operations for c in ending_cases(writer, o)]),
        ("vectors", "The vendor's own digests.", [c for o in operations for c in _vectors(writer, o)]),
    )
    modules = tuple(
        plan_test_module(writer.sampler, header, name, docstring, cases, builders=builders, marks=marks)
        for name, docstring, cases in chapters
        if cases
    )
    return TestPlan(
        header=header,
        modules=modules,
        webhooks=plan_webhook_tests(spec, header, bound),
        migration=plan_migration_tests(spec, header),
        readme=ReadmeTest(
            header=header,
            docstring=literals.docstring(("The quick starts of the README, word for word.",)),
            package=literals.string(spec.package),
            answers=(*shown, *writer.login()),
            environment=tuple(
                f"{literals.string(each.environment_variable)}, {literals.string(writer.value_of(each.name))}"
                for each in credentials
            ),
            submodules=tuple(
                Submodule(name=literals.string(f"{spec.package}.{name}"), relative=literals.string(f"..{name}"))
                for name, is_there in (("filters", spec.filters), ("webhooks", spec.webhooks))
                if is_there
            ),
            calls=len(shown),
        ),
        docstring=literals.docstring(("Tests of this package; run them with pytest.",)),
    )


def _guide_answers(writer: Writer, guides: tuple[Guide, ...]) -> Iterator[str]:
    """Spell what the vendor answers to the code of the README's sections."""
    for guide in guides:
        operation = guide.operation
        if operation is None:
            continue
        wait = operation.endpoint.wait
        if guide.about == "wait" and wait is not None:
            yield writer.answered(operation, answered_so(writer, operation, wait.done[0]))
        elif guide.about == "parts":
            yield from (counted(writer, operation, created=100, failed=0),) * 2
            yield counted(writer, operation, created=50, failed=0)
        else:
            yield from writer.listed(operation)


def _operations(writer: Writer, operation: Operation) -> Iterator[Case]:
    every = writer.sampler.arguments(operation.endpoint)
    needed = writer.sampler.arguments(operation.endpoint, required_only=True)
    _, expected = writer.sampler.returned(operation)
    answer = writer.good(operation)
    looked_at = "result.items" if operation.endpoint.pages else "result"
    checks = () if expected is None else (f"{looked_at} == {expected}",)
    wires = writer.sampler.sent(operation.endpoint, every)
    sent = f"vendor.sent == [{writer.sent(operation, wires)}]"
    around = (*writer.header_checks(operation, wires), *writer.auth_checks())
    yield writer.case(operation, "with_every_argument", every, (answer,), (sent, *around, *checks))
    if needed != every:
        only = f"vendor.sent == [{writer.sent(operation, writer.sampler.sent(operation.endpoint, needed))}]"
        yield writer.case(operation, "sends_nothing_that_was_not_given", needed, (answer,), (only,))
    yield from _refused_arguments(writer, operation, needed)


def _refused_arguments(writer: Writer, operation: Operation, needed: Mapping[str, object]) -> Iterator[Case]:
    for _, members in operation.endpoint.groups():
        for member in members:
            wrong = writer.sampler.refused(member.type)
            name = member.alias or naming.parameter_name(member.name)
            if wrong is not None:
                checks = (f"{literals.string(name)} in str(error)", "vendor.sent == []")
                given = {**needed, member.name: wrong}
                case = writer.case(operation, f"refuses_{name}", given, (), checks, raises="ArgumentError")
                yield case


def _logins(writer: Writer, operation: Operation) -> Iterator[Case]:
    """Show that all calls share a token, and that a refused one is replaced once."""
    login = writer.spec.auth.login
    if login is None:
        return
    needed = writer.sampler.arguments(operation.endpoint, required_only=True)
    good = writer.answered(operation, writer.sampler.returned(operation)[0])
    form = literals.value({wire: writer.filled(value) for wire, value in login.form.items()})
    carried = writer.auth_checks()
    yield writer.case(operation, "signs_in", needed, (good,), (f"vendor.logins == [{form}]", *carried))
    refused = "Answer(status=401)"
    again = ("len(vendor.logins) == 2", "len(vendor.sent) == 2")
    yield writer.case(operation, "signs_in_again_when_refused", needed, (refused, good), again)
    given_up = ("len(vendor.logins) == 2", "len(vendor.sent) == 2")
    name = "gives_up_when_refused_twice"
    yield writer.case(operation, name, needed, (refused, refused), given_up, raises="AuthenticationError")


def _errors(writer: Writer, operation: Operation, *, first: bool) -> Iterator[Case]:
    needed = writer.sampler.arguments(operation.endpoint, required_only=True)
    known = list(writer.spec.errors.items())
    for key, meaning in known if first or len(known) < _MANY_ERRORS else known[:1]:
        code, message = told_by(key)
        # Where no flag of the body says that it is a failure, the status does; the code still decides what is raised.
        failed = writer.failure(code, message, operation.endpoint)
        if answer_form(writer.spec, operation.endpoint) is not None:
            answer = f"Answer(text={literals.string(xml(failed))})"
        else:
            status = "" if writer.spec.envelope.success is not None else ", status=400"
            answer = f"Answer({literals.value(failed)}{status})"
        name = f"raises_{naming.snake_case(code or message or '')}"
        told = (
            f"error.code == {literals.string(code)}" if code else f"error.message == {literals.string(message or '')}"
        )
        checks = (told, f"error.operation == {literals.string(operation.name)}")
        yield writer.case(operation, name, needed, (answer,), checks, raises=meaning.raises, options="max_retries=0")
        own = own_classes(writer.spec).get(meaning.raises)
        for base in own.bases if own is not None else ():
            of_own = (*checks, f"type(error).__name__ == {literals.string(meaning.raises)}")
            caught = f"{name}_caught_as_{naming.snake_case(base)}"
            yield writer.case(operation, caught, needed, (answer,), of_own, raises=base, options="max_retries=0")


def _repetition(writer: Writer, operation: Operation) -> Iterator[Case]:
    """Show what is repeated and what is not: a 503 leaves open whether something was done."""
    needed = writer.sampler.arguments(operation.endpoint, required_only=True)
    # Asked to wait for next to nothing, and with a limit of its own, so that the test does not wait either.
    busy = 'Answer(status=503, headers={"Retry-After-Ms": "1"})'
    good = writer.good(operation)
    if operation.endpoint.effect in ("read", "idempotent"):
        twice = ("len(vendor.sent) == 2",)
        name = "is_asked_again_after_503"
        yield writer.case(operation, name, needed, (busy, good), twice, options=writer.fast())
    elif is_keyed(writer.spec, operation.endpoint):
        yield from _keys(writer, operation, busy, good)
    else:
        checks = ("len(vendor.sent) == 1", "error.may_have_executed")
        yield writer.case(
            operation, "is_not_repeated_after_503", needed, (busy,), checks, raises="ServiceUnavailableError"
        )


def _keys(writer: Writer, operation: Operation, busy: str, good: str) -> Iterator[Case]:
    """Show that what is sent twice has one key, and that the caller learns it where it is open what was done."""
    needed = writer.sampler.arguments(operation.endpoint, required_only=True)
    keys = writer.spec.idempotency
    assert keys is not None  # noqa: S101 - what has a key has words for it
    at = f"headers[{{}}][{literals.string(keys.header.lower())}]" if keys.header is not None else ""
    told = (
        f"error.idempotency_key == {literals.string(OWN_KEY)}"
        if not at
        else f"error.idempotency_key == vendor.{at.format(0)}"
    )
    same = (f"vendor.{at.format(0)} == vendor.{at.format(1)}",) if at else ("vendor.sent[0] == vendor.sent[1]",)
    if keys.after_error == "replays":
        twice = ("len(vendor.sent) == 2", *same)
        name = "is_asked_again_with_the_same_key"
        yield writer.case(operation, name, needed, (busy, good), twice, options=writer.fast())
    checks = ("len(vendor.sent) == 1", "error.may_have_executed", told)
    name = "tells_the_key_when_it_is_open_what_was_done"
    refused = "ServiceUnavailableError"
    yield writer.case(operation, name, needed, (busy,), checks, raises=refused, options="max_retries=0")


def _testing(writer: Writer, operation: Operation) -> Iterator[Case]:
    mode = writer.spec.testing
    if mode is None or not operation.endpoint.testing:
        return
    needed = writer.sampler.arguments(operation.endpoint, required_only=True)
    good = writer.good(operation)
    sent = writer.sampler.sent(operation.endpoint, needed)
    own = {each.wire: sent[each.wire] for each in operation.parameters if each.place == "body" and each.wire in sent}
    body = writer.auth_body(operation, needed) | dict(mode.body) | own
    checks = (f"vendor.sent[0].body == {literals.value(body)}",)
    yield writer.case(operation, "in_testing_mode", needed, (good,), checks, options="testing=True")


def _paging(writer: Writer, operation: Operation) -> Iterator[Case]:
    if operation.endpoint.pages is None:
        return
    style = writer.spec.pagination[operation.endpoint.pages]
    returned = operation.endpoint.returns.type
    assert isinstance(returned, ListOf)  # noqa: S101 - checked when the spec was read
    field = record_field(style)
    position = position_parameter(style)
    taken = next(
        (member.type for _, group in operation.endpoint.groups() for member in group if member.name == position),
        writer.sampler.type_of(returned.item, field),
    )
    records = tuple(writer.sampler.record(returned.item, field, taken, number) for number in range(1, 6))
    needed = writer.sampler.arguments(operation.endpoint, required_only=True)
    identified = writer.sampler.identified(returned.item, field)
    for script in page_scripts(style, records):
        asked = ", ".join(
            writer.sent(operation, writer.sampler.sent(operation.endpoint, {**needed, **each})) for each in script.asked
        )
        call = writer.called(operation, {**needed, **script.arguments})
        given = ", ".join(writer.sampler.identity(returned.item, field, each) for each in script.given)
        yield Case(
            name=f"{operation.name.replace('.', '_')}_{script.name}_over_three_pages",
            answers=(
                *(f"Answer({literals.value(writer.body(content))})" for content in script.answered),
                *writer.login(),
            ),
            client=writer.client(writer.fast()),
            async_client=writer.client(writer.fast(), is_async=True),
            before=(),
            call=f"[{identified} for record in {call}]",
            async_call=f"[{identified} async for record in {call}]",
            raises="",
            checks=(f"result == [{given}]", f"vendor.sent == [{asked}]"),
        )


def _vectors(writer: Writer, operation: Operation) -> Iterator[Case]:
    """Show that a call is sent with the digest that the spec says."""
    parts = [part for part in writer.spec.auth.applied(operation.endpoint.auth) if isinstance(part, HashAuth)]
    names = {each.wire: each.name for each in writer.credentials}
    for vector in operation.endpoint.vectors if parts else ():
        needed = writer.sampler.arguments(operation.endpoint, required_only=True)
        hashed = {name for name in needed if name in writer.digest_order(operation, needed)}
        given = {name: value for name, value in needed.items() if name not in hashed} | dict(vector.call)
        held = {names[wire]: value for wire, value in vector.credentials.items()}
        settings = ", ".join(f"{name}={literals.string(word)}" for name, word in vector.settings.items())
        body = writer.auth_body(operation, given, held=held) | {parts[0].send: vector.hash} | form_of(given)
        case = writer.case(
            operation,
            "is_sent_with_the_digest_of_the_vendor",
            given,
            ("Answer(status=400)",),
            (f"vendor.sent == [{writer.sent(operation, given, raw_body=body)}]",),
            raises="BadRequestError",
            options=settings,
        )
        yield replace(
            case,
            client=writer.client(settings, held=held),
            async_client=writer.client(settings, is_async=True, held=held),
        )


def _limits(writer: Writer, operation: Operation) -> Iterator[Case]:
    limit = writer.spec.rate_limit
    if limit is None or limit.learn is None:
        return
    needed = writer.sampler.arguments(operation.endpoint, required_only=True)
    answer = f"Answer({literals.value(nested(limit.learn.requests, 5))}, status={limit.learn.status})"
    yield writer.case(
        operation,
        "learns_the_limit_that_the_vendor_tells",
        needed,
        (answer,),
        ("limiter.requests == 5",),
        raises="RateLimitError" if limit.learn.status == 429 else "APIStatusError",
        options="max_retries=0, limiter=limiter",
        before=("limiter = Limiter(100)",),
    )
