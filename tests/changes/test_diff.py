"""The command: what it prints, for whom, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.changes.projects import ENTRY, PAID, SPEC, Project

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Run:
    """What a run of the command left."""

    status: int
    out: str
    err: str


def run(project: Project, *words: str) -> Run:
    """Run `clientmill diff` in a project."""
    surroundings = {**os.environ, "GIT_CEILING_DIRECTORIES": str(project.folder.parent)}
    done = subprocess.run(
        (sys.executable, "-m", "generator", "diff", *words),
        cwd=project.folder,
        env=surroundings | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.write(SPEC)
    made.commit()
    return made


TOLD = """\
ledgerly: 1.0.0 -> 1.1.0

added
  Invoice.paidOn: date (answer-field-added)
    Models keep unknown fields already; now it has a name.
    reached by getInvoice
"""


def test_working_tree_is_compared_with_the_last_commit(project: Project) -> None:
    project.write(SPEC + PAID + ENTRY)

    assert run(project) == Run(0, TOLD, "")


def test_two_revisions_are_compared(project: Project) -> None:
    project.write(SPEC + PAID + ENTRY)
    project.commit()
    project.write(SPEC)

    assert run(project, "HEAD~1", "HEAD") == Run(0, TOLD, "")


def test_nothing_is_told_as_such(project: Project) -> None:
    assert run(project) == Run(0, "nothing changed for callers\n", "")


def test_markdown_is_for_pull_requests(project: Project) -> None:
    project.write(SPEC + PAID)

    assert run(project, "--format", "markdown").out == (
        "### `ledgerly`: 1.0.0 -> 1.1.0 once this is announced in the changelog\n"
        "\n"
        "**Added**\n"
        "\n"
        "| what | was | is | why it matters | reached by |\n"
        "|---|---|---|---|---|\n"
        "| `Invoice.paidOn` |  | `date` | Models keep unknown fields already; now it has a name. | `getInvoice` |\n"
    )


def test_json_is_for_programs(project: Project) -> None:
    project.write(SPEC + PAID)

    (package,) = json.loads(run(project, "--format", "json").out)["packages"]

    assert (package["package"], package["worst"], package["next_version"], package["announced"]) == (
        "ledgerly",
        "additive",
        "1.1.0",
        False,
    )
    assert [change["rule"] for change in package["changes"]] == ["answer-field-added"]


@pytest.mark.parametrize(
    ("text", "limit", "status"),
    [
        (SPEC + PAID, "breaking", 0),
        (SPEC + PAID, "unannounced", 1),
        (SPEC + PAID + ENTRY, "unannounced", 0),
        (SPEC + PAID + ENTRY, "any", 1),
        (SPEC.replace("id: string", "id: integer"), "breaking", 1),
        (SPEC, "any", 0),
    ],
)
def test_exit_code_is_what_was_asked_for(project: Project, text: str, limit: str, status: int) -> None:
    project.write(text)

    assert run(project, "--fail-on", limit).status == status


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nosuch",), "git knows no commit called 'nosuch'"),
        (("--", "--output=x"), "'--output=x' is not a revision"),
        (("HEAD", "HEAD", "--prove"), "--prove runs old tests against the packages on disk"),
    ],
)
def test_what_cannot_be_compared_is_told(project: Project, words: tuple[str, ...], message: str) -> None:
    told = run(project, *words)

    assert told.status == 2
    assert message in told.err
    assert told.out == ""


def test_folder_without_a_repository_is_told(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write(SPEC)

    told = run(project)

    assert told.status == 2
    assert "git" in told.err
    assert "repository" in told.err


def test_mistake_of_today_ends_with_1_and_one_of_long_ago_does_not(project: Project) -> None:
    project.write("vendor: [\n")
    project.commit()
    project.write(SPEC)
    old = run(project)
    project.commit()
    project.write("vendor: [\n")
    new = run(project)

    assert (old.status, new.status) == (0, 1)
    assert old.err.startswith("HEAD: specs/ledgerly.yaml:")
    assert new.err.startswith("specs/ledgerly.yaml:")


def test_terminal_gets_colours_and_no_text_of_a_spec_directs_it(project: Project) -> None:
    project.write(SPEC + '    paidOn?: { type: string, pattern: "^[\\u001b]$" }\n')
    ours, theirs = pty.openpty()
    surroundings = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    subprocess.run(
        (sys.executable, "-m", "generator", "diff"),
        cwd=project.folder,
        env=surroundings | {"PYTHONPATH": str(ROOT), "TERM": "xterm"},
        stdout=theirs,
        check=True,
    )
    os.close(theirs)
    told = os.read(ours, 65536).decode()
    os.close(ours)

    assert "\033[32madded\033[0m" in told
    assert told.replace("\033[1m", "").replace("\033[32m", "").replace("\033[0m", "").count("\033") == 0


def test_old_tests_prove_that_nobody_breaks(project: Project) -> None:
    folder = project.folder / "generated" / "ledgerly"
    (folder / "tests").mkdir(parents=True)
    for name, text in {"__init__.py": "VALUE = 1\n", "manifest.json": "{}\n", "tests/__init__.py": ""}.items():
        (folder / name).write_text(text, encoding="utf-8")
    test = "from .. import VALUE\n\n\ndef test_value() -> None:\n    assert VALUE == 1\n"
    (folder / "tests" / "test_value.py").write_text(test, encoding="utf-8")
    project.commit()
    project.write(SPEC + PAID + ENTRY)
    (folder / "tests" / "test_value.py").write_text("raise SystemExit('the new tests do not run')\n", encoding="utf-8")
    good = run(project, "--prove")
    (folder / "__init__.py").write_text("VALUE = 2\n", encoding="utf-8")
    bad = run(project, "--prove")

    assert (good.status, bad.status) == (0, 1)
    assert "the tests of HEAD against the package of today: python -m pytest" in good.err
    assert "1 passed" in good.err
    assert "assert 2 == 1" in bad.err
