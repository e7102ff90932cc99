"""What the client of Store365 sends and gives: pages, errors, the forms of both."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

import generated.store365 as package
from generated.store365.models import User
from tests.contract.store365_sessions import KINDS, Session, session
from tests.stand_ins import wire
from tests.stand_ins.store365 import (
    CLIENT_ID,
    INTERNAL,
    PASSWORD,
    USERNAME,
    Store365,
    bad_credentials,
    trouble,
    unauthorized,
    user,
)

ENVIRONMENT = {
    "username": "STORE365_USERNAME",
    "password": "STORE365_PASSWORD",
    "client_id": "STORE365_CLIENT_ID",
}


@pytest.fixture
def vendor() -> Iterator[Store365]:
    """The vendor's look-alike with 25 users."""
    with Store365(25) as server:
        yield server


@pytest.fixture(params=KINDS, ids=["sync", "async"])
def calls(request: pytest.FixtureRequest, vendor: Store365) -> Iterator[Session]:
    """A client of it, from a thread and from a task."""
    with session(vendor, asynchronous=request.param) as made:
        yield made


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENVIRONMENT.values():
        monkeypatch.delenv(name, raising=False)


def refusing(status: int, document: object) -> wire.Fault:
    """Answer with an error of the vendor's."""
    response = wire.json_response(document, status)
    return wire.saying(status, response.body, response.headers)


# What is sent.


def test_login_is_a_form_and_requests_carry_the_token(calls: Session, vendor: Store365) -> None:
    calls.first()

    (login,), (request,) = vendor.tokens.requests, vendor.resources.requests
    assert vendor.tokens.forms == [
        {"username": USERNAME, "password": PASSWORD, "grant_type": "password", "client_id": CLIENT_ID}
    ]
    assert (login.method, login.target) == ("POST", "/auth")
    assert login.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in login.headers
    assert request.headers["authorization"].startswith("bearer eyJ.")


def test_content_type_is_said_with_a_get(calls: Session, vendor: Store365) -> None:
    calls.first()

    (request,) = vendor.resources.requests
    assert (request.method, request.target) == ("GET", "/users")
    assert request.headers["content-type"] == "application/json"
    assert request.body == b""


def test_arguments_have_the_names_of_the_vendor(calls: Session, vendor: Store365) -> None:
    calls.first(page_number=2, page_size=5, sort_order="name")

    (request,) = vendor.resources.requests
    assert request.query == "pageNumber=2&pageSize=5&SortOrder=name"


def test_query_is_encoded(calls: Session, vendor: Store365) -> None:
    calls.error(sort_order="na me&pageSize=1#ü")

    (request,) = vendor.resources.requests
    assert request.query == "SortOrder=na%20me%26pageSize%3D1%23%C3%BC"


@pytest.mark.parametrize(
    ("argument", "value"), [("page_size", 101), ("page_size", 0), ("page_number", 0), ("page_number", "1")]
)
def test_wrong_argument_is_refused_before_anything_is_sent(
    calls: Session, vendor: Store365, argument: str, value: object
) -> None:
    error = calls.error(**{argument: value})

    assert isinstance(error, ValueError)
    assert isinstance(error, package.ArgumentError)
    assert argument in str(error)
    assert vendor.logins == 0
    assert vendor.resources.requests == []


@pytest.mark.parametrize("name", ["Content-Type", "content-type", "Authorization", "Accept"])
def test_what_the_client_says_itself_cannot_be_replaced(calls: Session, vendor: Store365, name: str) -> None:
    error = calls.error(extra_headers={name: "text/plain"})

    assert isinstance(error, package.ArgumentError)
    assert vendor.resources.requests == []


# What comes back.


def test_page_tells_what_the_vendor_tells(calls: Session) -> None:
    page = calls.first(page_size=10)

    assert (page.page_number, page.page_size) == (1, 10)
    assert (page.total_number_of_pages, page.total_number_of_records) == (3, 25)
    assert page.has_next_page()
    assert len(page.items) == 10
    assert all(isinstance(found, User) for found in page.items)


