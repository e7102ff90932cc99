"""The Kolmisoft client against a look-alike that checks every digest and answers in all shapes."""

from __future__ import annotations

import datetime
import gzip
import urllib.parse
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.contract.kolmisoft import Calling, package
from tests.stand_ins.kolmisoft import (
    HASHED,
    PASSWORD,
    UNDOCUMENTED,
    UNIQUEHASH,
    Kolmisoft,
    saying_bytes,
    saying_xml,
)
from tests.stand_ins.wire import saying

CALLINGS = [pytest.param(Calling(), id="sync"), pytest.param(Calling(asynchronous=True), id="async")]

CALLS: dict[str, dict[str, Any]] = {
    "user_balance_update": {"user_id": 123, "balance": "100.5"},
    "user_balance_get": {"username": "client1", "currency": "USER", "user_currency": 1},
    "user_simple_balance_get": {"id": UNIQUEHASH},
    "user_calls_get": {"s_user": 5, "s_call_type": "no answer", "s_hgc": "all", "order_desc": 1, "order_by": "n"},
    "exchange_rate_update": {"currency": "AMD", "rate": Decimal("45.5")},
    "devices_get": {"user_id": 100},
    "device_details_get": {"device_id": 5},
    "user_login": {"p": PASSWORD},
    "user_logout": {},
    "payment_create": {"user_id": 2, "amount": 96, "currency": "USD", "comment": "50 % & Žilvinas +1 #2"},
    "payments_get": {"user_id_s": 2},
    "tariff_rates_get": {"tariff_id": 2},
    "tariff_wholesale_update": {"name": "test", "currency": "EUR", "hashed": ["name", "currency"]},
    "quickstats_get": {},
    "aggregate_get": {"from_": 1252454580, "group_by_op": 1},
    "user_details_get": {"user_id": 0, "username": "admin"},
    "users_get": {"user_id": "all"},
    "user_details_raw_get": {"user_id": 5},
    "user_details_update": {"user_id": 5, "blocked": 2},
    "cp_create": {"user_id": 2, "op": 1, "hashed": ["user_id"]},
    "cp_update": {"cp_id": 2, "timeout_": 30, "hashed": ("cp_id",)},
    "cp_delete": {"cp_id": 11, "hashed": ["cp_id"]},
    "number_pools_get": {"show_numbers": 1, "number_limit_row_count": 1, "number_limit_offset": 0},
    "number_pool_create": {"name": "pool"},
    "number_pool_update": {"number_pool_id": 1},
    "number_pool_delete": {"extra_body": {"number_pool_id": 1}},
    "number_pool_numbers_create": {"number_pool_id": 1, "numbers": "370#,%1"},
    "number_pool_numbers_delete": {"number_pool_id": 1, "delete_all": 1},
}


@pytest.fixture
def vendor() -> Iterator[Kolmisoft]:
    """The vendor's look-alike."""
    with Kolmisoft() as server:
        yield server


@pytest.fixture(params=CALLINGS[:1] + CALLINGS[1:])
def calling(request: pytest.FixtureRequest) -> Calling:
    """From a thread and from a task."""
    found: Calling = request.param
    return found


def test_every_function_of_the_vendor_is_called_here() -> None:
    known = {*HASHED, *UNDOCUMENTED, "quickstats_get", "user_simple_balance_get"}

    assert set(CALLS) == known
    assert all(hasattr(package().Client, name) for name in known)


@pytest.mark.parametrize("form", ["form", "query"])
@pytest.mark.parametrize("name", CALLS)
def test_the_vendor_takes_every_digest(vendor: Kolmisoft, calling: Calling, name: str, form: str) -> None:
    calling.call(vendor, name, setting={"request_format": form}, **CALLS[name])

    request = vendor.requests[0]
    assert request.method == "POST"
    assert request.path == f"/billing/api/{name}"
    assert bool(request.query) == (form == "query")
    assert bool(request.body) == (form == "form")
    assert (
        request.headers.get("content-type", "application/x-www-form-urlencoded") == "application/x-www-form-urlencoded"
    )


def test_values_are_encoded_once(vendor: Kolmisoft, calling: Calling) -> None:
    calling.call(vendor, "payment_create", **CALLS["payment_create"])

    assert vendor.ledger.payments[0]["comment"] == "50 % & Žilvinas +1 #2"
    assert b"%C5%BDilvinas" in vendor.requests[0].body


