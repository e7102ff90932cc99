"""No schedule of faults moves money twice, or lets a caller believe that nothing moved when it did."""

from __future__ import annotations

import pytest

from tests.torture.faults import FAULTS
from tests.torture.ledger import KeyStyle, Ledger
from tests.torture.money import Findings, Vendor, run

SEEDS = range(1_000_000, 1_000_150)


# A connection whose making is interrupted is closed when it is collected, and Python says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("vendor", ["golden", "kolmisoft", "keyed"])
def test_no_schedule_of_faults_moves_money_unseen(vendor: Vendor, *, asynchronous: bool) -> None:
    findings = run(vendor, SEEDS, asynchronous=asynchronous)

    assert findings.faults == []
    assert findings.schedules == len(SEEDS)
    # A run in which everything fails, or nothing does, proves nothing.
    assert findings.outcomes["done"] > 10
    assert findings.outcomes["failed, may have executed"] > 10
    assert findings.outcomes["failed, did nothing"] > 5
    assert (findings.repeated > 10) == (vendor == "keyed")


def test_findings_list_everything_that_must_not_be() -> None:
    findings = Findings(twice=["a"], failed_though_executed=["b"], done_though_not=["c"], sent_again=["d"])

    assert findings.faults == ["a", "b", "c", "d"]


def test_faults_are_of_every_kind() -> None:
    kinds = {name.partition("_")[0] for name in FAULTS}

    assert kinds == {"good", "closed", "worked", "unworked", "refused"}
    assert len(FAULTS) >= 25


def test_ledger_without_keys_carries_out_whatever_comes() -> None:
    ledger = Ledger()

    replies = [ledger.pay("a", b"1", "k", 0.0).number for _ in range(2)]

    assert replies == [1, 2]
    assert ledger.duplicates() == {"a": 2}


def test_ledger_with_keys_gives_the_first_answer_again() -> None:
    ledger = Ledger(KeyStyle(seconds=10))

    replies = [ledger.pay("a", b"1", "k", now).number for now in (0.0, 5.0, 10.0)]

    assert replies == [1, 1, 1]
    assert ledger.duplicates() == {}


def test_key_that_is_too_old_is_no_key() -> None:
    ledger = Ledger(KeyStyle(seconds=10))

    replies = [ledger.pay("a", b"1", "k", now).number for now in (0.0, 10.1)]

    assert replies == [1, 2]


@pytest.mark.parametrize(("compares", "status"), [(True, 422), (False, 200)])
def test_key_with_another_body(*, compares: bool, status: int) -> None:
    ledger = Ledger(KeyStyle(compares_bodies=compares))
    ledger.pay("a", b"1", "k", 0.0)

    assert ledger.pay("b", b"2", "k", 0.0).status == status
    assert ledger.executions["b"] == 0


@pytest.mark.parametrize(("replays", "status"), [(True, 500), (False, 200)])
def test_failure_is_kept_or_worked_again(*, replays: bool, status: int) -> None:
    ledger = Ledger(KeyStyle(replays_errors=replays))
    ledger.pay("a", b"1", "k", 0.0, fails=True)

    assert ledger.pay("a", b"1", "k", 0.0).status == status


def test_first_request_that_is_at_work_is_told() -> None:
    ledger = Ledger(KeyStyle())
    ledger.begin("a", b"1", "k", 0.0)

    assert [ledger.pay("a", b"1", "k", 0.0).status for _ in range(3)] == [409, 409, 200]
    assert ledger.executions["a"] == 1


def test_what_was_begun_is_carried_out_in_the_end() -> None:
    ledger = Ledger(KeyStyle())
    ledger.begin("a", b"1", "k", 0.0)
    ledger.finish()

    assert ledger.executions["a"] == 1


@pytest.mark.parametrize(("replays", "count"), [(True, 1), (False, 2)])
def test_failure_after_the_work_is_worked_again_where_the_vendor_does(*, replays: bool, count: int) -> None:
    ledger = Ledger(KeyStyle(replays_errors=replays))
    ledger.pay("a", b"1", "k", 0.0)
    ledger.fail("k")
    ledger.pay("a", b"1", "k", 0.0)

    assert ledger.executions["a"] == count
