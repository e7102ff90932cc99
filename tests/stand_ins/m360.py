"""A look-alike of the M360 Customer API, versions 1 and 2.

What the vendor does not tell is decided here as it is most likely, and can be set where it matters: the HTTP status of
`auth:forbidden`, the codes of all errors but the two that are known (`stand_in:...`), the answers of the endpoints
whose answers are not known, which field of a record is the id that cursors take (`sessionId`), and that version 1
refuses too many requests as version 2 does.
"""

from __future__ import annotations

import hmac
import re
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from tests.stand_ins.wire import LoopbackServer, Request, Response, json_response

AUTH_CODE = "a167b9ae-948d-490c-9995-932984fbb223"
AUTH_TOKEN = "f3e1016b87d4d11d7994d39050ac5d05ef475bc422131b0916337f0c0a424be3"

ORDERS = ("id:desc", "id:asc", "connectionTime:desc", "connectionTime:asc")

Record = dict[str, Any]


def session_id(number: int) -> str:
    """Return an id of 36 characters that sorts by *number*."""
    return f"{number:08d}-0000-4000-8000-000000000000"


def record(number: int, **fields: object) -> dict[str, Any]:
    """Return a device session of version 2 with all the fields that were seen and named."""
    return {
        "sessionId": session_id(number),
        "isClosed": True,
        "isManual": False,
        "connectionTime": f"2026-08-26T05:{number // 60 % 60:02d}:{number % 60:02d}+00:00",
        "createdAt": "2026-08-26T05:15:12+00:00",
        "username": "shop",
        "friendlyName": "iPhone 15 Pro Max 256 GB Space Gray",
        "marketingName": "iPhone 15 Pro Max",
        "modelName": "iPhone 15 Pro Max",
        "m360id": f"M{number:06d}",
        "imei": f"35{number:013d}",
        "imei2": None,
        "device": {"slot": 1},
        "serial": f"SER{number:06d}",
        "brand": "Apple",
        "manufacturer": "Apple",
        "osType": "ios",
        "softwareVersion": "18.1",
        "deviceColor": "Space Gray",
        "internalStorage": "256 GB",
        "batteryHealthPercent": "100%",
        "batteryCycles": 12,
        "MDMState": {"managed": False},
        "diagnosticsResults": [
            {
                "finishedTime": "2026-08-26T05:20:00+00:00",
                "tests": [{"testId": "Battery", "result": "Passed"}, {"testId": "Storage", "result": "Failed"}],
            }
        ],
        "diagnosticsReports": [{"htmlLink": "https://reports.example/1", "pdfLink": "https://reports.example/1.pdf"}],
        **fields,
    }


def record_v1(number: int, **fields: object) -> dict[str, Any]:
    """Return a device session of version 1 with all the fields that a client reads."""
    return {
        "sessionId": session_id(number),
        "connectionTime": f"2026-08-26T05:{number // 60 % 60:02d}:{number % 60:02d}+00:00",
        "modelName": "iPhone 15 Pro Max",
        "marketingName": "iPhone 15 Pro Max",
        "modelCode": "A2849",
        "iosRegulatoryModel": "A2849",
        "productCode": "MU773",
        "imei": f"35{number:013d}",
        "imei2": None,
        "serial": f"SER{number:06d}",
        "softwareVersion": "18.1",
        "batteryHealthPercent": "100%",
        "batteryCycles": 12,
        "totalRAMSize": 8589934592,
        "internalStorageFree": "120 GB",
        "deviceColor": "Space Gray",
        "iosSalesRegion": "LL/A",
        "simLockStatus": "unlocked",
        "diagnosticsResults": [{"storage": {"status": "failed", "details": {"total": "256 GB"}}}],
        "oemCheckResult": {"battery": {"isOriginal": True}},
        "gradingResult": {"notes": "scratched"},
        **fields,
    }


def report(number: int, **fields: object) -> dict[str, Any]:
    """Return a result of the mobile app."""
    return {
        "uid": f"report-{number}",
        "imei": f"35{number:013d}",
        "friendlyName": "iPhone 15 Pro Max",
        "finishedTime": "2026-08-26T05:20:00+00:00",
        "tests": [{"testId": "Battery", "result": "Passed"}],
        "htmlLink": f"https://reports.example/{number}",
        **fields,
    }