def test_names_that_are_taken_have_an_underscore(vendor: Kolmisoft, calling: Calling) -> None:
    calling.call(vendor, "cp_update", cp_id=2, timeout_=30, timeout=4.0, hashed=["cp_id"])
    calling.call(vendor, "aggregate_get", from_=1252454580)

    sent = [urllib.parse.parse_qs(request.body.decode()) for request in vendor.requests]
    assert [fields.get("timeout") for fields in sent] == [["30"], None]
    assert [fields.get("from") for fields in sent] == [None, ["1252454580"]]


def test_what_is_not_given_is_not_sent(vendor: Kolmisoft, calling: Calling) -> None:
    calling.call(vendor, "payments_get")
    calling.call(vendor, "user_balance_get", username="client1")
    calling.call(vendor, "user_simple_balance_get", id=UNIQUEHASH)

    sent = [set(urllib.parse.parse_qs(request.body.decode())) for request in vendor.requests]
    assert sent == [{"u", "hash"}, {"username", "hash"}, {"id"}]


def test_a_user_who_is_no_admin_has_another_digest(vendor: Kolmisoft, calling: Calling) -> None:
    stats = calling.call(vendor, "quickstats_get", setting={"username": "client1", "caller": "user"})
    with pytest.raises(package().AuthenticationError):
        calling.call(vendor, "quickstats_get", setting={"username": "client1"})

    assert stats.today.calls == 4


def test_nothing_that_is_added_enters_the_digest(vendor: Kolmisoft, calling: Calling) -> None:
    added: dict[str, Any] = {"extra_body": {"currency_s": "USD", "new": [1, 2]}, "extra_query": {"from_s": "1"}}
    vendor.fail(saying_xml("<page><payments/></page>"))

    calling.call(vendor, "payments_get", user_id_s=123, **added)

    sent = urllib.parse.parse_qs(vendor.requests[0].body.decode())
    assert sent["hash"] == [vendor.digest("payments_get", {"user_id_s": "123"})]
    assert sent["new"] == ["1", "2"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"user_id_s": 1, "from_s": 2}, "hashed is required"),
        ({"hashed": "user_id_s"}, "hashed must be a list"),
        ({"hashed": ["user_id"]}, "hashed must have names"),
        ({"hashed": ["from_s", "from_s"]}, "hashed must have each name once"),
    ],
)
def test_an_order_that_nobody_knows_is_the_callers(
    vendor: Kolmisoft, calling: Calling, given: dict[str, Any], told: str
) -> None:
    with pytest.raises(package().ArgumentError, match=told):
        calling.call(vendor, "payments_get", **given)

    assert vendor.requests == []


def test_the_order_that_is_given_is_the_one_that_is_hashed(vendor: Kolmisoft, calling: Calling) -> None:
    assert calling.call(vendor, "payments_get", from_s=1, user_id_s=2, hashed=["user_id_s", "from_s"]) == []
    with pytest.raises(package().AuthenticationError):
        calling.call(vendor, "payments_get", from_s=1, user_id_s=2, hashed=["from_s", "user_id_s"])


def test_results_are_what_the_contract_says(vendor: Kolmisoft, calling: Calling) -> None:
    balance = calling.call(vendor, "user_balance_get", username="client1", user_currency=1)
    updated = calling.call(vendor, "user_balance_update", user_id=123, balance="100.0")
    payment = calling.call(vendor, "payment_create", user_id=2, amount=96, currency="USD")
    (listed,) = calling.call(vendor, "payments_get", user_id_s=2)
    (device,) = calling.call(vendor, "devices_get", user_id=100)
    details = calling.call(vendor, "device_details_get", device_id=5)
    tariff = calling.call(vendor, "tariff_rates_get", tariff_id=2)
    login = calling.call(vendor, "user_login", p=PASSWORD)
    simple = calling.call(vendor, "user_simple_balance_get", id=UNIQUEHASH)

    assert (balance.balance, balance.currency) == (Decimal("-349282.18"), "EUR")
    assert (updated.id, updated.username, updated.balance) == (123, "client1", Decimal("100.0"))
    assert (payment.payment_id, payment.currency) == (17, "USD")
    assert (payment.amount, payment.gross, payment.tax) == (Decimal(96), Decimal(96), Decimal(0))
    assert (listed.user, listed.amount, listed.comment) == ("Client One", Decimal(96), None)
    assert (device.device_id, device.device_type, device.ipaddr, device.port) == (1, "SIP", None, 5060)
    assert (details.id, details.callerid, details.secret, details.op, details.op_active) == (
        5,
        '"103" <103>',
        None,
        True,
        False,
    )
    assert details.model_extra == {"something_new": "x"}
    assert [rate.prefix for rate in tariff.rates] == ["37a0", "37a1"]
    assert (tariff.rates[0].tariff_rate, tariff.rates[0].daytype) == (Decimal("0.05"), None)
    assert (login.user_id, login.status_message) == (5, "Successfully logged in")
    assert simple == Decimal("60.0000")


