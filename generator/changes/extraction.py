"""The surface of a spec: every public name, with what the vendor says of it and what it is called in Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator import naming
from generator.changes.keys import key_lines, renaming_lines
from generator.changes.lines import (
    FLAG,
    Fact,
    composed,
    flag,
    joined,
    line,
    page_of,
    python_name,
    spelled_fields,
    spelled_json,
    spelled_path,
    text_digest,
)
from generator.changes.operations import member_line, operation_lines, pattern_of
from generator.changes.pagination import pagination_line
from generator.changes.surface import Line, Surface
from generator.spec.auth import BearerAuth, BodyAuth, FormAuth, HashAuth, Login, TokenAuth
from generator.spec.changelog import ChangelogEntry
from generator.spec.document import Spec
from generator.spec.envelope import ErrorShape
from generator.spec.members import Alias, ObjectType
from generator.spec.notation import spell_notation
from generator.spec.types import OneOf, Type, references


def surface_of(spec: Spec) -> Surface:
    """Return everything that callers of a spec's package, and the vendor, could notice a change of."""
    return Surface(package=spec.package, lines=tuple(_lines(spec)))


def _lines(spec: Spec) -> Iterator[Line]:
    ends = _deprecations(spec)
    yield line("package", spec.package, ("title", spec.title))
    for number, (name, server) in enumerate(spec.servers.items()):
        address = (
            (("address", server),)
            if isinstance(server, str)
            else (("callers", FLAG), ("text", text_digest(server.example, server.doc)))
        )
        yield line("server", name, flag("default", is_set=number == 0), *address)
    for name, credential in spec.credentials.items():
        yield line(
            "credential",
            name,
            ("python", python_name(name, naming.parameter_name(name))),
            ("environment", credential.env),
            flag("secret", is_set=credential.secret),
            ("text", text_digest(credential.doc)),
        )
    for name, setting in spec.settings.items():
        yield line("setting", name, ("default", setting.one_of[0]), ("text", text_digest(setting.doc)))
        for word in setting.one_of:
            yield line("choice", f"{name}.{word}")
    yield from _auth(spec)
    yield from _format(spec)
    yield from _envelope(spec)
    for key, meaning in spec.errors.items():
        yield line(
            "error",
            key,
            ("raises", meaning.raises),
            ("is", joined(meaning.bases)),
            flag("temporary", is_set=meaning.temporary),
            ("text", text_digest(meaning.doc)),
        )
    yield from _limits(spec)
    yield from key_lines(spec)
    for name, style in spec.pagination.items():
        yield pagination_line(name, style)
    for name, form in spec.filters.items():
        yield line(
            "filter", name, ("separator", form.separator), ("text", text_digest(form.doc, page_of(spec, form.source)))
        )
        for word, means in form.operators.items():
            yield line("operator", f"{name}.{word}", ("means", means))
    for name, endpoint in spec.endpoints.items():
        yield from operation_lines(spec, name, endpoint, ends)
    yield from _webhooks(spec)
    used = _directions(spec)
    for name, definition in spec.types.items():
        yield from _type(spec, name, definition, used.get(name, ""), ends)
    yield from renaming_lines(spec)
    yield from _entries(spec.changelog)


def _auth(spec: Spec) -> Iterator[Line]:
    for part in spec.auth.parts:
        match part:
            case BearerAuth(token=token):
                yield line("auth", "bearer", ("value", composed(token)))
            case BodyAuth(fields=fields):
                yield line("auth", "body", ("fields", spelled_fields(fields)))
            case FormAuth(fields=fields):
                yield line("auth", "form", ("fields", spelled_fields(fields)))
            case HashAuth():
                yield line(
                    "auth",
                    "hash",
                    ("digest", part.digest),
                    ("then", composed(part.then)),
                    ("send", part.send),
                    ("text", text_digest(part.doc)),
                )
            case TokenAuth(headers=headers):
                yield line("auth", "then", ("headers", spelled_fields(headers)))
    if spec.auth.login is not None:
        yield _login(spec, spec.auth.login)


def _login(spec: Spec, login: Login) -> Line:
    return line(
        "auth",
        "login",
        ("address", login.url),
        ("form", spelled_fields(login.form)),
        ("token", spelled_path(login.token)),
        ("expires_in", spelled_path(login.expires_in)),
        ("text", text_digest(login.doc, page_of(spec, login.source))),
    )


