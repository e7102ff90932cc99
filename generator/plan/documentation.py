"""What docstrings and READMEs say: the spec's words, laid out for the reader of Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from generator.plan import literals, types
from generator.plan.announced import since
from generator.plan.bound_names import in_prose
from generator.plan.code import Code
from generator.plan.deprecations import end_text
from generator.plan.idempotency import key_argument
from generator.spec.document import Spec
from generator.spec.endpoints import Endpoint
from generator.spec.envelope import told_by
from generator.spec.members import Member

if TYPE_CHECKING:
    from generator.plan.parameters import Parameter

_UNPRINTED = {
    "observed": "Seen in real answers, not on the vendor's pages.",
    "third-party": "Known from third-party code only.",
}


# Of more than so many codes, a docstring names none: they are one table in the README.
_MANY_CODES = 8

_EFFECTS = {
    "read": "Changes nothing, so the client asks again after a passing failure.",
    "idempotent": "Twice is the same as once, so the client tries again after a passing failure.",
    "unsafe": "Must not happen twice: the client tries again only when it certainly did not happen.",
    "money": "Moves money: at most once, over a connection of its own; look at `may_have_executed` of an error.",
}


def provenance(spec: Spec, source: str | None) -> str:
    """Say where something is known from; nothing where the spec does not say."""
    if source is None:
        return ""
    if source in _UNPRINTED:
        return _UNPRINTED[source]
    page = spec.sources[source]
    where = f", {page.page}" if page.page is not None else ""
    return f"Source: {literals.prose(page.title)}{where}, read {page.read.isoformat()}."


def member_text(spec: Spec, member: Member, name: str, *, inherited: str | None = None) -> str:
    """Say what a parameter or field is: its words, its limits, its default, its origin where that is its own.

    Args:
        spec: The spec.
        member: The parameter or field.
        name: As a changelog names it.
        inherited: The origin of what it belongs to.
    """
    parts = [
        literals.prose(member.doc),
        types.limits(member.type, spec.types),
        "Its form is not known." if types.is_unknown(member.type, spec.types) else "",
        f"The vendor's default is {member.default}." if member.default is not None else "",
        _UNPRINTED.get(member.source or "", "") if member.source != inherited else "",
        since(spec, name),
        end_text(spec, name),
    ]
    return " ".join(_sentence(part) for part in parts if part)


def _sentence(text: str) -> str:
    return text if text[-1] in ".!?" else f"{text}."


def entries(title: str, items: Iterable[tuple[str, str]]) -> str:
    """Lay out a section of a docstring, a line or more an entry; nothing where there are no entries."""
    lines = [f"    {name}: {text}" if text else f"    {name}" for name, text in items]
    return "\n".join([f"{title}:", *map(_hanging, lines)]) if lines else ""


def _hanging(line: str) -> str:
    return literals.wrapped(line, 100, indent=" " * 8)


def method_docstring(
    spec: Spec,
    wire: str,
    endpoint: Endpoint,
    parameters: Sequence[Parameter],
    returns: Code,
    *,
    paged: bool,
    is_async: bool,
) -> tuple[str, ...]:
    """Write the docstring of an operation: what for, arguments, result, errors, origin."""
    members = {(group, member.name): member for group, group_members in endpoint.groups() for member in group_members}
    described = [
        (
            each.name,
            (
                member_text(spec, member, f"{wire}.{member.name}", inherited=endpoint.source)
                if (member := members.get((each.place, each.wire)))
                else ""
            ),
        )
        for each in parameters
    ]
    return (
        _sentence(literals.prose(endpoint.doc)) if endpoint.doc else f"Call {literals.prose(wire)}.",
        end_text(spec, wire),
        _effect(endpoint),
        f"Older names of the same: {', '.join(endpoint.aka)}." if endpoint.aka else "",
        entries("Args", [item for item in (*described, *_hashed(endpoint), *key_argument(spec, endpoint)) if item[1]]),
        _returned(spec, returns, paged=paged, is_async=is_async),
        entries("Raises", _raised(spec, parameters)),
        provenance(spec, endpoint.source),
        since(spec, wire),
    )


def _hashed(endpoint: Endpoint) -> tuple[tuple[str, str], ...]:
    """Explain the argument that an endpoint has where the order of its digest is unknown."""
    if endpoint.hashed is None or not endpoint.hashed.is_asked_for:
        return ()
    text = "Names of the arguments that go into the digest, in order; the vendor does not document it."
    more = " Needed when more than one of them is given." if endpoint.hashed.unordered else ""
    return (("hashed", f"{text}{more}"),)


def _raised(spec: Spec, parameters: Sequence[Parameter]) -> list[tuple[str, str]]:
    """Say what a call can raise: the caller's own mistakes, the vendor's codes by class, and all else."""
    codes: dict[str, list[str]] = {}
    for key, meaning in spec.errors.items():
        code, message = told_by(key)
        codes.setdefault(meaning.raises, []).append(f"`{literals.prose(code or message or '')}`")
    refused = [("ArgumentError", "An argument is not what the vendor takes; nothing was sent.")] if parameters else []
    told = [(error, f"The vendor answers {' or '.join(each)}.") for error, each in codes.items()]
    if len(spec.errors) > _MANY_CODES:
        told = [
            ("APIStatusError", "The vendor says no; the README lists what it says, and the class that each raises.")
        ]
    rest = "Anything else that went wrong; `may_have_executed` tells whether the call may have done its work."
    return [*refused, *told, ("APIError", rest)]


def _effect(endpoint: Endpoint) -> str:
    return _EFFECTS[endpoint.effect]


def _returned(spec: Spec, returns: Code, *, paged: bool, is_async: bool) -> str:
    if returns.text == "None":
        return ""
    if not paged:
        name = in_prose(returns.text)
        what = f"{name}."
        if name == "Any":
            what = "The parsed answer; the vendor does not document its form."
        elif name in spec.types and (doc := literals.prose(spec.types[name].doc)):
            what = _sentence(doc)
        return "Returns:\n" + literals.wrapped(what, 100, "    ", "    ")
    how = "await it for the first page, or iterate it with `async for`" if is_async else "iterate it"
    return f"Returns:\n    Pages of `{in_prose(returns.text)}`: {how} for the records of all pages."
