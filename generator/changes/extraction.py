"""The surface of a spec: every public name, with what the vendor says of it and what it is called in Python."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from generator import naming
from generator.changes.surface import Line, Surface
from generator.spec.auth import BearerAuth, BodyAuth, FormAuth, HashAuth, Login, TokenAuth
from generator.spec.changelog import ChangelogEntry
from generator.spec.document import Spec
from generator.spec.endpoints import Endpoint, Returns
from generator.spec.envelope import ErrorShape
from generator.spec.members import ABSENT, Alias, Member, ObjectType
from generator.spec.notation import spell_notation
from generator.spec.pagination import LastRecordPagination, OffsetPagination, PageNumberPagination, Pagination
from generator.spec.types import ListOf, MapOf, Nullable, OneOf, Text, Type, Union, references
from generator.spec.words import Composed, Hole, Path

_Fact = tuple[str, str | None]
_FLAG = ""


def surface_of(spec: Spec) -> Surface:
    """Return everything that callers of a spec's package, and the vendor, could notice a change of."""
    return Surface(package=spec.package, lines=tuple(_lines(spec)))


def _lines(spec: Spec) -> Iterator[Line]:
    ends = _deprecations(spec)
    yield _line("package", spec.package, ("title", spec.title))
    for number, (name, server) in enumerate(spec.servers.items()):
        address = (
            (("address", server),)
            if isinstance(server, str)
            else (("callers", _FLAG), ("text", _text(server.example, server.doc)))
        )
        yield _line("server", name, _flag("default", is_set=number == 0), *address)
    for name, credential in spec.credentials.items():
        yield _line(
            "credential",
            name,
            ("python", _python(name, naming.parameter_name(name))),
            ("environment", credential.env),
            _flag("secret", is_set=credential.secret),
            ("text", _text(credential.doc)),
        )
    for name, setting in spec.settings.items():
        yield _line("setting", name, ("default", setting.one_of[0]), ("text", _text(setting.doc)))
        for word in setting.one_of:
            yield _line("choice", f"{name}.{word}")
    yield from _auth(spec)
    yield from _format(spec)
    yield from _envelope(spec)
    for key, meaning in spec.errors.items():
        yield _line(
            "error",
            key,
            ("raises", meaning.raises),
            ("is", _joined(meaning.bases)),
            _flag("temporary", is_set=meaning.temporary),
            ("text", _text(meaning.doc)),
        )
    yield from _limits(spec)
    for name, style in spec.pagination.items():
        yield _pagination(name, style)
    for name, form in spec.filters.items():
        yield _line("filter", name, ("separator", form.separator), ("text", _text(form.doc, _page(spec, form.source))))
        for word, means in form.operators.items():
            yield _line("operator", f"{name}.{word}", ("means", means))
    for name, endpoint in spec.endpoints.items():
        yield from _operation(spec, name, endpoint, ends)
    yield from _webhooks(spec)
    used = _directions(spec)
    for name, definition in spec.types.items():
        yield from _type(spec, name, definition, used.get(name, ""), ends)
    yield from _entries(spec.changelog)


def _line(kind: str, name: str, *facts: _Fact) -> Line:
    return Line(kind, name, tuple((key, value) for key, value in facts if value is not None))


def _flag(key: str, *, is_set: bool) -> _Fact:
    return (key, _FLAG if is_set else None)


def _python(wire: str, python: str) -> str | None:
    return None if python == wire.rpartition(".")[2] else python


def _text(*parts: object) -> str | None:
    """Return a short digest of what is said for people only, so that a change of it is seen and takes no room."""
    said = [part for part in parts if part not in (None, "", (), {})]
    if not said:
        return None
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=_plain).encode()).hexdigest()[:8]


def _page(spec: Spec, source: str | None) -> tuple[str | None, ...]:
    """Return what readers are told of a source; the day of reading is no change."""
    if source is None:
        return ()
    known = spec.sources.get(source)
    return (source,) if known is None else (known.title, known.page)


def _plain(value: object) -> object:
    return dict(cast("Mapping[str, object]", value)) if isinstance(value, Mapping) else str(value)


def _joined(names: Iterable[str]) -> str | None:
    return ", ".join(names) or None


def _composed(value: Composed) -> str:
    return "".join(f"${{{part.name}}}" if isinstance(part, Hole) else part for part in value.parts)


