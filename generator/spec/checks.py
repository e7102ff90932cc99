"""What has to hold between the parts of a spec: names that exist, paths that can exist, styles that fit."""

from __future__ import annotations

import sys
from collections.abc import Callable

from generator import naming
from generator.diagnostics import Complaints
from generator.runtime import errors as runtime_errors
from generator.runtime.auth import TOKEN
from generator.runtime.request import FRAMING
from generator.spec import addresses
from generator.spec.auth import HEADER_WORD, BearerAuth, BodyAuth, FormAuth, HashAuth, TokenAuth
from generator.spec.changelog_checks import check_changelog
from generator.spec.checker import Checker, Path, written
from generator.spec.document import Spec
from generator.spec.endpoints import Endpoint
from generator.spec.envelope import tells_codes, tells_messages, told_by
from generator.spec.form_checks import check_forms
from generator.spec.members import Alias, ObjectType
from generator.spec.nodes import Mapping, Node, Scalar, Sequence
from generator.spec.pagination import Pagination
from generator.spec.python_names import check_python_names
from generator.spec.secrecy import looks_secret
from generator.spec.type_checks import check_types
from generator.spec.types import ListOf, MapOf, Nullable, Reference, Text, Type, Union
from generator.spec.words import Composed, Hole

UNPRINTED_SOURCES = ("observed", "third-party")
"""Sources that are no page: seen in real answers, or known from somebody's code only."""

_OUR_HEADERS = FRAMING | {"content-type", "http2-settings", "set-cookie", "user-agent"}

# A package of such a name would hide what clients, their tests or Python itself import, or is no name of a folder.
_TAKEN_PACKAGES = (
    frozenset(sys.stdlib_module_names)
    | {"annotated_types", "anyio", "certifi", "clientmill", "conftest", "generator", "h11", "h2", "hatchling", "hpack"}
    | {"httpcore", "httpcore2", "httpx", "httpx2", "idna", "pip", "pluggy", "pydantic", "pydantic_core", "pytest"}
    | {"redis", "setuptools", "sitecustomize", "sniffio", "tests", "typing_extensions", "typing_inspection"}
    | {"usercustomize", "wheel", "yaml", "aux", "con", "nul", "prn"}
    | {f"{device}{number}" for device in ("com", "lpt") for number in range(10)}
)


def check(spec: Spec, root: Mapping, complaints: Complaints) -> None:
    """Complain of everything in *spec* that its parts do not agree about."""
    checker = Checker(spec, root, complaints)
    for one in _CHECKS:
        one(checker)


def check_secrets(root: Node, complaints: Complaints) -> None:
    """Refuse what looks like a real key, without showing it, whether or not the rest of the document can be read."""

    def walk(node: Node, path: Path) -> None:
        match node:
            case Mapping(entries=entries):
                for entry in entries:
                    walk(entry.value, (*path, entry.key.text))
            case Sequence(items=items):
                for number, item in enumerate(items):
                    walk(item, (*path, str(number)))
            case Scalar():
                if looks_secret(node.text):
                    message = (
                        "this looks like a real secret; take it out, have it revoked, and write ${name} of a credential"
                    )
                    complaints.add(node.position, "S063", ".".join(path), message)

    walk(root, ())


def _package(checker: Checker) -> None:
    name = checker.spec.package
    if not name:
        return
    plain = naming.snake_case(name)
    if name in _TAKEN_PACKAGES or naming.parameter_name(plain) != plain:
        message = f"'{name}' is taken by Python, by a file system or by what clients import; take the vendor's name and its version"
        checker.complain(("package",), "S061", message)
    elif plain != name:
        message = f"'{name}' and '{plain}' are one name to those who install packages; write '{plain}'"
        checker.complain(("package",), "S061", message)


def _servers(checker: Checker) -> None:
    for name, server in checker.spec.servers.items():
        own = not isinstance(server, str)
        reason = addresses.refusal(server if isinstance(server, str) else server.example, of_caller=own)
        if reason:
            checker.complain(("servers", name), "S060", reason)
    if "servers" in checker.written() and not checker.written("servers") and not checker.is_broken("servers"):
        checker.complain(("servers",), "S060", "at least one server is needed; the first is the default")


