"""All five packages, each by what a general claim needs to know of its vendor, and one way to call them all."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING, Any, Self

import httpx2

from tests.stand_ins import kolmisoft, m360, monetize360, store365
from tests.stand_ins.wire import LoopbackServer

if TYPE_CHECKING:
    from types import ModuleType, TracebackType

FAST = 100_000.0
"""A limit that no test reaches, where the limit is not what is tested."""

JSON = "application/json"

REQUIRED = inspect.Parameter.empty
"""In place of a default: the keyword has none."""


@dataclass(frozen=True, slots=True)
class Question:
    """An operation and what it is given."""

    name: str
    given: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def but(self, **given: Any) -> Question:
        """Return the same with other arguments."""
        return Question(self.name, {**self.given, **given})


@dataclass(frozen=True, slots=True)
class Mistake:
    """A question with an argument that the vendor does not take, and what is said of it."""

    question: Question
    argument: str
    rule: str
    value: str


@dataclass(frozen=True, slots=True)
class Paging:
    """A list: how the stand-in gets records, the argument for a page's size, and what tells records apart."""

    stock: Callable[[Any, int], None]
    question: Question
    size: str
    key: Callable[[Any], Any]
    told: str = ""


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """What general claims need to know of a vendor and its package.

    Attributes:
        package: The package.
        spec: The file that it is made from, below `specs/`.
        model: The class of the read's records.
        credentials: By keyword: the environment variable, and what is right at the stand-in.
        stand_in: Makes the look-alike.
        address: Where a client talks to, as keywords of its constructor.
        server: The host of operations, of those that a look-alike has.
        fast: Keywords by which the limit is not felt.
        options: Other keywords of the constructor, beyond what all have, with their defaults.
        operations: All of them.
        read: A read that answers `content` with one record.
        change: What must not happen twice; done so often as `work` tells.
        work: How often it was carried out.
        numbered: Asks for what has this number, after `number` has prepared it.
        content: A good answer to the read, with more fields in its record.
        record: The record in the read's result.
        alias: An attribute of the record whose wire name is another, and that name.
        refused: What a refused login is called: a keyword and a value that is wrong.
        mistake: An argument that is refused.
        canaries: Secrets of the stand-in that must be shown nowhere.
        paging: A paged list, where there is one.
    """

    package: str
    spec: str
    model: str
    credentials: Mapping[str, tuple[str, str]]
    stand_in: Callable[[], Any]
    address: Callable[[Any], dict[str, str]]
    server: Callable[[Any], LoopbackServer]
    fast: Mapping[str, Any]
    options: Mapping[str, Any]
    operations: frozenset[str]
    read: Question
    change: Question | None
    work: Callable[[Any], int]
    number: Callable[[Any, int], None]
    numbered: Callable[[int], Question]
    number_of: Callable[[Any], str]
    content: Callable[[Mapping[str, str]], bytes]
    content_type: str = JSON
    record: Callable[[Any], Any]
    alias: tuple[str, str, str] | None
    refused: tuple[str, str]
    mistake: Mistake
    canaries: tuple[str, ...]
    paging: Paging | None = None

    @property
    def module(self) -> ModuleType:
        """The generated package."""
        return importlib.import_module(f"generated.{self.package}")

    @property
    def speaks(self) -> set[str]:
        """The media types of its answers."""
        return {self.content_type, *(("text/xml",) if "format" in self.options else ())}

    def right(self) -> dict[str, Any]:
        """Return the credentials that the stand-in takes."""
        return {keyword: value for keyword, (_, value) in self.credentials.items()}


