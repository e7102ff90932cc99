"""What the tests of the runtime share."""

from __future__ import annotations

import pytest

from tests.runtime.ledgerly import FakeTime, Runner


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def runner(request: pytest.FixtureRequest) -> Runner:
    """Calls from a thread, then the same from a task."""
    return Runner(asynchronous=request.param)


@pytest.fixture
def fake_time() -> FakeTime:
    """Time that passes only when somebody sleeps."""
    return FakeTime()
