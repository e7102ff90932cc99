"""The client classes: constructor, options, and one method for each operation."""

from __future__ import annotations

from dataclasses import dataclass

from generator.plan import literals
from generator.plan.auth import Credential
from generator.plan.code import Code, Import, import_lines, names_in, unhidden
from generator.plan.documentation import entries, provenance
from generator.plan.forms import settings
from generator.plan.operations import Method, Operation, Page, hidden_builtins, method_imports
from generator.plan.resources import Group, groups_below
from generator.spec.document import Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A keyword of the constructor beside the credentials."""

    name: str
    annotation: str
    default: str
    doc: str
    passed_as: str
    copied: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientClass:
    """`Client` or `AsyncClient`.

    Attributes:
        late_imports: What only making a client needs, where no method of its own does.
    """

    name: str
    base: str
    raw: str
    wrap: str
    docstring: str
    init_docstring: str
    keywords: tuple[str, ...]
    late_imports: tuple[str, ...]
    collected: str
    released: str
    options: tuple[Option, ...]
    settings: str
    copied: tuple[Option, ...]
    groups: tuple[Group, ...]
    methods: tuple[Method, ...]
    raw_methods: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientModule:
    """The module of both clients."""

    header: str
    docstring: str
    imports: tuple[str, ...]
    checked_imports: tuple[str, ...]
    pages: tuple[Page, ...]
    clients: tuple[ClientClass, ...]


_RUNTIME = "._runtime"
_SERVICE = Import("._service", "SERVICE")

_TIMEOUT_DOC = (
    "Seconds for a whole call with all its tries and waits, each page of an iteration anew; "
    "an `httpx2.Timeout` bounds each try, and 60 seconds stay the whole."
)


def plan_options(spec: Spec, http_client: str) -> tuple[Option, ...]:
    """Return the constructor's keywords beside the credentials, in their order."""
    limit = spec.rate_limit
    server = next(iter(spec.servers.values()))
    found: list[Option] = []
    if len(spec.servers) > 1:
        addresses = (f"{name} at {each}" for name, each in spec.servers.items())
        names = ", ".join(map(literals.string, spec.servers))
        doc = f"Which of the vendor's servers: {', '.join(addresses)}."
        first = literals.string(next(iter(spec.servers)))
        found.append(_option("environment", f"Literal[{names}]", first, doc))
    found += [
        (
            _option(
                "base_url",
                "str | None",
                "None",
                (
                    f"Another address than {server}."
                    if len(spec.servers) < 2
                    else "Another address than the environment's."
                ),
            )
            if isinstance(server, str)
            else _option(
                "base_url", "str", "", f"Where it is, such as {server.example}. {literals.prose(server.doc)}".strip()
            )
        ),
        *_login_options(spec),
        _option("timeout", "float | httpx2.Timeout", "60.0", _TIMEOUT_DOC, copied=True),
        _option("max_retries", "int", "2", "How often a call that may be repeated is tried again.", copied=True),
        _option(
            "http_client",
            f"{http_client} | None",
            "None",
            f"Your own `{http_client}`; keep-alive and the limits of a single read are yours then.",
        ),
        _option(
            "on_drift",
            literals.string("OnDrift | None"),
            "None",
            "Told of fields and words in answers that are not documented, such as a `drift.DriftFile`; never of a value.",
        ),
        _option("trust_env", "bool", "False", "Whether proxies of the environment are used."),
    ]
    if len(spec.format.choose) > 1:
        forms = ", ".join(map(literals.string, spec.format.choose))
        doc = "The form in which the vendor answers; results are the same."
        found.append(_option("format", f"Literal[{forms}]", literals.string(spec.format.choose[0]), doc))
    for name, words, doc in settings(spec):
        annotation = f"Literal[{', '.join(map(literals.string, words))}]"
        found.append(_option(name, annotation, literals.string(words[0]), doc, passed_as="settings"))
    if spec.testing is not None:
        doc = literals.prose(spec.testing.doc) or "Whether calls are only tests."
        found.append(_option("testing", "bool", "False", f"Sends the vendor's testing flag. {doc}", copied=True))
    if limit is not None and limit.setting is not None:
        doc = f"How many requests your account may send. {literals.prose(limit.doc)}".strip()
        found.append(_option(limit.setting, "float | None", "None", doc, passed_as="requests_per_window"))
    if limit is not None:
        doc = "Keeps the limit together with other clients of the account; give the same object to each."
        found.append(_option("limiter", "BaseLimiter | None", "None", doc))
    return tuple(found)


def _login_options(spec: Spec) -> tuple[Option, ...]:
    login = spec.auth.login
    if login is None:
        return ()
    doc = f"Another address for the login than {login.url}; https, or http to this machine."
    store = "Keeps the token together with other processes of the account; a FileTokenStore or a RedisTokenStore."
    return (
        _option("token_url", "str | None", "None", doc),
        _option("token_store", "TokenStore | None", "None", store),
    )


def _option(name: str, annotation: str, default: str, doc: str, *, passed_as: str = "", copied: bool = False) -> Option:
    return Option(
        name=name, annotation=annotation, default=default, doc=doc, passed_as=passed_as or name, copied=copied
    )


