"""A request as a description: signed, checked and encoded before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, NoReturn, cast
from urllib.parse import quote, urlencode

from .arguments import OMIT, AnyValue, Json
from .credentials import Secret
from .errors import ArgumentError
from .operations import DigestQuestion
from .values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import httpx2

    from .operations import BodyForm, Operation, Parameter, Service, WireFormat
    from .target import Target

FRAMING = frozenset(
    (
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "te",
        "trailer",
        "upgrade",
        "expect",
        "accept-encoding",
        "proxy-authorization",
        "proxy-connection",
        "authorization",
        "cookie",
    )
)
"""Headers that a caller may not set: they say where a message ends, who sends it, or which coding we must undo."""

HeaderValue = str | Secret
BodyValue = Json | Secret


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request before it is bytes. Secrets in it are still wrapped, so its `repr` may be shown.

    Attributes:
        method: The HTTP method.
        path: Below the base URL, percent-encoded, without a leading slash.
        query: Percent-encoded, without the question mark.
        headers: In the order in which they go out.
        body: The fields of a body; None for no body.
        form: How the fields are spelled; None for JSON.
        hashed: What a digest is made of, by wire name in order; None for what authentication itself sends.
        target: Where it goes, where that is not the client's own base URL.
        idempotency_key: The key that is in it, where it has one.
        is_known: Whether the vendor may have seen that key before this call.
    """

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, HeaderValue], ...] = ()
    body: Mapping[str, BodyValue] | None = None
    form: BodyForm | None = None
    hashed: tuple[tuple[str, str | Secret | None], ...] = ()
    target: Target | None = None
    idempotency_key: str | None = None
    is_known: bool = False

    def with_header(self, name: str, value: HeaderValue) -> Request:
        """Return the same request with one header more."""
        twin = object.__new__(Request)
        # Every call passes here; going over all fields, as `replace` does, takes four times as long.
        twin.__dict__.update(self.__dict__, headers=(*self.headers, (name, value)))
        return twin

    def fields_in_query(self) -> Hidden | None:
        """Return the fields that travel in the query, spelled, or None where they do not."""
        if self.form is None or not self.form.in_query:
            return None
        return _hide(self.form.encode(self.body or {}))


class Hidden:
    """Bytes on their way to the wire, secrets included; shows only how many they are."""

    __slots__ = ("reveal", "size")

    def __init__(self, reveal: Callable[[], bytes], size: int) -> None:
        self.reveal = reveal
        self.size = size

    def __repr__(self) -> str:
        return f"<{self.size} bytes>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a request on its way cannot be pickled or copied")


@dataclass(frozen=True)
class CallOptions:
    """What every method takes besides the vendor's own parameters.

    Attributes:
        timeout: Seconds for the whole call, or an `httpx2.Timeout` for each attempt; None for the client's own.
        extra_headers: Sent beside ours; none of them may replace one that authenticates or frames.
        extra_query: Sent beside the operation's own.
        extra_body: Merged into a JSON body; none of them may replace what authenticates.
        idempotency_key: The caller's own key, where the vendor takes one; None for a new one.
    """

    timeout: float | httpx2.Timeout | None = None
    extra_headers: Mapping[str, str] | None = None
    extra_query: Mapping[str, object] | None = None
    extra_body: Mapping[str, object] | None = None
    idempotency_key: str | None = None


def build_request(
    service: Service,
    operation: Operation[object],
    arguments: Mapping[str, object],
    options: CallOptions,
    *,
    testing: bool,
    chosen: WireFormat | None = None,
    settings: Mapping[str, str] | None = None,
) -> Request:
    """Check *arguments* and place them; *chosen* is the form in which the answer is to come.

    Raises:
        ArgumentError: One of them is not what the vendor takes.
    """
    path: dict[str, str] = {}
    query: list[tuple[str, str]] = []
    headers = list[tuple[str, HeaderValue]](service.headers)
    auth = service.auth if operation.auth is None else operation.auth
    if chosen is not None:
        names = (chosen.header,) if chosen.header.lower() == "accept" else (chosen.header, "Accept")
        headers += [(name, chosen.media_type) for name in names]
    body: dict[str, BodyValue] = {}
    for parameter in operation.parameters:
        value = arguments.get(parameter.name, OMIT)
        if value is OMIT or (value is None and not parameter.nullable):
            if parameter.required:
                raise ArgumentError(f"{parameter.name} is required")
            continue
        if isinstance(value, Secret):
            body[parameter.wire] = _checked(parameter, value)
            continue
        spelled = None if value is None else parameter.rule.check(parameter.name, value)
        match parameter.place:
            case "form":
                body[parameter.wire] = _form_value(parameter.name, spelled)
            case "body":
                body[parameter.wire] = spelled
            case "document":
                body |= _document(parameter, spelled, service.auth.reserved())
            case "query":
                query += _query_pairs(parameter.name, parameter.wire, spelled)
            case "path":
                path[parameter.wire] = _segment(parameter, spelled)
            case "header":
                headers.append((parameter.wire, _header_value(parameter.name, _text(parameter.name, spelled))))
    if testing and operation.testing and service.testing is not None:
        body = {**service.testing.body, **body}
    hashed = _hashed(operation, arguments, body, auth.reserved(), settings or {}) if operation.hashed else ()
    if options.extra_body:
        body |= _extra_body(operation, options.extra_body, auth.reserved())
    if options.extra_query:
        _check_mapping("extra_query", options.extra_query)
        query += [
            pair for name, value in options.extra_query.items() for pair in _query_pairs("extra_query", name, value)
        ]
    if options.extra_headers:
        told = () if chosen is None else (chosen.header.lower(), "accept")
        headers = _merged_headers(headers, options.extra_headers, FRAMING | auth.reserved() | {*told})
    return Request(
        method=operation.method,
        path=_fill(operation.path, path) if path else operation.path,
        query=urlencode(query, quote_via=quote, safe="") if query else "",
        headers=tuple(headers),
        body=None if operation.body == "none" else body,
        form=service.form.chosen(settings or {}) if operation.body == "form" and service.form is not None else None,
        hashed=hashed,
    )


