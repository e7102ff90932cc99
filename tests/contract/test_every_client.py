"""The clients of all five packages: what they are made with, what they share, and how they are closed."""

from __future__ import annotations

import asyncio
import copy
import inspect
import logging
import pickle
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from typing import Any, get_type_hints

import httpx2
import pytest

from tests.contract.callers import GENERATED
from tests.contract.every import Caller, Vendor
from tests.stand_ins import wire

CALL_OPTIONS = ("timeout", "extra_headers", "extra_query", "extra_body")

COMMON = {
    "base_url": None,
    "timeout": 60.0,
    "max_retries": 2,
    "http_client": None,
    "trust_env": False,
    "on_drift": None,
}


def classes(vendor: Vendor, kind: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """Give every class of operations, with what stands before its operations' names."""
    yield above, kind
    for name in dir(kind):
        member: Any = getattr(kind, name)
        if isinstance(member, property) and name != "with_raw_response":
            group = get_type_hints(member.fget, {**vars(sys.modules[kind.__module__]), **_groups(vendor)}).get("return")
            if isinstance(group, type) and group.__module__.startswith(f"{vendor.module.__name__}.resources"):
                yield from classes(vendor, group, f"{above}{name}.")


def _groups(vendor: Vendor) -> Mapping[str, Any]:
    """Return the classes of all groups, which clients import when they are first used."""
    prefix = f"{vendor.module.__name__}.resources."
    loaded = [value for name, value in sys.modules.items() if name.startswith(prefix)]
    return {name: value for module in loaded for name, value in vars(module).items() if isinstance(value, type)}


def operations(vendor: Vendor, *, asynchronous: bool) -> Mapping[str, Any]:
    """Return the methods that take the options of a call, by their dotted names."""
    for path in (GENERATED / vendor.package / "resources").glob("[a-z]*.py"):
        __import__(f"{vendor.module.__name__}.resources.{path.stem}")
    kind = vendor.module.AsyncClient if asynchronous else vendor.module.Client
    return {
        f"{above}{name}": method
        for above, each in classes(vendor, kind)
        for name, method in inspect.getmembers(each, inspect.isfunction)
        if not name.startswith("_") and "extra_body" in inspect.signature(method).parameters
    }


def test_operations_of_each_package_are_those_of_the_contract(package: Vendor) -> None:
    assert set(operations(package, asynchronous=False)) == package.operations
    assert set(operations(package, asynchronous=True)) == package.operations


def test_both_clients_of_each_package_have_the_same_parameters(package: Vendor) -> None:
    one, other = (operations(package, asynchronous=asynchronous) for asynchronous in (False, True))

    for name, method in one.items():
        assert inspect.signature(method).parameters == inspect.signature(other[name]).parameters, name


def test_both_clients_of_each_package_have_the_same_results(package: Vendor) -> None:
    one, other = (operations(package, asynchronous=asynchronous) for asynchronous in (False, True))

    for name, method in one.items():
        sync, tasks = (str(inspect.signature(each).return_annotation) for each in (method, other[name]))
        if "Page[" not in sync and not sync.endswith("Page'>"):
            assert sync == tasks, name
            continue
        # Pages are of two kinds, and hold the same.
        held = [set(re.findall(r"models\.(\w+)|~(\w+)", spelled)) for spelled in (sync, tasks)]
        assert "AsyncPageRequest" in tasks, name
        assert held[0] <= held[1] != set(), name


def test_constructor_of_each_package_takes_the_keywords_of_the_contract(each: Caller) -> None:
    parameters = inspect.signature(each.kind).parameters
    expected = {**dict.fromkeys(each.vendor.credentials), **COMMON, **each.vendor.options}

    assert {name: one.default for name, one in parameters.items()} == expected
    assert {one.kind for one in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}


PATH_PARAMETERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("workflows.get", "workflows.execute", "workflows.execute_and_wait"), ("workflow_id",)),
    "workflows.executions.list": ("workflow_id",),
    "workflows.executions.get": ("workflow_id", "execution_id"),
    **dict.fromkeys(("mobjects.get", "mobjects.update", "mobjects.delete"), ("mobject_id",)),
    **dict.fromkeys(("mdata.query", "mdata.create", "mdata.bulk_insert"), ("mobject_id",)),
    "mdata.bulk_insert_in_parts": ("mobject_id",),
    **dict.fromkeys(("mdata.get", "mdata.update", "mdata.delete"), ("mobject_id", "mdata_id")),
}
"""What stands in the paths of Monetize360; the other vendors have nothing there."""


