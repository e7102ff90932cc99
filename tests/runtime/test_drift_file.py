"""The file of findings: added up over runs and processes, in one order, replaced whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from generator.runtime.drift import Drift
from generator.runtime.drift_file import MOST_NAMES, DriftFile, read_drift

_PROCESS = """
import sys

from generator.runtime.drift import Drift
from generator.runtime.drift_file import DriftFile

file = DriftFile(sys.argv[1])
for number in range(40):
    name = sys.argv[2] + "abcdefghij"[number % 10]
    for each in ("shared", name):
        file(Drift(package="p", operation="o", path=each, owner="T", kind="field", name=each, type="null"))
"""


def drift(name: str, type_: str = "string", count: int = 1) -> Drift:
    """Return a finding."""
    return Drift(
        package="p", operation="o", path=f"[].{name}", owner="T", kind="field", name=name, type=type_, count=count
    )


def counts(path: Path) -> dict[str, int]:
    """Return what a file has, by name."""
    return {key.name: count for key, count in read_drift(path).items()}


def test_runs_are_added_up_in_one_order(tmp_path: Path) -> None:
    path = tmp_path / "drift.json"
    for names in (("b", "a"), ("c", "a")):
        with DriftFile(path) as file:
            for name in names:
                file(drift(name))

    document = json.loads(path.read_text())
    assert [(each["name"], each["count"]) for each in document["drift"]] == [("a", 2), ("b", 1), ("c", 1)]
    assert set(document["drift"][0]) == {"package", "operation", "path", "owner", "kind", "name", "type", "count"}


def test_what_is_new_is_written_at_once_and_counts_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "drift.json"
    file = DriftFile(path)
    for _ in range(5):
        file(drift("a"))
    before = counts(path)
    file.flush()

    assert (before, counts(path)) == ({"a": 1}, {"a": 5})


def test_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "drift.json"
    children = [subprocess.Popen([sys.executable, "-c", _PROCESS, str(path), name]) for name in ("x", "y", "z")]
    ends = [child.wait(timeout=60) for child in children]

    assert ends == [0, 0, 0]
    assert counts(path)["shared"] == 3 * 40
    assert sum(counts(path).values()) == 3 * 80
    assert {entry.name for entry in tmp_path.iterdir()} == {"drift.json", ".drift.json.lock"}


def test_names_are_data_where_a_model_has_very_many(tmp_path: Path) -> None:
    path = tmp_path / "drift.json"
    names = [f"{a}{b}{c}" for a in "abcdefgh" for b in "abcdefgh" for c in "abcd"][: MOST_NAMES + 1]
    path.write_text(json.dumps({"version": 1, "drift": [_entry(name) for name in names]}))
    with DriftFile(path) as file:
        file(drift("a", count=2))

    assert counts(path) == {"*": MOST_NAMES + 1 + 2}


def _entry(name: str) -> dict[str, object]:
    said = {"package": "p", "operation": "o", "path": f"[].{name}", "owner": "T"}
    return {**said, "kind": "field", "name": name, "type": "string", "count": 1}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"version": 2, "drift": []}', '{"version": 1, "drift": [{}]}'])
def test_another_file_is_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "drift.json"
    path.write_text(text)
    with pytest.raises(ValueError, match="is not a drift file"):
        DriftFile(path)(drift("a"))

    assert path.read_text() == text