def _credentials(checker: Checker) -> None:
    used: set[str] = set()

    def look(path: Path, composed: Composed) -> None:
        for name in composed.names():
            used.add(name)
            checker.known(path, "S050", name, checker.written("credentials"), "credential")

    for part in checker.spec.auth.parts:
        match part:
            case BearerAuth(token=token):
                look(("auth", "bearer"), token)
                if not token.names():
                    message = "what authenticates is the caller's, not the spec's; write ${name} of a credential"
                    checker.complain(("auth", "bearer"), "S063", message)
            case BodyAuth(fields=fields):
                for field, value in fields.items():
                    look(("auth", "body", field), value)
            case TokenAuth(headers=headers):
                for header, value in headers.items():
                    place = ("auth", "then", f"{HEADER_WORD}{header}")
                    look(place, Composed(tuple(part for part in value.parts if part != Hole(TOKEN))))
                    if TOKEN not in value.names():
                        checker.complain(place, "S097", f"this carries no token; write ${{{TOKEN}}} in it")
            case FormAuth(fields=fields):
                for field, value in fields.items():
                    look(("auth", "form", field), value)
            case HashAuth(then=then):
                look(("auth", "hash", "then"), then)
                if not then.names():
                    message = "what authenticates is the caller's, not the spec's; write ${name} of a credential"
                    checker.complain(("auth", "hash", "then"), "S063", message)
    _login(checker, look)
    # A name that was misspelt in one place is not unused as well.
    if not checker.is_broken("auth"):
        for name in checker.spec.credentials:
            if name not in used:
                message = f"every caller would have to give '{name}', yet nothing uses it; write ${{{name}}} under auth"
                checker.complain(("credentials", name), "S051", message, key=True)


def _login(checker: Checker, look: Callable[[Path, Composed], None]) -> None:
    """Complain of a login that is not used, or that a client should not send."""
    login = checker.spec.auth.login
    sent = [part for part in checker.spec.auth.parts if isinstance(part, TokenAuth)]
    if sent and login is None and "login" not in checker.written("auth"):
        checker.complain(("auth", "then"), "S097", "nothing says where the token comes from; write login", key=True)
    if login is None:
        return
    if not sent and "then" not in checker.written("auth"):
        message = f"nothing says where the token goes; write then, such as 'header Authorization: Bearer ${{{TOKEN}}}'"
        checker.complain(("auth", "login"), "S097", message, key=True)
    if TOKEN in map(naming.parameter_name, checker.spec.credentials):
        message = f"${{{TOKEN}}} is what the login brings; give the credential another name"
        name = next(name for name in checker.spec.credentials if naming.parameter_name(name) == TOKEN)
        checker.complain(("credentials", name), "S062", message, key=True)
    for field, value in login.form.items():
        look(("auth", "login", "form", field), value)
    reason = addresses.refusal(login.url)
    if reason:
        checker.complain(("auth", "login", "call"), "S060", reason)


def _sources(checker: Checker) -> None:
    spec = checker.spec
    names = frozenset((*checker.written("sources"), *UNPRINTED_SOURCES))

    def look(path: Path, source: str | None) -> None:
        if source is not None:
            checker.known(path, "S052", source, names, "source")

    look(("rate_limit", "source"), spec.rate_limit.source if spec.rate_limit else None)
    look(("testing", "source"), spec.testing.source if spec.testing else None)
    look(("auth", "login", "source"), spec.auth.login.source if spec.auth.login else None)
    for name, endpoint in spec.endpoints.items():
        look(("endpoints", name, "source"), endpoint.source)
        for number, vector in enumerate(endpoint.vectors):
            look(("endpoints", name, "vectors", str(number), "source"), vector.source)
        for example_name, example in endpoint.examples.items():
            look(("endpoints", name, "examples", example_name, "source"), example.source)
    look(("webhooks", "source"), spec.webhooks.source if spec.webhooks else None)
    for name, form in spec.filters.items():
        look(("filters", name, "source"), form.source)
    for path, member in checker.members():
        look((*path, "source"), member.source)
    for name, definition in spec.types.items():
        look(("types", name, "source"), definition.source)
    for number, contradiction in enumerate(spec.contradictions):
        for index, page in enumerate(contradiction.pages):
            look(("contradictions", str(number), "pages", str(index)), page)
    for number, entry in enumerate(spec.changelog):
        look(("changelog", str(number), "source"), entry.source)


def error_classes() -> tuple[str, ...]:
    """Return the names of the errors that a spec may raise: those that say that the vendor said no."""
    status = runtime_errors.APIStatusError
    found = [value for value in vars(runtime_errors).values() if isinstance(value, type) and issubclass(value, status)]
    return tuple(sorted(value.__name__ for value in found))


