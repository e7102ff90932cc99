"""`clientmill adopt`: from what a vendor sends to a spec that knows it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.editing.projects import LEDGERLY
from tests.pipeline.projects import PROJECT_FILE, Project

# A stand-in that answers what its pages did not tell: fields of two types, and a word of an enumeration.
APP = """
import sys
from pathlib import Path

sys.path.insert(0, "generated")
from ledgerly import Client
from ledgerly.drift import DriftFile
from ledgerly.tests.replay import Answer, Replay

INVOICE = {
    "id": "1", "state": "returned", "paidOn": "2026-12-01", "rate": 1.5, "tags": ["canary"], "owner": {"canary": 1},
    "lines": [{"text": "a", "amount": 3, "note": None}],
}
vendor = Replay(Answer([INVOICE, INVOICE]), Answer([INVOICE]))
with DriftFile(sys.argv[1]) as drift, Client(http_client=vendor.client(), on_drift=drift) as client:
    client.find_invoices()
    client.find_invoices()
print(Path(sys.argv[1]).exists())
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Give a project with a generated client and an app that uses it."""
    made = Project(tmp_path / "books")
    made.write("pyproject.toml", PROJECT_FILE)
    made.write("specs/ledgerly.yaml", LEDGERLY)
    made.write("app.py", APP)
    run = made.run("generate", "--quiet")
    assert run.status == 0, run.stderr
    return made


_FINDING = {"operation": "a", "path": "b", "owner": "C", "kind": "field", "name": "b", "type": "null", "count": 1}


def use(project: Project, file: str) -> str:
    """Run the app, and return what it says."""
    done = subprocess.run(
        [sys.executable, "app.py", file], cwd=project.root, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def comments(text: str) -> list[str]:
    """Return the comments of a spec."""
    return [comment.strip() for comment in re.findall(r"(?:^| )#.*", text, re.MULTILINE)]


def test_what_a_vendor_sends_becomes_a_spec_that_knows_it(project: Project) -> None:
    use(project, "drift.json")
    found = (project.root / "drift.json").read_text()
    word = ("--value", "Invoice.state=returned")
    run = project.run("adopt", "drift.json", "--yes", "--date", "2026-12-02", *word)
    spec = (project.root / "specs" / "ledgerly.yaml").read_text()
    checked = project.run("check"), project.run("fmt", "--check"), project.run("generate", "--quiet")
    again = use(project, "again.json")

    assert "canary" not in found
    assert "returned" not in found
    assert {(each["name"], each["type"], each["count"]) for each in json.loads(found)["drift"]} == {
        ("state", "string", 3), ("paidOn", "string", 3), ("rate", "number", 3), ("tags", "array", 3),
        ("owner", "object", 3), ("amount", "integer", 3), ("note", "null", 3),
    }  # fmt: skip
    assert (run.status, run.stderr) == (0, "1 spec changed; next: clientmill generate\n")
    for line in (
        "      owner?: map of any?",
        "      paidOn?: string?",
        "      rate?: decimal?",
        "      tags?: list of any?",
        "    amount?: integer?",
        "    note?: unknown",
        "  InvoiceState: one of open, paid, returned",
        "  - date: 2026-12-02",
        "    source: observed",
    ):
        assert f"{line}\n" in spec
    assert ", InvoiceState.returned]\n" in spec
    assert comments(spec) == comments(LEDGERLY)
    assert [each.status for each in checked] == [0, 0, 0]
    assert again == "False\n"


def test_nothing_is_written_where_nobody_can_be_asked(project: Project) -> None:
    use(project, "drift.json")
    run = project.run("adopt", "drift.json")
    dry = project.run("adopt", "drift.json", "--dry-run")

    assert run.status == 2
    assert "say --yes to write this, or --dry-run to look at it only" in run.stderr
    assert "left: Invoice.state: a word that is not listed" in run.stderr
    assert "+      paidOn?: string?\n" in run.stdout
    assert (dry.status, dry.stdout) == (0, run.stdout)
    assert (project.root / "specs" / "ledgerly.yaml").read_text() == LEDGERLY


def test_findings_that_the_spec_knows_by_now_are_not_proposed(project: Project) -> None:
    use(project, "drift.json")
    project.run("adopt", "drift.json", "--yes", "--quiet", "--value", "Invoice.state=returned")
    before = (project.root / "specs" / "ledgerly.yaml").read_text()
    run = project.run("adopt", "drift.json", "--yes", "--quiet")

    assert (run.status, run.stderr) == (0, "there is nothing to adopt\n")
    assert (project.root / "specs" / "ledgerly.yaml").read_text() == before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "there is no file drift.json"),
        ("{}", "drift.json is not a drift file"),
        (
            json.dumps({"version": 1, "drift": [_FINDING | {"package": "ledgrly"}]}),
            "no spec makes the package 'ledgrly'; did you mean 'ledgerly'?",
        ),
    ],
    ids=["missing", "another", "package"],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, text: str | None, told: str) -> None:
    made = Project(tmp_path / "books")
    made.write("specs/ledgerly.yaml", LEDGERLY)
    if text is not None:
        made.write("drift.json", text)
    run = made.run("adopt", "drift.json", "--yes")

    assert run.status == 2
    assert told in run.stderr
