"""What a client takes from its surroundings and leaves in them: logs, proxies, cookies, redirects."""

from __future__ import annotations

import logging
import re
import sys

import httpx2
import pytest

from tests.contract.callers import Caller
from tests.stand_ins import wire
from tests.stand_ins.m360 import M360


def test_logger_of_the_package_tells_operation_status_try_and_seconds(
    caller: Caller, vendor: M360, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, f"m360_{caller.version}")
    vendor.fail(wire.saying(503), wire.reset_after_reading)
    with caller.client(vendor) as session:
        session.call("get_history")
    told = [record.getMessage() for record in caplog.records if record.name == f"m360_{caller.version}"]

    assert {record.levelno for record in caplog.records if record.name.startswith("m360")} == {logging.INFO}
    assert [re.sub(r"\d+\.\d+ s$", "N s", line) for line in told] == [
        "get_history: 503, try 1, N s",
        "get_history: APIConnectionError, try 2, N s",
        "get_history: 200, try 3, N s",
    ]


def test_nothing_is_logged_unless_asked_for(caller: Caller, vendor: M360, capfd: pytest.CaptureFixture[str]) -> None:
    vendor.fail(wire.saying(503))
    with caller.client(vendor) as session:
        session.call("get_history")

    assert capfd.readouterr() == ("", "")
    assert not logging.getLogger(f"m360_{caller.version}").handlers


def test_proxies_of_the_environment_are_off_unless_asked_for(
    caller: Caller, vendor: M360, monkeypatch: pytest.MonkeyPatch
) -> None:
    with M360() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        with caller.client(vendor) as session:
            session.call("get_history")
        directly = len(proxy.requests)
        with caller.client(vendor, trust_env=True) as session:
            session.call("get_history")

    assert (len(vendor.requests), directly) == (1, 0)
    assert [request.target for request in proxy.requests] == [f"{vendor.url(caller.version)}/getHistory"]


def test_hosts_that_the_environment_takes_out_are_asked_directly(
    caller: Caller, vendor: M360, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with caller.client(vendor, trust_env=True) as session:
        session.call("get_history")

    assert len(vendor.requests) == 1


def test_cookies_are_not_kept(caller: Caller, vendor: M360) -> None:
    vendor.fail(wire.adding({"Set-Cookie": "session=1; Path=/"}))
    with caller.client(vendor) as session:
        session.call("get_history")
        session.call("get_history")

    assert not [request for request in vendor.requests if "cookie" in request.headers]


def test_own_http_client_s_cookies_and_headers_are_not_sent(caller: Caller, vendor: M360) -> None:
    kind = httpx2.AsyncClient if caller.asynchronous else httpx2.Client
    own = kind(cookies={"session": "1"}, headers={"X-Own": "1"}, follow_redirects=True)
    with caller.client(vendor, http_client=own) as session:
        session.call("get_history")
        if isinstance(own, httpx2.AsyncClient):
            session.wait(own.aclose())
        else:
            own.close()

    assert not {"cookie", "x-own"} & set(vendor.requests[0].headers)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(caller: Caller, vendor: M360, status: int) -> None:
    with M360() as elsewhere:
        vendor.fail(wire.saying(status, b"", {"Location": elsewhere.url(caller.version) + "/getHistory"}))
        with caller.client(vendor) as session:
            error = session.error("get_history")

    assert isinstance(error, caller.package.APIStatusError)
    assert error.status_code == status
    assert (len(vendor.requests), len(elsewhere.requests)) == (1, 0)


def test_own_http_client_s_redirects_are_not_followed(caller: Caller) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        return httpx2.Response(307, headers={"Location": "https://elsewhere.example/getHistory"})

    asked: list[str] = []
    kind = httpx2.AsyncClient if caller.asynchronous else httpx2.Client
    own = kind(transport=httpx2.MockTransport(answer), follow_redirects=True)
    with caller.client(http_client=own) as session:
        error = session.error("get_history")

    assert error.status_code == 307
    assert asked == [f"https://m360soft.com/api/customer/{caller.version}/getHistory"]


def test_loggers_of_the_layers_below_speak_outside_our_calls(
    caller: Caller, vendor: M360, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with caller.client(vendor) as session:
        session.call("get_history")
    httpx2.post(vendor.url(caller.version) + "/getHistory", trust_env=False)

    assert [record.name for record in caplog.records if record.name == "httpx2"] == ["httpx2"]


def test_second_answer_is_never_given_to_the_next_call(caller: Caller, vendor: M360) -> None:
    def twice(turn: wire.Turn) -> None:
        other = wire.json_response({"data": {"batchId": "of somebody else"}, "meta": {"success": True}})
        turn.send(turn.work().spelled() + other.spelled())

    vendor.fail(twice)
    with caller.client(vendor) as session:
        session.call("get_history")
        given = session.call("schedule_blacklist_check", imei_list=["35"])

    assert given["batchId"].startswith(caller.version)


def test_only_packing_that_can_be_undone_is_asked_for(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor) as session:
        session.call("get_history")

    assert vendor.requests[0].headers["accept-encoding"] in ("gzip", "identity", "gzip, identity")


def test_calls_leave_no_exception_behind(caller: Caller, vendor: M360) -> None:
    with caller.client(vendor) as session:
        session.error("get_history", limit=0)

    assert sys.exc_info() == (None, None, None)