def encode_body(body: Mapping[str, BodyValue] | None, form: BodyForm | None = None) -> Hidden | None:
    """Spell *body* as a form or as JSON, secrets revealed only inside the encoder."""
    if body is None or (form is not None and form.in_query):
        return None
    if form is not None:
        return _hide(form.encode(body))
    return _hide(json.dumps(body, separators=(",", ":"), ensure_ascii=False, default=_reveal).encode())


def _hide(content: bytes) -> Hidden:
    return Hidden(lambda: content, len(content))


def _reveal(value: object) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"JSON cannot spell {type(value).__name__}")


def _checked(parameter: Parameter, value: Secret) -> Secret:
    """Hold a hidden argument against its rule, in no frame that is left when it is refused."""
    reason = ""
    try:
        parameter.rule.check(parameter.name, value.reveal())
    except ArgumentError as refusal:
        reason = str(refusal)
    if reason:
        raise ArgumentError(reason)
    return value


def _form_value(name: str, value: Json) -> BodyValue:
    if isinstance(value, list):
        return [_text(name, element) for element in value]
    return _text(name, value)


def _hashed(
    operation: Operation[object],
    arguments: Mapping[str, object],
    body: Mapping[str, BodyValue],
    added: frozenset[str],
    settings: Mapping[str, str],
) -> tuple[tuple[str, str | Secret | None], ...]:
    """Return the values of a digest in their order; what is not sent has no place in it."""
    assert operation.hashed is not None  # noqa: S101 - the caller has looked
    known = {parameter.name: parameter.wire for parameter in operation.parameters}
    question = DigestQuestion(
        sent=frozenset(body),
        settings=settings,
        given=arguments.get("hashed"),
        known=known | {name: name for name in added},
    )
    names = operation.hashed.order(question)
    return tuple((name, cast("str | Secret | None", body.get(name))) for name in names if name in body or name in added)


def _document(parameter: Parameter, value: Json, reserved: frozenset[str]) -> dict[str, BodyValue]:
    fields = cast("dict[str, BodyValue]", value)
    for name in fields:
        if name in reserved:
            raise ArgumentError(f"{parameter.name} must not have {name}: the client sets it")
    return fields


def _segment(parameter: Parameter, value: Json) -> str:
    text = _text(parameter.name, value)
    if not text or text.isspace():
        raise ArgumentError(f"{parameter.name} must not be empty: it is a part of the path")
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise ArgumentError(f"{parameter.name} must not have control characters: it is a part of the path")
    return quote(text, safe="")


def _fill(template: str, values: Mapping[str, str]) -> str:
    segments = template.split("/")
    for index, segment in enumerate(segments):
        if "{" not in segment:
            continue
        filled = segment
        for wire, value in values.items():
            filled = filled.replace(f"{{{wire}}}", value)
        # Looked at after filling: two values side by side can spell what neither of them is.
        if filled in (".", ".."):
            raise ArgumentError(
                f"a path parameter must not make {filled!r}, which servers read as a way to another path"
            )
        segments[index] = filled
    return "/".join(segments)


def _query_pairs(name: str, wire: str, value: object) -> list[tuple[str, str]]:
    if isinstance(value, (list, tuple)):
        return [(wire, _text(name, element)) for element in cast("Sequence[object]", value)]
    return [(wire, _text(name, value))]


def _text(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        return str(value)
    if value is None:
        return ""
    raise ArgumentError(f"{name} must be a text, a number or a boolean, not {type(value).__name__}")


def _header_value(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ArgumentError(f"{name} must be a string: it is a header")
    if not value.isascii() or not value.isprintable() or value != value.strip():
        raise ArgumentError(f"{name} must be printable ASCII without spaces at its ends: it is a header")
    return value


def _merged_headers(
    headers: list[tuple[str, HeaderValue]], extra: Mapping[str, str], reserved: frozenset[str]
) -> list[tuple[str, HeaderValue]]:
    _check_mapping("extra_headers", extra)
    named = {name.lower() for name in extra}
    if len(named) != len(extra):
        raise ArgumentError("extra_headers has one header twice, in two spellings")
    kept = [(name, value) for name, value in headers if name.lower() not in named]
    for name, value in extra.items():
        if not name or not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
            raise ArgumentError("extra_headers has a name that is not one of a header")
        if name.lower() in reserved:
            raise ArgumentError(f"extra_headers must not have {name}: the client sets it")
        kept.append((name, _header_value(f"extra_headers[{name!r}]", value)))
    return kept


def _check_mapping(name: str, given: object) -> None:
    if not isinstance(given, Mapping):
        raise ArgumentError(f"{name} must be a mapping, not {type(given).__name__}")


def _extra_body(
    operation: Operation[object], extra: Mapping[str, object], reserved: frozenset[str]
) -> dict[str, BodyValue]:
    _check_mapping("extra_body", extra)
    if operation.body == "none":
        raise ArgumentError(f"extra_body cannot be sent: {operation.name} has no body")
    for name in extra:
        if name in reserved:
            raise ArgumentError(f"extra_body must not have {name}: the client sets it")
    spelled = {name: AnyValue().check(f"extra_body[{name!r}]", value) for name, value in extra.items()}
    if operation.body == "json":
        return dict(spelled)
    return {name: _form_value(f"extra_body[{name!r}]", value) for name, value in spelled.items()}