def test_operations_take_options_and_only_path_parameters_by_position(each: Caller) -> None:
    for name, method in operations(each.vendor, asynchronous=each.asynchronous).items():
        parameters = list(inspect.signature(method).parameters.values())[1:]
        positional = tuple(one.name for one in parameters if one.kind is not inspect.Parameter.KEYWORD_ONLY)

        assert tuple(one.name for one in parameters[-4:]) == CALL_OPTIONS, name
        assert positional == PATH_PARAMETERS.get(name, ()), name


def test_raw_calls_have_the_parameters_of_their_methods(each: Caller, stand_in: Any) -> None:
    with each.client(stand_in) as session:
        raw = session.client.with_raw_response
        for name in each.vendor.operations - {"workflows.execute_and_wait", "mdata.bulk_insert_in_parts"}:
            path = name.split(".")
            one, other = (reduce(getattr, path, start) for start in (session.client, raw))

            assert inspect.signature(one) == inspect.signature(other), name


def test_raw_call_tells_the_answer_beside_the_result(each: Caller, stand_in: Any) -> None:
    with each.client(stand_in) as session:
        parsed = session.call(each.vendor.read)
        raw = session.raw(each.vendor.read)

    assert type(raw.parsed) is type(parsed)
    assert each.vendor.record(raw.parsed) == each.vendor.record(parsed)
    assert (raw.status_code, raw.headers["content-length"]) == (200, str(len(raw.content)))
    assert raw.content[:1] in b"{<"
    assert raw.elapsed > 0


