"""An invented vendor with one of everything, and one way to call it from a thread and from a task."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2
from pydantic import Field

from generator.runtime.arguments import AnyValue, Choice, Integer, ListOf, Text
from generator.runtime.auth import BearerAuth, BodyAuth, CredentialPart
from generator.runtime.client import AsyncioClient, SyncClient
from generator.runtime.clock import Clock
from generator.runtime.credentials import Credentials
from generator.runtime.envelope import Envelope, ErrorRule, ErrorShape
from generator.runtime.errors import PermissionDeniedError, RateLimitError
from generator.runtime.limits import LearnFromBody, RateLimit
from generator.runtime.models import Model
from generator.runtime.operations import Credential, Operation, PagedOperation, Parameter, Server, Service, TestingFlag
from generator.runtime.pagination import LastRecordPagination
from generator.runtime.request import CallOptions
from tests.runtime.fault_server import Wire, answer

KEY = "canary-key-5f3a"
TOKEN = "canary-token-91c2"
NO_OPTIONS = CallOptions()
QUICK = CallOptions(0.5)
ONE = {"entry_id": "e1"}

ENVELOPE = Envelope(
    success=("meta", "success"),
    data=("data",),
    errors=(
        ErrorShape(
            code=("meta", "errors", "code"),
            message=("meta", "errors", "title"),
            details=("meta", "errors", "details"),
        ),
    ),
)

SERVICE = Service(
    package="ledgerly",
    version="1.2.3",
    servers=(Server(name="live", url="https://ledgerly.example/api/v2"),),
    credentials=(
        Credential(name="auth_code", wire="authCode", environment_variable="LEDGERLY_AUTH_CODE"),
        Credential(name="auth_token", wire="authToken", environment_variable="LEDGERLY_AUTH_TOKEN"),
    ),
    auth=BearerAuth(parts=(CredentialPart("auth_code"), "-", CredentialPart("auth_token"))),
    envelope=ENVELOPE,
    errors=(
        ErrorRule(code="auth:forbidden", raises=PermissionDeniedError),
        ErrorRule(code="api:too_many", raises=RateLimitError),
    ),
    testing=TestingFlag(body={"testing": True}),
)

BODY_SERVICE = Service(
    package="ledgerly",
    version="1.2.3",
    servers=SERVICE.servers,
    credentials=SERVICE.credentials,
    auth=BodyAuth(
        fields=(("authCode", (CredentialPart("auth_code"),)), ("authToken", (CredentialPart("auth_token"),)))
    ),
    envelope=ENVELOPE,
)

LIMITED_SERVICE = Service(
    package="ledgerly",
    version="1.2.3",
    servers=SERVICE.servers,
    credentials=SERVICE.credentials,
    auth=SERVICE.auth,
    envelope=ENVELOPE,
    errors=SERVICE.errors,
    rate_limit=RateLimit(
        requests=5,
        seconds=1.0,
        learn=LearnFromBody(status=429, requests=("meta", "errors", "details", "maximumRequestsPerSecond")),
    ),
)


class Entry(Model):
    """A line of the ledger."""

    entry_id: str = Field(serialization_alias="entryId")
    amount: int | None = None


_PAGING = (
    Parameter(name="limit", wire="limit", place="body", rule=Integer(1, 100)),
    Parameter(name="starting_after", wire="startingAfter", place="body", rule=Text(1, 36)),
    Parameter(name="ending_before", wire="endingBefore", place="body", rule=Text(1, 36)),
    Parameter(name="order", wire="order", place="body", rule=Choice("id:asc", "id:desc")),
    Parameter(name="tags", wire="tags", place="body", rule=ListOf(Text(1, 5, pattern="^[a-z]+$"), 1, 3, single=True)),
)

LIST: PagedOperation[Entry] = PagedOperation(
    name="list_entries",
    method="POST",
    path="listEntries",
    effect="read",
    body="json",
    parameters=_PAGING,
    returns=Entry,
    pages=LastRecordPagination(
        items=("records",),
        record_id="entryId",
        forward="starting_after",
        backward="ending_before",
        more=("hasMore",),
    ),
    testing=True,
)

LIST_BY_TOTAL: PagedOperation[Entry] = PagedOperation(
    name="list_by_total",
    method="POST",
    path="listByTotal",
    effect="read",
    body="json",
    parameters=_PAGING,
    returns=Entry,
    pages=LastRecordPagination(
        items=("records",),
        record_id="entryId",
        forward="starting_after",
        backward="ending_before",
        total=("totalCount",),
    ),
)

READ: Operation[Entry] = Operation(
    name="get_entry",
    method="GET",
    path="entries/{entryId}",
    effect="read",
    parameters=(
        Parameter(name="entry_id", wire="entryId", place="path", rule=Text(), required=True),
        Parameter(name="fields", wire="fields", place="query", rule=ListOf(Text())),
        Parameter(name="trace", wire="X-Trace", place="header", rule=Text()),
    ),
    returns=Entry,
)

POST: Operation[Any] = Operation(
    name="post_entry",
    method="POST",
    path="entries",
    effect="unsafe",
    body="json",
    parameters=(
        Parameter(name="amount", wire="amount", place="body", rule=Integer()),
        Parameter(name="note", wire="note", place="body", rule=Text(), nullable=True),
        Parameter(name="data", wire="data", place="body", rule=AnyValue()),
    ),
    returns=Any,
)

PAY: Operation[Any] = Operation(name="pay", method="POST", path="payments", effect="money", body="json", returns=Any)

FORGET: Operation[None] = Operation(name="forget", method="DELETE", path="entries", effect="idempotent", returns=None)


def good(data: object) -> dict[str, Any]:
    """Return a body that says yes."""
    return {"data": data, "meta": {"success": True}}


def bad(code: str, title: str = "No", details: object = ()) -> dict[str, Any]:
    """Return a body that says no."""
    return {
        "data": [],
        "meta": {"success": False, "errors": {"code": code, "title": title, "details": details or []}},
    }


@dataclass
class FakeTime:
    """Time that passes only when somebody sleeps."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list[float])

    def clock(self) -> Clock:
        return Clock(
            monotonic=lambda: self.now,
            time=lambda: 1_700_000_000.0,
            random=lambda: 0.5,
            sleep=self._sleep,
            sleep_async=self._sleep_async,
        )

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def _sleep_async(self, seconds: float) -> None:
        self._sleep(seconds)


