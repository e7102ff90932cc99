"""What the tests of the contract share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract import every
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


@pytest.fixture(params=every.CALLERS, ids=str)
def each(request: pytest.FixtureRequest) -> every.Caller:
    """All five packages, from a thread and from a task."""
    found: every.Caller = request.param
    return found


@pytest.fixture
def stand_in(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The look-alike of the vendor whose package a test is about."""
    found: every.Caller | every.Vendor = request.getfixturevalue(
        next(name for name in ("each", "changing", "paged", "package") if name in request.fixturenames)
    )
    with (found.vendor if isinstance(found, every.Caller) else found).stand_in() as server:
        yield server


@pytest.fixture(params=every.VENDORS, ids=lambda vendor: vendor.package)
def package(request: pytest.FixtureRequest) -> every.Vendor:
    """All five packages."""
    found: every.Vendor = request.param
    return found


@pytest.fixture(params=every.CHANGING, ids=str)
def changing(request: pytest.FixtureRequest) -> every.Caller:
    """The packages with an operation that must not happen twice, from a thread and from a task."""
    found: every.Caller = request.param
    return found


@pytest.fixture(params=every.PAGED, ids=str)
def paged(request: pytest.FixtureRequest) -> every.Caller:
    """The packages with a paged list, from a thread and from a task."""
    found: every.Caller = request.param
    return found


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out of the environment what a client would read from it."""
    for name in (variable for vendor in every.VENDORS for variable, _ in vendor.credentials.values()):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
