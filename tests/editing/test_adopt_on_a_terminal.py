"""`clientmill adopt` asks before it writes, on a real terminal, and does as it is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.terminal import END_OF_INPUT, away_from_a_terminal, on_a_terminal
from tests.editing.projects import LEDGERLY

FINDING = {
    "package": "ledgerly",
    "operation": "findInvoices",
    "path": "paidOn",
    "owner": "Invoice",
    "kind": "field",
    "name": "paidOn",
    "type": "string",
    "count": 3,
}
QUESTION = "Write this to specs/ledgerly.yaml? [y/N]:"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """Give the spec of a project with a drift file beside it."""
    path = tmp_path / "specs" / "ledgerly.yaml"
    path.parent.mkdir()
    path.write_text(LEDGERLY, encoding="utf-8")
    (tmp_path / "drift.json").write_text(json.dumps({"version": 1, "drift": [FINDING]}), encoding="utf-8")
    return path


def test_yes_writes_what_was_shown(spec: Path) -> None:
    ended = on_a_terminal(spec.parents[1], "adopt", "drift.json", typed="y\n", after=QUESTION)

    assert ended.status == 0
    assert ended.said.index("+      paidOn?: string?") < ended.said.index(QUESTION)
    assert ended.said.endswith("1 spec changed; next: clientmill generate\n")
    assert "      paidOn?: string?\n" in spec.read_text(encoding="utf-8")


@pytest.mark.parametrize("typed", ["n\n", "\n", END_OF_INPUT], ids=["no", "enter", "end of input"])
def test_all_but_yes_writes_nothing_and_says_so(spec: Path, typed: str) -> None:
    ended = on_a_terminal(spec.parents[1], "adopt", "drift.json", typed=typed, after=QUESTION)

    assert ended.status == 0
    assert ended.said.endswith("nothing was written\n")
    assert spec.read_text(encoding="utf-8") == LEDGERLY


def test_another_answer_is_asked_again(spec: Path) -> None:
    ended = on_a_terminal(spec.parents[1], "adopt", "drift.json", typed="perhaps\ny\n", after=QUESTION)

    assert ended.status == 0
    assert ended.said.count(QUESTION) == 2
    assert "paidOn" in spec.read_text(encoding="utf-8")


def test_without_a_terminal_it_refuses_unless_told_yes(spec: Path) -> None:
    refused = away_from_a_terminal(spec.parents[1], "adopt", "drift.json")
    untouched = spec.read_text(encoding="utf-8")
    told = away_from_a_terminal(spec.parents[1], "adopt", "drift.json", "--yes")

    assert refused.status == 2
    assert "nobody can be asked here: say --yes to write this, or --dry-run to look at it only" in refused.said
    assert untouched == LEDGERLY
    assert told.status == 0
    assert "      paidOn?: string?\n" in spec.read_text(encoding="utf-8")
