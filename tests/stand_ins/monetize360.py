"""A look-alike of the Monetize360 API.

What the vendor does not tell is decided here as it is most likely: the answers of Objects and of reading and updating
are what was stored, `running` is the status of an execution that goes on, `stand_in:...` are the codes of all errors but
the one that is known, a value of a filter is all that follows the second colon, and a bulk insert leaves out the rows
that it would refuse by themselves.
"""

from __future__ import annotations

import hmac
import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qs

from tests.stand_ins.wire import LoopbackServer, Request, Response, json_response

API_KEY = "m360-stand-in-api-token"
MOMENT = "2024-01-15T10:30:00Z"

Json = dict[str, Any]

_COMPARISONS: Mapping[str, Callable[[str, str], bool]] = {
    "eq": lambda held, value: held == value,
    "ne": lambda held, value: held != value,
    "gt": lambda held, value: held > value,
    "lt": lambda held, value: held < value,
    "gte": lambda held, value: held >= value,
    "lte": lambda held, value: held <= value,
    "contains": lambda held, value: value in held,
    "in": lambda held, value: held in value.split(","),
}


class Refusal(Exception):
    """The vendor says no."""

    def __init__(self, status: int, code: str, message: str, details: Json | None = None) -> None:
        super().__init__(message)
        error: Json = {"code": code, "message": message, "timestamp": MOMENT}
        if details is not None:
            error["details"] = details
        self.response = json_response({"error": error}, status)


