"""A changelog says what changed since the last release, and says it truly."""

from __future__ import annotations

import pytest

from tests.changes.announced import ACCEPTED, REFUSED, Announcement, announcements

BAD = announcements(REFUSED)
GOOD = announcements(ACCEPTED)


@pytest.mark.parametrize("case", BAD, ids=[case.folder.name for case in BAD])
def test_author_is_told_what_to_write(case: Announcement) -> None:
    told = case.told_text()

    assert told == case.golden.read_text(encoding="utf-8")
    assert told


@pytest.mark.parametrize("case", GOOD, ids=[case.folder.name for case in GOOD])
def test_true_changelog_is_accepted(case: Announcement) -> None:
    assert case.told() == ()


def test_every_kind_of_lie_has_a_case() -> None:
    codes = {diagnostic.code for case in BAD for diagnostic in case.told()}

    assert codes == {"S130", "S131", "S132", "S133"}
