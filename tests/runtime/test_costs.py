"""What is done once and not again, counted: no test fails by the clock."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import json
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import FrameType

import httpx2
import pytest

from generator.runtime import decode, transport
from generator.runtime.answer import Answer
from generator.runtime.auth import BearerAuth, CredentialPart
from generator.runtime.client import SyncClient
from generator.runtime.credentials import Credentials
from generator.runtime.envelope import Envelope
from generator.runtime.exchange import Exchange
from generator.runtime.models import Model
from generator.runtime.operations import Credential, Operation, Server, Service
from generator.runtime.request import CallOptions, Request

GENERATED = Path(__file__).resolve().parents[2] / "generated"

SERVICE = Service(
    package="ledgerly", version="1.0.0", servers=(Server(name="live", url="https://ledgerly.example/v1"),)
)

_LIST = """
import json, sys

from monetize360 import AsyncClient, Client
from monetize360.models import Record

print(json.dumps(sorted(sys.modules)))
"""

_WRITTEN = """
import dataclasses, itertools, json, sys

written = []

def heard(event, arguments):
    if event != "compile":
        return
    files = []
    frame = sys._getframe().f_back
    while frame is not None:
        files.append(frame.f_code.co_filename)
        frame = frame.f_back
    callers = list(itertools.dropwhile(lambda file: file == dataclasses.__file__, files))
    if len(callers) < len(files) and "/monetize360/" in callers[0]:
        written.append(callers[0])

sys.addaudithook(heard)
from monetize360 import AsyncClient, Client
Client(api_key="key")
AsyncClient(api_key="key")
print(json.dumps(written))
"""


class Entry(Model):
    id: str


def test_importing_a_client_and_a_model_loads_nothing_that_only_a_call_needs() -> None:
    child = subprocess.run(
        [sys.executable, "-B", "-c", _LIST], cwd=GENERATED, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(child.stdout))

    assert loaded.isdisjoint({"asyncio", "httpcore2", "monetize360._service"})
    assert loaded.isdisjoint(f"monetize360._runtime.{name}" for name in ("borrowed", "call", "drivers", "transport"))
    assert not [name for name in loaded if name.startswith("monetize360.resources")]


def test_a_client_for_threads_loads_nothing_that_only_tasks_need() -> None:
    made = (
        "from monetize360 import Client; Client(api_key='key'); import json, sys; print(json.dumps(list(sys.modules)))"
    )
    child = subprocess.run(
        [sys.executable, "-B", "-c", made], cwd=GENERATED, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(child.stdout))

    assert "monetize360._runtime.transport" in loaded
    assert loaded.isdisjoint({"asyncio", "monetize360._runtime.task_streams"})


def test_no_data_class_is_written_as_text_and_compiled_for_a_client() -> None:
    child = subprocess.run(
        [sys.executable, "-B", "-c", _WRITTEN], cwd=GENERATED, capture_output=True, text=True, check=True
    )

    assert json.loads(child.stdout) == []


def test_a_model_is_built_when_it_is_used() -> None:
    class Late(Model):
        id: str

    before = Late.__pydantic_complete__
    Late(id="1")

    assert (before, Late.__pydantic_complete__) == (False, True)


def test_an_operation_has_one_adapter_however_often_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    read: Operation[Entry] = Operation(name="read", method="GET", path="entries/1", effect="read", returns=Entry)
    made: list[object] = []
    make = decode.Decoder.__init__

    def counted(self: decode.Decoder, operation: Operation[Entry], envelope: Envelope) -> None:
        made.append(operation)
        make(self, operation, envelope)

    monkeypatch.setattr(decode.Decoder, "__init__", counted)
    borrowed = httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(200, json={"id": "1"})))

    for _ in range(3):
        SyncClient(SERVICE, Credentials(), http_client=borrowed)._call(read, {}, CallOptions())

    assert made == [read]


def test_clients_share_one_tls_context(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[ssl.SSLContext] = []
    create = httpx2.create_ssl_context

    def counted(*, trust_env: bool) -> ssl.SSLContext:
        made.append(create(trust_env=trust_env))
        return made[-1]

    monkeypatch.setattr(httpx2, "create_ssl_context", counted)
    transport.tls_context.cache_clear()

    for _ in range(3):
        client = SyncClient(SERVICE, Credentials())
        assert isinstance(client._sender, transport.SyncTransport)
        # The pools are made with the first call, and no call is made here.
        client._sender._current()
        client.close()

    assert len(made) == 1


class Immediate:
    """Answers without a wire."""

    is_closed = False

    def close(self) -> None:
        """Nothing is open."""

    def send(self, request: Request, exchange: Exchange, *, fresh: bool) -> Answer:
        del request, fresh
        exchange.sent = True
        return Answer(status_code=200, raw_headers=(), content=b'{"id": "1"}', elapsed=0.1)


def entered(run: Callable[[], object]) -> Counter[str]:
    """Count the functions written in Python that *run* enters, by their files and names."""
    seen: Counter[str] = Counter()

    def look(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            seen[f"{Path(frame.f_code.co_filename).name}:{frame.f_code.co_name}"] += 1

    sys.setprofile(look)
    try:
        run()
    finally:
        sys.setprofile(None)
    return seen


@pytest.mark.parametrize("exact", [False, True])
def test_a_call_goes_few_steps_and_makes_nothing_that_could_be_made_once(*, exact: bool) -> None:
    service = replace(
        SERVICE,
        credentials=(Credential(name="key", wire="key", environment_variable="LEDGERLY_KEY"),),
        auth=BearerAuth(parts=(CredentialPart("key"),)),
    )
    read: Operation[Entry] = Operation(
        name="read", method="GET", path="entries/1", effect="read", returns=Entry, exact=exact
    )
    client = SyncClient(service, Credentials(key="k"))
    client._sender = Immediate()
    client._call(read, {}, CallOptions())

    seen = entered(lambda: client._call(read, {}, CallOptions()))

    # That the list is of what was called, and not of nothing.
    assert seen["drivers.py:driven"] == 1
    # Sixty where this was written.
    assert sum(seen.values()) < 75
    assert not [name for name in seen if name.startswith(("dataclasses.py:", "inspect.py:", "<frozen importlib"))]
    assert seen["decoder.py:__init__"] == seen["decode.py:_wrap"] == seen["target.py:read_target"] == 0