def _errors(checker: Checker) -> None:
    spec = checker.spec
    for code, meaning in spec.errors.items():
        _error(checker, ("errors", code), meaning.raises)
    if not checker.is_broken("envelope"):
        error = spec.envelope.error
        shapes = spec.envelope.errors
        told = [told_by(key) for key in spec.errors]
        if any(message for _, message in told) and not any(map(tells_messages, shapes)):
            message = "nothing tells where an error's message stands; write envelope.error.message"
            checker.complain(("errors",), "S054", message, key=True)
        if any(code for code, _ in told) and not any(map(tells_codes, shapes)):
            message = "nothing tells where an error's code stands; write envelope.error.code"
            checker.complain(("errors",), "S054", message, key=True)
        elif spec.envelope.success is not None and error is None:
            message = "an answer that did not succeed has to say why; write envelope.error"
            checker.complain(("envelope", "success"), "S054", message)
    for name, endpoint in spec.endpoints.items():
        for example_name, example in endpoint.examples.items():
            if example.raises is not None:
                path = ("endpoints", name, "examples", example_name, "raises")
                _error(checker, path, example.raises)


def _error(checker: Checker, path: Path, name: str) -> None:
    # Compared without the ending that all have, by which any two would be close.
    stems = [each.removesuffix("Error") for each in error_classes()]
    if name.removesuffix("Error") not in stems:
        near = naming.nearest(name.removesuffix("Error"), stems)
        right = f"did you mean '{near}Error'?" if near else f"known are: {', '.join(error_classes())}"
        checker.complain(path, "S053", f"no error is called '{name}'; {right}")


def _paths(checker: Checker) -> None:
    """Refuse a path that leads through a value which another path says is a flag, a code or a list."""
    spec = checker.spec
    whole: dict[Path, Path | None] = {("envelope", "success"): spec.envelope.success}
    onward: dict[Path, Path | None] = {("envelope", "data"): spec.envelope.data}
    if spec.rate_limit is not None and spec.rate_limit.learn is not None:
        onward[("rate_limit", "learn", "requests")] = spec.rate_limit.learn.requests
    # Each shape is of a body of its own.
    for number, error in enumerate(spec.envelope.errors):
        several = ("any_of", str(number)) if "any_of" in checker.written("envelope", "error") else ()
        place = ("envelope", "error", *several)
        ends = whole | {(*place, "code"): error.code, (*place, "message"): error.message}
        _through(
            checker, ends, ends | onward | {(*place, "details"): error.details, (*place, "timestamp"): error.timestamp}
        )
    _through(checker, whole, whole | onward)
    for name, style in spec.pagination.items():
        own: dict[Path, Path | None] = {("pagination", name, key): path for key, path in style.paths().items()}
        _through(checker, own, own)


def _format(checker: Checker) -> None:
    """Complain of forms to choose between that nothing tells the vendor, or that a client cannot send."""
    spec = checker.spec
    chosen = spec.format
    if (chosen.by is None) != (not chosen.choose) and not checker.is_broken("format"):
        message = "forms to choose between need both: 'choose' says which there are, 'by' what tells the vendor"
        checker.complain(("format",), "S096", message, key=True)
    if chosen.choose and chosen.choose[0] != "json":
        checker.complain(("format", "choose"), "S096", "the types spell names as JSON does, so json stands first")
    for form in chosen.names:
        checker.known(("format", "names", form), "S096", form, chosen.choose, "form under choose", key=True)
    if "xml" in chosen.choose:
        for name, endpoint in spec.endpoints.items():
            if endpoint.body:
                message = "a body is sent as JSON only, and the form that the caller chooses may be XML; leave xml out"
                checker.complain(("endpoints", name, "body"), "S096", message, key=True)


def _through(checker: Checker, ends: dict[Path, Path | None], paths: dict[Path, Path | None]) -> None:
    for place, path in paths.items():
        for end_place, end in ends.items():
            if path and end and place != end_place and len(path) > len(end) and path[: len(end)] == end:
                shown, stop = ".".join(path), ".".join(end)
                message = f"nothing can stand at {shown}: {'.'.join(end_place)} says that {stop} is a value of its own"
                checker.complain(place, "S077", message)