def test_words_stand_in_for_numbers(vendor: Kolmisoft, calling: Calling) -> None:
    unlimited = calling.call(vendor, "user_details_get", user_id=0)
    limited = calling.call(vendor, "user_details_get", user_id=1)
    users = calling.call(vendor, "users_get", user_id="all")

    assert unlimited.details.main_detail.credit == "Unlimited"
    assert limited.details.main_detail.credit == Decimal("12.50")
    assert limited.details.other_details.agreement_date == datetime.date(2007, 3, 26)
    assert [user.id for user in users] == [0, 5]
    assert users[0].balance == Decimal("0.744100000000000")


def test_unknown_answers_are_the_document(vendor: Kolmisoft, calling: Calling) -> None:
    vendor.fail(saying_xml("<page><calls_stat><row>1</row><row>2</row><empty/></calls_stat></page>"))

    calls = calling.call(vendor, "user_calls_get", s_user=5)

    assert calls == {"page": {"calls_stat": {"row": ["1", "2"], "empty": None}}}


def test_functions_without_an_answer_return_none(vendor: Kolmisoft, calling: Calling) -> None:
    names = ("exchange_rate_update", "user_logout", "cp_create", "cp_delete", "number_pool_create")

    assert [calling.call(vendor, name, **CALLS[name]) for name in names] == [None] * 5


PAID = (
    "<page><response>{}<payment currency='USD'><payment_id>1</payment_id><tax>0</tax><amount>9</amount>"
    "<gross>9</gross></payment></response></page>"
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("exchange_rate_update", "<page><status><success>Nothing to do</success></status></page>"),
        ("cp_delete", "<page><status/></page>"),
        ("number_pool_create", "<page/>"),
        ("user_logout", "<action><name>logout</name></action>"),
        ("tariff_wholesale_update", "<page><status>queued</status><tariff_id>1</tariff_id></page>"),
        ("payment_create", PAID.format("<status>pending</status>")),
        ("payment_create", PAID.format("")),
    ],
)
def test_an_answer_that_does_not_say_that_it_was_done_is_no_success(
    vendor: Kolmisoft, calling: Calling, name: str, text: str
) -> None:
    vendor.fail(saying_xml(text))

    with pytest.raises(package().APIError) as caught:
        calling.call(vendor, name, **CALLS[name])

    assert caught.value.may_have_executed is True
    assert len(vendor.requests) == 1


@pytest.mark.parametrize("packed", ["header", "bare", "not"])
@pytest.mark.parametrize("devices", [0, 1, 3])
def test_lists_are_lists_packed_or_not(vendor: Kolmisoft, calling: Calling, devices: int, packed: str) -> None:
    vendor.devices, vendor.packed = devices, packed

    listed = calling.call(vendor, "devices_get", user_id=100)

    assert [device.device_id for device in listed] == list(range(1, devices + 1))


@pytest.mark.parametrize(
    "text", ["<page/>", "<page></page>", "<page><devices/></page>", "<page><devices> </devices></page>"]
)
def test_an_empty_list_has_any_form(vendor: Kolmisoft, calling: Calling, text: str) -> None:
    vendor.fail(saying_xml(text))

    assert calling.call(vendor, "devices_get", user_id=100) == []


@pytest.mark.parametrize("name", [name for name in CALLS if name != "user_simple_balance_get"])
def test_html_around_the_answer_is_looked_through(vendor: Kolmisoft, calling: Calling, name: str) -> None:
    plain = calling.call(vendor, name, **CALLS[name])
    vendor.ledger.payments.clear()
    vendor.wrapped, vendor.packed = True, "not"

    assert calling.call(vendor, name, **CALLS[name]) == plain


ERRORS = [
    ("A", "<status><error>Incorrect hash</error></status>", "AuthenticationError", "Incorrect hash"),
    ("B", "<page><error>User was not found</error></page>", "NotFoundError", "User was not found"),
    ("C", "<page><status><error>No tariff found</error></status></page>", "NotFoundError", "No tariff found"),
    ("D", "<response><error><message>text</message></error></response>", "APIStatusError", "text"),
    (
        "E",
        "<action><status>failed</status><status_message>Login failed</status_message></action>",
        "AuthenticationError",
        "Login failed",
    ),
    ("E without message", "<action><name>logout</name><status>failed</status></action>", "AuthenticationError", None),
    ("F", "Feature disabled", "PermissionDeniedError", "Feature disabled"),
    ("G", "<status>GET Requests are disabled</status>", "PermissionDeniedError", "GET Requests are disabled"),
    ("H", "<Error>user not found</Error>", "NotFoundError", "user not found"),
    ("deep", "<page><a><b><error>Access Denied</error></b></a></page>", "PermissionDeniedError", "Access Denied"),
    ("with a point", "<status><error> INCORRECT HASH! </error></status>", "AuthenticationError", "INCORRECT HASH!"),
]