def test_credentials_of_each_package_fall_back_to_the_environment(
    each: Caller, stand_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in each.vendor.credentials.values():
        monkeypatch.setenv(variable, value)
    with each.client(stand_in, **dict.fromkeys(each.vendor.credentials)) as session:
        session.call(each.vendor.read)

    assert len(each.vendor.server(stand_in).requests) == 1


def test_given_credentials_of_each_package_come_before_the_environment(
    each: Caller, stand_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, _ in each.vendor.credentials.values():
        monkeypatch.setenv(variable, "somebody-else")
    with each.client(stand_in) as session:
        session.call(each.vendor.read)

    assert len(each.vendor.server(stand_in).requests) == 1


def test_each_missing_credential_is_named_with_its_variable(each: Caller) -> None:
    addresses = {"base_url": "http://127.0.0.1:1"}
    for keyword, (variable, _) in each.vendor.credentials.items():
        given = {**each.vendor.right(), **addresses, keyword: None}
        with pytest.raises(each.module.CredentialError, match=rf"(?s)\b{keyword}\b.*\b{variable}\b") as caught:
            each.kind(**given)

        assert isinstance(caught.value, ValueError)
        assert not [canary for canary in each.vendor.canaries if canary in str(caught.value)]


def test_client_of_each_package_tells_where_it_talks_to(each: Caller, stand_in: Any) -> None:
    address = each.vendor.address(stand_in)["base_url"]
    with each.client(stand_in, base_url=f"{address}/") as session:
        session.call(each.vendor.read)

        assert session.client.base_url == address


def test_user_agent_of_each_package(each: Caller, stand_in: Any) -> None:
    with each.client(stand_in) as session:
        session.call(each.vendor.read)
    [request] = each.vendor.server(stand_in).requests

    expected = f"{each.vendor.package}/{each.module.__version__} python/{sys.version_info[0]}.{sys.version_info[1]}"
    assert request.headers["user-agent"].startswith(expected)


def test_calls_of_each_package_share_one_connection_with_copies(each: Caller, stand_in: Any) -> None:
    with each.client(stand_in) as session:
        for _ in range(3):
            session.call(each.vendor.read)
        session.with_options(max_retries=0).call(each.vendor.read)
        session.with_options(timeout=5).call(each.vendor.read)
    server = each.vendor.server(stand_in)

    assert (len(server.requests), server.connections) == (5, 1)


def test_copy_of_each_client_has_its_own_options(each: Caller) -> None:
    def busy(_: httpx2.Request) -> httpx2.Response:
        tries.append(1)
        return httpx2.Response(503, headers={"Retry-After-Ms": "1"})

    tries: list[int] = []
    with each.against(busy, max_retries=1) as session:
        session.with_options(max_retries=0).error(each.vendor.read)
        session.error(each.vendor.read)

    assert len(tries) == 1 + 2


def test_own_http_client_of_each_package_is_used_and_stays_open(each: Caller) -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.host)
        return each.good()

    with each.against(answer) as session:
        session.call(each.vendor.read)
        session.close()
        still_open = not session.own.is_closed

    assert asked == ["vendor.example"]
    assert still_open


def test_closed_client_of_each_package_sends_nothing(each: Caller, stand_in: Any) -> None:
    with each.client(stand_in) as session:
        session.close()
        session.close()
        error = session.error(each.vendor.read)

    assert type(error) is each.module.ClientClosedError
    assert isinstance(error, each.module.APIConnectionError)
    assert error.may_have_executed is False
    assert not each.vendor.server(stand_in).requests


def test_client_of_each_package_is_a_context_manager(each: Caller, stand_in: Any) -> None:
    made = each.kind(**each.vendor.right(), **each.vendor.address(stand_in), **each.vendor.fast)

    async def in_a_task() -> None:
        async with made as entered:
            assert entered is made
        with pytest.raises(each.module.ClientClosedError):
            await reduce(getattr, each.vendor.read.name.split("."), made)(**each.vendor.read.given)

    if each.asynchronous:
        asyncio.run(in_a_task())
        return
    with made as entered:
        assert entered is made
    with pytest.raises(each.module.ClientClosedError):
        reduce(getattr, each.vendor.read.name.split("."), made)(**each.vendor.read.given)


@pytest.mark.parametrize(
    ("keyword", "value"),
    [("max_retries", -1), ("max_retries", True), ("timeout", -1), ("timeout", "5"), ("http_client", object())],
)
def test_keyword_that_makes_no_sense_is_a_mistake_of_ours(each: Caller, keyword: str, value: object) -> None:
    given = {**each.vendor.right(), "base_url": "http://127.0.0.1:1", keyword: value}
    with pytest.raises(each.module.ArgumentError, match=keyword) as caught:
        each.kind(**given)

    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_mistake_of_each_package_names_argument_and_rule_and_not_the_value(each: Caller, stand_in: Any) -> None:
    mistake = each.vendor.mistake
    with each.client(stand_in) as session:
        error = session.error(mistake.question)

    assert type(error) is each.module.ArgumentError
    assert isinstance(error, ValueError)
    assert re.match(rf"^{mistake.argument}\b.*{mistake.rule}", str(error))
    assert mistake.value not in str(error)
    assert (error.__cause__, error.__context__) == (None, None)
    assert not each.vendor.server(stand_in).requests


def test_unknown_argument_of_each_package_is_a_type_error(each: Caller, stand_in: Any) -> None:
    with each.client(stand_in) as session, pytest.raises(TypeError, match="no_such"):
        session.call(each.vendor.read, no_such=1)

    assert not each.vendor.server(stand_in).requests


def test_extras_of_each_package_are_sent_once_beside_ours(each: Caller, stand_in: Any) -> None:
    with each.client(stand_in) as session:
        session.call(
            each.vendor.read, extra_headers={"X-Trace": "t-1"}, extra_query={"debug": True, "tag": ["a b", "c"]}
        )
        session.call(each.vendor.read)
    first, second = each.vendor.server(stand_in).requests

    assert first.headers["x-trace"] == "t-1"
    assert first.query == "debug=true&tag=a%20b&tag=c"
    assert "x-trace" not in second.headers
    assert second.query == ""


@pytest.mark.parametrize("name", ["Authorization", "host", "Content-Length", "Cookie", "Transfer-Encoding"])
def test_extra_headers_of_each_package_replace_nothing_of_ours(each: Caller, stand_in: Any, name: str) -> None:
    with each.client(stand_in) as session:
        error = session.error(each.vendor.read, extra_headers={name: "another"})

    assert type(error) is each.module.ArgumentError
    assert not each.vendor.server(stand_in).requests


def test_header_of_each_package_that_takes_the_place_of_ours_is_sent_once(each: Caller) -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(404)

    with each.against(answer, max_retries=0) as session:
        error = session.error(each.vendor.read, extra_headers={"accept": "text/x-other"})
        session.error(each.vendor.read, extra_headers={"user-agent": "other/1"})

    # Where it asks for the form of answers, it is the client's own.
    is_ours = isinstance(error, each.module.ArgumentError)
    assert is_ours == (each.vendor.package == "store365")
    sent = [] if is_ours else [["text/x-other"]]
    assert [request.headers.get_list("accept") for request in asked[:-1]] == sent
    assert asked[-1].headers.get_list("user-agent") == ["other/1"]


def test_header_of_each_package_cannot_carry_another(each: Caller, stand_in: Any) -> None:
    with each.client(stand_in) as session:
        error = session.error(each.vendor.read, extra_headers={"X-Trace": "a\r\nX-Other: b"})

    assert type(error) is each.module.ArgumentError
    assert not each.vendor.server(stand_in).requests


def test_each_client_keeps_no_cookie(each: Caller, stand_in: Any) -> None:
    server = each.vendor.server(stand_in)
    server.fail(wire.adding({"Set-Cookie": "session=1; Path=/"}))
    with each.client(stand_in) as session:
        session.call(each.vendor.read)
        session.call(each.vendor.read)

    assert not [request for request in server.requests if "cookie" in request.headers]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_each_client_follows_no_redirect(each: Caller, stand_in: Any, status: int) -> None:
    server = each.vendor.server(stand_in)
    with wire.LoopbackServer() as elsewhere:
        server.fail(wire.saying(status, b"", {"Location": f"http://127.0.0.1:{elsewhere.port}/"}))
        with each.client(stand_in) as session:
            error = session.error(each.vendor.read)

    assert isinstance(error, each.module.APIStatusError)
    assert error.status_code == status
    assert (len(server.requests), len(elsewhere.requests)) == (1, 0)


def test_proxies_are_off_for_each_client_unless_asked_for(
    each: Caller, stand_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wire.LoopbackServer() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        with each.client(stand_in) as session:
            session.call(each.vendor.read)
        directly = len(proxy.requests)
        with each.client(stand_in, trust_env=True, max_retries=0) as session:
            session.error(each.vendor.read)

    assert directly == 0
    assert len(proxy.requests) == 1
    assert proxy.requests[0].target.startswith("http://127.0.0.1:")


def test_logger_of_each_package_tells_operation_status_try_and_seconds(
    each: Caller, stand_in: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    each.vendor.server(stand_in).fail(wire.saying(503), wire.reset_after_reading)
    with each.client(stand_in) as session:
        session.call(each.vendor.read)
        records = list(caplog.records)
    told = [record.getMessage() for record in records if record.name == each.vendor.package]
    name = each.vendor.read.name

    assert [re.sub(r"\d+\.\d+ s$", "N s", line) for line in told if line.startswith(f"{name}:")] == [
        f"{name}: 503, try 1, N s",
        f"{name}: APIConnectionError, try 2, N s",
        f"{name}: 200, try 3, N s",
    ]
    assert not [record for record in records if record.name.startswith(("httpx2", "httpcore2"))]


@pytest.mark.parametrize("how", [pickle.dumps, copy.copy, copy.deepcopy], ids=["pickle", "copy", "deepcopy"])
def test_no_client_can_be_pickled_or_copied(each: Caller, stand_in: Any, how: Callable[[Any], object]) -> None:
    with each.client(stand_in) as session, pytest.raises(TypeError, match="with_options"):
        how(session.client)


def test_threads_that_share_a_client_of_each_package_get_their_own_answers(package: Vendor, stand_in: Any) -> None:
    package.number(stand_in, 200)
    with Caller(package, asynchronous=False).client(stand_in) as session, ThreadPoolExecutor(32) as pool:

        def ask(number: int) -> str:
            return package.number_of(session.call(package.numbered(number)))

        answers = list(pool.map(ask, range(200)))

    assert answers == [str(number) for number in range(200)]
    assert package.server(stand_in).connections <= 32


def test_tasks_that_share_a_client_of_each_package_get_their_own_answers(package: Vendor, stand_in: Any) -> None:
    package.number(stand_in, 200)
    session = Caller(package, asynchronous=True).client(stand_in)

    async def ask_all() -> list[str]:
        gate = asyncio.Semaphore(32)

        async def ask(number: int) -> str:
            async with gate:
                return package.number_of(await session.asked(package.numbered(number)))

        return await asyncio.gather(*map(ask, range(200)))

    with session:
        answers = session.wait(ask_all())

    assert answers == [str(number) for number in range(200)]
    assert package.server(stand_in).connections <= 32


def test_client_of_each_package_works_in_one_event_loop_after_another(package: Vendor, stand_in: Any) -> None:
    client = package.module.AsyncClient(**package.right(), **package.address(stand_in), **package.fast)

    async def call() -> None:
        await reduce(getattr, package.read.name.split("."), client)(**package.read.given)

    async def last() -> None:
        await call()
        await client.aclose()

    asyncio.run(call())
    asyncio.run(call())
    asyncio.run(last())

    assert len(package.server(stand_in).requests) == 3


def test_async_call_of_each_package_sends_nothing_until_it_is_waited_for(package: Vendor, stand_in: Any) -> None:
    with Caller(package, asynchronous=True).client(stand_in) as session:
        waiting = session.asked(package.read)
        before = len(package.server(stand_in).requests)
        session.wait(waiting)

    assert (before, len(package.server(stand_in).requests)) == (0, 1)


def test_each_call_leaves_no_exception_behind(each: Caller, stand_in: Any) -> None:
    with each.client(stand_in) as session:
        session.error(each.vendor.mistake.question)

    assert sys.exc_info() == (None, None, None)