def _fields(fields: Mapping[str, Composed]) -> str | None:
    return _joined(f"{name}={_composed(value)}" for name, value in fields.items())


def _path(path: Path | None) -> str | None:
    return None if path is None else ".".join(path)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _auth(spec: Spec) -> Iterator[Line]:
    for part in spec.auth.parts:
        match part:
            case BearerAuth(token=token):
                yield _line("auth", "bearer", ("value", _composed(token)))
            case BodyAuth(fields=fields):
                yield _line("auth", "body", ("fields", _fields(fields)))
            case FormAuth(fields=fields):
                yield _line("auth", "form", ("fields", _fields(fields)))
            case HashAuth():
                yield _line(
                    "auth",
                    "hash",
                    ("digest", part.digest),
                    ("then", _composed(part.then)),
                    ("send", part.send),
                    ("text", _text(part.doc)),
                )
            case TokenAuth(headers=headers):
                yield _line("auth", "then", ("headers", _fields(headers)))
    if spec.auth.login is not None:
        yield _login(spec, spec.auth.login)


def _login(spec: Spec, login: Login) -> Line:
    return _line(
        "auth",
        "login",
        ("address", login.url),
        ("form", _fields(login.form)),
        ("token", _path(login.token)),
        ("expires_in", _path(login.expires_in)),
        ("text", _text(login.doc, _page(spec, login.source))),
    )


def _format(spec: Spec) -> Iterator[Line]:
    chosen = spec.format
    yield _line("format", "request", ("forms", _joined(chosen.request)))
    answers = chosen.choose or (chosen.response,)
    names = _joined(f"{form}={spelled}" for form, spelled in chosen.names.items())
    yield _line(
        "format",
        "answer",
        ("forms", _joined(answers)),
        ("by", chosen.by),
        ("names", names),
        ("text", _text(chosen.doc)),
    )


def _envelope(spec: Spec) -> Iterator[Line]:
    if spec.envelope.success is not None:
        yield _line("envelope", "success", ("path", _path(spec.envelope.success)))
    if spec.envelope.data:
        yield _line("envelope", "data", ("path", _path(spec.envelope.data)))
    if spec.envelope.errors:
        yield _line("envelope", "error", ("shapes", " | ".join(map(_error_shape, spec.envelope.errors))))


def _error_shape(shape: ErrorShape) -> str:
    parts = {
        "code": _path(shape.code),
        "message": _path(shape.message),
        "details": _path(shape.details),
        "timestamp": _path(shape.timestamp),
        "when": _joined(f"{at}={word}" for at, word in shape.when.items()),
        "anywhere": shape.anywhere,
        "from": shape.of,
    }
    return " ".join(f"{key}:{value}" for key, value in parts.items() if value)


def _limits(spec: Spec) -> Iterator[Line]:
    limit = spec.rate_limit
    if limit is not None:
        learn, headers = limit.learn, limit.headers
        yield _line(
            "rate_limit",
            "rate_limit",
            ("requests", str(limit.requests)),
            ("seconds", str(limit.every)),
            ("setting", limit.setting),
            ("shared_by", limit.shared_by),
            ("learn", None if learn is None else f"{learn.status} {_path(learn.requests)}"),
            (
                "headers",
                None if headers is None else _joined(filter(None, (headers.limit, headers.remaining, headers.reset))),
            ),
            ("text", _text(limit.doc, limit.quote, _page(spec, limit.source))),
        )
    if spec.testing is not None:
        yield _line(
            "testing",
            "testing",
            ("body", _json(spec.testing.body)),
            ("text", _text(spec.testing.doc, _page(spec, spec.testing.source))),
        )


def _pagination(name: str, style: Pagination) -> Line:
    match style:
        case LastRecordPagination():
            kind = "last_record"
        case OffsetPagination():
            kind = "offset"
        case PageNumberPagination():
            kind = "page"
    sends = _joined(f"{key}={parameter}" for key, parameter in style.parameters().items())
    told = _joined(f"{key}={_path(path)}" for key, path in style.paths().items() if path is not None and key != "items")
    return _line(
        "pagination",
        name,
        ("style", kind),
        ("items", _path(style.items)),
        ("id", style.told_apart_by()),
        ("sends", sends),
        ("tells", told),
    )