@pytest.mark.parametrize(
    "name", ["quickstats_get", "user_simple_balance_get", "user_logout", "user_calls_get", "devices_get"]
)
@pytest.mark.parametrize("error", ERRORS, ids=[error[0] for error in ERRORS])
def test_every_shape_of_error_is_one(
    vendor: Kolmisoft, calling: Calling, name: str, error: tuple[str, str, str, str | None]
) -> None:
    _, text, kind, message = error
    vendor.fail(saying_xml(text))

    with pytest.raises(package().APIStatusError) as caught:
        calling.call(vendor, name, **CALLS[name])

    assert type(caught.value) is getattr(package(), kind)
    assert (caught.value.message, caught.value.status_code, caught.value.operation) == (message, 200, name)


def test_only_reads_are_asked_again_after_what_passes(vendor: Kolmisoft, calling: Calling) -> None:
    away = "<status><error>Cannot connect to Elasticsearch</error></status>"
    vendor.elasticsearch_away = 2
    stats = calling.call(vendor, "quickstats_get")
    vendor.fail(saying_xml(away))
    with pytest.raises(package().ServiceUnavailableError) as caught:
        calling.call(vendor, "exchange_rate_update", currency="AMD", rate=1)
    vendor.fail(saying_xml("<status><error>Access Denied</error></status>"))
    with pytest.raises(package().PermissionDeniedError):
        calling.call(vendor, "quickstats_get")

    assert stats.today.profit == Decimal("0.775")
    assert caught.value.may_have_executed is True
    assert len(vendor.requests) == 3 + 1 + 1


def test_login_follows_no_redirect(vendor: Kolmisoft, calling: Calling) -> None:
    vendor.logins_redirect = True

    with pytest.raises(package().APIStatusError) as redirected:
        calling.call(vendor, "user_login", p=PASSWORD)
    with pytest.raises(package().AuthenticationError) as refused:
        calling.call(vendor, "user_login", p="another")

    assert redirected.value.status_code == 302
    assert refused.value.message is None
    assert [request.path for request in vendor.requests] == ["/billing/api/user_login"] * 2


def test_reads_are_asked_again_after_a_bad_gateway(vendor: Kolmisoft, calling: Calling) -> None:
    vendor.fail(saying(502, b"<html><body>Bad Gateway</body></html>"), saying(503))

    assert len(calling.call(vendor, "devices_get", user_id=100)) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<page><devices>",
        b"<other/>",
        b"<page><devices><device><device_id>x</device_id></device></devices></page>",
        b"<page>text</page>",
        b"\xff\xfe<page/>",
        b"<html><body>Back soon</body></html>",
        gzip.compress(b"<page/>", mtime=0)[:-9],
        b"\x1f\x8bnothing",
        b'<?xml version="1.0" encoding="utf-7"?><page>\xff</page>',
        b"<page><devices><device><device_id>1</device_id><device_id>2</device_id></device></devices></page>",
    ],
)
def test_what_is_no_answer_is_told_as_such(vendor: Kolmisoft, calling: Calling, body: bytes) -> None:
    vendor.fail(saying_bytes(body))

    with pytest.raises(package().APIResponseValidationError) as caught:
        calling.call(vendor, "devices_get", user_id=100)

    assert caught.value.response.content == body


def test_base_url_is_required_and_settings_are_checked(vendor: Kolmisoft) -> None:
    with pytest.raises(TypeError, match="base_url"):
        package().Client(username="admin", secret_key="k")
    with pytest.raises(package().ArgumentError, match="caller must be one of 'admin', 'user'"):
        Calling().client(vendor, caller="manager")
    with pytest.raises(package().CredentialError, match=r"secret_key=.*KOLMISOFT_SECRET_KEY"):
        package().Client(username="admin", base_url="http://192.0.2.1/billing/api")


def test_legacy_names_are_documented() -> None:
    assert "change_user_balance, user_balance_change" in package().Client.user_balance_update.__doc__
    assert "get_tariff" in package().AsyncClient.tariff_rates_get.__doc__
