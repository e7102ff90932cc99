"""Declarations: what a vendor's service is, and what its operations take and give."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

from .arguments import Json, Rule
from .auth import Auth, LoginScheme, NoAuth
from .envelope import Envelope, ErrorRule, Path
from .values import dataclass

if TYPE_CHECKING:
    import logging
    from collections.abc import Mapping

    from .documents import AnswerForm
    from .limits import RateLimit
    from .pagination import Pagination
    from .request import BodyValue, Request

T = TypeVar("T")

Effect = Literal["read", "idempotent", "unsafe", "money"]
"""What a call does: nothing (`read`), the same however often (`idempotent`), or something each time.

`money` is unsafe and goes over a fresh connection."""

Place = Literal["path", "query", "header", "body", "form", "document"]
"""Where an argument travels; a `document` is a mapping whose entries are fields of the body."""


class BodyForm(Protocol):
    """How the fields of a body are spelled, where that is not JSON."""

    @property
    def in_query(self) -> bool:
        """Whether they travel in the query instead."""
        ...

    @property
    def content_type(self) -> str:
        """What the body is said to be."""
        ...

    def chosen(self, settings: Mapping[str, str], /) -> BodyForm:
        """Return the form that the client's settings ask for."""
        ...

    def encode(self, fields: Mapping[str, BodyValue], /) -> bytes:
        """Spell *fields*, secrets included."""
        ...


@dataclass(frozen=True, kw_only=True)
class DigestQuestion:
    """What decides about the order of a digest.

    Attributes:
        sent: The names on the wire of what is sent.
        settings: The client's settings.
        given: The argument `hashed`, None where there is none.
        known: The names on the wire of what may be named there, by the names of arguments.
    """

    sent: frozenset[str]
    settings: Mapping[str, str]
    given: object
    known: Mapping[str, str]


class Hashed(Protocol):
    """What goes into an operation's digest, and in which order."""

    def order(self, asked: DigestQuestion, /) -> tuple[str, ...]:
        """Return names on the wire in their order.

        Raises:
            ArgumentError: The argument is needed, or is something else.
        """
        ...


class KeyRule(Protocol):
    """How requests carry a key by which the vendor knows them, and what the vendor does with it."""

    def keyed(self, request: Request, given: object, now: float, /) -> Request:
        """Put a key on *request*: the one that is *given*, or a new one.

        Raises:
            ArgumentError: It cannot be sent.
        """
        ...

    @property
    def in_progress(self) -> int | None:
        """The status that says that the first request with the key is still being carried out."""
        ...

    def left(self, key: str | None, now: float, /) -> float:
        """Return for how many seconds a request may still leave with *key*; 0 or less when the vendor may not know it."""
        ...

    def may_be_repeated(self, status_code: int, /) -> bool:
        """Tell whether the same request may follow an answer with this status, which leaves open what was done."""
        ...


class Ends(Protocol):
    """What the vendor is going to take away of an operation."""

    def tell(
        self,
        operation: str,
        arguments: Mapping[str, object],
        told: set[str],
        logger: logging.Logger,
        now: float,
        /,
    ) -> None:
        """Warn of what a call uses, unless the client was told."""
        ...


@dataclass(frozen=True, kw_only=True)
class Server:
    """A host of the vendor's."""

    name: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Credential:
    """A credential: the client's keyword, the vendor's name, and where to look when it is not given."""

    name: str
    wire: str
    environment_variable: str
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class ClientSetting:
    """A choice that a client is made with: its keyword and its words, of which the first is the default."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TestingFlag:
    """What the vendor's testing mode adds to a body."""

    # Not a test, though pytest would take it for one.
    __test__ = False

    body: dict[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, kw_only=True)
class WireFormat:
    """A form of answers that a client may choose.

    Attributes:
        name: What the caller says.
        header: What tells the vendor, with every request.
        media_type: Its value.
    """

    name: str
    header: str
    media_type: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Service:
    """A vendor's API as a whole.

    Attributes:
        package: The generated package, which names the logger and the user agent.
        version: The package's version.
        servers: The vendor's hosts; the first is the default, none when only the caller knows.
        credentials: What the client takes.
        auth: How requests prove who sends them.
        login: How to get the token that they carry, where they carry one.
        envelope: What answers are wrapped in.
        errors: What the vendor's own error codes mean.
        rate_limit: What the vendor allows.
        testing: What the testing mode adds.
        headers: Constant headers of every request.
        formats: The forms of answers that a client may choose, the first is the default.
        request_id_headers: Where the vendor names a request, the first that is there counts.
        settings: What a client is made with beside its credentials.
        form: How operations with the body `form` spell it.
    """

    package: str
    version: str
    servers: tuple[Server, ...] = ()
    credentials: tuple[Credential, ...] = ()
    auth: Auth = field(default_factory=NoAuth)
    login: LoginScheme | None = None
    envelope: Envelope = field(default_factory=Envelope)
    errors: tuple[ErrorRule, ...] = ()
    rate_limit: RateLimit | None = None
    testing: TestingFlag | None = None
    headers: tuple[tuple[str, str], ...] = ()
    formats: tuple[WireFormat, ...] = ()
    request_id_headers: tuple[str, ...] = ("x-request-id", "request-id", "x-correlation-id")
    settings: tuple[ClientSetting, ...] = ()
    form: BodyForm | None = None


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """An argument of a method, and where it goes.

    Attributes:
        name: The keyword.
        wire: The vendor's name.
        place: Where it travels.
        rule: What it has to be.
        required: Whether the vendor insists on it.
        nullable: Whether the vendor takes null; then `OMIT` means not given, and `None` is sent.
    """

    name: str
    wire: str
    place: Place
    rule: Rule
    required: bool = False
    nullable: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Operation(Generic[T]):
    """One thing that the vendor does when asked.

    Attributes:
        name: The method's name, dotted where it has a group.
        method: The HTTP method.
        path: What follows the base URL; `{wire}` stands for a path parameter.
        effect: What a call does, which decides whether it may be repeated.
        body: How the body travels.
        parameters: The arguments.
        returns: What the answer is, anything that pydantic can read; None for an answer without content.
        at: Where that stands in the unwrapped content; empty when it is the content.
        may_be_empty: Whether an answer without a body is as good, and gives None.
        testing: Whether it takes the vendor's testing flag.
        envelope: What its answers are wrapped in, where that differs from the service's.
        exact: Whether numbers in the answer keep every digit and a repeated key is an error: for money, and slower.
        auth: How its requests prove who sends them, where that differs from the service's.
        hashed: What goes into its digest, where authentication has one.
        answers: The form of its answers, where that is not JSON.
        variants: How answers are read in the forms that a client may choose, by the caller's word; JSON has none.
        success: Paths from the whole body and the words there by which the vendor says that it did what was asked.
        idempotency: How its requests carry a key, where they do.
        ends: What of it is deprecated.
    """

    name: str
    method: str
    path: str
    effect: Effect
    body: Literal["json", "form", "none"] = "none"
    parameters: tuple[Parameter, ...] = ()
    returns: Any = None
    at: Path = ()
    may_be_empty: bool = False
    testing: bool = False
    envelope: Envelope | None = None
    exact: bool = False
    auth: Auth | None = None
    hashed: Hashed | None = None
    answers: AnswerForm | None = None
    variants: tuple[tuple[str, AnswerForm], ...] = ()
    success: tuple[tuple[Path, str], ...] = ()
    idempotency: KeyRule | None = None
    ends: Ends | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class PagedOperation(Operation[T]):
    """An operation that gives its records page by page; `returns` is what one record is."""

    pages: Pagination