def plan_client_module(
    spec: Spec, header: str, credentials: tuple[Credential, ...], operations: tuple[Operation, ...]
) -> ClientModule:
    """Plan the module of `Client` and `AsyncClient`."""
    own = tuple(operation for operation in operations if not operation.group)
    pages = tuple(operation.page for operation in own if operation.page is not None)
    groups = tuple(group for is_async in (False, True) for group in groups_below(operations, (), is_async=is_async))
    checked = {
        Import(f"{_RUNTIME}.drift", "OnDrift"),
        *(Import(f".resources.{group.name}", name) for group in groups for name in (group.class_name, group.raw)),
    }
    clients = tuple(_client(spec, credentials, operations, is_async=is_async) for is_async in (False, True))
    defined = {each.name for each in checked}.union(
        *((client.name, client.raw) for client in clients), *((page.name, page.async_name) for page in pages)
    )
    return ClientModule(
        header=header,
        docstring=literals.docstring((f"The clients of the {literals.prose(spec.title)}.",)),
        imports=import_lines(_imports(spec, operations), defined),
        checked_imports=import_lines(checked),
        pages=pages,
        clients=clients,
    )


def _client(
    spec: Spec, credentials: tuple[Credential, ...], operations: tuple[Operation, ...], *, is_async: bool
) -> ClientClass:
    name = "AsyncClient" if is_async else "Client"
    options = plan_options(spec, f"httpx2.{name}")
    released = ", ".join(credential.name for credential in credentials)
    how = "Safe to share between tasks; for asyncio." if is_async else "Safe to share between threads."
    documented = [
        *((each.name, f"{each.doc} Falls back to {each.environment_variable}.".strip()) for each in credentials),
        *((each.name, each.doc) for each in options),
    ]
    testing_source = spec.rate_limit.source if spec.rate_limit else None
    login = literals.prose(spec.auth.login.doc) if spec.auth.login is not None else ""
    return ClientClass(
        name=name,
        base="AsyncioClient" if is_async else "SyncClient",
        raw=f"{name}WithRawResponse",
        wrap="raw_async" if is_async else "raw",
        docstring=literals.docstring(
            (f"Calls the {literals.prose(spec.title)}. {how}", login, provenance(spec, testing_source)), indent=4
        ),
        init_docstring=literals.docstring(
            (
                "Make a client; nothing is sent yet.",
                entries("Args", documented),
                (
                    entries("Raises", [("CredentialError", "A credential is missing or cannot be sent.")])
                    if credentials
                    else ""
                ),
            ),
            indent=8,
        ),
        keywords=_keywords(spec, credentials, options),
        late_imports=() if any(not operation.group for operation in operations) else import_lines({_SERVICE}),
        collected=", ".join(f"{credential.name}={credential.name}" for credential in credentials),
        released=released,
        options=tuple(option for option in options if option.passed_as != "settings"),
        settings=", ".join(
            f"{literals.string(option.name)}: {option.name}" for option in options if option.passed_as == "settings"
        ),
        copied=tuple(option for option in options if option.copied),
        groups=groups_below(operations, (), is_async=is_async),
        methods=tuple(
            method for operation in operations if not operation.group for method in operation.methods(is_async=is_async)
        ),
        raw_methods=tuple(operation.method.name for operation in operations if not operation.group),
    )


def _keywords(spec: Spec, credentials: tuple[Credential, ...], options: tuple[Option, ...]) -> tuple[str, ...]:
    """Spell the constructor's keywords; what a method hides is spelled in full."""
    hidden = hidden_builtins(spec)
    listed = (
        *((each.name, "str | None", "None") for each in credentials),
        *((each.name, each.annotation, each.default) for each in options),
    )
    return tuple(
        f"{name}: {unhidden(Code(annotation), hidden)}" + (f" = {default}" if default else "")
        for name, annotation, default in listed
    )


def _imports(spec: Spec, operations: tuple[Operation, ...]) -> frozenset[Import]:
    own = tuple(operation for operation in operations if not operation.group)
    used: set[Import] = {
        Import("httpx2"),
        Import(f"{_RUNTIME}.client", "AsyncioClient"),
        Import(f"{_RUNTIME}.client", "SyncClient"),
        Import(f"{_RUNTIME}.credentials", "Credentials"),
    }
    if own:
        used.add(_SERVICE)
    used.add(Import("typing", "TYPE_CHECKING"))
    if len(spec.servers) > 1 or len(spec.format.choose) > 1:
        used.add(Import("typing", "Literal"))
    if spec.rate_limit is not None:
        used.add(Import(f"{_RUNTIME}.limits", "BaseLimiter"))
    if spec.auth.login is not None:
        used.add(Import(f"{_RUNTIME}.token_stores", "TokenStore"))
    if settings(spec):
        used.add(Import("typing", "Literal"))
    if hidden_builtins(spec) & names_in("bool | float | int | str"):
        used.add(Import("builtins"))
    return frozenset(used) | method_imports(own)