def good(data: object) -> dict[str, Any]:
    """Return the body of a success."""
    return {"data": data, "meta": {"success": True}}


def bad(code: str, title: str, details: object = ()) -> dict[str, Any]:
    """Return the body of an error, whose `data` is a list and whose `details` are one when there is nothing to say."""
    return {
        "data": [],
        "meta": {"success": False, "errors": {"code": code, "title": title, "details": details or []}},
    }


class Refusal(Exception):
    """The request is refused."""

    def __init__(self, status: int, code: str, title: str, details: object = ()) -> None:
        super().__init__(title)
        self.response = json_response(bad(code, title, details), status)


def forbidden(status: int) -> Refusal:
    """Return the refusal of a login."""
    return Refusal(status, "auth:forbidden", "Access forbidden with the given credentials")


# Checks of parameters, as the vendor's tables state them.

Check = Callable[[object], bool]


def _text(shortest: int, longest: int, pattern: str = "") -> Check:
    def check(value: object) -> bool:
        return (
            isinstance(value, str)
            and shortest <= len(value) <= longest
            and (not pattern or re.fullmatch(pattern, value) is not None)
        )

    return check


def _one_or_list(element: Check) -> Check:
    def check(value: object) -> bool:
        if not isinstance(value, list):
            return element(value)
        elements = cast("list[object]", value)
        return 1 <= len(elements) <= 10 and all(map(element, elements))

    return check


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _page_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 100


def _order(value: object) -> bool:
    return value in ORDERS


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in cast("list[object]", value))


_CURSORS: Mapping[str, Check] = {
    "order": _order,
    "limit": _page_size,
    "startingAfter": _text(36, 36),
    "endingBefore": _text(36, 36),
    "sessionId": _text(36, 36),
    "testing": _flag,
}

_HISTORY: Mapping[str, Mapping[str, Check]] = {
    "v1": {
        **_CURSORS,
        "imei": _text(3, 64),
        "m360id": _text(3, 20),
        "marketingName": _text(3, 100),
        "username": _text(3, 100),
        "connectionTimeMin": _text(10, 40),
        "connectionTimeMax": _text(10, 40),
        "hasDiagnostics": _flag,
        "hasGrading": _flag,
        "hasWipe": _flag,
        "hasOemCheck": _flag,
        "hasBlacklistCheck": _flag,
    },
    "v2": {
        **_CURSORS,
        "imei": _one_or_list(_text(3, 20, "[0-9a-fA-F-]{3,20}")),
        "serial": _one_or_list(_text(3, 64, "[a-zA-Z0-9]{3,64}")),
        "m360id": _one_or_list(_text(3, 20, "[a-zA-Z0-9]{3,20}")),
        "customId": _one_or_list(_text(3, 50)),
        "friendlyName": _text(3, 100),
        "username": _text(0, 1000),
        "hasDiagnostics": _flag,
        "hasBlacklistCheck": _flag,
        "includeOpen": _flag,
    },
}

_BLACKLIST: Mapping[str, Mapping[str, Check]] = {
    "scheduleBlacklistCheck": {"imeiList": _texts, "testing": _flag},
    "getBlacklistChecksByBatchId": {"batchId": _text(1, 100), "testing": _flag},
}

_ENDPOINTS: Mapping[str, Mapping[str, Mapping[str, Check]]] = {
    "v1": {"getHistory": _HISTORY["v1"], **_BLACKLIST},
    "v2": {
        "getHistory": _HISTORY["v2"],
        **_BLACKLIST,
        "getExternalReports": {"imei": _text(3, 64), "limit": _page_size, "order": _order, "testing": _flag},
        "generateReport": {
            "sessionId": _text(36, 36),
            "diagnosticsResultId": _text(1, 100),
            "contents": _texts,
            "dateTimeFormat": _text(1, 100),
            "timeZone": _text(1, 100),
            "testing": _flag,
        },
    },
}


