"""What can be called, with what, and what comes back."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, replace
from typing import Literal

from generator.spec import words
from generator.spec.companions import PARTS, WAIT, Parts, Wait
from generator.spec.digests import CALL_VECTOR, CallVector, Hashed, HashedShape
from generator.spec.members import ABSENT, Member, MembersShape
from generator.spec.nodes import Node, Scalar
from generator.spec.notation import NotationError, parse_notation
from generator.spec.scalars import JsonValue
from generator.spec.shape import (
    BooleanShape,
    ChoiceShape,
    IntegerShape,
    JsonShape,
    Key,
    ListShape,
    MapShape,
    ParsedShape,
    Place,
    RecordShape,
    Schema,
    Shape,
    TextShape,
    shown,
)
from generator.spec.types import Anything, ListOf, MapOf, Type
from generator.spec.words import Path

Effect = Literal["read", "idempotent", "unsafe", "money"]

EFFECTS: dict[str, str] = {
    "read": "changes nothing, so it may be repeated, whatever its HTTP method",
    "idempotent": "changes something, but twice is the same as once",
    "unsafe": "must not happen twice, so it is repeated only when it certainly did not happen",
    "money": "like unsafe, and each call has a fresh connection of its own",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownBody(Member):
    """What stands for the fields of a body that nobody knows: a mapping that is sent as it is."""


_UNKNOWN_BODY = UnknownBody(
    name="body",
    optional=False,
    type=MapOf(Anything(unknown=True)),
    default=None,
    doc="The whole body; the vendor does not document its fields.",
    source=None,
    alias=None,
    example=ABSENT,
    sent_as=None,
)

GROUPS = ("path", "query", "header", "body", "form")
"""Where a parameter may be sent."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_PATH = re.compile(
    r"(?:[A-Za-z0-9_.~-]|\{[A-Za-z_][0-9A-Za-z_]*\})+(?:/(?:[A-Za-z0-9_.~-]|\{[A-Za-z_][0-9A-Za-z_]*\})+)*"
)
_PLACEHOLDER = re.compile(r"\{([A-Za-z_][0-9A-Za-z_]*)\}")


@dataclass(frozen=True, slots=True)
class Call:
    """An HTTP method and a path below the server's address."""

    method: str
    path: str

    @property
    def has_body(self) -> bool:
        """Whether requests of this method carry a body: many servers and proxies drop that of a GET or a DELETE."""
        return self.method not in ("GET", "DELETE")

    def placeholders(self) -> tuple[str, ...]:
        """Return the names in braces in order."""
        return tuple(_PLACEHOLDER.findall(self.path))


