"""What the tests of the contract share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.callers import VERSIONS, Caller
from tests.stand_ins.m360 import M360


@pytest.fixture(
    params=[Caller(version, asynchronous) for version in VERSIONS for asynchronous in (False, True)],
    ids=lambda caller: f"{caller.version}-{'async' if caller.asynchronous else 'sync'}",
)
def caller(request: pytest.FixtureRequest) -> Caller:
    """Both versions, from a thread and from a task."""
    found: Caller = request.param
    return found


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    """Both versions."""
    found: str = request.param
    return found


@pytest.fixture
def vendor() -> Iterator[M360]:
    """The vendor's look-alike, without any records."""
    with M360() as server:
        yield server


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out of the environment what a client would read from it."""
    for name in ("M360_AUTH_CODE", "M360_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