@dataclass
class Limit:
    """How many requests are taken in a window, which begins at whole multiples of its length."""

    requests: int = 100
    seconds: int = 60
    window: int = 0
    taken: int = 0
    refused: int = 0

    def take(self, now: float) -> dict[str, str]:
        """Count a request; return the headers that tell about it."""
        window = int(now // self.seconds)
        if window != self.window:
            self.window, self.taken = window, 0
        self.taken += 1
        return {
            "X-RateLimit-Limit": str(self.requests),
            "X-RateLimit-Remaining": str(max(0, self.requests - self.taken)),
            "X-RateLimit-Reset": str((window + 1) * self.seconds),
        }


@dataclass
class Execution:
    """A run of a workflow; it ends when it was asked about often enough."""

    workflow: str
    data: Json
    questions_left: int
    identity: str = field(default_factory=lambda: f"exec-{uuid.uuid4().hex[:8]}")

    def shown(self) -> Json:
        """Return what is answered about it."""
        if self.questions_left > 0:
            return {"executionId": self.identity, "status": "running", "startedAt": MOMENT}
        return {
            "executionId": self.identity,
            "status": "completed",
            "startedAt": MOMENT,
            "completedAt": "2024-01-15T10:30:15Z",
            "output": {"echo": self.data},
        }


class Monetize360(LoopbackServer):
    """The vendor.

    Attributes:
        records: The records of each Object, by its id, in their order.
        objects: The Objects, by id.
        executions: The runs of workflows, by id.
        webhooks: What was registered.
        work: How often each thing was done.
        limit: How many requests are taken.
        questions: How often an execution that goes on is asked about before it has ended.
        deletes_without_a_word: Whether a deletion is answered with 204.
    """

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Json]] = {}
        self.objects: dict[str, Json] = {}
        self.executions: dict[str, Execution] = {}
        self.webhooks: list[Json] = []
        self.work: Counter[str] = Counter()
        self.limit = Limit()
        self.questions = 2
        self.deletes_without_a_word = False
        self._state = threading.Lock()
        super().__init__()

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    def fill(self, mobject: str, count: int) -> None:
        """Store *count* records, every other one active."""
        for number in range(count):
            self._store(mobject, {"name": f"Customer {number}", "status": "active" if number % 2 == 0 else "inactive"})

    def answer(self, request: Request) -> Response:
        with self._state:
            told = self.limit.take(time.time())
            try:
                self._keep_to_the_limit()
                answer = self._answer(request)
            except Refusal as refusal:
                answer = refusal.response
        return Response(answer.body, answer.status, {**answer.headers, **told})

    def _keep_to_the_limit(self) -> None:
        if self.limit.taken > self.limit.requests:
            self.limit.refused += 1
            raise Refusal(429, "stand_in:too_many", "Too many requests")

    def _answer(self, request: Request) -> Response:
        key = request.headers.get("authorization", "")
        if not hmac.compare_digest(key.encode(), f"Bearer {API_KEY}".encode()):
            raise Refusal(401, "stand_in:unauthorized", "Invalid API token")
        for (method, pattern), handler in _ENDPOINTS.items():
            found = re.fullmatch(pattern, request.path.removeprefix("/v1/"))
            if found is not None and method == request.method and request.path.startswith("/v1/"):
                return handler(self, request, *found.groups())
        raise Refusal(404, "stand_in:not_found", "No such endpoint")

    def _body(self, request: Request, kind: type[Any]) -> Any:
        body = request.json
        if request.headers.get("content-type") != "application/json" or not isinstance(body, dict):
            raise Refusal(400, "VALIDATION_ERROR", "The body must be a JSON object")
        data = cast("Json", body).get("data")
        if not isinstance(data, kind):
            raise Refusal(400, "VALIDATION_ERROR", "data is missing", {"field": "data", "value": None})
        return data

    def _store(self, mobject: str, data: Json) -> Json:
        email = data.get("email")
        if email is not None and "@" not in str(email):
            details = {"field": "email", "value": email}
            raise Refusal(400, "VALIDATION_ERROR", "Invalid email address format", details)
        held = self.records.setdefault(mobject, {})
        identity = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{mobject}/{self.work['stored']}"))
        self.work["stored"] += 1
        record = {"id": identity, "mobjectId": mobject, "data": data, "createdAt": MOMENT, "updatedAt": MOMENT}
        held[identity] = record
        return record

    def _record(self, mobject: str, identity: str) -> Json:
        record = self.records.get(mobject, {}).get(identity)
        if record is None:
            raise Refusal(404, "stand_in:not_found", "No such record")
        return record

    def query(self, request: Request, mobject: str) -> Response:
        """Answer one page of records."""
        given = {name: values[0] for name, values in parse_qs(request.query, keep_blank_values=True).items()}
        found = list(self.records.get(mobject, {}).values())
        if "filter" in given:
            name, operator, value = [*given["filter"].split(":", 2), "", ""][:3]
            if operator not in _COMPARISONS:
                raise Refusal(
                    400, "VALIDATION_ERROR", "Unknown operator", {"field": "filter", "value": given["filter"]}
                )
            found = [each for each in found if _COMPARISONS[operator](str(each["data"].get(name, "")), value)]
        offset, limit = int(given.get("offset", 0)), int(given.get("limit", 50))
        page = found[offset : offset + limit]
        if "fields" in given:
            wanted = given["fields"].split(",")
            page = [
                {**each, "data": {name: value for name, value in each["data"].items() if name in wanted}}
                for each in page
            ]
        more = offset + len(page) < len(found)
        told = {"total": len(found), "limit": limit, "offset": offset, "hasMore": more}
        return json_response({"data": page, "pagination": told})

    def create(self, request: Request, mobject: str) -> Response:
        """Store a record."""
        return json_response(self._store(mobject, self._body(request, dict)), 201)

    def bulk(self, request: Request, mobject: str) -> Response:
        """Store many records, and count."""
        rows = self._body(request, list)
        self.work["bulk"] += 1
        created: list[Json] = []
        for row in rows:
            try:
                created.append(self._store(mobject, row))
            except Refusal:
                continue
        counters = {"totalProcessed": len(rows), "created": len(created), "failed": len(rows) - len(created)}
        return json_response({"success": True, **counters, "data": created}, 201)

    def read(self, _request: Request, mobject: str, identity: str) -> Response:
        """Answer a record."""
        return json_response(self._record(mobject, identity))

    def update(self, request: Request, mobject: str, identity: str) -> Response:
        """Lay fields over a record."""
        record = self._record(mobject, identity)
        record["data"] = {**record["data"], **self._body(request, dict)}
        return json_response(record)

    def delete(self, _request: Request, mobject: str, identity: str) -> Response:
        """Forget a record."""
        self._record(mobject, identity)
        del self.records[mobject][identity]
        if self.deletes_without_a_word:
            return Response(status=204)
        return json_response({"success": True, "message": "Record deleted successfully"})

    def execute(self, request: Request, workflow: str) -> Response:
        """Run a workflow, or begin to."""
        waits = request.json.get("async") is not True
        execution = Execution(workflow, self._body(request, dict), 0 if waits else self.questions)
        self.work["execute"] += 1
        self.executions[execution.identity] = execution
        return json_response(execution.shown())

    def execution(self, _request: Request, workflow: str, identity: str) -> Response:
        """Tell how an execution stands."""
        execution = self.executions.get(identity)
        if execution is None or execution.workflow != workflow:
            raise Refusal(404, "stand_in:not_found", "No such execution")
        execution.questions_left -= 1
        return json_response(execution.shown())

    def list_executions(self, _request: Request, workflow: str) -> Response:
        """Tell of all executions of a workflow."""
        found = [each.shown() for each in self.executions.values() if each.workflow == workflow]
        return json_response({"data": found})

    def list_workflows(self, _request: Request) -> Response:
        """Tell of all workflows."""
        return json_response({"data": [{"id": "workflow-id"}]})

    def workflow(self, _request: Request, workflow: str) -> Response:
        """Tell of a workflow."""
        return json_response({"id": workflow})

    def list_objects(self, _request: Request) -> Response:
        """Tell of all Objects."""
        return json_response({"data": list(self.objects.values())})

    def put_object(self, request: Request, identity: str = "") -> Response:
        """Store an Object."""
        settings = request.json
        if not isinstance(settings, dict):
            raise Refusal(400, "VALIDATION_ERROR", "The body must be a JSON object")
        identity = identity or f"mobject-{len(self.objects) + 1}"
        self.objects[identity] = {**cast("Json", settings), "id": identity}
        return json_response(self.objects[identity])

    def object(self, request: Request, identity: str) -> Response:
        """Tell of an Object, or forget it."""
        if identity not in self.objects:
            raise Refusal(404, "stand_in:not_found", "No such Object")
        if request.method == "GET":
            return json_response(self.objects[identity])
        del self.objects[identity]
        return Response(status=204)

    def register(self, request: Request) -> Response:
        """Note a webhook."""
        self.webhooks.append(cast("Json", request.json))
        return json_response({"id": "webhook-1"}, 201)


