"""Small shares of what `make torture` does at length: clients in many hands, and deliveries changed by chance."""

from __future__ import annotations

import pytest

from tests.torture.deliveries import try_deliveries
from tests.torture.sharing import cancellations, forks, interruptions, threads


def test_threads_get_their_own_answers() -> None:
    findings = threads(16, 20)

    assert findings.faults == []
    assert findings.inert == 320


def test_forked_children_get_their_own_answers() -> None:
    findings = forks(3, 20)

    assert findings.faults == []
    assert findings.inert == 80


def test_call_after_a_cancellation_at_any_step_is_good() -> None:
    findings = cancellations(60)

    assert findings.faults == []
    assert findings.inert == 60


# What is interrupted while it is thrown away says so, and nothing else comes of it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_call_after_an_interrupt_at_any_place_is_good() -> None:
    findings = interruptions(200)

    assert findings.faults == []
    assert findings.inert == 200


def test_changed_deliveries_are_refused_by_one_error() -> None:
    findings = try_deliveries(seed=1, count=3000)

    assert findings.faults == []
    assert findings.refused > 1500
    assert findings.inert > 300
