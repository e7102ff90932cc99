"""Names of the vendor that become one name in Python: one of them would be lost, so they are refused."""

from __future__ import annotations

from collections.abc import Callable

from generator import naming
from generator.spec.checker import Checker, Path, written
from generator.spec.endpoints import Endpoint
from generator.spec.members import ObjectType

_CLIENT_KEYWORDS = frozenset(
    {"base_url", "environment", "format", "http_client", "limiter", "max_retries", "request_format"}
    | {"requests_per_minute", "requests_per_second", "settings"}
    | {"testing", "token_store", "token_url", "trust_env"}
)

# What the module of a package's models imports or defines beside the types of a spec.
CLASSES = frozenset(
    {"Annotated", "Any", "AnyUrl", "AwareDatetime", "BaseModel", "ConfigDict", "DataT", "Decimal", "False", "Field"}
    | {"Generic", "Literal", "Model", "NaiveDatetime", "None", "Optional", "RootModel", "True", "TypeVar", "UUID"}
    | {"Union"}
)


def check_python_names(checker: Checker) -> None:
    """Complain of names that would hide one another, or something of the client's own."""
    _endpoints(checker)
    for name, endpoint in checker.spec.endpoints.items():
        _parameters(checker, name, endpoint)
    for type_name, definition in checker.spec.types.items():
        if type_name in CLASSES:
            message = f"generated code has another '{type_name}' already; give the type a longer name"
            checker.complain(("types", type_name), "S062", message, key=True)
        fields: dict[str, str] = {}
        if isinstance(definition, ObjectType):
            for member in definition.fields:
                place = (*checker.fields_of(type_name), written(member))
                _free(checker, member.alias, naming.attribute_name, place)
                own = member.alias or naming.attribute_name(member.name)
                _one_each(checker, fields, own, member.name, place)
    credentials: dict[str, str] = {}
    for name in checker.spec.credentials:
        python = naming.parameter_name(name)
        if python in _CLIENT_KEYWORDS:
            message = f"the client has a keyword {python} of its own; give the credential another name"
            checker.complain(("credentials", name), "S062", message, key=True)
        _one_each(checker, credentials, python, name, ("credentials", name), remedy="give one of them another name")
    for name in checker.spec.settings:
        python = naming.parameter_name(name)
        if python in _CLIENT_KEYWORDS:
            message = f"the client has a keyword {python} of its own; give the setting another name"
            checker.complain(("settings", name), "S062", message, key=True)
        _one_each(checker, credentials, python, name, ("settings", name), remedy="give one of them another name")


def _endpoints(checker: Checker) -> None:
    taken: dict[str, str] = {}
    for name in checker.spec.endpoints:
        above = name.split(".")[:-1]
        for depth in range(1, len(above) + 1):
            taken[".".join(map(naming.parameter_name, above[:depth]))] = ".".join(above[:depth])
    for name, endpoint in checker.spec.endpoints.items():
        *above, last = name.split(".")
        if above and naming.method_name(above[0]) != naming.parameter_name(above[0]):
            message = f"the client has a '{above[0]}' of its own; the group needs another name"
            checker.complain(("endpoints", name), "S062", message, key=True)
        _free(checker, endpoint.alias, naming.method_name, ("endpoints", name))
        python = ".".join((*map(naming.parameter_name, above), endpoint.alias or naming.method_name(last)))
        _one_each(checker, taken, python, name, ("endpoints", name))
        if endpoint.wait is not None:
            _one_each(checker, taken, f"{python}_and_wait", f"{name} and wait", ("endpoints", name))
        if endpoint.parts is not None:
            _one_each(checker, taken, f"{python}_in_parts", f"{name} in parts", ("endpoints", name))


def _parameters(checker: Checker, name: str, endpoint: Endpoint) -> None:
    listed = {member.name for member in endpoint.path}
    taken = (
        {"hashed": "the order of the digest"} if endpoint.hashed is not None and endpoint.hashed.is_asked_for else {}
    )
    taken |= {keyword: keyword for keyword in ("deadline", "final_statuses") if endpoint.wait is not None}
    taken |= {keyword: keyword for keyword in ("size",) if endpoint.parts is not None}
    taken |= {naming.parameter_name(wire): wire for wire in endpoint.call.placeholders() if wire not in listed}
    for group, members in endpoint.groups():
        for member in members:
            place = ("endpoints", name, group, written(member))
            _free(checker, member.alias, naming.parameter_name, place)
            own = member.alias or naming.parameter_name(member.name)
            _one_each(checker, taken, own, member.name, place)


def _free(checker: Checker, alias: str | None, derived: Callable[[str], str], place: Path) -> None:
    """Complain of a name under 'as' that Python or the client has already."""
    if alias is not None and derived(alias) == f"{alias}_":
        message = f"'{alias}' has a meaning of its own there already; write {alias}_, or another name"
        checker.complain((*place, "as"), "S062", message)


def _one_each(
    checker: Checker,
    taken: dict[str, str],
    python: str,
    wire: str,
    path: Path,
    *,
    remedy: str = "give one of them another name with 'as'",
) -> None:
    if python in taken:
        both = f"'{wire}' and '{taken[python]}'" if wire != taken[python] else f"two things called '{wire}'"
        checker.complain(path, "S062", f"{both} would both be {python} in Python; {remedy}", key=True)
    taken.setdefault(python, wire)