def _endpoints(checker: Checker) -> None:
    spec = checker.spec
    for name, endpoint in spec.endpoints.items():
        path = ("endpoints", name)
        placeholders = endpoint.call.placeholders()
        for member in endpoint.path if endpoint.call.path else ():
            if member.name not in placeholders:
                message = f"the call has no {{{member.name}}}; it has {', '.join(placeholders) or 'no placeholder'}"
                checker.complain((*path, "path", written(member)), "S041", message, key=True)
            elif member.optional:
                message = f"a part of a path cannot be absent; write '{member.name}' without the '?'"
                checker.complain((*path, "path", written(member)), "S041", message, key=True)
        for member in endpoint.header:
            if member.name.lower() in _OUR_HEADERS:
                message = f"'{member.name}' is the client's own business; credentials stand under auth"
                checker.complain((*path, "header", written(member)), "S042", message, key=True)
        method = endpoint.call.method
        for group, members in (("body", endpoint.body), ("form", endpoint.form)):
            if members and method in ("GET", "DELETE"):
                checker.complain((*path, group), "S043", f"a {method} has no body; write these under query", key=True)
        if method == "GET" and endpoint.effect in ("unsafe", "money"):
            message = f"a GET is repeated by whatever stands between, so none may be {endpoint.effect}; if it changes nothing, write read"
            checker.complain((*path, "effect"), "S049", message)
        if endpoint.testing and "testing" in checker.written(*path) and spec.testing is None:
            message = "nothing says how a call tells that it is a test; write a section 'testing', or leave this out"
            if not checker.is_broken("testing"):
                checker.complain((*path, "testing"), "S044", message)
        _pages(checker, path, endpoint)
        _members(checker, path, endpoint)


def _pages(checker: Checker, path: Path, endpoint: Endpoint) -> None:
    if endpoint.pages is None:
        return
    if not checker.known((*path, "pages"), "S045", endpoint.pages, checker.written("pagination"), "pagination style"):
        return
    style = checker.spec.pagination.get(endpoint.pages)
    if style is None:
        return
    if not isinstance(endpoint.returns.type, ListOf):
        checker.complain((*path, "returns"), "S046", "a call that has pages returns a list; write 'list of ...'")
    else:
        _record_id(checker, path, endpoint, style, endpoint.returns.type)
    if endpoint.returns.at:
        at, items = ".".join(endpoint.returns.at), ".".join(style.items)
        message = f"the style '{endpoint.pages}' says that records stand at {items}; leave out 'at {at}'"
        checker.complain((*path, "returns"), "S046", message, word="at")
    sent = tuple(
        key.removesuffix("?") for group in ("query", "header", "body", "form") for key in checker.written(*path, group)
    )
    for key, parameter in style.parameters().items():
        if parameter not in sent:
            message = f"the style '{endpoint.pages}' sends '{parameter}' ({key}), which this endpoint does not take"
            checker.complain((*path, "pages"), "S047", f"{message}; {naming.hint(parameter, sent, what='it takes')}")


def _record_id(checker: Checker, path: Path, endpoint: Endpoint, style: Pagination, returns: ListOf) -> None:
    record, identity = returns.item, style.told_apart_by()
    if identity is None:
        return
    seen: set[str] = set()
    while isinstance(record, Reference) and record.name not in seen:
        seen.add(record.name)
        definition = checker.spec.types.get(record.name)
        if isinstance(definition, Alias):
            record = definition.type
            continue
        if isinstance(definition, ObjectType):
            names = [key.removesuffix("?") for key in checker.written(*checker.fields_of(record.name))]
            if identity not in names:
                hint = naming.hint(identity, names, what="it has")
                message = f"the style '{endpoint.pages}' tells records apart by '{identity}', which {record.name} does not have; {hint}"
                checker.complain((*path, "pages"), "S055", message)
        return


def _members(checker: Checker, path: Path, endpoint: Endpoint) -> None:
    spec = checker.spec
    added = {name: "auth" for part in spec.auth.applied(endpoint.auth) for name in part.body_names()}
    if spec.testing is not None and endpoint.testing:
        added |= dict.fromkeys(spec.testing.body, "testing")
    for group, members in endpoint.groups():
        for member in members:
            place = (*path, group, written(member))
            if member.sent_as is not None and not any(isinstance(option, ListOf) for option in _options(member.type)):
                message = "only what may be a list is sent as a list; write 'X | list of X'"
                checker.complain((*place, "sent_as"), "S048", message)
            if group in ("body", "form") and member.name in added:
                message = f"'{member.name}' is sent by the section {added[member.name]} already; leave it out here"
                checker.complain(place, "S059", message, key=True)