def test_fields_that_nobody_knows_are_kept(calls: Session) -> None:
    first = calls.first().items[0]

    assert first.model_extra == user(1)
    assert first.model_dump(by_alias=True) == user(1)


@pytest.mark.parametrize("size", [1, 7, 10, 25, 100])
def test_iterating_gives_every_user_once(calls: Session, vendor: Store365, size: int) -> None:
    given = calls.all(page_size=size)

    assert [found.model_extra["id"] for found in given] == [user(number)["id"] for number in range(1, 26)]
    assert vendor.resources.listed == -(-25 // size)
    assert vendor.logins == 1


def test_iterating_begins_where_the_caller_says(calls: Session) -> None:
    given = calls.all(page_size=10, page_number=2)

    assert len(given) == 15


def test_smaller_page_than_asked_for_is_not_the_end(calls: Session, vendor: Store365) -> None:
    vendor.resources.most_per_page = 4

    assert len(calls.all(page_size=100)) == 25


def test_no_user_at_all_is_an_empty_page(calls: Session, vendor: Store365) -> None:
    vendor.resources.users.clear()

    page = calls.first()

    assert page.items == []
    assert not page.has_next_page()
    assert calls.all() == []


def test_page_that_repeats_itself_is_an_error(calls: Session, vendor: Store365) -> None:
    document = {
        "pageNumber": 1,
        "pageSize": 1,
        "totalNumberOfPages": 9,
        "totalNumberOfRecords": 9,
        "results": [user(1)],
    }
    vendor.resources.fail(*[refusing(200, document)] * 9)

    with pytest.raises(package.PaginationLoopError):
        calls.all()

    assert len(vendor.resources.requests) == 2


def test_raw_response_has_the_answer_beside_what_was_made_of_it(calls: Session) -> None:
    found = calls.wait(calls.client.with_raw_response.users.list(page_size=3))

    assert found.status_code == 200
    assert len(found.parsed.items) == 3
    assert b'"totalNumberOfRecords": 25' in found.content


# Errors.


@pytest.mark.parametrize(
    ("document", "kind", "told"),
    [
        (trouble(400, "Further details"), package.BadRequestError, (400, "400", "Further details")),
        (trouble(404, "No such object"), package.NotFoundError, (404, "404", "No such object")),
        (trouble(500, INTERNAL), package.InternalServerError, (500, "500", INTERNAL)),
        (trouble(503, "Down"), package.ServiceUnavailableError, (503, "503", "Down")),
        (bad_credentials(), package.AuthenticationError, (401, "invalid_grant", "Bad credentials")),
        (unauthorized(), package.AuthenticationError, (401, "Unauthorized", "Bad credentials")),
    ],
)
def test_each_form_of_error_is_told_by_its_keys(
    calls: Session, vendor: Store365, document: object, kind: type[package.APIStatusError], told: tuple[int, str, str]
) -> None:
    vendor.resources.fail(*[refusing(told[0], document)] * 5)

    error = calls.error()

    assert type(error) is kind
    assert (error.status_code, error.code, error.message) == told
    assert error.body == document
    assert error.operation == "users.list"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, package.BadRequestError),
        (404, package.NotFoundError),
        (415, package.UnsupportedMediaTypeError),
        (500, package.InternalServerError),
        (503, package.ServiceUnavailableError),
        (401, package.AuthenticationError),
    ],
)
def test_error_without_a_body_is_told_by_its_status(
    calls: Session, vendor: Store365, status: int, kind: type[package.APIStatusError]
) -> None:
    vendor.resources.fail(*[wire.saying(status)] * 5)

    error = calls.error()

    assert type(error) is kind
    assert (error.code, error.message) == (None, None)


def test_204_where_data_is_due_is_not_what_the_vendor_says(calls: Session, vendor: Store365) -> None:
    vendor.resources.fail(wire.saying(204))

    error = calls.error()

    assert isinstance(error, package.APIResponseValidationError)


