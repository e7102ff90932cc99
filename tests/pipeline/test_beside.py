"""Processes beside a run: started while it reads, only when there is something for them to do, and ended with it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import Any

import pytest

from generator.inputs import types_in
from generator.plan.declarations import Declarer, declared
from tests.pipeline.projects import Project, spec

TYPES = """\
  readInvoice:
    call: GET invoice
    effect: read
    doc: Reads the last one.
    returns: Invoice
types:
  Invoice:
    number: string
    dueOn: date
"""

_LIST = """
import json, os, subprocess, sys

started = []


class Noted(subprocess.Popen):
    def __init__(self, command, **keywords):
        super().__init__(command, **keywords)
        started.append(self)


subprocess.Popen = Noted
from generator.__main__ import main

try:
    main()
except SystemExit as end:
    status = end.code
told = {
    "status": status,
    "started": [os.path.basename(child.args[-1]) for child in started],
    "ended": all(child.returncode is not None for child in started),
    "loaded": "datamodel_code_generator" in sys.modules,
}
print(json.dumps(told))
"""

MODELS = "generator.plan.declarations"
INSPECTION = "inspection_child.py"


def run(project: Project, *arguments: str, status: int = 0) -> tuple[list[str], bool]:
    """Run the command by itself; return which processes of ours it started, and whether it made models in its own."""
    child = subprocess.run(
        [sys.executable, "-W", "error", "-c", _LIST, "generate", "--quiet", *arguments],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
    )
    told: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])

    assert (told["status"], told["ended"], "Warning" in child.stderr) == (status, True, False), child.stderr
    return [name for name in told["started"] if name in (MODELS, INSPECTION)], told["loaded"]


@pytest.fixture
def typed(project: Project) -> Project:
    """Give the project with a spec that has a type."""
    project.write("specs/typed.yaml", spec("ledgerly_typed") + TYPES)
    return project


def test_models_are_made_beside_a_run_that_has_to_make_them(typed: Project) -> None:
    assert run(typed, "--jobs", "2") == ([MODELS, INSPECTION], False)
    assert typed.run("generate", "--check", "--jobs", "1").status == 0

    typed.write("specs/typed.yaml", spec("ledgerly_typed", doc="Reads one invoice.") + TYPES)
    assert run(typed, "--jobs", "2") == ([INSPECTION], False)


def test_one_job_is_one_process_until_packages_are_inspected(typed: Project) -> None:
    assert run(typed, "--jobs", "1") == ([INSPECTION], True)


def test_what_was_started_is_ended_when_nothing_can_be_made(typed: Project) -> None:
    for file in typed.root.joinpath("specs").rglob("*.yaml"):
        file.write_text(file.read_text(encoding="utf-8").replace("auth:", "oath:"), encoding="utf-8")

    assert run(typed, "--jobs", "2", status=1) == ([MODELS, INSPECTION], False)


SCHEMA: dict[str, Any] = {"$defs": {"Invoice": {"type": "object", "properties": {"dueOn": {"type": "string"}}}}}
ALIASES = {"Invoice.dueOn": "due_on"}


def test_a_process_that_says_nothing_costs_time_and_no_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))

    with Declarer() as declarer:
        declarer.ask(SCHEMA, ALIASES)
        assert declarer(SCHEMA, ALIASES) == declared(SCHEMA, ALIASES)


def test_a_process_in_the_middle_of_its_work_is_ended() -> None:
    with Declarer() as declarer:
        asked = declarer.ask(SCHEMA, ALIASES)

    assert asked.done()


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("vendor: a\n", ""),
        ("vendor: a\ntypes:\n  A:\n    b: string\n", "types:\n  A:\n    b: string\n"),
        ("types:\n  A:\n# of A\n    b: string\n\nendpoints:\n  a:\n", "types:\n  A:\n# of A\n    b: string\n\n"),
        ("title: types\nendpoints:\n  types:\n    a: b\n", ""),
    ],
)
def test_types_are_told_without_parsing(text: str, types: str) -> None:
    assert types_in(text.encode()).decode() == types