@dataclass(slots=True)
class Account:
    """A customer's account.

    Attributes:
        auth_code: Who.
        auth_token: The secret.
        requests_per_second: What the licence allows.
        status: `Live`, or `Testing`, where calls change no data and answers are made up.
    """

    auth_code: str = AUTH_CODE
    auth_token: str = AUTH_TOKEN
    requests_per_second: int = 1000
    status: str = "Live"
    arrivals: list[float] = field(default_factory=list[float])


class M360(LoopbackServer):
    """The vendor.

    Attributes:
        account: The one account.
        records: Its device sessions, as they are sent.
        reports: Its results of the mobile app.
        executions: How often each endpoint did its work.
        batches: The blacklist checks that were scheduled, by batch id.
        refused_by_limit: How many requests were answered with 429.
        most_per_page: A smaller page than asked for is given, where this is set.
        forbidden_status: The HTTP status of `auth:forbidden`, which the vendor does not state.
    """

    def __init__(self, records: Sequence[Record] = (), *, listening: bool = True, forbidden_status: int = 403) -> None:
        self.account = Account()
        self.records = list(records)
        self.reports: list[Record] = []
        self.executions: Counter[str] = Counter()
        self.batches: dict[str, list[str]] = {}
        self.refused_by_limit = 0
        self.most_per_page = 100
        self.forbidden_status = forbidden_status
        self._state = threading.Lock()
        super().__init__(listening=listening)

    def url(self, version: str) -> str:
        """Return the base URL of a version."""
        return f"http://127.0.0.1:{self.port}/api/customer/{version}"

    def most_in_a_window(self, seconds: float = 1.0) -> int:
        """Return the most requests that came in any stretch of *seconds*."""
        moments = sorted(request.at for request in self.requests)
        return max(
            (
                sum(start <= moment < start + seconds for moment in moments[place:])
                for place, start in enumerate(moments)
            ),
            default=0,
        )

    def answer(self, request: Request) -> Response:
        with self._state:
            try:
                return json_response(self._answer(request))
            except Refusal as refusal:
                return refusal.response

    def _answer(self, request: Request) -> object:
        place = re.fullmatch(r"/api/customer/(v1|v2)/(\w+)", request.path)
        checks = _ENDPOINTS[place[1]].get(place[2]) if place else None
        if place is None or checks is None:
            raise Refusal(404, "stand_in:not_found", "No such endpoint")
        if request.method != "POST" or request.headers.get("content-type") != "application/json":
            raise Refusal(405, "stand_in:method", "Endpoints take a POST of JSON")
        parameters = request.json
        if not isinstance(parameters, dict):
            raise Refusal(400, "stand_in:malformed", "The body must be a JSON object")
        given = dict(cast("dict[str, Any]", parameters))
        self._log_in(place[1], request, given)
        self._keep_to_the_limit(request.at)
        wrong = {name: "unknown" for name in given if name not in checks}
        wrong |= {name: "invalid" for name in given if name in checks and not checks[name](given[name])}
        if wrong:
            raise Refusal(422, "stand_in:invalid", "Parameters are wrong", wrong)
        testing = given.pop("testing", False) or self.account.status == "Testing"
        handlers: Mapping[str, Callable[[str, dict[str, Any]], object]] = {
            "getHistory": self._history,
            "getExternalReports": self._external_reports,
            "generateReport": self._generate,
            "scheduleBlacklistCheck": self._schedule,
            "getBlacklistChecksByBatchId": self._checks,
        }
        if testing:
            return good(self._made_up(place[1], place[2]))
        self.executions[place[2]] += 1
        return good(handlers[place[2]](place[1], given))

    def _log_in(self, version: str, request: Request, given: dict[str, Any]) -> None:
        account = self.account
        if version == "v1":
            code, token = given.pop("authCode", ""), given.pop("authToken", "")
            told = f"{code}-{token}"
        else:
            scheme, _, told = request.headers.get("authorization", "").partition(" ")
            if scheme != "Bearer":
                raise forbidden(self.forbidden_status)
        if not hmac.compare_digest(told.encode(), f"{account.auth_code}-{account.auth_token}".encode()):
            raise forbidden(self.forbidden_status)

    def _keep_to_the_limit(self, now: float) -> None:
        arrivals, limit = self.account.arrivals, self.account.requests_per_second
        arrivals.append(now)
        # Requests may be looked at in another order than they came in.
        if sum(now - 1.0 < moment <= now for moment in arrivals) > limit:
            self.refused_by_limit += 1
            raise Refusal(
                429, "customer_api:too_many_requests", "Too many requests", {"maximumRequestsPerSecond": limit}
            )

    def _history(self, version: str, given: dict[str, Any]) -> object:
        records = [found for found in self.records if _matches(found, version, given)]
        key, _, direction = given.get("order", "id:desc").partition(":")
        name = "sessionId" if key == "id" else key
        records.sort(key=lambda found: cast("str", found[name]), reverse=direction == "desc")
        ids = [found["sessionId"] for found in records]
        size = min(given.get("limit", 20), self.most_per_page)
        after, before = given.get("startingAfter"), given.get("endingBefore")
        for cursor in (after, before):
            if cursor is not None and cursor not in ids:
                raise Refusal(422, "stand_in:invalid", "No such record", {"startingAfter": "unknown"})
        first = 0 if after is None else ids.index(after) + 1
        last = len(ids) if before is None else ids.index(before)
        if before is not None and after is None:
            first, more = max(0, last - size), last - size > 0
        else:
            more = last - first > size
        page = records[first : min(last, first + size)]
        if version == "v1":
            return {"totalCount": len(ids), "records": page}
        return {"records": page, "hasMore": more}

    def _external_reports(self, version: str, given: dict[str, Any]) -> object:
        assert version == "v2"
        found = [kept for kept in self.reports if given.get("imei") in (None, kept["imei"])]
        return {"records": found[: given.get("limit", 20)], "hasMore": False}

    def _generate(self, version: str, given: dict[str, Any]) -> object:
        assert version == "v2"
        if "sessionId" not in given:
            raise Refusal(422, "stand_in:invalid", "Which session?", {"sessionId": "required"})
        return {"htmlLink": "https://reports.example/new", "pdfLink": "https://reports.example/new.pdf"}

    def _schedule(self, version: str, given: dict[str, Any]) -> object:
        if not given.get("imeiList"):
            raise Refusal(422, "stand_in:invalid", "Nothing to check", {"imeiList": "required"})
        batch = f"{version}-{uuid.UUID(int=len(self.batches) + 1)}"
        self.batches[batch] = given["imeiList"]
        return {"batchId": batch}

    def _checks(self, version: str, given: dict[str, Any]) -> object:
        batch = given.get("batchId", "")
        if not batch.startswith(version) or batch not in self.batches:
            raise Refusal(404, "stand_in:not_found", "No such batch")
        return {"checks": [{"imei": imei, "state": "done"} for imei in self.batches[batch]]}

    def _made_up(self, version: str, endpoint: str) -> object:
        sample = record if version == "v2" else record_v1
        if endpoint == "getHistory":
            records = [sample(1, m360id="AS4MPL3S4MPL3S4MPL3S")]
            told = {"hasMore": False, "totalCount": None} if version == "v2" else {"totalCount": 1}
            return {"records": records, **told}
        if endpoint == "getExternalReports":
            return {"records": [report(1)], "hasMore": False}
        return {"sample": endpoint}


def _matches(found: Record, version: str, given: Mapping[str, Any]) -> bool:
    for name in ("sessionId", "m360id", "marketingName", "friendlyName", "username", "customId", "serial", "imei"):
        if name not in given:
            continue
        wanted = given[name] if isinstance(given[name], list) else [given[name]]
        # Version 1 looks for the IMEI or the serial number under one name.
        held = (found.get("imei"), found.get("serial")) if (version, name) == ("v1", "imei") else (found.get(name),)
        if not any(one in wanted for one in held):
            return False
    if "hasDiagnostics" in given and bool(found.get("diagnosticsResults")) is not given["hasDiagnostics"]:
        return False
    moment = cast("str", found.get("connectionTime") or "")
    least, most = cast("str", given.get("connectionTimeMin", "")), cast("str", given.get("connectionTimeMax", "9"))
    return least <= moment <= most
