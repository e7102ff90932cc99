"""What can be added to a spec, and what has to be right about it before a line is written."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

from generator import naming
from generator.spec import words
from generator.spec.changelog import KINDS
from generator.spec.endpoints import EFFECTS, ENDPOINTS, GROUPS, parse_call, parse_returns
from generator.spec.notation import NotationError, parse_notation
from generator.spec.types import Type, references


class Mistake(Exception):
    """What was asked for cannot be added; the text says why, and what would be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """How the vendor told of an addition.

    Attributes:
        date: The day.
        source: A name under `sources`, `observed` or `third-party`.
        quote: The vendor's own words, if they are known.
        kind: One of the changelog's kinds.
        doc: The same in words for callers.
        late: Whether it was noticed only after something newer was released.
    """

    date: datetime.date
    source: str
    quote: str = ""
    kind: str = "additive"
    doc: str = ""
    late: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise Mistake(f"no kind is called '{self.kind}'; {naming.hint(self.kind, KINDS, what='it may be')}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """A field of a type, or a parameter of an endpoint.

    Attributes:
        owner: The type or the endpoint.
        group: Where a parameter is sent, one of `GROUPS`; empty for a field.
        name: Its wire name.
        type: Its type in the short notation.
        required: Whether it is always there; else its name has a `?`.
        doc: A sentence for people.
    """

    owner: str
    group: str
    name: str
    type: str
    required: bool = False
    doc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEndpoint:
    """An endpoint; its parameters are added to it one by one."""

    name: str
    call: str
    effect: str
    returns: str
    doc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWords:
    """Further words of a `one of`.

    Attributes:
        member: The type, the field or the parameter that has the words.
        words: What is new.
    """

    member: str
    words: tuple[str, ...]


Addition = NewMember | NewEndpoint | NewWords


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks to be added, before it is known what that is.

    Attributes:
        member: Its dotted name, such as `User.hidden`, `getHistory.newFilter`, `reports.list`; a `?` at its end is
            understood, since nothing new is required unless that is said.
        type: A type; of an endpoint, what it returns.
        values: Words to be added to those of the member.
        place: Where a parameter is sent.
        call: Method and path of an endpoint.
        effect: What a call of an endpoint does.
        required: Whether the member is always there.
        doc: A sentence for people.
    """

    member: str
    type: str = ""
    values: tuple[str, ...] = ()
    place: str = ""
    call: str = ""
    effect: str = ""
    required: bool = False
    doc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is there already.

    Attributes:
        types: The names of the types, and whether each is an object.
        endpoints: The names of the endpoints, and the groups that each has parameters in.
        members: All dotted names that something has.
    """

    types: dict[str, bool]
    endpoints: dict[str, tuple[str, ...]]
    members: frozenset[str]


def understood(wish: Wish, known: Known) -> Addition:
    """Return what a wish means.

    Raises:
        Mistake: It means nothing, or something that is there already.
    """
    member = wish.member.removesuffix("?")
    if wish.values:
        return _words(member, wish, known)
    if wish.call:
        return _endpoint(member, wish, known)
    if member in known.members:
        raise Mistake(f"'{member}' is there already")
    owner, group, name = _owner(member, wish, known)
    pattern = words.header_name if group == "header" else words.wire_name
    if not re.fullmatch(pattern.pattern or "", name):
        raise Mistake(f"'{name}' is not {pattern.what}")
    if not wish.type:
        raise Mistake(f"its type is missing; say for example: {member} 'string?'")
    _check_type(wish.type, known)
    required = wish.required or group == "path"
    return NewMember(owner=owner, group=group, name=name, type=wish.type, required=required, doc=wish.doc)


def _owner(member: str, wish: Wish, known: Known) -> tuple[str, str, str]:
    """Split a member's name; return the type or endpoint, where a parameter goes, and the member's own name."""
    owner, dot, name = member.partition(".")
    if dot and owner in known.types and not wish.place:
        if not known.types[owner]:
            raise Mistake(f"'{owner}' is no object and has no fields; words of a 'one of' are added by --value")
        return owner, "", name
    for endpoint in sorted(known.endpoints, key=len, reverse=True):
        if member.startswith(f"{endpoint}."):
            return endpoint, _group(endpoint, wish.place, known), member[len(endpoint) + 1 :]
    owners = [*known.types, *known.endpoints]
    named = member.rpartition(".")[0] or member
    near = naming.nearest(named, owners)
    meant = (
        f"did you mean '{near}{member[len(named) :]}'?" if near and dot else "write TYPE.FIELD or ENDPOINT.PARAMETER"
    )
    raise Mistake(
        f"no type or endpoint is called '{named}'; {meant} a new endpoint needs --call, such as 'GET reports'"
    )


def _group(endpoint: str, place: str, known: Known) -> str:
    if place:
        return place
    found = [group for group in known.endpoints[endpoint] if group != "path"]
    if len(found) == 1:
        return found[0]
    has = " and ".join(found) if found else "none yet"
    raise Mistake(f"where is it sent? '{endpoint}' has parameters in: {has}; say --in with one of {', '.join(GROUPS)}")


def _endpoint(name: str, wish: Wish, known: Known) -> NewEndpoint:
    if name in known.endpoints or name in known.types:
        raise Mistake(f"'{name}' is there already")
    if not re.fullmatch(ENDPOINTS.key, name):
        raise Mistake(f"'{name}' is not {ENDPOINTS.what}")
    try:
        call = parse_call(wish.call)
    except ValueError as mistake:
        raise Mistake(f"--call: {mistake.args[0]}") from None
    effect = wish.effect or ("read" if call.method == "GET" else "")
    if effect not in EFFECTS:
        raise Mistake(f"--effect says what a {call.method} does: one of {', '.join(EFFECTS)}")
    try:
        returns = parse_returns(wish.type or "unknown")
    except ValueError as mistake:
        raise Mistake(f"'{wish.type}' is not what an endpoint returns: {mistake.args[0]}") from None
    if returns.type is not None:
        _check_references(returns.type, known)
    return NewEndpoint(name=name, call=wish.call, effect=effect, returns=wish.type or "unknown", doc=wish.doc)


def _words(member: str, wish: Wish, known: Known) -> NewWords:
    if member not in known.members:
        raise Mistake(f"nothing is called '{member}'; {naming.hint(member, known.members, what='known are')}")
    if wish.type:
        raise Mistake("--value adds words to a type that is there; leave the type out")
    for word in wish.values:
        if not word.strip() or "," in word or word != word.strip():
            raise Mistake(f"'{word}' cannot be a word of a 'one of': it is a text without a comma")
    return NewWords(member=member, words=wish.values)


def _check_type(text: str, known: Known) -> None:
    try:
        notation = parse_notation(text)
    except NotationError as mistake:
        raise Mistake(f"'{text}' is not a type: {mistake.reason}") from None
    _check_references(notation.type, known)


def _check_references(of: Type, known: Known) -> None:
    for name in references(of):
        if name not in known.types:
            raise Mistake(f"no type is called '{name}'; {naming.hint(name, known.types, what='known are')}")


def with_words(notation: str, new: Iterable[str]) -> str:
    """Return a notation with further words behind those of its `one of`.

    Raises:
        Mistake: It has no words, or has one of these already.
    """
    start = re.search(r"(?:^|[ |])one of ", notation)
    if start is None:
        raise Mistake(f"'{notation}' has no words; those of a 'one of' can be added to")
    rest = notation[start.end() :]
    # The words end where the type, the union or the default does.
    end = re.search(r" *\||\?? = |\?? *$", rest)
    stop = len(rest) if end is None else end.start()
    there = {word.strip() for word in rest[:stop].split(",")}
    for word in new:
        if word in there:
            raise Mistake(f"'{word}' is among the words already")
        there.add(word)
    return notation[: start.end()] + ", ".join([rest[:stop], *new]) + rest[stop:]
