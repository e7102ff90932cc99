"""What all tests share: property tests try the same examples in every run, and no test leaves its own ground."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.guard import install

# No clock: a busy machine is no reason to fail.
settings.register_profile(
    "the same every time",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("the same every time")

GUARD = install()

# A shell has what it starts in the background ignore interrupts, and that is handed on to every process of a test.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def own_ground() -> Iterator[None]:
    """Fail a test that reached beyond this machine or wrote outside of its folders."""
    GUARD.emptied()
    GUARD.is_watching = True
    yield
    GUARD.is_watching = False
    found = GUARD.emptied()
    assert not found, f"a test reached beyond its own ground: {found}"
