"""What all tests share: property tests try the same examples in every run, and no test leaves its own ground."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.guard import install

settings.register_profile("the same every time", derandomize=True, database=None)
settings.load_profile("the same every time")

GUARD = install()


@pytest.fixture(autouse=True)
def own_ground() -> Iterator[None]:
    """Fail a test that reached beyond this machine or wrote outside of its folders."""
    GUARD.emptied()
    yield
    found = GUARD.emptied()
    assert not found, f"a test reached beyond its own ground: {found}"
