"""What has to hold of endpoints: parameters that can be sent, styles that fit, and what stands beside a call."""

from __future__ import annotations

from generator import naming
from generator.runtime.request import FRAMING
from generator.spec.auth import KEYS
from generator.spec.checker import Checker, Path, written
from generator.spec.document import Spec
from generator.spec.endpoints import Endpoint
from generator.spec.members import Alias, ObjectType
from generator.spec.pagination import Pagination
from generator.spec.types import Integer, ListOf, MapOf, Nullable, Reference, Text, Type, Union

_OUR_HEADERS = FRAMING | {"content-type", "http2-settings", "set-cookie", "user-agent"}


def check_endpoints(checker: Checker) -> None:
    """Complain of calls whose parts do not fit: placeholders, headers, bodies, effects, pages."""
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
        if not endpoint.call.has_body:
            _without_body(checker, path, endpoint)
        if method == "GET" and endpoint.effect in ("unsafe", "money"):
            message = f"a GET is repeated by whatever stands between, so none may be {endpoint.effect}; if it changes nothing, write read"
            checker.complain((*path, "effect"), "S049", message)
        if endpoint.effect == "money" and endpoint.auth == () and spec.auth.parts:
            message = "money moves only for who is known; leave 'none' out, or write which parts of auth it uses"
            checker.complain((*path, "auth"), "S122", message)
        if endpoint.testing and "testing" in checker.written(*path) and spec.testing is None:
            message = "nothing says how a call tells that it is a test; write a section 'testing', or leave this out"
            if not checker.is_broken("testing"):
                checker.complain((*path, "testing"), "S044", message)
        _pages(checker, path, endpoint)
        _members(checker, path, endpoint)


def _without_body(checker: Checker, path: Path, endpoint: Endpoint) -> None:
    """Complain of what would go into the body of a call that has none."""
    spec, method = checker.spec, endpoint.call.method
    for group, members in (("body", endpoint.body), ("form", endpoint.form)):
        if members:
            checker.complain((*path, group), "S043", f"a {method} has no body; write these under query", key=True)
    in_body = [KEYS[type(part)] for part in spec.auth.applied(endpoint.auth) if part.body_names()]
    if in_body:
        elsewhere = [KEYS[type(part)] for part in spec.auth.parts if not part.body_names()]
        right = f"'auth: [{', '.join(elsewhere)}]'" if elsewhere else "'auth: none'"
        told = " and ".join(f"auth.{key}" for key in in_body)
        message = (
            f"{told} would go into the body, and a {method} has none; write {right} here if the vendor takes that, "
            "or the call by a method that has a body"
        )
        checker.complain((*path, "call" if endpoint.auth is None else "auth"), "S043", message)
    if spec.testing is not None and endpoint.testing:
        message = f"the testing flag goes into the body, and a {method} has none; write 'testing: false' here"
        checker.complain((*path, "testing" if "testing" in checker.written(*path) else "call"), "S044", message)


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
    taken = {
        member.name: (group, member) for group, members in endpoint.groups() for member in members if group != "path"
    }
    for key, parameter in style.parameters().items():
        if parameter not in sent:
            message = f"the style '{endpoint.pages}' sends '{parameter}' ({key}), which this endpoint does not take"
            checker.complain((*path, "pages"), "S047", f"{message}; {naming.hint(parameter, sent, what='it takes')}")
        elif key in style.counted() and parameter in taken:
            group, member = taken[parameter]
            if not _is_integer(checker.spec, member.type):
                message = f"the style '{endpoint.pages}' sends a number as '{parameter}' ({key}); write 'integer'"
                checker.complain(checker.type_at((*path, group, written(member))), "S047", message)


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
            if member.secret and group in ("path", "query", "header"):
                message = (
                    "a secret argument is sent in a body or a form only, and would be lost here; leave 'secret' out"
                )
                checker.complain((*place, "secret"), "S048", message)
            if group in ("body", "form") and member.name in added:
                message = f"'{member.name}' is sent by the section {added[member.name]} already; leave it out here"
                checker.complain(place, "S059", message, key=True)


def check_builders(checker: Checker) -> None:
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


def check_companions(checker: Checker) -> None:
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
            elif returned is not None and not isinstance(returned, Reference):
                message = "an answer without fields tells no end; name a type with fields under 'returns'"
                checker.complain((*place, "until"), "S093", message)
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


def _options(of: Type) -> tuple[Type, ...]:
    match of:
        case Nullable(inner):
            return _options(inner)
        case Union(options):
            return options
        case _:
            return (of,)


def _is_integer(spec: Spec, of: Type) -> bool:
    """Tell whether a type takes whole numbers: by itself, by a name, or as one of several."""
    seen: set[str] = set()
    while isinstance(of, Reference) and of.name not in seen:
        seen.add(of.name)
        definition = spec.types.get(of.name)
        if not isinstance(definition, Alias):
            # A name that is not there is told as that.
            return definition is None
        of = definition.type
    if isinstance(of, Nullable | Union):
        return any(_is_integer(spec, option) for option in _options(of))
    return isinstance(of, Integer)
