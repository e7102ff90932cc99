"""The client: what it is made with, what it shares, and how it is closed."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Mapping
from typing import Any, get_type_hints

import httpx2
import pytest

from tests.contract.callers import GENERATED, Caller, package
from tests.stand_ins.m360 import AUTH_CODE, AUTH_TOKEN, M360, good

OPERATIONS = {
    "v1": {"get_history", "schedule_blacklist_check", "get_blacklist_checks_by_batch_id"},
    "v2": {
        "get_history",
        "schedule_blacklist_check",
        "get_blacklist_checks_by_batch_id",
        "get_external_reports",
        "generate_report",
    },
}

CALL_OPTIONS = ("timeout", "extra_headers", "extra_query", "extra_body")


def operations(kind: Any) -> Mapping[str, inspect.Signature]:
    """Return the public methods that take the options of a call."""
    found = {name: inspect.signature(method) for name, method in inspect.getmembers(kind, inspect.isfunction)}
    return {
        name: signature
        for name, signature in found.items()
        if not name.startswith("_") and "extra_body" in signature.parameters
    }


def test_operations_are_those_of_the_contract(caller: Caller) -> None:
    assert set(operations(caller.kind)) == OPERATIONS[caller.version]


def test_both_clients_have_the_same_operations_and_parameters(version: str) -> None:
    made = package(version)
    for_threads, for_tasks = operations(made.Client), operations(made.AsyncClient)

    assert for_threads.keys() == for_tasks.keys()
    assert {name: one.parameters for name, one in for_threads.items()} == {
        name: one.parameters for name, one in for_tasks.items()
    }


def test_both_clients_have_the_same_results(version: str) -> None:
    made = package(version)
    for name in OPERATIONS[version]:
        one = str(get_type_hints(getattr(made.Client, name))["return"])
        other = str(get_type_hints(getattr(made.AsyncClient, name))["return"])

        # What differs is what is awaited: a page, and a question that can be iterated over as well.
        assert one == other or (name == "get_history" and "Page" in one and "AsyncPageRequest" in other)


def test_both_clients_are_made_with_the_same_keywords(version: str) -> None:
    made = package(version)
    one = inspect.signature(made.Client.__init__).parameters
    other = inspect.signature(made.AsyncClient.__init__).parameters

    assert {name: parameter.default for name, parameter in one.items()} == {
        name: parameter.default for name, parameter in other.items()
    }
    assert {name for name in one if one[name].annotation != other[name].annotation} <= {"http_client"}


def test_constructor_takes_the_keywords_of_the_contract(caller: Caller) -> None:
    parameters = dict(inspect.signature(caller.kind).parameters)

    assert {name: parameter.default for name, parameter in parameters.items()} == {
        "auth_code": None,
        "auth_token": None,
        "base_url": None,
        "timeout": 60.0,
        "max_retries": 2,
        "http_client": None,
        "trust_env": False,
        "testing": False,
        "requests_per_second": None,
        "limiter": None,
        "on_drift": None,
    }
    assert {parameter.kind for parameter in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}


def test_every_operation_takes_the_options_of_a_call_and_only_keywords(caller: Caller) -> None:
    for signature in operations(caller.kind).values():
        parameters = list(signature.parameters.values())[1:]

        assert tuple(parameter.name for parameter in parameters[-4:]) == CALL_OPTIONS
        assert {parameter.kind for parameter in parameters} == {inspect.Parameter.KEYWORD_ONLY}
        assert {parameter.default for parameter in parameters} <= {None, inspect.Parameter.empty}


def test_raw_wrappers_have_the_parameters_of_their_methods(caller: Caller) -> None:
    with caller.client(base_url="http://127.0.0.1:1") as session:
        wrapped = {name: getattr(session.client.with_raw_response, name) for name in OPERATIONS[caller.version]}
        methods = {name: getattr(session.client, name) for name in OPERATIONS[caller.version]}

    assert {name: inspect.signature(one) for name, one in wrapped.items()} == {
        name: inspect.signature(one) for name, one in methods.items()
    }


def test_credentials_fall_back_to_the_environment(
    caller: Caller, vendor: M360, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("M360_AUTH_CODE", AUTH_CODE)
    monkeypatch.setenv("M360_AUTH_TOKEN", AUTH_TOKEN)
    with caller.client(vendor, auth_code=None, auth_token=None) as session:
        session.call("get_history")

    assert vendor.executions["getHistory"] == 1


def test_credentials_that_are_given_come_before_those_of_the_environment(
    caller: Caller, vendor: M360, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("M360_AUTH_CODE", "somebody else")
    monkeypatch.setenv("M360_AUTH_TOKEN", "something else")
    with caller.client(vendor) as session:
        session.call("get_history")

    assert vendor.executions["getHistory"] == 1


@pytest.mark.parametrize(("keyword", "variable"), [("auth_code", "M360_AUTH_CODE"), ("auth_token", "M360_AUTH_TOKEN")])
def test_missing_credential_is_an_error_that_names_keyword_and_variable(
    caller: Caller, keyword: str, variable: str
) -> None:
    with pytest.raises(ValueError, match=rf"(?s)\b{keyword}\b.*\b{variable}\b"):
        caller.client(**{keyword: None})


def test_base_url_is_fixed_and_can_be_another(caller: Caller) -> None:
    with caller.client() as session, caller.client(base_url="http://127.0.0.1:8000/m360/") as other:
        assert session.client.base_url == f"https://m360soft.com/api/customer/{caller.version}"
        assert other.client.base_url == "http://127.0.0.1:8000/m360"


def test_calls_share_one_connection(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor) as session:
        for _ in range(5):
            session.call("get_history")

    assert (len(vendor.requests), vendor.connections) == (5, 1)


def test_copy_with_other_options_shares_the_connection(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor) as session:
        session.call("get_history")
        copies = [
            session.with_options(max_retries=0),
            session.with_options(timeout=5),
            session.with_options(testing=True),
        ]
        for copy in copies:
            copy.call("get_history")

    assert (len(vendor.requests), vendor.connections) == (4, 1)
    assert [request.json.get("testing") for request in vendor.requests] == [None, None, None, True]


def test_copy_with_other_options_leaves_the_client_as_it_was(caller: Caller) -> None:
    def busy(_: httpx2.Request) -> httpx2.Response:
        tries.append(1)
        return httpx2.Response(503, headers={"Retry-After": "0"})

    tries: list[int] = []
    with caller.against(busy, max_retries=1) as session:
        session.with_options(max_retries=0).error("get_history")
        session.error("get_history")

    assert len(tries) == 1 + 2


def test_testing_mode_of_the_client_is_sent_with_every_call(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor, testing=True) as session:
        page = session.call("get_history")
        session.call("schedule_blacklist_check", imei_list=["350000000000001"])

    assert [request.json["testing"] for request in vendor.requests] == [True, True]
    assert page.items[0].m360id == "AS4MPL3S4MPL3S4MPL3S"
    assert not vendor.executions


def test_own_http_client_is_used_and_stays_open(caller: Caller) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(str(request.url))
        data: dict[str, Any] = (
            {"records": [], "hasMore": False} if caller.version == "v2" else {"records": [], "totalCount": 0}
        )
        return httpx2.Response(200, json=good(data))

    seen: list[str] = []
    kind: Any = httpx2.AsyncClient if caller.asynchronous else httpx2.Client
    own = kind(transport=httpx2.MockTransport(answer))
    with caller.client(http_client=own) as session:
        session.call("get_history")

    assert seen == [f"https://m360soft.com/api/customer/{caller.version}/getHistory"]
    assert not own.is_closed


def test_readme_says_what_an_own_http_client_takes_over(version: str) -> None:
    readme = (GENERATED / f"m360_{version}" / "README.md").read_text(encoding="utf-8")

    assert re.search(r"`http_client` of your own, keep-alive and the time limits of a single read are", readme)


def test_client_is_a_context_manager_that_closes(caller: Caller, vendor: M360) -> None:
    async def in_a_task() -> Any:
        async with caller.kind(auth_code="a", auth_token="b", base_url=vendor.url(caller.version)) as client:
            pass
        try:
            await client.get_history()
        except Exception as error:  # noqa: BLE001 - it is looked at below
            return error

    def in_a_thread() -> Any:
        with caller.kind(auth_code="a", auth_token="b", base_url=vendor.url(caller.version)) as client:
            pass
        try:
            client.get_history()
        except Exception as error:  # noqa: BLE001 - it is looked at below
            return error

    error = asyncio.run(in_a_task()) if caller.asynchronous else in_a_thread()

    assert isinstance(error, caller.package.ClientClosedError)
    assert isinstance(error, caller.package.APIConnectionError)
    assert error.may_have_executed is False
    assert not vendor.requests


def test_client_can_be_closed_twice(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor) as session:
        session.call("get_history")
        session.close()
        session.close()

    assert len(vendor.requests) == 1


def test_user_agent_names_package_version_and_python(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor) as session:
        session.call("get_history")
    name, _, rest = vendor.requests[0].headers["user-agent"].partition("/")

    assert name == f"m360_{caller.version}"
    assert rest.startswith(f"{caller.package.__version__} python/3.")


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("requests_per_second", 0),
        ("requests_per_second", "5"),
        ("requests_per_second", True),
        ("requests_per_second", float("inf")),
        ("limiter", object()),
        ("http_client", object()),
        ("max_retries", -1),
        ("timeout", -1),
    ],
)
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_wrong_keyword_is_a_mistake_of_ours_that_names_it(version: str, keyword: str, value: object) -> None:
    module = package(version)
    for kind in (module.Client, module.AsyncClient):
        with pytest.raises(module.ArgumentError, match=keyword) as caught:
            kind(auth_code="a", auth_token="b", **{keyword: value})

        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_limiter_and_a_figure_of_ones_own_are_not_taken_together(version: str) -> None:
    module = package(version)
    for kind in (module.Client, module.AsyncClient):
        with pytest.raises(module.ArgumentError, match="either limiter or requests_per_second"):
            kind(auth_code="a", auth_token="b", limiter=module.Limiter(1, 1.0), requests_per_second=3)


@pytest.mark.parametrize("option", ["extra_headers", "extra_query", "extra_body"])
def test_extras_that_are_no_mappings_are_mistakes_of_ours(option: str) -> None:
    module = package("v2")

    with module.Client(auth_code="a", auth_token="b") as client, pytest.raises(module.ArgumentError, match=option):
        client.get_history(**{option: ["no mapping"]})
