"""Processes that are killed or forked in the middle of a payment move no money twice, and mislead nobody."""

from __future__ import annotations

import pytest

from tests.torture import deaths
from tests.torture.money import Vendor

SEEDS = range(1_000_000, 1_000_025)
VENDORS: tuple[Vendor, ...] = ("golden", "kolmisoft", "keyed")


@pytest.mark.parametrize("vendor", VENDORS)
def test_killed_payment_is_taken_up_with_its_stored_key_and_happens_once(vendor: Vendor) -> None:
    findings = deaths.kills(vendor, SEEDS)

    assert findings.faults == []
    assert findings.schedules == len(SEEDS)


@pytest.mark.parametrize("vendor", VENDORS)
def test_fork_beside_a_payment_disturbs_none(vendor: Vendor) -> None:
    findings = deaths.forks(vendor, SEEDS)

    assert findings.faults == []
    assert findings.schedules == 4 * len(SEEDS)
    assert findings.outcomes["done"] > 10


@pytest.mark.parametrize("vendor", VENDORS)
def test_fork_inside_of_a_call_leaves_it_to_the_parent(vendor: Vendor) -> None:
    findings = deaths.forks_inside(vendor, SEEDS)

    assert findings.faults == []
    assert findings.outcomes["done"] > 10