def _builders(checker: Checker) -> None:
    """Complain of what clients would build, and cannot: filters and models of the caller's."""
    for path, member in checker.members():
        is_parameter = path[0] == "endpoints"
        if member.filter is not None:
            known = checker.known((*path, "filter"), "S091", member.filter, checker.written("filters"), "filter")
            if known and (not is_parameter or not isinstance(member.type, Text)):
                message = "a filter is a parameter that is plain text; write 'string'"
                checker.complain((*path, "filter"), "S091", message)
        if member.model is not None and (is_parameter or not isinstance(member.type, MapOf)):
            message = "a caller's model goes with a field of a type that is a 'map of any'"
            checker.complain((*path, "model"), "S092", message)
    for name, definition in checker.spec.types.items():
        shaped = [member for member in definition.fields if member.model] if isinstance(definition, ObjectType) else []
        for member in shaped[1:]:
            message = f"'{shaped[0].name}' has the caller's model already, and a call takes one"
            checker.complain((*checker.fields_of(name), written(member), "model"), "S092", message)
        if shaped and f"{name}Of" in checker.spec.types:
            message = (
                f"with a model of the caller's, {name} becomes a '{name}Of' in Python; give this type another name"
            )
            checker.complain(("types", f"{name}Of"), "S062", message, key=True)


def _companions(checker: Checker) -> None:
    """Complain of waits and parts that look for what is not there."""
    endpoints = checker.spec.endpoints
    for name, endpoint in endpoints.items():
        taken = {member.name: member for _, members in endpoint.groups() for member in members}
        returned = endpoint.returns.type
        definition = checker.spec.types.get(returned.name) if isinstance(returned, Reference) else None
        fields = {member.name for member in definition.fields} if isinstance(definition, ObjectType) else None
        parameters = {*taken, *endpoint.call.placeholders()}
        wait, parts = endpoint.wait, endpoint.parts
        place = ("endpoints", name, "wait")
        if wait is not None:
            for key in wait.start:
                checker.known((*place, "start", key), "S093", key, parameters, "parameter", key=True)
            if checker.known((*place, "poll"), "S093", wait.poll, checker.written("endpoints"), "endpoint"):
                poll = endpoints.get(wait.poll)
                if poll is not None and poll.effect != "read":
                    checker.complain(
                        (*place, "poll"), "S093", f"asking '{wait.poll}' over and over changes something; it is no read"
                    )
                for needed in poll.call.placeholders() if poll is not None else ():
                    if fields is not None and needed not in parameters and needed not in fields:
                        message = f"'{wait.poll}' needs '{needed}', which is neither a parameter here nor in the answer"
                        checker.complain((*place, "poll"), "S093", message)
            if fields is not None:
                checker.known((*place, "until"), "S093", wait.until[0], fields, "field")
            if not wait.done:
                checker.complain((*place, "done"), "S093", "no word tells that it has ended; write the vendor's")
        place = ("endpoints", name, "parts")
        if parts is not None:
            if checker.known((*place, "rows"), "S094", parts.rows, parameters, "parameter"):
                rows = taken.get(parts.rows)
                if rows is None or not isinstance(rows.type, ListOf):
                    checker.complain(
                        (*place, "rows"), "S094", "only a list can be sent in parts; write 'list of ...' as its type"
                    )
            for key, counter in (("created", parts.created), ("failed", parts.failed)):
                if fields is not None:
                    checker.known((*place, key), "S094", counter[0], fields, "field")


def _webhooks(checker: Checker) -> None:
    """Complain of fields of a delivery that are one, and of events that would be one class."""
    webhooks = checker.spec.webhooks
    if webhooks is None:
        return
    fields: dict[str, str] = {}
    for key, wire in (("event", webhooks.event), ("time", webhooks.time), ("data", webhooks.data)):
        if wire in fields:
            message = f"'{wire}' is the field under '{fields[wire]}' already; each has one of its own"
            checker.complain(("webhooks", key), "S095", message)
        fields.setdefault(wire, key)
    classes = {"unknown": "an event that is not known"}
    for event in webhooks.events:
        name = naming.snake_case(event)
        if name in classes:
            message = f"'{event}' and {classes[name]} would be one class in Python; leave one of them to the unknown"
            checker.complain(("webhooks", "events", event), "S095", message, key=True)
        classes.setdefault(name, f"'{event}'")


def _options(of: Type) -> tuple[Type, ...]:
    match of:
        case Nullable(inner):
            return _options(inner)
        case Union(options):
            return options
        case _:
            return (of,)


_CHECKS: tuple[Callable[[Checker], None], ...] = (
    _package,
    _sources,
    _servers,
    _credentials,
    _errors,
    _format,
    _paths,
    _endpoints,
    check_forms,
    _builders,
    _companions,
    _webhooks,
    check_types,
    check_python_names,
    check_changelog,
)
