"""Each guard that figures switch off is there, and so is the test that has to miss it."""

from __future__ import annotations

import pytest

from tests.torture.cases import exists
from tests.torture.guards import GUARDS, found


@pytest.mark.parametrize("name", GUARDS)
def test_guard_is_there_and_so_is_its_test(name: str) -> None:
    guard = GUARDS[name]
    owner, last = found(guard)

    assert hasattr(owner, last)
    assert exists(guard.test.removeprefix("tests/").partition("[")[0])