def _m360(version: str) -> Vendor:
    operations = {"get_history", "schedule_blacklist_check", "get_blacklist_checks_by_batch_id"}
    sample = m360.record if version == "v2" else m360.record_v1
    beside: dict[str, Any] = {"hasMore": False} if version == "v2" else {"totalCount": 1}

    def stock(server: m360.M360, count: int) -> None:
        server.records = [sample(number) for number in range(count)]

    def number(server: m360.M360, count: int) -> None:
        server.batches.update({f"{version}-{each}": [f"mark {each}"] for each in range(count)})

    return Vendor(
        package=f"m360_{version}",
        spec=f"m360/{version}.yaml",
        model="DeviceSession",
        credentials={
            "auth_code": ("M360_AUTH_CODE", m360.AUTH_CODE),
            "auth_token": ("M360_AUTH_TOKEN", m360.AUTH_TOKEN),
        },
        stand_in=lambda: m360.M360([sample(1)]),
        address=lambda server: {"base_url": server.url(version)},
        server=lambda server: server,
        fast={"requests_per_second": FAST},
        options={"testing": False, "requests_per_second": None, "limiter": None},
        operations=frozenset(operations | ({"get_external_reports", "generate_report"} if version == "v2" else set())),
        read=Question("get_history"),
        change=Question("schedule_blacklist_check", {"imei_list": ["35"]}),
        work=lambda server: server.executions["scheduleBlacklistCheck"],
        number=number,
        numbered=lambda number: Question("get_blacklist_checks_by_batch_id", {"batch_id": f"{version}-{number}"}),
        number_of=lambda answer: answer["checks"][0]["imei"].removeprefix("mark "),
        content=lambda more: json.dumps(m360.good({"records": [sample(1, **more)], **beside})).encode(),
        record=lambda page: page.items[0],
        alias=("model_name", "modelName", "iPhone 15 Pro Max"),
        refused=("auth_token", "another-token"),
        mistake=Mistake(Question("get_history", {"limit": 31337}), "limit", "at least 1 and at most 100", "31337"),
        canaries=(m360.AUTH_TOKEN,),
        paging=Paging(
            stock,
            Question("get_history", {"order": "id:asc"}),
            "limit",
            lambda record: int(record.session_id[:8]),
            "total_count" if version == "v1" else "",
        ),
    )


def _payment(more: Mapping[str, str]) -> bytes:
    fields = {"user": "Client One", "date": "2026-11-21", "amount": "96.0", **more}
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f"<page><pagename>Payments_list</pagename><payments><payment>{inside}</payment></payments></page>".encode()


def _pay_once(server: kolmisoft.Kolmisoft) -> None:
    server.ledger.payments.append({"user_id": "2", "amount": "96.0", "currency": "USD"})


def _kolmisoft() -> kolmisoft.Kolmisoft:
    server = kolmisoft.Kolmisoft()
    _pay_once(server)
    return server


KOLMISOFT = Vendor(
    package="kolmisoft_m4",
    spec="kolmisoft/m4.yaml",
    model="PaymentRecord",
    credentials={
        "username": ("KOLMISOFT_USERNAME", kolmisoft.ADMIN),
        "secret_key": ("KOLMISOFT_SECRET_KEY", kolmisoft.KEY),
    },
    stand_in=_kolmisoft,
    address=lambda server: {"base_url": server.url},
    server=lambda server: server,
    fast={},
    options={"base_url": REQUIRED, "caller": "admin", "request_format": "form"},
    operations=frozenset(
        {*kolmisoft.HASHED, *kolmisoft.UNDOCUMENTED, *kolmisoft.UNSIGNED, "quickstats_get"},
    ),
    read=Question("payments_get"),
    change=Question("payment_create", {"user_id": 2, "amount": 96, "currency": "USD"}),
    work=lambda server: server.ledger.executions["payment_create"],
    number=lambda _server, _count: None,
    numbered=lambda number: Question("device_details_get", {"device_id": number}),
    number_of=lambda device: str(device.id),
    content=_payment,
    content_type="text/xml",
    record=lambda payments: payments[0],
    alias=("date_", "date", "2026-11-21"),
    refused=("secret_key", "another-key"),
    mistake=Mistake(
        Question("payment_create", {"user_id": 2, "amount": 96, "currency": "USD", "amount_in_tax": 31337}),
        "amount_in_tax",
        "at least 0 and at most 1",
        "31337",
    ),
    canaries=(kolmisoft.KEY,),
)


def _monetize360() -> monetize360.Monetize360:
    server = monetize360.Monetize360()
    server.limit.requests = 1_000_000
    server.fill("m", 1)
    return server


def _number_records(server: monetize360.Monetize360, count: int) -> None:
    server.objects.update({f"o-{number}": {"id": f"o-{number}"} for number in range(count)})