def _operation(spec: Spec, name: str, endpoint: Endpoint, ends: Mapping[str, tuple[_Fact, ...]]) -> Iterator[Line]:
    *above, last = name.split(".")
    python = ".".join((*map(naming.parameter_name, above), endpoint.alias or naming.method_name(last)))
    returns, hashed = endpoint.returns, endpoint.hashed
    yield _line(
        "operation",
        name,
        ("python", python if python != name else None),
        ("named", endpoint.alias),
        ("call", f"{endpoint.call.method} {endpoint.call.path}"),
        ("effect", endpoint.effect),
        ("pages", endpoint.pages),
        ("returns", _returned(returns)),
        ("at", _path(returns.at) or None),
        _flag("from_text", is_set=returns.from_text),
        _flag("may_be_empty", is_set=returns.may_be_empty),
        ("auth", None if endpoint.auth is None else _joined(endpoint.auth) or "none"),
        ("hashed", None if hashed is None else _hashed(endpoint)),
        _flag("testing", is_set=spec.testing is not None and endpoint.testing),
        ("success", _joined(f"{at}={word}" for at, word in endpoint.success.items())),
        ("aka", _joined(endpoint.aka)),
        ("wait", None if endpoint.wait is None else _waiting(endpoint)),
        ("parts", None if endpoint.parts is None else _in_parts(endpoint)),
        *ends.get(name, ()),
        ("text", _text(endpoint.doc, _page(spec, endpoint.source))),
    )
    listed = {member.name for member in endpoint.path}
    seen: set[str] = set()
    for placeholder in endpoint.call.placeholders():
        if placeholder not in listed:
            seen.add(placeholder)
            own = _python(placeholder, naming.parameter_name(placeholder))
            yield _line(
                "parameter",
                f"{name}.{placeholder}",
                ("required", ""),
                ("type", "string"),
                ("in", "path"),
                ("python", own),
            )
    for group, members in endpoint.groups():
        for member in members:
            member_name = f"{name}.{member.name}" if member.name not in seen else f"{name}.{group}.{member.name}"
            seen.add(member.name)
            parameter = member.alias or naming.parameter_name(member.name)
            yield _member(spec, member_name, member, ends, python=parameter, place=group)


def _returned(returns: Returns) -> str:
    return "nothing" if returns.type is None else spell_notation(returns.type)


def _hashed(endpoint: Endpoint) -> str:
    hashed = endpoint.hashed
    assert hashed is not None  # noqa: S101 - asked for only where there is one
    if hashed.names is not None:
        return " ".join(hashed.names) or "nothing"
    if hashed.setting is not None:
        choices = ", ".join(f"{word}={' '.join(names) or 'nothing'}" for word, names in hashed.choices.items())
        return f"by {hashed.setting}: {choices}"
    return f"in an unknown order: {' '.join(hashed.unordered)}" if hashed.unordered else "unknown"


def _waiting(endpoint: Endpoint) -> str:
    wait = endpoint.wait
    assert wait is not None  # noqa: S101 - asked for only where there is one
    start = f" start {_json(wait.start)}" if wait.start else ""
    return f"{wait.poll} until {_path(wait.until)} is {' '.join(wait.done)} or {' '.join(wait.failed)}{start}"


def _in_parts(endpoint: Endpoint) -> str:
    parts = endpoint.parts
    assert parts is not None  # noqa: S101 - asked for only where there is one
    return f"{parts.rows} counted at {_path(parts.created)} and {_path(parts.failed)}"


def _member(
    spec: Spec,
    name: str,
    member: Member,
    ends: Mapping[str, tuple[_Fact, ...]],
    *,
    python: str,
    place: str | None = None,
) -> Line:
    example = None if member.example is ABSENT else [member.example]
    return _line(
        "field" if place is None else "parameter",
        name,
        ("optional" if member.optional else "required", _FLAG),
        ("type", spell_notation(member.type)),
        ("pattern", _pattern(member.type)),
        ("default", member.default),
        ("in", member.within if place is None else place),
        ("item", member.item),
        ("sent_as", member.sent_as),
        ("filter", member.filter),
        ("model", member.model),
        _flag("secret", is_set=member.secret),
        ("python", _python(member.name, python)),
        ("named", member.alias),
        *ends.get(name, ()),
        ("text", _text(member.doc, _page(spec, member.source), example)),
    )


def _pattern(of: Type) -> str | None:
    match of:
        case Text(pattern=pattern):
            return pattern
        case ListOf(item=inner) | MapOf(value=inner) | Nullable(inner=inner):
            return _pattern(inner)
        case Union(options):
            return next((found for found in map(_pattern, options) if found is not None), None)
        case _:
            return None