@dataclass(frozen=True, slots=True)
class Returns:
    """What an answer is, and where it stands in the unwrapped data; no type means that nothing is answered.

    From text means that the whole answer is the bare value.
    """

    type: Type | None
    at: Path = ()
    from_text: bool = False
    may_be_empty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExample:
    """A request as on the wire."""

    headers: MappingABC[str, str]
    query: MappingABC[str, str]
    body: JsonValue
    form: MappingABC[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerExample:
    """An answer as on the wire."""

    status: int
    headers: MappingABC[str, str]
    body: JsonValue
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A whole exchange: how it is called, what goes out, what comes back, and what is raised if it failed."""

    call: MappingABC[str, JsonValue]
    request: RequestExample | None
    answer: AnswerExample
    raises: str | None
    source: str | None
    doc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One thing that can be called."""

    call: Call
    effect: str
    doc: str
    source: str | None
    alias: str | None
    aka: tuple[str, ...]
    path: tuple[Member, ...]
    query: tuple[Member, ...]
    header: tuple[Member, ...]
    body: tuple[Member, ...]
    form: tuple[Member, ...]
    auth: tuple[str, ...] | None
    hashed: Hashed | None
    pages: str | None
    testing: bool
    keyed: bool
    returns: Returns
    success: MappingABC[str, str]
    vectors: tuple[CallVector, ...]
    wait: Wait | None
    parts: Parts | None
    examples: MappingABC[str, Example]

    @property
    def body_is_unknown(self) -> bool:
        """Whether callers give the whole body, for the vendor does not document its fields."""
        return any(isinstance(member, UnknownBody) for member in self.body)

    def groups(self) -> tuple[tuple[str, tuple[Member, ...]], ...]:
        """Return each kind of parameter with its members."""
        body = "document" if self.body_is_unknown else "body"
        return (
            ("path", self.path),
            ("query", self.query),
            ("header", self.header),
            (body, self.body),
            ("form", self.form),
        )


def parse_call(text: str) -> Call:
    """Read `POST workflows/{workflowId}/execute`."""
    method, blank, path = text.partition(" ")
    if method not in METHODS:
        capitals = f"; write {method.upper()}" if method.upper() in METHODS else ""
        reason = f"{shown(method)} is not one of {', '.join(METHODS)}"
        raise ValueError(f"{reason}{capitals or '; write a method and a path, such as POST getHistory'}", 0)
    offset = len(method) + 1
    if not blank or not path:
        raise ValueError("a path is missing; write a method and a path, such as POST getHistory", 0)
    if "://" in path:
        address = path[: path.index("://") + 3] + path.partition("://")[2].partition("/")[0]
        message = f"the path is relative to the server's address, which stands under servers; take {shown(address)} off"
        raise ValueError(message, offset)
    if path.startswith("/"):
        raise ValueError(
            "the path is relative to the server's address; write it without a slash at its beginning", offset
        )
    if not _PATH.fullmatch(path):
        raise ValueError(
            f"{shown(path)} is not a path; it has names and {{placeholders}} between single slashes, and no query",
            offset,
        )
    if any(set(segment) == {"."} for segment in path.split("/")):
        raise ValueError("a path has no dot segments", offset)
    if "}{" in path:
        raise ValueError("two placeholders need something between them", offset + path.index("}{") + 1)
    seen: set[str] = set()
    for found in _PLACEHOLDER.finditer(path):
        if found[1] in seen:
            raise ValueError(f"the placeholder {found[0]} stands twice", offset + found.start())
        seen.add(found[1])
    return Call(method, path)


_OR_NOTHING = " or nothing"


def parse_returns(text: str) -> Returns:
    """Read `list of User at records`, `Deletion or nothing`, `unknown` or `nothing`."""
    if text == "nothing":
        return Returns(None)
    if text.endswith(_OR_NOTHING):
        return replace(parse_returns(text.removesuffix(_OR_NOTHING)), may_be_empty=True)
    bare = text.removesuffix(" from text")
    written, at, path = bare.partition(" at ")
    if at and bare != text:
        raise ValueError("a bare value has no parts; leave out 'at'", len(written) + 1)
    try:
        notation = parse_notation(written)
    except NotationError as mistake:
        raise ValueError(mistake.reason, mistake.offset) from None
    if notation.default is not None:
        raise ValueError("an answer has no default", written.index("="))
    if not at:
        return Returns(notation.type, from_text=bare != text)
    try:
        return Returns(notation.type, words.parse_path(path))
    except ValueError as mistake:
        reason, offset = mistake.args
        raise ValueError(reason, len(written) + len(at) + int(offset)) from None


@dataclass(frozen=True, slots=True)
class AuthPartsShape(Shape[tuple[str, ...]]):
    """`none`, or a list of keys of the section `auth`."""

    def read(self, node: Node, place: Place) -> tuple[str, ...]:
        if isinstance(node, Scalar) and node.text == "none":
            return ()
        return ListShape(TextShape(r"[a-z][0-9a-z_]*", "a key of the section auth, or none")).read(node, place)

    def schema(self) -> Schema:
        return {"anyOf": [{"const": "none"}, {"type": "array", "items": {"type": "string"}}]}


@dataclass(frozen=True, slots=True)
class BodyShape(Shape[tuple[Member, ...]]):
    """The fields of a body, or `unknown`."""

    fields: MembersShape
    word: ChoiceShape

    def read(self, node: Node, place: Place) -> tuple[Member, ...]:
        if isinstance(node, Scalar):
            self.word.read(node, place)
            return (_UNKNOWN_BODY,)
        return self.fields.read(node, place)

    def order(self, path: tuple[str, ...]) -> tuple[str, ...] | None:
        return self.fields.order(path)

    def schema(self) -> Schema:
        return {"anyOf": [self.word.schema(), self.fields.schema()]}


BODY = BodyShape(
    MembersShape("body parameters"),
    ChoiceShape({"unknown": "the vendor does not document the fields; the caller gives the body"}),
)

_HEADERS = MapShape(
    TextShape(r"[\t -~]+", "the value of a header: one line of ASCII"),
    words.header_name.pattern or "",
    words.header_name.what,
)

REQUEST_EXAMPLE = RecordShape(
    RequestExample,
    {
        "headers": Key(_HEADERS, "Headers that the request has among others.", default={}),
        "query": Key(MapShape(TextShape(what="a value")), "The whole query.", default={}),
        "body": Key(JsonShape(), "The whole body; `${name}` stands for a credential.", default=None),
        "form": Key(
            MapShape(TextShape(what="a value")), "Fields of the form among those that authenticate.", default={}
        ),
    },
    "a request",
)

ANSWER_EXAMPLE = RecordShape(
    AnswerExample,
    {
        "status": Key(
            IntegerShape(100, 999), "The HTTP status; 200 where the vendor does not state another.", default=200
        ),
        "headers": Key(_HEADERS, "Headers that matter.", default={}),
        "body": Key(JsonShape(), "The whole body.", default=None),
        "text": Key(TextShape(what="the body as text"), "The whole body as it is, where it is no JSON.", default=None),
    },
    "an answer",
)

EXAMPLE = RecordShape(
    Example,
    {
        "source": Key(words.source_name, words.SOURCE_DOC, default=None),
        "doc": Key(words.doc, "What it shows.", default=""),
        "call": Key(MapShape(JsonShape()), "The parameters by their wire names.", default={}),
        "request": Key(REQUEST_EXAMPLE, "What goes out.", default=None),
        "answer": Key(ANSWER_EXAMPLE, "What comes back."),
        "raises": Key(
            TextShape(r"[A-Z][A-Za-z]*Error", "the name of an error class"),
            "The error, where the answer is one.",
            default=None,
        ),
    },
    "an example",
)

ENDPOINT = RecordShape(
    Endpoint,
    {
        "call": Key(
            ParsedShape(parse_call, "a call", "S040", "POST getHistory"),
            "HTTP method and path.",
            instead=Call("POST", ""),
        ),
        "effect": Key(
            ChoiceShape(EFFECTS), "What a call does, which decides whether it may be repeated.", instead="read"
        ),
        "pages": Key(
            TextShape(what="the name of a pagination style"),
            "The style under `pagination` by which the list goes on.",
            default=None,
        ),
        "testing": Key(BooleanShape(), "Whether it takes the vendor's testing flag.", default=True),
        "keyed": Key(BooleanShape(), "Whether its requests carry a key, where it must not happen twice.", default=True),
        "alias": Key(words.python_name, "The Python name, where the derived one will not do.", default=None, name="as"),
        "aka": Key(ListShape(words.wire_name, one_is_enough=True), "Older names of the same.", default=()),
        "doc": Key(words.doc, "What it is for.", default=""),
        "source": Key(words.source_name, words.SOURCE_DOC, default=None),
        "path": Key(
            MembersShape("path parameters"),
            "Parameters in the path; placeholders that are not listed are text.",
            default=(),
        ),
        "query": Key(MembersShape("query parameters"), "Parameters in the query.", default=()),
        "header": Key(MembersShape("headers", words.header_name), "Parameters in headers.", default=()),
        "body": Key(BODY, "Fields of the body, or `unknown`.", default=()),
        "form": Key(MembersShape("form parameters"), "Fields of the form.", default=()),
        "auth": Key(
            AuthPartsShape(),
            "The parts of `auth` that it uses, where that is not all: `none`, or a list.",
            default=None,
        ),
        "hashed": Key(HashedShape(), "What goes into its digest, in order.", default=None),
        "returns": Key(
            ParsedShape(parse_returns, "a type", "S030", "list of User at users"),
            "What is answered, from the unwrapped data.",
            instead=Returns(ListOf(Anything(unknown=True))),
        ),
        "success": Key(
            MapShape(TextShape(what="a word"), words.DOTTED, "a dotted path"),
            "Words at dotted paths of the whole body by which the vendor says that it did what was asked.",
            default={},
        ),
        "vectors": Key(ListShape(CALL_VECTOR), "Calls and the digests that they are sent with.", default=()),
        "wait": Key(WAIT, "How to know when what was started has ended.", default=None),
        "parts": Key(PARTS, "How a long list is sent in parts.", default=None),
        "examples": Key(
            MapShape(EXAMPLE, r"[a-z][0-9a-z_]*", "a name in snake_case, such as not_found"),
            "Whole exchanges as on the wire.",
            default={},
        ),
    },
    "an endpoint",
)

ENDPOINTS = MapShape(
    ENDPOINT,
    r"[A-Za-z_][0-9A-Za-z_]*(?:\.[A-Za-z_][0-9A-Za-z_]*){0,3}",
    "the name of an endpoint, such as getHistory or users.list",
)
