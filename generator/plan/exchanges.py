"""Exchanges: how a test spells what the vendor is asked, what it answers, and the call between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from generator.plan import literals
from generator.plan.auth import Credential
from generator.plan.conversations import Case
from generator.plan.operations import Operation
from generator.plan.pagination import last_page, merged, nested, tells_its_end
from generator.plan.samples import Sampler, xml_root
from generator.plan.xml_samples import document_of, xml
from generator.runtime.auth import TOKEN
from generator.runtime.digest import Algorithm, digest
from generator.spec.answers import is_xml
from generator.spec.auth import HEADER_WORD, BearerAuth, BodyAuth, FormAuth, HashAuth, TokenAuth
from generator.spec.document import Spec
from generator.spec.endpoints import Endpoint
from generator.spec.envelope import ErrorShape
from generator.spec.format import MEDIA_TYPES
from generator.spec.idempotency_checks import is_keyed
from generator.spec.servers import first_address
from generator.spec.words import Composed, Hole

OWN_KEY = "own-key-1"
"""The key that tests give where it stands in a body."""


@dataclass(slots=True)
class Writer:
    """Spells the conversations of one spec with a stand-in."""

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
                    values = {**{key: str(value) for key, value in fields.items()}, **form_of(given)}
                    order = self.digest_order(operation, given)
                    parts = [str(values[wire]) for wire in order if wire in values]
                    fields[name] = digest(cast("Algorithm", algorithm), (*parts, self.filled(then, held)))
                case BearerAuth() | TokenAuth():
                    pass
        field = self.key_in_body(operation)
        return fields if field is None else {**fields, field: OWN_KEY}

    def key_in_body(self, operation: Operation) -> str | None:
        """Return the field of the body that carries a key, where one does: tests give their own, to know the body."""
        keys = self.spec.idempotency
        return keys.field if keys is not None and is_keyed(self.spec, operation.endpoint) else None

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

    def listed(self, operation: Operation) -> tuple[str, ...]:
        """Spell the answers to whoever reads all that an operation gives, its pages to their end."""
        pages = operation.endpoint.pages
        if pages is None or tells_its_end(self.spec.pagination[pages]):
            return (self.good(operation),)
        return (self.good(operation), self.answered(operation, []))

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
        if shape.code is not None:
            # Told by its message, with a code that nothing is said of: the form has both.
            body = merged(body, nested(shape.code, code or "a code of its own"))
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
                body |= form_of({parameter.wire: given[parameter.wire]})
            elif parameter.place == "document":
                body |= cast("dict[str, object]", given[parameter.wire])
        parts = [literals.string(operation.endpoint.call.method), literals.string(f"{path}/{target}")]
        if operation.endpoint.call.has_body:
            whole = self.auth_body(operation, given) | body
            empty = dict[str, object]() if "json" in self.spec.format.request else None
            field = self.key_in_body(operation)
            told: object = raw_body if raw_body is not None else whole or empty
            if isinstance(raw_body, dict) and field is not None:
                told = {**cast("dict[str, object]", raw_body), field: OWN_KEY}
            parts.append(literals.value(told))
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

    def called(
        self, operation: Operation, given: Mapping[str, object], *, suffix: str = "", more: tuple[str, ...] = ()
    ) -> str:
        """Spell the call with these arguments, by wire name; *suffix* names a method beside the operation's own."""
        names = {parameter.wire: parameter.name for parameter in operation.parameters}
        arguments = [f"{names[wire]}={literals.value(value)}" for wire, value in given.items()]
        order = self.order_given(operation, given)
        if order is not None:
            arguments.append(f"hashed={literals.value(order)}")
        if self.key_in_body(operation) is not None:
            arguments.append(f"idempotency_key={literals.string(OWN_KEY)}")
        return f"client.{operation.name}{suffix}({', '.join((*arguments, *more))})"

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

    def fast(self) -> str:
        """Return the option by which a test of several requests does not wait for the vendor's limit."""
        limit = self.spec.rate_limit
        return f"{limit.setting}=1000" if limit is not None and limit.setting is not None else ""


def _plain(value: object) -> str:
    """Return a value as a path, a query or a header spells it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def form_of(given: Mapping[str, object]) -> dict[str, object]:
    """Return what a form holds for these arguments."""
    return {
        wire: [_plain(each) for each in cast("list[object]", value)] if isinstance(value, list) else _plain(value)
        for wire, value in given.items()
    }


def _tells(shape: ErrorShape, code: str | None) -> bool:
    """Tell whether a failure with this code, or with a message where there is none, can be spelled in a shape."""
    if code is not None:
        return shape.code is not None
    return shape.anywhere is not None or (shape.message is not None and not shape.when)


def _query(wire: str, value: object) -> dict[str, object]:
    """Return what a query holds for a value: one text, or several of the same name."""
    texts = [_plain(each) for each in cast("list[object]", value)] if isinstance(value, list) else [_plain(value)]
    return {wire: texts[0] if len(texts) == 1 else texts} if texts else {}
