"""No secret of Store365 is in a text, log, error, traceback of the package or pickle, whatever fails."""

# A test may look inside.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import base64
import copy
import json
import logging
import pickle
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

import generated.store365 as package
from tests.contract.store365_sessions import KINDS, Session, session
from tests.stand_ins import wire
from tests.stand_ins.store365 import CLIENT_ID, PASSWORD, TOKEN_WORD, USERNAME, Store365

FOLDER = Path(package.__file__).parent

SECRETS = (USERNAME, PASSWORD, CLIENT_ID, TOKEN_WORD)


def spellings(secret: str) -> Iterator[str]:
    raw = secret.encode()
    yield from (secret, secret[::-1], json.dumps(secret)[1:-1], repr(secret)[1:-1], raw.hex())
    yield from (quote(secret), quote(secret, safe=""), quote_plus(secret), base64.b64encode(raw).decode())
    # Inside a longer text, base64 begins at one of three places.
    yield from (base64.b64encode(b"x" * shift + raw).decode()[4:-4] for shift in (1, 2))


# Whatever is done to a secret, its first word survives most of it.
CANARIES = {spelling for secret in SECRETS for spelling in spellings(secret)} | {"c4n4ry"}


def shown(text: str) -> list[str]:
    """Return the spellings of secrets that *text* has."""
    return [canary for canary in CANARIES if canary in text]


def sinks(error: BaseException) -> Iterator[tuple[str, str]]:
    """Give every text in which an error could show what it knows, with its name."""
    yield "repr", repr(error) + str(error) + repr(error.args) + repr(getattr(error, "__notes__", ""))
    yield "vars", repr(vars(error))
    yield "traceback", "".join(traceback.format_exception(error))
    yield "attributes", repr([getattr(error, name, None) for name in dir(error) if name != "__traceback__"])
    response = getattr(error, "response", None)
    if response is not None:
        yield "response", repr((response, response.content, response.headers, response.text))
    yield "pickle", repr(pickle.dumps(error))
    following: BaseException | None = error
    while following is not None:
        told = traceback.TracebackException.from_exception(following, capture_locals=True)
        for frame in told.stack:
            if Path(frame.filename).is_relative_to(FOLDER):
                yield f"frame {frame.name}", repr(frame.locals)
        following = following.__cause__ or following.__context__


@pytest.fixture
def vendor() -> Iterator[Store365]:
    """The vendor's look-alike with 3 users."""
    with Store365(3) as server:
        yield server


@pytest.fixture(params=KINDS, ids=["sync", "async"])
def calls(request: pytest.FixtureRequest, vendor: Store365) -> Iterator[Session]:
    """A client of it, from a thread and from a task."""
    with session(vendor, asynchronous=request.param, max_retries=0) as made:
        yield made


def echoing(turn: wire.Turn) -> None:
    """Answer with an error that repeats what was sent, as careless servers do."""
    told = f"Bad request: {dict(turn.request.headers)} {turn.request.body.decode()}"
    response = wire.json_response({"code": 400, "message": told}, 400)
    turn.send(response.spelled())


def bad_token(turn: wire.Turn) -> None:
    """Give a token that no header can carry."""
    turn.send(wire.json_response({"access_token": f"{TOKEN_WORD}\n", "expires_in": "60"}).spelled())


def redirected(turn: wire.Turn) -> None:
    """Send the client elsewhere."""
    turn.send(wire.Response(b"", 307, {"Location": "http://127.0.0.1:1/elsewhere"}).spelled())


LOGIN_FAULTS: dict[str, wire.Fault] = {
    "reset": wire.reset_after_reading,
    "cut": wire.cut,
    "html": wire.html_with_200,
    "echo": echoing,
    "bad token": bad_token,
    "redirect": redirected,
    "busy": wire.saying(503),
    "refused": wire.saying(401),
}

