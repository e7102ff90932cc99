"""The GitHub Action: nothing of its inputs is read as a command, and its steps do what they say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.pipeline.projects import PROJECT_FILE, Project, spec

ROOT = Path(__file__).parents[2]
STEPS: list[dict[str, Any]] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Give a repository with a committed client, and an edit of its spec that is not taken up."""
    made = Project(tmp_path / "books")
    made.write("pyproject.toml", PROJECT_FILE)
    path = made.write("specs/one.yaml", spec("ledgerly_one"))
    assert made.run("generate", "--quiet").status == 0
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "The client")):
        person = ("-c", "user.name=Team", "-c", "user.email=team@example.com")
        subprocess.run(["/usr/bin/env", "git", *person, *words], cwd=made.root, check=True)
    path.write_text(path.read_text().replace("returns: string at number", "returns: integer at number"))
    return made


def step(project: Project, name: str, **variables: str) -> tuple[int, str, str]:
    """Run a step as a runner does; return its status, what it printed, and the job's summary."""
    (script,) = (each["run"] for each in STEPS if each["name"] == name)
    summary = project.root.parent / "summary.md"
    summary.touch()
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "RUNNER_TEMP": str(project.root.parent),
        "GITHUB_STEP_SUMMARY": str(summary),
        **variables,
    }
    done = subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=project.root, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr, summary.read_text()


def test_inputs_reach_the_shell_as_variables_only() -> None:
    assert [each["name"] for each in STEPS if "${{" in each["run"]] == []
    assert [each for each in STEPS if "uses" in each] == []


def test_what_changed_stands_in_the_summary_and_breaking_fails(project: Project) -> None:
    shown = step(project, "Show what changed", BASE="HEAD")
    wanted = step(project, "Refuse what was not wanted", FAIL_ON="")
    unwanted = step(project, "Refuse what was not wanted", FAIL_ON="breaking")

    assert (shown[0], wanted[0], unwanted[0]) == (0, 0, 1)
    assert shown[2] == (
        "### `ledgerly_one`: 1.0.0 -> 2.0.0 once this is announced in the changelog\n\n**Broken**\n\n"
        "| what | was | is | why it matters | reached by |\n|---|---|---|---|---|\n"
        "| `getInvoice` | `string` | `integer` | The call gives back another type. |  |\n"
    )


def test_a_change_that_is_not_announced_fails_the_job_at_its_line(project: Project) -> None:
    status, said, _ = step(project, "Check specs and clients")

    assert status == 1
    assert "::error file=specs/one.yaml,line=16,col=3,title=S130" in said


def test_a_stale_client_fails_the_job_until_it_is_generated(project: Project) -> None:
    project.write("specs/one.yaml", spec("ledgerly_one", doc="Reads one invoice."))
    stale = step(project, "Check specs and clients")
    generated = project.run("generate", "--quiet")
    fresh = step(project, "Check specs and clients")

    assert stale[0] == 1
    assert "+| `get_invoice` | `str` | reads | Reads one invoice. |\n" in stale[1]
    assert stale[1].endswith("ledgerly_one is not what its spec says; run: clientmill generate\n")
    assert (generated.status, fresh[0]) == (0, 0)


def test_without_a_base_nothing_is_compared(project: Project) -> None:
    assert step(project, "Show what changed", BASE="") == (0, "", "There is nothing to compare with.\n")


@pytest.mark.parametrize(
    "base", ["$(touch pwned)", "`touch pwned`", "x; touch pwned", "--output=pwned", '"; touch pwned; "']
)
def test_a_base_is_never_a_command(project: Project, base: str) -> None:
    status, _, summary = step(project, "Show what changed", BASE=base)

    assert status != 0
    assert summary == ""
    assert not (project.root / "pwned").exists()