MONETIZE360 = Vendor(
    package="monetize360",
    spec="monetize360.yaml",
    model="Record",
    credentials={"api_key": ("MONETIZE360_API_KEY", monetize360.API_KEY)},
    stand_in=_monetize360,
    address=lambda server: {"base_url": server.url},
    server=lambda server: server,
    fast={"requests_per_minute": FAST},
    options={"environment": "production", "requests_per_minute": None, "limiter": None},
    operations=frozenset(
        (
            *("workflows.list", "workflows.get", "workflows.execute", "workflows.execute_and_wait"),
            *("workflows.executions.list", "workflows.executions.get"),
            *("mobjects.list", "mobjects.create", "mobjects.get", "mobjects.update", "mobjects.delete"),
            *("mdata.query", "mdata.create", "mdata.get", "mdata.update", "mdata.delete"),
            *("mdata.bulk_insert", "mdata.bulk_insert_in_parts", "webhooks.create"),
        )
    ),
    read=Question("mdata.query", {"mobject_id": "m"}),
    change=Question("workflows.execute", {"workflow_id": "w", "data": {"a": 1}}),
    work=lambda server: server.work["execute"],
    number=_number_records,
    numbered=lambda number: Question("mobjects.get", {"mobject_id": f"o-{number}"}),
    number_of=lambda answer: answer["id"].removeprefix("o-"),
    content=lambda more: json.dumps(
        {
            "data": [{"id": "r-1", "mobjectId": "m", "data": {}, **more}],
            "pagination": {"total": 1, "limit": 50, "offset": 0, "hasMore": False},
        }
    ).encode(),
    record=lambda page: page.items[0],
    alias=("mobject_id", "mobjectId", "m"),
    refused=("api_key", "another-key"),
    mistake=Mistake(Question("mdata.query", {"mobject_id": "m", "limit": "gnorw"}), "limit", "an integer", "gnorw"),
    canaries=(monetize360.API_KEY,),
    paging=Paging(
        lambda server, count: server.fill("p", count),
        Question("mdata.query", {"mobject_id": "p"}),
        "limit",
        lambda record: int(record.data["name"].split()[-1]),
        "total",
    ),
)


def _number_users(server: store365.Store365, count: int) -> None:
    server.resources.users = [store365.user(number) for number in range(count)]


STORE365 = Vendor(
    package="store365",
    spec="store365.yaml",
    model="User",
    credentials={
        "username": ("STORE365_USERNAME", store365.USERNAME),
        "password": ("STORE365_PASSWORD", store365.PASSWORD),
        "client_id": ("STORE365_CLIENT_ID", store365.CLIENT_ID),
    },
    stand_in=lambda: store365.Store365(1),
    address=lambda server: {"base_url": server.resources.url, "token_url": server.tokens.url},
    server=lambda server: server.resources,
    fast={},
    options={"token_url": None, "token_store": None, "format": "json"},
    operations=frozenset({"users.list"}),
    read=Question("users.list"),
    change=None,
    work=lambda server: server.resources.listed,
    number=_number_users,
    numbered=lambda number: Question("users.list", {"page_number": number + 1, "page_size": 1}),
    number_of=lambda page: str(int(page.items[0].model_extra["id"][1:])),
    content=lambda more: json.dumps(
        {
            "pageNumber": 1,
            "pageSize": 10,
            "totalNumberOfPages": 1,
            "totalNumberOfRecords": 1,
            "results": [{"id": "u1", **more}],
        }
    ).encode(),
    record=lambda page: page.items[0],
    alias=None,
    refused=("password", "another-password"),
    mistake=Mistake(Question("users.list", {"page_size": 31337}), "page_size", "at least 1 and at most 100", "31337"),
    canaries=(store365.PASSWORD, store365.TOKEN_WORD),
    paging=Paging(
        _number_users,
        Question("users.list"),
        "page_size",
        lambda record: int(record.model_extra["id"][1:]),
        "total_number_of_records",
    ),
)

VENDORS = (_m360("v1"), _m360("v2"), KOLMISOFT, MONETIZE360, STORE365)