@pytest.mark.parametrize("fault", [wire.html_with_200, refusing(200, {"results": 1}), refusing(200, [])])
def test_body_that_is_something_else_is_told(calls: Session, vendor: Store365, fault: wire.Fault) -> None:
    vendor.resources.fail(fault)

    error = calls.error()

    assert isinstance(error, package.APIResponseValidationError)
    assert error.response is not None
    assert error.response.status_code == 200


@pytest.mark.parametrize("fault", [wire.reset_after_reading, wire.cut, wire.saying(503), wire.saying(500)])
def test_reads_are_asked_again(calls: Session, vendor: Store365, fault: wire.Fault) -> None:
    vendor.resources.fail(fault)

    assert len(calls.first().items) == 10
    assert len(vendor.resources.requests) == 2
    assert vendor.logins == 1


def test_redirect_is_not_followed(calls: Session, vendor: Store365) -> None:
    with Store365() as elsewhere:
        vendor.resources.fail(wire.saying(307, b"", {"Location": f"{elsewhere.resources.url}/users"}))

        error = calls.error()

        assert isinstance(error, package.APIStatusError)
        assert error.status_code == 307
        assert elsewhere.resources.requests == []


# The client.


@pytest.mark.parametrize("missing", sorted(ENVIRONMENT))
@pytest.mark.parametrize("kind", [package.Client, package.AsyncClient])
def test_missing_credential_is_named(kind: Any, missing: str) -> None:
    given = {"username": "u", "password": "p", "client_id": "c"}
    del given[missing]

    with pytest.raises(package.CredentialError) as caught:
        kind(**given)

    assert missing in str(caught.value)
    assert ENVIRONMENT[missing] in str(caught.value)


def test_credentials_come_from_the_environment(vendor: Store365, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("username", USERNAME), ("password", PASSWORD), ("client_id", CLIENT_ID)):
        monkeypatch.setenv(ENVIRONMENT[name], value)

    with package.Client(base_url=vendor.resources.url, token_url=vendor.tokens.url) as client:
        assert client.users.list().total_number_of_records == 25


@pytest.mark.parametrize(
    "url",
    [
        "http://token.example.com/auth",
        "ftp://token.example.com/auth",
        "https://user:pass@token.example.com/auth",
        "https://token.example.com/auth?x=1",
        "token.example.com",
        "",
        7,
    ],
)
def test_token_url_is_https_or_on_this_machine(url: Any) -> None:
    with pytest.raises(package.ArgumentError, match="token_url"):
        package.Client(username="u", password="p", client_id="c", token_url=url)


def test_addresses_are_the_vendors_own() -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(f"{request.method} {request.url}")
        if request.url.path == "/auth":
            return httpx2.Response(200, json={"access_token": "t", "token_type": "bearer", "expires_in": "21599"})
        return httpx2.Response(200, json={"pageNumber": 1, "totalNumberOfPages": 1, "results": []})

    http_client = httpx2.Client(transport=httpx2.MockTransport(answer))
    with package.Client(username="u", password="p", client_id="c", http_client=http_client) as client:
        client.users.list()

        assert client.base_url == "https://api.store-it365.eu"
    assert asked == ["POST https://token.store-it365.eu/auth", "GET https://api.store-it365.eu/users"]


def test_copy_with_other_options_shares_the_token(calls: Session, vendor: Store365) -> None:
    calls.first()
    calls.first(calls.client.with_options(timeout=5, max_retries=0))

    assert vendor.logins == 1


def test_async_call_sends_nothing_until_it_is_awaited(vendor: Store365) -> None:
    async def conversation() -> None:
        async with package.AsyncClient(
            username="u", password="p", client_id="c", base_url=vendor.resources.url, token_url=vendor.tokens.url
        ) as client:
            with pytest.warns(RuntimeWarning, match="users.list"):
                client.users.list()

    asyncio.run(conversation())

    assert vendor.logins == 0
