"""Clients: what they are made with, what they tell, what they refuse."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import httpx2
import pytest

from generator.runtime.arguments import Text
from generator.runtime.client import AsyncioClient, SyncClient
from generator.runtime.credentials import Credentials
from generator.runtime.errors import ArgumentError, ClientClosedError
from generator.runtime.operations import Operation, Parameter, Service
from generator.runtime.pages import AsyncPageRequest
from generator.runtime.raw import raw, raw_async
from generator.runtime.request import CallOptions
from tests.runtime.ledgerly import (
    BODY_SERVICE,
    KEY,
    LIST,
    NO_OPTIONS,
    POST,
    READ,
    SERVICE,
    TOKEN,
    Entry,
    Runner,
    good,
)
from tests.runtime.test_calls import ENTRY, Vendor, ok

DECLARATIONS = ("arguments", "auth", "envelope", "errors", "limits", "operations", "pagination", "retry", "credentials")


def client_of(vendor: Vendor | None = None, service: Service = SERVICE, **setting: Any) -> SyncClient:
    if vendor is not None:
        setting["http_client"] = httpx2.Client(transport=httpx2.MockTransport(vendor))
    return SyncClient(service, Credentials(auth_code=KEY, auth_token=TOKEN), **setting)


@pytest.mark.parametrize("module", DECLARATIONS)
def test_declarations_import_neither_httpx2_nor_pydantic(module: str) -> None:
    program = (
        f"import sys, generator.runtime.{module}; "
        "print([name for name in ('httpx2', 'httpcore2', 'pydantic', 'pydantic_core', 'anyio') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("https://ledgerly.example/v2/", "https://ledgerly.example/v2"),
        ("http://[::1]:80/x", "http://[::1]/x"),
    ],
)
def test_base_url_is_told(given: str, told: str) -> None:
    assert client_of(base_url=given).base_url == told


@pytest.mark.parametrize(
    "given",
    [
        "",
        "ledgerly.example",
        "/v2",
        "ftp://ledgerly.example",
        "file:///etc/passwd",
        f"https://user:{TOKEN}@ledgerly.example",
        "https://ledgerly.example/?a=b",
        "https://ledgerly.example/#a",
        "https://ledgerly.example/?",
        "https://ledgerly.example/\n",
        "https://",
        "https://ledgerly.example:99999999",
        5,
    ],
)
def test_base_url_that_is_none_is_refused_unseen(given: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^base_url must") as caught:
        client_of(base_url=given)

    assert TOKEN not in str(caught.value)


def test_service_of_unknown_place_asks_for_a_base_url() -> None:
    with pytest.raises(ArgumentError, match="base_url is required"):
        SyncClient(Service(package="x", version="1"), Credentials())


@pytest.mark.parametrize("setting", [{"timeout": 0}, {"timeout": "5"}, {"max_retries": -1}, {"max_retries": True}])
def test_setting_that_makes_no_sense_is_refused(setting: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError):
        client_of(**setting)


def test_copy_with_options_shares_the_connections() -> None:
    client = client_of()
    twin = client.with_options(timeout=5.0, max_retries=0, testing=True)

    assert twin._sender is client._sender
    assert (twin._timeouts.whole, twin._setting.max_retries, twin._testing) == (5.0, 0, True)
    assert (client._timeouts.whole, client._setting.max_retries, client._testing) == (60.0, 2, False)


def test_second_client_costs_no_tls_context() -> None:
    client_of()
    started = time.process_time()
    for _ in range(100):
        client_of()

    assert (time.process_time() - started) / 100 < 0.005


def test_callers_own_client_stays_open() -> None:
    own = httpx2.Client(transport=httpx2.MockTransport(Vendor(ok(ENTRY))))
    with SyncClient(SERVICE, Credentials(auth_code=KEY, auth_token=TOKEN), http_client=own) as client:
        client._call(READ, {"entry_id": "e"}, NO_OPTIONS)

    assert own.is_closed is False
    with pytest.raises(ClientClosedError):
        client._call(READ, {"entry_id": "e"}, NO_OPTIONS)


def test_callers_own_client_adds_nothing_of_its_own() -> None:
    vendor = Vendor(ok(ENTRY))
    own = httpx2.Client(
        transport=httpx2.MockTransport(vendor),
        headers={"X-Own": "1"},
        cookies={"a": "b"},
        auth=("u", "p"),
        follow_redirects=True,
    )
    SyncClient(SERVICE, Credentials(auth_code=KEY, auth_token=TOKEN), http_client=own)._call(
        READ, {"entry_id": "e"}, NO_OPTIONS
    )

    assert vendor.requests[0].headers["authorization"] == f"Bearer {KEY}-{TOKEN}"
    assert "cookie" not in vendor.requests[0].headers


@pytest.mark.parametrize("value", [".", "..", "", " ", "a\nb", "a\x00"])
def test_path_argument_that_leads_elsewhere_is_refused(runner: Runner, value: str) -> None:
    vendor = Vendor(ok(ENTRY))
    with pytest.raises(ArgumentError):
        runner.call(READ, vendor, {"entry_id": value})

    assert vendor.requests == []


def test_dots_that_two_path_arguments_make_together_are_refused(runner: Runner) -> None:
    two: Operation[Any] = Operation(
        name="two",
        method="GET",
        path="a/{x}{y}/b",
        effect="read",
        parameters=(
            Parameter(name="x", wire="x", place="path", rule=Text(), required=True),
            Parameter(name="y", wire="y", place="path", rule=Text(), required=True),
        ),
        returns=Any,
    )
    vendor = Vendor(ok(1))
    with pytest.raises(ArgumentError, match="servers read as a way to another path"):
        runner.call(two, vendor, {"x": ".", "y": "."})

    assert vendor.requests == []


def test_value_in_a_path_is_not_filled_again() -> None:
    two: Operation[Any] = Operation(
        name="two",
        method="GET",
        path="{x}/{y}",
        effect="read",
        parameters=tuple(Parameter(name=n, wire=n, place="path", rule=Text(), required=True) for n in ("x", "y")),
        returns=Any,
    )
    vendor = Vendor(ok(1))
    client_of(vendor)._call(two, {"x": "{y}", "y": "1"}, NO_OPTIONS)

    assert vendor.requests[0].url.raw_path == b"/api/v2/%7By%7D/1"


@pytest.mark.parametrize(
    ("options", "service"),
    [
        (CallOptions(None, {"Authorization": "x"}), SERVICE),
        (CallOptions(None, {"authorization": "x"}), BODY_SERVICE),
        (CallOptions(None, {"Content-Length": "1"}), SERVICE),
        (CallOptions(None, {"Host": "x"}), SERVICE),
        (CallOptions(None, {"Transfer-Encoding": "chunked"}), SERVICE),
        (CallOptions(None, {"Accept-Encoding": "br"}), SERVICE),
        (CallOptions(None, {"X-A": "a\r\nX-B: b"}), SERVICE),
        (CallOptions(None, {"X-A": "a\n"}), SERVICE),
        (CallOptions(None, {"X-A": "é"}), SERVICE),
        (CallOptions(None, {"X A": "a"}), SERVICE),
        (CallOptions(None, {"X-A\r\n": "a"}), SERVICE),
        (CallOptions(None, {"X-A": "1", "x-a": "2"}), SERVICE),
        (CallOptions(None, None, None, {"authToken": "x"}), BODY_SERVICE),
        (CallOptions(None, None, {"a": {"b": 1}}), SERVICE),
    ],
)
def test_extra_that_frames_or_authenticates_is_refused(runner: Runner, options: CallOptions, service: Service) -> None:
    vendor = Vendor(ok(1))
    with pytest.raises(ArgumentError, match=r"^extra_"):
        runner.call(POST, vendor, {}, options, service=service)

    assert vendor.requests == []


def test_extra_body_of_an_operation_without_one_is_refused(runner: Runner) -> None:
    with pytest.raises(ArgumentError, match="get_entry has no body"):
        runner.call(READ, Vendor(ok(1)), {"entry_id": "e"}, CallOptions(None, None, None, {"a": 1}))


def test_missing_argument_is_refused_by_name(runner: Runner) -> None:
    with pytest.raises(ArgumentError, match=r"^entry_id is required$"):
        runner.call(READ, Vendor(ok(1)))


def test_null_is_sent_only_where_the_vendor_takes_it(runner: Runner) -> None:
    vendor = Vendor(ok(1))
    runner.call(POST, vendor, {"amount": None, "note": None})

    assert vendor.bodies == [{"note": None}]


def test_raw_call_gives_the_answer_beside_the_result() -> None:
    client = client_of(Vendor(httpx2.Response(200, json=good(ENTRY), headers={"X-A": "b"})))

    def get_entry(*, entry_id: str) -> Entry:
        return client._call(READ, {"entry_id": entry_id}, NO_OPTIONS)

    response = raw(get_entry)(entry_id="e")

    assert response.parsed == Entry(entry_id="e1", amount=5)
    assert (response.status_code, response.headers["x-a"]) == (200, "b")
    assert response.content == httpx2.Response(200, json=good(ENTRY)).content
    assert response.elapsed >= 0


def test_raw_call_of_a_task_and_of_a_page() -> None:
    import asyncio

    vendor = Vendor(ok({"records": [ENTRY], "hasMore": False}))
    own = httpx2.AsyncClient(transport=httpx2.MockTransport(vendor))

    async def main() -> tuple[Any, Any]:
        client = AsyncioClient(SERVICE, Credentials(auth_code=KEY, auth_token=TOKEN), http_client=own)

        async def post(*, amount: int) -> Any:
            return await client._call(POST, {"amount": amount}, NO_OPTIONS)

        def list_entries(*, limit: int) -> AsyncPageRequest[Entry]:
            return client._page(LIST, {"limit": limit}, NO_OPTIONS)

        return await raw_async(post)(amount=1), await raw_async(list_entries)(limit=1)

    posted, page = asyncio.run(main())

    assert (posted.status_code, posted.parsed["hasMore"]) == (200, False)
    assert (page.status_code, [entry.entry_id for entry in page.parsed.items]) == (200, ["e1"])