FAULTS: dict[str, wire.Fault] = {
    "reset": wire.reset_after_reading,
    "cut": wire.cut,
    "html": wire.html_with_200,
    "redirect": redirected,
    "busy": wire.saying(503),
    "refused": wire.saying(401),
    "forbidden": wire.saying(403),
}


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that any logger says."""
    caplog.set_level(logging.DEBUG)
    return caplog


def test_refused_login_shows_nothing_even_when_the_server_repeats_it(
    calls: Session, vendor: Store365, logs: pytest.LogCaptureFixture
) -> None:
    vendor.tokens.refusal = (401, {"error": "invalid_grant"})
    vendor.tokens.echo = True
    vendor.tokens.password = "another"

    for error in (calls.error(), calls.error()):
        assert type(error) is package.AuthenticationError
        assert {name: found for name, text in sinks(error) if (found := shown(text))} == {}
    assert shown(logs.text) == []


@pytest.mark.parametrize("name", LOGIN_FAULTS)
def test_failing_login_shows_nothing(
    calls: Session, vendor: Store365, logs: pytest.LogCaptureFixture, name: str
) -> None:
    vendor.tokens.fail(LOGIN_FAULTS[name])

    error = calls.error()

    assert isinstance(error, package.APIError)
    assert {sink: found for sink, text in sinks(error) if (found := shown(text))} == {}
    assert shown(logs.text) == []


@pytest.mark.parametrize("name", FAULTS)
def test_failing_call_shows_nothing(
    calls: Session, vendor: Store365, logs: pytest.LogCaptureFixture, name: str
) -> None:
    vendor.resources.fail(*[FAULTS[name]] * 2)

    error = calls.error()

    assert isinstance(error, package.APIError)
    assert {sink: found for sink, text in sinks(error) if (found := shown(text))} == {}
    assert shown(logs.text) == []


def test_words_of_an_error_that_repeats_the_token_do_not(calls: Session, vendor: Store365) -> None:
    vendor.resources.fail(echoing)

    error = calls.error()

    assert type(error) is package.BadRequestError
    assert "Bad request" in str(error)
    assert shown(f"{error} {error!r} {error.message}") == []


def test_client_and_what_it_is_made_of_show_nothing(calls: Session) -> None:
    calls.first()
    client = calls.client
    inside: list[Any] = [client, client._setting, client._setting.tokens, client._setting.tokens._token, client.users]

    texts = [text for each in inside for text in (repr(each), str(each), f"{each}")]
    texts += [str(client.__dict__), str(client._setting.tokens.__dict__)]
    texts.append(repr(client._setting.tokens._request))

    assert [found for text in texts if (found := shown(text))] == []


@pytest.mark.parametrize("action", [pickle.dumps, copy.copy, copy.deepcopy])
def test_client_with_a_token_is_neither_copied_nor_pickled(calls: Session, action: Any) -> None:
    calls.first()

    with pytest.raises(TypeError) as caught:
        action(calls.client)

    assert shown(str(caught.value)) == []


def test_logs_of_good_calls_show_nothing(calls: Session, vendor: Store365, logs: pytest.LogCaptureFixture) -> None:
    calls.first()
    vendor.tokens.revoke()
    calls.first()

    assert "users.list: 200" in logs.text
    assert shown(logs.text) == []


@pytest.mark.parametrize(
    ("keyword", "value"),
    [("password", "c4n4ry\n"), ("username", "c4n4ry "), ("client_id", "c4n4ry\0"), ("password", "c4n4ry-ü")],
)
def test_credential_that_cannot_be_sent_is_not_shown(keyword: str, value: str) -> None:
    kind: Any = package.Client

    with pytest.raises(package.CredentialError) as caught:
        kind(**{"username": "u", "password": "p", "client_id": "c", keyword: value})

    assert keyword in str(caught.value)
    assert {name: found for name, text in sinks(caught.value) if (found := shown(text))} == {}