def _format(spec: Spec) -> Iterator[Line]:
    chosen = spec.format
    yield line("format", "request", ("forms", joined(chosen.request)))
    answers = chosen.choose or (chosen.response,)
    names = joined(f"{form}={spelled}" for form, spelled in chosen.names.items())
    yield line(
        "format",
        "answer",
        ("forms", joined(answers)),
        ("by", chosen.by),
        ("names", names),
        ("text", text_digest(chosen.doc)),
    )


def _envelope(spec: Spec) -> Iterator[Line]:
    if spec.envelope.success is not None:
        yield line("envelope", "success", ("path", spelled_path(spec.envelope.success)))
    if spec.envelope.data:
        yield line("envelope", "data", ("path", spelled_path(spec.envelope.data)))
    if spec.envelope.errors:
        yield line("envelope", "error", ("shapes", " | ".join(map(_error_shape, spec.envelope.errors))))


def _error_shape(shape: ErrorShape) -> str:
    parts = {
        "code": spelled_path(shape.code),
        "message": spelled_path(shape.message),
        "details": spelled_path(shape.details),
        "timestamp": spelled_path(shape.timestamp),
        "when": joined(f"{at}={word}" for at, word in shape.when.items()),
        "anywhere": shape.anywhere,
        "from": shape.of,
    }
    return " ".join(f"{key}:{value}" for key, value in parts.items() if value)


def _limits(spec: Spec) -> Iterator[Line]:
    limit = spec.rate_limit
    if limit is not None:
        learn, headers = limit.learn, limit.headers
        yield line(
            "rate_limit",
            "rate_limit",
            ("requests", str(limit.requests)),
            ("seconds", str(limit.every)),
            ("setting", limit.setting),
            ("shared_by", limit.shared_by),
            ("learn", None if learn is None else f"{learn.status} {spelled_path(learn.requests)}"),
            (
                "headers",
                None if headers is None else joined(filter(None, (headers.limit, headers.remaining, headers.reset))),
            ),
            ("text", text_digest(limit.doc, limit.quote, page_of(spec, limit.source))),
        )
    if spec.testing is not None:
        yield line(
            "testing",
            "testing",
            ("body", spelled_json(spec.testing.body)),
            ("text", text_digest(spec.testing.doc, page_of(spec, spec.testing.source))),
        )


def _webhooks(spec: Spec) -> Iterator[Line]:
    hooks = spec.webhooks
    if hooks is None:
        return
    yield line(
        "webhooks",
        "webhooks",
        ("event", hooks.event),
        ("time", hooks.time),
        ("data", hooks.data),
        ("signature", hooks.signature),
        ("text", text_digest(hooks.doc, page_of(spec, hooks.source))),
    )
    for name, notation in hooks.events.items():
        yield line("event", name, ("type", spell_notation(notation.type)))


def _type(
    spec: Spec, name: str, definition: Alias | ObjectType, used: str, ends: Mapping[str, tuple[Fact, ...]]
) -> Iterator[Line]:
    about: tuple[Fact, ...] = (
        *ends.get(name, ()),
        ("text", text_digest(definition.doc, page_of(spec, definition.source))),
    )
    if isinstance(definition, ObjectType):
        yield line("type", name, ("object", FLAG), ("used", used or None), *about)
        for member in definition.fields:
            attribute = member.alias or naming.attribute_name(member.name)
            yield member_line(spec, f"{name}.{member.name}", member, ends, python=attribute)
    elif isinstance(definition.type, OneOf):
        yield line("type", name, ("words", FLAG), ("used", used or None), *about)
        for word in definition.type.words:
            yield line("word", f"{name}.{word}", *ends.get(f"{name}.{word}", ()))
    else:
        spelled = spell_notation(definition.type)
        yield line(
            "type", name, ("is", spelled), ("pattern", pattern_of(definition.type)), ("used", used or None), *about
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


def _deprecations(spec: Spec) -> dict[str, tuple[Fact, ...]]:
    """Return for each member that will end what is known of its end; the newest word counts."""
    found: dict[str, tuple[Fact, ...]] = {}
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
    return line(
        "entry",
        name,
        ("kind", entry.kind),
        ("adds", joined(entry.adds)),
        ("changes", joined(entry.changes)),
        ("removes", joined(entry.removes)),
        ("renames", joined(f"{old} to {new}" for old, new in entry.renames.items())),
        ("deprecates", joined(entry.deprecates)),
        ("sunset", None if entry.sunset is None else entry.sunset.isoformat()),
        ("instead", entry.instead or None),
    )