@dataclass(frozen=True)
class Caller:
    """A package, and whether its client is called from a task."""

    vendor: Vendor
    asynchronous: bool

    def __str__(self) -> str:
        return f"{self.vendor.package}-{'async' if self.asynchronous else 'sync'}"

    @property
    def module(self) -> Any:
        """The generated package."""
        return self.vendor.module

    @property
    def kind(self) -> Any:
        """The client's class."""
        return self.module.AsyncClient if self.asynchronous else self.module.Client

    def client(self, stand_in: Any, **setting: Any) -> Session:
        """Return a client of the look-alike with its credentials, unlimited, and without much patience."""
        vendor = self.vendor
        made = self.kind(**{**vendor.right(), **vendor.address(stand_in), **vendor.fast, **setting})
        made._setting = replace(made._setting, backoff=replace(made._setting.backoff, first=0.01))
        return Session(self, made)

    def against(self, handler: Callable[[httpx2.Request], httpx2.Response], **setting: Any) -> Session:
        """Return a client whose operations end in *handler*; a login before them is answered well."""

        def answer(request: httpx2.Request) -> httpx2.Response:
            if request.url.path == "/auth":
                return httpx2.Response(200, json={"access_token": "t", "expires_in": "3600"})
            return handler(request)

        kind = httpx2.AsyncClient if self.asynchronous else httpx2.Client
        own = kind(transport=httpx2.MockTransport(answer))
        addresses = {"base_url": "https://vendor.example/api"}
        if "token_url" in self.vendor.options:
            addresses["token_url"] = "https://vendor.example/auth"
        made = self.kind(
            **{
                **self.vendor.right(),
                **self.vendor.fast,
                **addresses,
                "http_client": own,
                **setting,
            }
        )
        made._setting = replace(made._setting, backoff=replace(made._setting.backoff, first=0.01))
        return Session(self, made, own=own)

    def good(self, more: Mapping[str, str] | None = None) -> httpx2.Response:
        """Return a good answer to the read."""
        content = self.vendor.content(more or {})
        return httpx2.Response(200, content=content, headers={"Content-Type": self.vendor.content_type})


CALLERS = tuple(Caller(vendor, asynchronous) for vendor in VENDORS for asynchronous in (False, True))
CHANGING = tuple(caller for caller in CALLERS if caller.vendor.change is not None)
PAGED = tuple(caller for caller in CALLERS if caller.vendor.paging is not None)


class Session:
    """A client in use. Each method is the same whether the client is one for threads or for tasks."""

    def __init__(self, caller: Caller, client: Any, loop: asyncio.Runner | None = None, *, own: Any = None) -> None:
        self.caller = caller
        self.own = own
        self.client = client
        self._loop = loop if loop is not None or not caller.asynchronous else asyncio.Runner()

    def asked(self, question: Question, on: Any = None) -> Any:
        """Return what the method gives: of a task's client, something to wait for."""
        return reduce(getattr, question.name.split("."), on or self.client)(**question.given)

    def call(self, question: Question, **more: Any) -> Any:
        """Return what an operation gives; of a paged one, the first page."""
        return self.wait(self.asked(question.but(**more)))

    def raw(self, question: Question) -> Any:
        """Return the answer as it came beside what was made of it."""
        return self.wait(self.asked(question, self.client.with_raw_response))

    def error(self, question: Question, **more: Any) -> Any:
        """Return what an operation raises."""
        try:
            self.call(question, **more)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            return error
        raise AssertionError(f"{question.name} raised nothing")

    def all(self, source: Any, most: int | None = None) -> list[Any]:
        """Return what iterating over *source* gives, stopping after *most*."""
        found: list[Any] = []
        if self._loop is None:
            for element in source:
                found.append(element)
                if len(found) == most:
                    break
            return found

        async def gathered() -> list[Any]:
            async for element in source:
                found.append(element)
                if len(found) == most:
                    break
            return found

        return self._loop.run(gathered())

    def with_options(self, **options: Any) -> Session:
        """Return a copy of the client with other settings, in the same loop."""
        return Session(self.caller, self.client.with_options(**options), self._loop)

    def wait(self, given: Any) -> Any:
        """Return what an awaitable gives; of a thread's client, what was given."""
        if self._loop is None:
            return given

        async def awaited() -> Any:
            return await given

        return self._loop.run(awaited())

    def wait_a_moment(self) -> None:
        """Let the vendor do what it does after an answer."""
        if self._loop is None:
            time.sleep(0.02)
        else:
            self._loop.run(asyncio.sleep(0.02))

    def close(self) -> None:
        """Close the client."""
        if self._loop is None:
            self.client.close()
        else:
            self._loop.run(self.client.aclose())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
        if self._loop is not None:
            self._loop.close()
