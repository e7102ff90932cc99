"""A whole spec: the sections in the order in which a person reads them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from generator.spec import words
from generator.spec.auth import AUTH, CREDENTIAL, Auth, Credential
from generator.spec.changelog import CHANGELOG, DATE, ChangelogEntry
from generator.spec.endpoints import ENDPOINTS, Endpoint
from generator.spec.envelope import ENVELOPE, ERRORS, Envelope, ErrorMeaning
from generator.spec.filters import FILTERS, FilterForm
from generator.spec.format import FORMAT, Format
from generator.spec.idempotency import IDEMPOTENCY, Idempotency
from generator.spec.limits import RATE_LIMIT, RateLimit
from generator.spec.members import TYPES, TypeDefinition
from generator.spec.pagination import PAGINATION, Pagination
from generator.spec.renamings import RENAMED_FROM, Renaming
from generator.spec.scalars import JsonValue
from generator.spec.servers import SERVER, Server
from generator.spec.settings import SETTINGS, ClientSetting
from generator.spec.shape import JsonShape, Key, ListShape, MapShape, RecordShape, TextShape
from generator.spec.webhooks import WEBHOOKS, Webhooks


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A page of the vendor, and when it was read."""

    title: str
    page: str | None
    read: datetime.date


@dataclass(frozen=True, slots=True, kw_only=True)
class TestingMode:
    """How a call says that it is only a test."""

    body: Mapping[str, JsonValue]
    doc: str
    source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Pages that disagree, what was chosen, and why."""

    about: str
    pages: tuple[str, ...]
    choice: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What a vendor's pages say of one version of its API, in the vendor's words.

    Attributes:
        older: The specs of the run that say of an older version what this one says of its own, nearest first.
    """

    vendor: str
    version: str
    package: str
    title: str
    like: str | None
    without: tuple[str, ...]
    sources: Mapping[str, Source]
    servers: Mapping[str, Server]
    credentials: Mapping[str, Credential]
    settings: Mapping[str, ClientSetting]
    auth: Auth
    format: Format
    envelope: Envelope
    errors: Mapping[str, ErrorMeaning]
    rate_limit: RateLimit | None
    idempotency: Idempotency | None
    testing: TestingMode | None
    pagination: Mapping[str, Pagination]
    filters: Mapping[str, FilterForm]
    endpoints: Mapping[str, Endpoint]
    webhooks: Webhooks | None
    types: Mapping[str, TypeDefinition]
    assumed: Mapping[str, str]
    unknowns: tuple[str, ...]
    contradictions: tuple[Contradiction, ...]
    renamed_from: Mapping[str, Mapping[str, Renaming]]
    changelog: tuple[ChangelogEntry, ...]
    older: tuple[Spec, ...] = ()

    def old_names(self) -> Iterator[tuple[str, str, Renaming]]:
        """Yield each table of names that an older version had: that version, what the table is called, and the table."""
        for version, tables in self.renamed_from.items():
            for name, table in tables.items():
                yield version, name, table


SOURCE = RecordShape(
    Source,
    {
        "title": Key(words.text, "The page's title."),
        "page": Key(TextShape(r"https?://\S+", "the address of a page"), "Where it is.", default=None),
        "read": Key(DATE, "The day on which it was read."),
    },
    "a source",
)

TESTING = RecordShape(
    TestingMode,
    {
        "body": Key(MapShape(JsonShape()), "Fields of the body that say so."),
        "doc": Key(words.doc, "What the vendor does with such a call.", default=""),
        "source": Key(words.source_name, words.SOURCE_DOC, default=None),
    },
    "testing",
)

CONTRADICTION = RecordShape(
    Contradiction,
    {
        "about": Key(words.text, "What they disagree about."),
        "pages": Key(ListShape(words.source_name), "The sources that disagree."),
        "choice": Key(words.text, "What this spec does."),
        "reason": Key(words.text, "Why."),
    },
    "a contradiction",
)

_NO_ENVELOPE = Envelope(success=None, data=(), errors=())

SPEC = RecordShape(
    Spec,
    {
        "vendor": Key(
            TextShape(r"[a-z][0-9a-z_]{0,31}", "a vendor's name in small letters, such as ledgerly"),
            "The vendor.",
            instead="",
        ),
        "version": Key(
            TextShape(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,15}", "a version such as v2"),
            "The version of its API, where the vendor names one.",
            default="",
        ),
        "package": Key(
            TextShape(r"[a-z][0-9a-z_]{1,62}", "the name of a Python package, such as ledgerly_v2"),
            "The Python package that is generated.",
            instead="",
        ),
        "title": Key(words.text, "What people call it.", instead=""),
        "like": Key(
            TextShape(r"[0-9A-Za-z_./-]+", "another spec, such as m360/v2"),
            "Another spec that this one is like: it says only what differs.",
            default=None,
        ),
        "without": Key(
            ListShape(TextShape(what="a dotted path")), "What the other spec has and this one lacks.", default=()
        ),
        "sources": Key(
            MapShape(SOURCE, words.source_name.pattern or "", "the name of a source"), "The vendor's pages.", default={}
        ),
        "servers": Key(
            MapShape(SERVER, r"[a-z][0-9a-z_]*", "the name of a server"),
            "Where the vendor is; the first is the default.",
            instead={},
        ),
        "credentials": Key(
            MapShape(CREDENTIAL, r"[A-Za-z_][0-9A-Za-z_]*", "the name of a credential"),
            "What the caller has.",
            default={},
        ),
        "settings": Key(SETTINGS, "What the caller says once for all calls.", default={}),
        "auth": Key(AUTH, "How the caller shows it.", default=Auth(parts=())),
        "format": Key(FORMAT, "How bodies are spelled.", default=Format()),
        "envelope": Key(ENVELOPE, "What answers are wrapped in.", default=_NO_ENVELOPE),
        "errors": Key(ERRORS, "The vendor's error codes and the classes that they raise.", default={}),
        "rate_limit": Key(RATE_LIMIT, "How fast one may call.", default=None),
        "idempotency": Key(
            IDEMPOTENCY,
            "How requests that must not happen twice carry a key by which the vendor knows them.",
            default=None,
        ),
        "testing": Key(TESTING, "How a call says that it is only a test.", default=None),
        "pagination": Key(
            MapShape(PAGINATION, r"[a-z][0-9a-z_]*", "the name of a style"), "How lists go on.", default={}
        ),
        "filters": Key(FILTERS, "Texts in a query that are built from a field, an operator and a value.", default={}),
        "endpoints": Key(ENDPOINTS, "What can be called.", instead={}),
        "webhooks": Key(WEBHOOKS, "What the vendor sends by itself when something happens.", default=None),
        "types": Key(TYPES, "What arrives and what is sent.", default={}),
        "assumed": Key(MapShape(words.text), "Readings that the facts suggest, and why.", default={}),
        "unknowns": Key(ListShape(words.text), "What to ask the vendor.", default=()),
        "contradictions": Key(ListShape(CONTRADICTION), "Where pages disagree.", default=()),
        "renamed_from": Key(RENAMED_FROM, "What an older version called the same: tables by version.", default={}),
        "changelog": Key(CHANGELOG, "What the vendor announced, newest first.", default=()),
    },
    "a spec",
)
