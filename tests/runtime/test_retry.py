"""When to try again."""

from __future__ import annotations

import pytest

from generator.runtime.retry import Backoff, RetryQuota, reset_wait, retry_after

NOW = 784_111_777.0  # Sun, 06 Nov 1994 08:49:37 GMT


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Sun, 06 Nov 1994 08:50:07 GMT"}, 30.0),
        ({"retry-after": "Sun, 06 Nov 1993 08:49:37 GMT"}, 0.0),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "1e3"}, None),
        ({"retry-after": "3, 4"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "9" * 400}, None),
        ({"retry-after": "\u0663"}, None),
        ({"retry-after": "Fri, 99 Xyz 9999999999 99:99:99 GMT"}, None),
    ],
)
def test_wait_is_read_in_both_forms_and_in_no_other(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


def test_reset_is_a_moment() -> None:
    assert (reset_wait(str(NOW + 5), NOW), reset_wait(str(NOW - 5), NOW), reset_wait("x", NOW)) == (5.0, 0.0, None)


@pytest.mark.parametrize(("retry", "longest"), [(0, 0.5), (1, 1.0), (2, 2.0), (4, 8.0), (9, 8.0), (10_000, 8.0)])
def test_waits_grow_to_a_longest_and_are_spread_from_nothing(retry: int, longest: float) -> None:
    backoff = Backoff()

    assert (backoff.delay(retry, 0.0), backoff.delay(retry, 1.0)) == (0.0, longest)


def test_quota_is_earned_by_calls() -> None:
    quota = RetryQuota(reserve=2, earned=0.5)

    assert [quota.take() for _ in range(3)] == [True, True, False]
    quota.earn()
    quota.earn()
    assert [quota.take() for _ in range(2)] == [True, False]
