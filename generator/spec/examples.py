"""Examples are checked whenever a spec is read: what they show has to be what the spec says."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from decimal import Decimal
from typing import cast

from generator import naming
from generator.runtime.documents import Malformed
from generator.runtime.envelope import error_rule, is_failure, unmet, vendor_error
from generator.runtime.errors import status_error
from generator.spec.answers import answer_form, as_typed, runtime_envelope, runtime_rules, value_path
from generator.spec.auth import HashAuth
from generator.spec.checker import Checker, Path, written
from generator.spec.endpoints import Endpoint, Example
from generator.spec.envelope import fitting
from generator.spec.example_bodies import added_by_auth, as_sent, is_same, sent_as_text
from generator.spec.idempotency_checks import is_keyed
from generator.spec.members import ABSENT, Member, ObjectType
from generator.spec.mismatches import Mismatch, Types, mismatches
from generator.spec.scalars import JsonValue
from generator.spec.type_checks import misfit
from generator.spec.types import Type
from generator.spec.words import Path as BodyPath
from generator.spec.words import parse_composed

_MISSING = object()


def check_examples(checker: Checker) -> None:
    """Complain of each example that contradicts the types, the envelope, the paths or the error codes."""
    spec = checker.spec
    types = Types(spec.types)
    for name, endpoint in spec.endpoints.items():
        for group, members in endpoint.groups():
            for member in members:
                _member(checker, types, member, ("endpoints", name, group))
        for example_name, example in endpoint.examples.items():
            path = ("endpoints", name, "examples", example_name)
            _Exchange(checker, types, endpoint, example, path).check()
    for name, definition in spec.types.items():
        if isinstance(definition, ObjectType):
            for member in definition.fields:
                _member(checker, types, member, checker.fields_of(name))
    _learned_limit(checker)


def _member(checker: Checker, types: Types, member: Member, path: Path) -> None:
    if member.example is not ABSENT:
        _complain(checker, mismatches(member.example, member.type, types), (*path, written(member), "example"))


def _complain(checker: Checker, found: list[Mismatch], path: Path) -> None:
    for mismatch in found:
        checker.complain((*path, *mismatch.path), "S070", mismatch.reason, key=mismatch.is_of_key)


def _learned_limit(checker: Checker) -> None:
    """Complain where refusals for rate are shown and none of them tells the limit where the spec looks for it."""
    limit = checker.spec.rate_limit
    if limit is None or limit.learn is None:
        return
    refusals: list[tuple[Path, object]] = []
    for name, endpoint in checker.spec.endpoints.items():
        for example_name, example in endpoint.examples.items():
            if example.answer.status == limit.learn.status:
                told = body_at(example.answer.body, limit.learn.requests)
                refusals.append((("endpoints", name, "examples", example_name, "answer", "body"), told))
    if refusals and not any(isinstance(told, int | Decimal) for _, told in refusals):
        shown = ".".join(limit.learn.requests)
        message = f"rate_limit.learn looks for a number at {shown}, and no example of status {limit.learn.status} has one there"
        checker.complain(refusals[0][0], "S076", message)


def body_at(body: object, path: BodyPath) -> object:
    """Return what stands at *path* of a body, or a marker that is no JSON value when nothing does."""
    found = body
    for step in path:
        if not isinstance(found, dict) or step not in found:
            return _MISSING
        found = cast("dict[str, object]", found)[step]
    return found


def _what_is_there(body: object, path: BodyPath) -> tuple[BodyPath, str]:
    """Return how far *path* leads into a body, and what is there."""
    found = body
    for length, step in enumerate(path):
        if not isinstance(found, dict):
            kind = "a list" if isinstance(found, list) else "nothing" if found is None else "a single value"
            return path[:length], f"{'.'.join(path[:length]) or 'the body'} is {kind}"
        mapping = cast("dict[str, object]", found)
        if step not in mapping:
            return path[:length], f"{'.'.join(path[:length]) or 'the body'} has {', '.join(mapping) or 'nothing in it'}"
        found = mapping[step]
    return path, ""


class _Exchange:
    """One example with all that it is compared with."""

    def __init__(self, checker: Checker, types: Types, endpoint: Endpoint, example: Example, path: Path) -> None:
        self.checker = checker
        self.types = types
        self.endpoint = endpoint
        self.example = example
        self.path = path
        self.spec = checker.spec

    def complain(self, path: Path, code: str, message: str, *, key: bool = False) -> None:
        self.checker.complain((*self.path, *path), code, message, key=key)

    def check(self) -> None:
        self._call()
        self._request()
        if answer_form(self.spec, self.endpoint) is not None:
            self._document()
        elif self.example.raises is None:
            self._answer()
        else:
            self._failure(self.example.raises)

    def _fits(self, value: object, of: Type, path: Path) -> None:
        _complain(self.checker, mismatches(value, of, self.types), (*self.path, *path))

    def _nothing_at(self, path: BodyPath, code: str, why: str) -> None:
        reached, there = _what_is_there(self.example.answer.body, path)
        self.complain(
            ("answer", "body", *reached), code, f"nothing stands at {'.'.join(path)}, where {why}; here {there}"
        )

    def _call(self) -> None:
        takes = {member.name: member for _, members in self.endpoint.groups() for member in members}
        takes_text = {*takes, *self.endpoint.call.placeholders()}
        for name, value in self.example.call.items():
            if not self.checker.known((*self.path, "call", name), "S071", name, takes_text, "parameter", key=True):
                continue
            if name in takes:
                self._fits(value, takes[name].type, ("call", name))
                for place, number in sent_as_text(value, takes[name].type, self.spec):
                    message = f'a decimal is sent as text, so that no digit is lost; write "{number}" in quotes'
                    self.complain(("call", name, *place), "S070", message)
        needed = {name for name, member in takes.items() if not member.optional} | set(
            self.endpoint.call.placeholders()
        )
        for name in sorted(needed - set(self.example.call)):
            self.complain(("call",), "S071", f"the parameter '{name}' is required, and the call does not give it")

    def _request(self) -> None:
        request = self.example.request
        if request is None:
            return
        for place, text in (*_texts(request.headers, ("headers",)), *_texts(request.body, ("body",))):
            try:
                names = parse_composed(text).names()
            except ValueError:
                continue
            for name in names:
                self.checker.known((*self.path, "request", *place), "S050", name, self.spec.credentials, "credential")
        self._query({member.name: member for member in self.endpoint.query})
        self._form()
        if isinstance(request.body, dict):
            self._body(request.body)
        elif request.body is not None:
            self.complain(("request", "body"), "S072", "the body of a request is a mapping of its parameters")

    def _query(self, takes: dict[str, Member]) -> None:
        request = self.example.request
        assert request is not None  # noqa: S101 - the caller has one
        for name, text in request.query.items():
            place = ("request", "query", name)
            if name not in takes:
                hint = naming.hint(name, takes, what="it takes")
                self.complain(place, "S072", f"no query parameter is called '{name}'; {hint}", key=True)
            else:
                reason = misfit(text, takes[name].type, self.spec)
                if reason is not None and "have no default" not in reason:
                    self.complain(place, "S070", f"'{text}' does not fit: {reason}")

    def _body(self, body: dict[str, JsonValue]) -> None:
        """Hold a body against what the client makes of the call, field by field."""
        spec, endpoint = self.spec, self.endpoint
        reason = self._no_json_body()
        if reason:
            self.complain(("request", "body"), "S072", reason, key=True)
            return
        takes = {} if endpoint.body_is_unknown else {member.name: member for member in endpoint.body}
        given = self.example.call.get("body") if endpoint.body_is_unknown else None
        sent: dict[str, object] = dict(cast("dict[str, object]", given)) if isinstance(given, dict) else {}
        sent |= {
            name: as_sent(member.sent_as, self.example.call[name])
            for name, member in takes.items()
            if name in self.example.call
        }
        added = added_by_auth(spec, endpoint)
        key = spec.idempotency.field if spec.idempotency is not None and is_keyed(spec, endpoint) else None
        testing = set(spec.testing.body) if spec.testing is not None and endpoint.testing else set[str]()
        for name, value in body.items():
            place = ("request", "body", name)
            numbers = tuple(sent_as_text(value, takes[name].type, spec)) if name in takes else ()
            for inside, number in numbers:
                message = f'a decimal is sent as text, so that no digit is lost; write "{number}" in quotes'
                self.complain((*place, *inside), "S070", message)
            if name in takes:
                self._fits(value, takes[name].type, place)
            if numbers:
                continue
            if name in added and name not in sent:
                if value != added[name]:
                    message = f"the section auth adds '{name}' by itself, as \"{added[name]}\"; write that"
                    self.complain(place, "S072", message)
            elif name in sent:
                if not is_same(value, sent[name]):
                    self.complain(place, "S072", f"the call gives '{name}' another value")
            elif name in takes:
                message = f"the call does not give '{name}', so no body carries it; give it there, or leave it out here"
                self.complain(place, "S072", message, key=True)
            elif name in testing:
                message = f"'{name}' is sent by clients in testing mode only, and this call is none; leave it out here"
                self.complain(place, "S072", message, key=True)
            elif name != key:
                hint = naming.hint(name, {*takes, *sent, *added}, what="known are")
                self.complain(place, "S072", f"no body parameter is called '{name}'; {hint}", key=True)
        for name in sent:
            if name not in body:
                message = f"the call gives '{name}', and this body does not carry it"
                self.complain(("request", "body"), "S072", message)
        for name, spelled in added.items():
            if name not in body and name not in sent:
                message = (
                    f"the section auth adds '{name}', and this body does not carry it; write {name}: \"{spelled}\""
                )
                self.complain(("request", "body"), "S072", message)

    def _no_json_body(self) -> str:
        """Return why no body of this endpoint can be shown as JSON, or nothing."""
        if not self.endpoint.call.has_body:
            return f"a {self.endpoint.call.method} has no body; leave this out"
        if "json" not in self.spec.format.request:
            return "bodies are forms, as format says; write this under 'form'"
        if any(isinstance(part, HashAuth) for part in self.spec.auth.applied(self.endpoint.auth)):
            return "the digest in it is another one for each caller; leave this out, and write vectors"
        return ""

    def _form(self) -> None:
        """Hold the form against the call: what it gives goes out as the text that it is."""
        request = self.example.request
        assert request is not None  # noqa: S101 - the caller has one
        takes = {member.name for member in self.endpoint.form}
        for name, text in request.form.items():
            if name not in takes:
                if name not in self._added_to_body():
                    hint = naming.hint(name, takes, what="known are")
                    message = f"no form parameter is called '{name}'; {hint}"
                    self.complain(("request", "form", name), "S072", message, key=True)
            elif name in self.example.call and str(self.example.call[name]) != text:
                self.complain(("request", "form", name), "S072", f"the call gives '{name}' another value")
        for name in takes:
            if request.form and name in self.example.call and name not in request.form:
                self.complain(("request", "form"), "S072", f"the call gives '{name}', and this form does not carry it")

    def _document(self) -> None:
        """Read an answer that is no JSON as clients do, and hold it against the types, the errors and the markers."""
        form = answer_form(self.spec, self.endpoint)
        text = self.example.answer.text
        assert form is not None  # noqa: S101 - the caller has looked
        document: object = None
        if text is None and self.example.answer.body is not None:
            self.complain(
                ("answer", "body"), "S074", "answers are no JSON, as format says; write the body under 'text'"
            )
            return
        try:
            document = form.read((text or "").encode())
        except Malformed as refusal:
            if 200 <= self.example.answer.status < 300 and self.endpoint.returns.type is not None:
                self.complain(("answer", "text"), "S074", f"this cannot be read: {refusal.reason}")
                return
        envelope = runtime_envelope(self.spec)
        said = vendor_error(envelope, document)
        rule = error_rule(runtime_rules(self.spec), said)
        failed = is_failure(envelope, self.example.answer.status, document) and (
            not form.is_text or not isinstance(document, str) or rule is not None
        )
        missed = (
            None
            if failed
            else unmet(tuple((tuple(path.split(".")), word) for path, word in self.endpoint.success.items()), document)
        )
        raised = status_error(self.example.answer.status) if rule is None else rule.raises
        if self.example.raises is not None:
            if not failed and missed is None:
                self.complain(("answer",), "S073", "this answer is no failure; leave out 'raises', or mend it")
            elif self.example.raises != raised.__name__:
                reason = f"by the section errors and its status this answer raises {raised.__name__}, not {self.example.raises}"
                self.complain(("raises",), "S075", reason)
        elif failed or missed is not None:
            where = (
                f": nothing says '{self.endpoint.success['.'.join(missed[0])]}' at {'.'.join(missed[0])}"
                if missed
                else ""
            )
            self.complain(
                ("answer",), "S073", f"this is a failure{where}; write 'raises: {raised.__name__}', or mend it"
            )
        elif self.endpoint.returns.type is not None:
            try:
                typed = form.typed(document)
            except Malformed as refusal:
                self.complain(("answer", "text"), "S074", f"this cannot be read: {refusal.reason}")
                return
            self._documented(typed, self.endpoint.returns.type)

    def _documented(self, document: object, of: Type) -> None:
        path = (*self.spec.envelope.data, *value_path(self.spec, self.endpoint))
        value = body_at(document, path)
        if value is _MISSING:
            message = f"nothing stands at {'.'.join(path)}, where the spec says that the answer is"
            self.complain(("answer", "text"), "S074", message)
            return
        for mismatch in mismatches(as_typed(value, of, self.spec), of, self.types):
            place = ".".join((*path, *mismatch.path))
            self.complain(("answer", "text"), "S070", f"{place}: {mismatch.reason}")

    def _added_to_body(self) -> set[str]:
        added: set[str] = set(self.spec.testing.body) if self.spec.testing else set()
        for part in self.spec.auth.applied(self.endpoint.auth):
            added |= part.body_names()
        return added

    def _answer(self) -> None:
        spec, answer = self.spec, self.example.answer
        if not 200 <= answer.status < 300:
            message = f"the status {answer.status} is a failure; write 'raises: {status_error(answer.status).__name__}'"
            self.complain(("answer", "status"), "S073", message)
            return
        success = spec.envelope.success
        if success is not None and body_at(answer.body, success) is not True:
            reached, _ = _what_is_there(answer.body, success)
            message = f"{'.'.join(success)} is not true, so this is a failure; write 'raises', or mend the answer"
            self.complain(("answer", "body", *reached), "S073", message)
            return
        of = self.endpoint.returns.type
        if of is None or (self.endpoint.returns.may_be_empty and answer.body is None):
            return
        style = spec.pagination.get(self.endpoint.pages) if self.endpoint.pages is not None else None
        whole = (*spec.envelope.data, *(self.endpoint.returns.at if style is None else style.items))
        value = body_at(answer.body, whole)
        if value is _MISSING:
            self._nothing_at(whole, "S074", "the spec says that the answer is")
            return
        self._fits(value, of, ("answer", "body", *whole))
        if style is not None:
            for path, kind in style.told():
                what = "a flag" if kind is bool else "a number"
                self._told((*spec.envelope.data, *path) if path else (), kind, f"pagination looks for {what}")

    def _told(self, path: BodyPath, kind: type, why: str) -> None:
        """Complain unless a page tells what its style reads; null says that the vendor does not tell."""
        if not path:
            return
        told = body_at(self.example.answer.body, path)
        if told is _MISSING:
            self._nothing_at(path, "S076", why)
        elif told is not None and type(told) is not kind:
            self.complain(
                ("answer", "body", *path), "S076", f"{why} at {'.'.join(path)}, and something else stands here"
            )

    def _failure(self, raises: str) -> None:
        envelope, answer = self.spec.envelope, self.example.answer
        shape = fitting(envelope, answer.body)
        by_status = status_error(answer.status).__name__
        if envelope.success is not None and 200 <= answer.status < 300:
            told = body_at(answer.body, envelope.success)
            if told is not False:
                reached, _ = _what_is_there(answer.body, envelope.success)
                message = f"{'.'.join(envelope.success)} is not false and the status is {answer.status}, so this is no failure; leave out 'raises', or mend the answer"
                self.complain(("answer", "body", *reached), "S073", message)
                return
        code = body_at(answer.body, shape.code) if shape is not None and shape.code is not None else _MISSING
        words = body_at(answer.body, shape.message) if shape is not None and shape.message is not None else _MISSING
        if shape is not None and isinstance(answer.body, dict) and code is _MISSING and words is _MISSING:
            looked = shape.code or shape.message or ()
            self._nothing_at(looked, "S076", "envelope.error looks for what went wrong")
        elif isinstance(code, str) and code in self.spec.errors:
            if self.spec.errors[code].raises != raises:
                reason = f"the code '{code}' raises {self.spec.errors[code].raises} by the section errors, and {raises} by this example"
                self.complain(("raises",), "S075", reason)
        elif raises != by_status:
            named = f"the code '{code}' is not under errors, and " if isinstance(code, str) else ""
            reason = f"{named}the status {answer.status} by itself raises {by_status}, not {raises}"
            self.complain(("raises",), "S075", reason)


def _texts(value: object, path: Path) -> list[tuple[Path, str]]:
    match value:
        case str():
            return [(path, value)]
        case list():
            items = cast("list[object]", value)
            return [found for index, item in enumerate(items) for found in _texts(item, (*path, str(index)))]
        case _ if isinstance(value, MappingABC):
            pairs = cast("MappingABC[str, object]", value).items()
            return [found for key, item in pairs for found in _texts(item, (*path, key))]
        case _:
            return []