_ID = "([^/]+)"

_ENDPOINTS: Mapping[tuple[str, str], Callable[..., Response]] = {
    ("GET", "workflows"): Monetize360.list_workflows,
    ("GET", f"workflows/{_ID}"): Monetize360.workflow,
    ("POST", f"workflows/{_ID}/execute"): Monetize360.execute,
    ("GET", f"workflows/{_ID}/executions"): Monetize360.list_executions,
    ("GET", f"workflows/{_ID}/executions/{_ID}"): Monetize360.execution,
    ("GET", "mobjects"): Monetize360.list_objects,
    ("POST", "mobjects"): Monetize360.put_object,
    ("GET", f"mobjects/{_ID}"): Monetize360.object,
    ("PUT", f"mobjects/{_ID}"): Monetize360.put_object,
    ("DELETE", f"mobjects/{_ID}"): Monetize360.object,
    ("GET", f"mobjects/{_ID}/mdata"): Monetize360.query,
    ("POST", f"mobjects/{_ID}/mdata"): Monetize360.create,
    ("POST", f"mobjects/{_ID}/mdata/bulk"): Monetize360.bulk,
    ("GET", f"mobjects/{_ID}/mdata/{_ID}"): Monetize360.read,
    ("PUT", f"mobjects/{_ID}/mdata/{_ID}"): Monetize360.update,
    ("DELETE", f"mobjects/{_ID}/mdata/{_ID}"): Monetize360.delete,
    ("POST", "webhooks"): Monetize360.register,
}