Handler = Callable[[httpx2.Request], httpx2.Response]
Step = tuple[Operation[Any], Mapping[str, object], CallOptions]


@dataclass(frozen=True)
class Runner:
    """Makes calls on a client of one kind."""

    asynchronous: bool

    def steps(
        self,
        steps: Sequence[Step],
        handler: Handler | None = None,
        *,
        service: Service = SERVICE,
        records: bool = False,
        **setting: Any,
    ) -> list[Any]:
        """Return what each step gave on one client, an exception included."""
        if self.asynchronous:
            return asyncio.run(self._steps_async(steps, handler, service, records=records, **setting))
        return self._steps(steps, handler, service, records=records, **setting)

    def call(
        self,
        operation: Operation[Any],
        handler: Handler | None = None,
        arguments: Mapping[str, object] | None = None,
        options: CallOptions = NO_OPTIONS,
        **setting: Any,
    ) -> Any:
        """Return what one call gave, or raise what it raised."""
        [outcome] = self.steps([(operation, arguments or {}, options)], handler, **setting)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def _steps(
        self, steps: Sequence[Step], handler: Handler | None, service: Service, *, records: bool, **setting: Any
    ) -> list[Any]:
        if handler is not None:
            setting["http_client"] = httpx2.Client(transport=httpx2.MockTransport(handler))
        outcomes: list[Any] = []
        with SyncClient(service, Credentials(auth_code=KEY, auth_token=TOKEN), **setting) as client:
            for operation, arguments, options in steps:
                try:
                    if not isinstance(operation, PagedOperation):
                        outcomes.append(client._call(operation, arguments, options))
                    elif records:
                        outcomes.append(list(client._page(operation, arguments, options)))
                    else:
                        outcomes.append(client._page(operation, arguments, options))
                except Exception as error:  # noqa: BLE001 - the outcome of a step
                    outcomes.append(error)
        return outcomes

    async def _steps_async(
        self, steps: Sequence[Step], handler: Handler | None, service: Service, *, records: bool, **setting: Any
    ) -> list[Any]:
        if handler is not None:
            setting["http_client"] = httpx2.AsyncClient(transport=httpx2.MockTransport(handler))
        outcomes: list[Any] = []
        async with AsyncioClient(service, Credentials(auth_code=KEY, auth_token=TOKEN), **setting) as client:
            for operation, arguments, options in steps:
                try:
                    if not isinstance(operation, PagedOperation):
                        outcomes.append(await client._call(operation, arguments, options))
                    elif records:
                        outcomes.append([record async for record in client._page(operation, arguments, options)])
                    else:
                        outcomes.append(await client._page(operation, arguments, options))
                except Exception as error:  # noqa: BLE001 - the outcome of a step
                    outcomes.append(error)
        return outcomes


def body(amount: int) -> bytes:
    """Return an answer to READ."""
    return b'{"data":{"entryId":"e1","amount":%d},"meta":{"success":true}}' % amount


def echo(wire: Wire) -> None:
    """Answer with the number that the path ends in."""
    while True:
        number = int(wire.take().split(b" ")[1].rsplit(b"/", 1)[1])
        wire.send(answer(body(number)))