def _webhooks(spec: Spec) -> Iterator[Line]:
    hooks = spec.webhooks
    if hooks is None:
        return
    yield _line(
        "webhooks",
        "webhooks",
        ("event", hooks.event),
        ("time", hooks.time),
        ("data", hooks.data),
        ("signature", hooks.signature),
        ("text", _text(hooks.doc, _page(spec, hooks.source))),
    )
    for name, notation in hooks.events.items():
        yield _line("event", name, ("type", spell_notation(notation.type)))


def _type(
    spec: Spec, name: str, definition: Alias | ObjectType, used: str, ends: Mapping[str, tuple[_Fact, ...]]
) -> Iterator[Line]:
    about: tuple[_Fact, ...] = (*ends.get(name, ()), ("text", _text(definition.doc, _page(spec, definition.source))))
    if isinstance(definition, ObjectType):
        yield _line("type", name, ("object", _FLAG), ("used", used or None), *about)
        for member in definition.fields:
            attribute = member.alias or naming.attribute_name(member.name)
            yield _member(spec, f"{name}.{member.name}", member, ends, python=attribute)
    elif isinstance(definition.type, OneOf):
        yield _line("type", name, ("words", _FLAG), ("used", used or None), *about)
        for word in definition.type.words:
            yield _line("word", f"{name}.{word}", *ends.get(f"{name}.{word}", ()))
    else:
        spelled = spell_notation(definition.type)
        yield _line(
            "type", name, ("is", spelled), ("pattern", _pattern(definition.type)), ("used", used or None), *about
        )


def _directions(spec: Spec) -> dict[str, str]:
    """Return for each type whether it is sent, or arrives, or both."""
    sent: set[str] = set()
    received: set[str] = set()
    for endpoint in spec.endpoints.values():
        for _, members in endpoint.groups():
            for member in members:
                _reach(spec, member.type, sent)
        if endpoint.returns.type is not None:
            _reach(spec, endpoint.returns.type, received)
    if spec.webhooks is not None:
        for notation in spec.webhooks.events.values():
            _reach(spec, notation.type, received)
    both = {"request": sent, "answer": received}
    return {name: ", ".join(word for word, names in both.items() if name in names) for name in spec.types}


def _reach(spec: Spec, of: Type, seen: set[str]) -> None:
    for name in references(of):
        if name in seen or name not in spec.types:
            continue
        seen.add(name)
        definition = spec.types[name]
        inner = (definition.type,) if isinstance(definition, Alias) else (each.type for each in definition.fields)
        for each in inner:
            _reach(spec, each, seen)


def _deprecations(spec: Spec) -> dict[str, tuple[_Fact, ...]]:
    """Return for each member that will end what is known of its end; the newest word counts."""
    found: dict[str, tuple[_Fact, ...]] = {}
    for entry in reversed(spec.changelog):
        sunset = None if entry.sunset is None else entry.sunset.isoformat()
        for name in entry.deprecates:
            found[name] = (
                ("deprecated", entry.date.isoformat()),
                ("sunset", sunset),
                ("instead", entry.instead or None),
            )
    return found


def _entries(entries: tuple[ChangelogEntry, ...]) -> Iterator[Line]:
    """Yield the released announcements, newest first, numbered within their day from the oldest."""
    counted: dict[str, int] = {}
    lines: list[Line] = []
    for entry in reversed(entries):
        day = entry.date.isoformat()
        counted[day] = counted.get(day, 0) + 1
        number = f"/{counted[day]}" if counted[day] > 1 else ""
        lines.append(entry_line(entry, f"{day}{number}"))
    yield from reversed(lines)


def entry_line(entry: ChangelogEntry, name: str) -> Line:
    """Return what is remembered of an announcement under a name."""
    return _line(
        "entry",
        name,
        ("kind", entry.kind),
        ("adds", _joined(entry.adds)),
        ("changes", _joined(entry.changes)),
        ("removes", _joined(entry.removes)),
        ("renames", _joined(f"{old} to {new}" for old, new in entry.renames.items())),
        ("deprecates", _joined(entry.deprecates)),
        ("sunset", None if entry.sunset is None else entry.sunset.isoformat()),
        ("instead", entry.instead or None),
    )
