"""What has to hold of keys: somebody sends them, and nothing else stands in their place."""

from __future__ import annotations

from generator.runtime.request import FRAMING
from generator.spec.auth import BearerAuth, TokenAuth
from generator.spec.checker import Checker, written
from generator.spec.document import Spec
from generator.spec.endpoints import Endpoint, UnknownBody
from generator.spec.idempotency import KEYED_EFFECTS


def is_keyed(spec: Spec, endpoint: Endpoint) -> bool:
    """Tell whether calls of an endpoint carry a key: those that must not happen twice, unless it says otherwise."""
    return spec.idempotency is not None and endpoint.keyed and endpoint.effect in KEYED_EFFECTS


def check_idempotency(checker: Checker) -> None:
    """Complain of keys that nothing sends, or whose place is taken."""
    spec = checker.spec
    for name, endpoint in spec.endpoints.items():
        path = ("endpoints", name, "keyed")
        if "keyed" not in checker.written("endpoints", name) or checker.is_broken("idempotency"):
            continue
        if spec.idempotency is None:
            checker.complain(path, "S121", "nothing says where a key goes; write a section 'idempotency'")
        elif endpoint.effect not in KEYED_EFFECTS and not checker.is_broken("endpoints", name, "effect"):
            message = f"a call with the effect {endpoint.effect} may be repeated without a key; leave this out"
            checker.complain(path, "S121", message)
    if spec.idempotency is None:
        return
    header, field = spec.idempotency.header, spec.idempotency.field
    keyed = {name: endpoint for name, endpoint in spec.endpoints.items() if is_keyed(spec, endpoint)}
    if not keyed and not checker.is_broken("endpoints"):
        message = f"no endpoint carries a key: none has the effect {' or '.join(KEYED_EFFECTS)}"
        checker.complain(("idempotency",), "S121", message, key=True)
    if field is not None and any(field in part.body_names() for part in spec.auth.parts):
        checker.complain(("idempotency", "key"), "S121", f"the client sends '{field}' for another purpose")
    if header is not None and (header.lower() in FRAMING or header.lower() in _of_auth(spec)):
        checker.complain(("idempotency", "key"), "S121", f"the client sends '{header}' for another purpose")
    for name, endpoint in keyed.items():
        if field is not None and not endpoint.call.has_body:
            message = f"a {endpoint.call.method} has no body for the key; write 'keyed: false'"
            checker.complain(("endpoints", name, "call"), "S121", message)
        for group, members in (("header", endpoint.header), ("body", endpoint.body), ("form", endpoint.form)):
            for member in members:
                taken = member.name.lower() == (header or "").lower() if group == "header" else member.name == field
                if taken and not isinstance(member, UnknownBody):
                    message = f"'{member.name}' is the key, which callers give as idempotency_key; leave it out here"
                    checker.complain(("endpoints", name, group, written(member)), "S121", message, key=True)


def _of_auth(spec: Spec) -> frozenset[str]:
    """Return the headers that authenticate, in small letters."""
    names = {"authorization"} if any(isinstance(part, BearerAuth) for part in spec.auth.parts) else set[str]()
    for part in spec.auth.parts:
        if isinstance(part, TokenAuth):
            names |= {name.lower() for name in part.headers}
    return frozenset(names)
