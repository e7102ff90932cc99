"""What has to hold between the parts of a spec: names that exist, paths that can exist, styles that fit."""

from __future__ import annotations

import sys
from collections.abc import Callable

from generator import naming
from generator.diagnostics import Complaints
from generator.spec import addresses
from generator.spec.changelog_checks import check_changelog
from generator.spec.checker import Checker, Path
from generator.spec.credential_checks import check_credentials
from generator.spec.document import Spec
from generator.spec.endpoint_checks import check_builders, check_companions, check_endpoints
from generator.spec.envelope import tells_codes, tells_messages, told_by
from generator.spec.error_classes import check_error_classes
from generator.spec.form_checks import check_forms
from generator.spec.idempotency_checks import check_idempotency
from generator.spec.nodes import Mapping, Node, Scalar, Sequence
from generator.spec.python_names import check_python_names
from generator.spec.renaming_checks import check_renamings
from generator.spec.secrecy import looks_secret
from generator.spec.type_checks import check_types

UNPRINTED_SOURCES = ("observed", "third-party")
"""Sources that are no page: seen in real answers, or known from somebody's code only."""

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
                if looks_secret(node.text) and not _is_known_digest(path):
                    message = (
                        "this looks like a real secret; take it out, have it revoked, and write ${name} of a credential"
                    )
                    complaints.add(node.position, "S063", ".".join(path), message)

    walk(root, ())


def _is_known_digest(path: Path) -> bool:
    """Tell whether the digest of a vector stands there: a long one looks like a key, and is held against its values."""
    return path[-1:] == ("hash",) and path[-3:-2] == ("vectors",)


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


def _sources(checker: Checker) -> None:
    spec = checker.spec
    names = frozenset((*checker.written("sources"), *UNPRINTED_SOURCES))

    def look(path: Path, source: str | None) -> None:
        if source is not None:
            checker.known(path, "S052", source, names, "source")

    look(("rate_limit", "source"), spec.rate_limit.source if spec.rate_limit else None)
    look(("idempotency", "source"), spec.idempotency.source if spec.idempotency else None)
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
    for version, table, renaming in spec.old_names():
        look(("renamed_from", version, table, "source"), renaming.source)
    for number, contradiction in enumerate(spec.contradictions):
        for index, page in enumerate(contradiction.pages):
            look(("contradictions", str(number), "pages", str(index)), page)
    for number, entry in enumerate(spec.changelog):
        look(("changelog", str(number), "source"), entry.source)


def _errors(checker: Checker) -> None:
    spec = checker.spec
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


_CHECKS: tuple[Callable[[Checker], None], ...] = (
    _package,
    _sources,
    _servers,
    check_credentials,
    check_error_classes,
    _errors,
    _format,
    _paths,
    check_endpoints,
    check_forms,
    check_idempotency,
    check_builders,
    check_companions,
    _webhooks,
    check_types,
    check_python_names,
    check_renamings,
    check_changelog,
)
