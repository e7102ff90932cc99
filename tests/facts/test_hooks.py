"""The hooks of `.pre-commit-hooks.yaml`, run as pre-commit runs them: on what is staged, and no commit of what they change."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.facts.repository import ROOT
from tests.pipeline.projects import PROJECT_FILE, Project, spec

HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
}
MISTAKEN = spec("ledgerly_one").replace("effect: read", "efect: read")
LEFT_BEHIND = "git does not track all of generated/ledgerly_one; run: git add generated/ledgerly_one\n"
UNORDERED = "title: Ledgerly API\n" + spec("ledgerly_one").replace("title: Ledgerly API\n", "")


def git(project: Project, *words: str) -> str:
    """Run git in a project."""
    person = ("-c", "user.name=Team", "-c", "user.email=team@example.com")
    done = subprocess.run(
        ["/usr/bin/env", "git", *person, *words], cwd=project.root, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Give a repository with a committed spec, and nothing made of it yet."""
    made = Project(tmp_path / "books")
    made.write("pyproject.toml", PROJECT_FILE)
    made.write("specs/one.yaml", spec("ledgerly_one"))
    made.write("notes.md", "Notes.\n")
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "The spec")):
        git(made, *words)
    return made


def hooked(project: Project, name: str) -> tuple[str, str]:
    """Stage everything and run a hook; return whether it passed, failed or was skipped, and what it said."""
    hook = HOOKS[name]
    git(project, "add", "-A")
    staged = git(project, "diff", "--staged", "--name-only").splitlines()
    if not any(re.search(hook["files"], path) for path in staged):
        return "skipped", ""
    return run_hook(project, name)


def run_hook(project: Project, name: str) -> tuple[str, str]:
    """Run a hook on what is staged; return whether it passed or failed, and what it said."""
    hook = HOOKS[name]
    assert hook["pass_filenames"] is False
    before = git(project, "diff")
    done = subprocess.run(
        shlex.split(hook["entry"]),
        cwd=project.root,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    untouched = git(project, "diff") == before
    return "passed" if done.returncode == 0 and untouched else "failed", done.stdout + done.stderr


def test_every_hook_runs_a_command_that_is_installed_with_us() -> None:
    assert HOOKS.keys() == {"clientmill-check", "clientmill-fmt", "clientmill-generate"}
    assert {(hook["language"], shlex.split(hook["entry"])[0]) for hook in HOOKS.values()} == {("python", "clientmill")}


@pytest.mark.parametrize("name", HOOKS)
def test_commit_without_a_spec_asks_for_nothing(project: Project, name: str) -> None:
    project.write("notes.md", "More notes.\n")

    assert hooked(project, name)[0] == "skipped"


def test_mistake_in_a_spec_stops_the_commit(project: Project) -> None:
    project.write("specs/one.yaml", MISTAKEN)
    mistaken = hooked(project, "clientmill-check")
    project.write("specs/one.yaml", spec("ledgerly_one", doc="Reads one."))

    assert mistaken[0] == "failed"
    assert "specs/one.yaml:18:5: S020" in mistaken[1]
    assert hooked(project, "clientmill-check")[0] == "passed"


def test_spec_out_of_order_is_put_in_order_and_staged_again(project: Project) -> None:
    project.write("specs/one.yaml", UNORDERED)

    assert hooked(project, "clientmill-fmt")[0] == "failed"
    assert (project.root / "specs" / "one.yaml").read_text(encoding="utf-8") == spec("ledgerly_one")
    project.write("specs/one.yaml", spec("ledgerly_one", doc="Reads one."))
    assert hooked(project, "clientmill-fmt")[0] == "passed"


def test_client_is_generated_and_staged_with_its_spec(project: Project) -> None:
    project.write("specs/one.yaml", spec("ledgerly_one", doc="Reads one."))
    new = hooked(project, "clientmill-generate")
    untracked = git(project, "ls-files", "--others", "--exclude-standard").splitlines()
    with_client = hooked(project, "clientmill-generate")
    project.write("specs/one.yaml", spec("ledgerly_one", doc="Reads one invoice."))
    edited = hooked(project, "clientmill-generate")
    changed = git(project, "diff", "--name-only").splitlines()

    # What is new is not tracked, and pre-commit by itself takes no notice of it.
    assert new == ("failed", f"ledgerly_one: published\n{LEFT_BEHIND}")
    assert "generated/ledgerly_one/_client.py" in untracked
    assert with_client[0] == "passed"
    assert edited == ("failed", "ledgerly_one: published\n")
    assert "generated/ledgerly_one/_client.py" in changed
    assert hooked(project, "clientmill-generate")[0] == "passed"


def test_new_client_that_nobody_added_stops_the_commit_of_its_spec(project: Project) -> None:
    run_hook(project, "clientmill-generate")
    not_added = run_hook(project, "clientmill-generate")
    git(project, "add", "generated/ledgerly_one/_client.py")
    half_added = run_hook(project, "clientmill-generate")
    git(project, "add", "generated/ledgerly_one")
    added = run_hook(project, "clientmill-generate")

    told = f"1 package up to date\n{LEFT_BEHIND}"
    assert not_added == ("failed", told)
    assert half_added == ("failed", told)
    assert added == ("passed", "1 package up to date\n")


def test_client_of_a_spec_that_waits_for_a_later_commit_stops_none(project: Project) -> None:
    run_hook(project, "clientmill-generate")
    git(project, "add", "-A")
    project.write("specs/two.yaml", spec("ledgerly_two"))
    first = run_hook(project, "clientmill-generate")

    assert first == ("failed", "ledgerly_two: published\n1 package up to date\n")
    assert run_hook(project, "clientmill-generate")[0] == "passed"


def test_client_that_git_is_to_ignore_stops_no_commit(project: Project) -> None:
    project.write(".gitignore", "generated/\n")
    run_hook(project, "clientmill-generate")

    assert run_hook(project, "clientmill-generate")[0] == "passed"


def test_where_there_is_no_repository_it_is_said_that_none_was_asked(tmp_path: Path) -> None:
    alone = Project(tmp_path / "books")
    alone.write("pyproject.toml", PROJECT_FILE)
    alone.write("specs/one.yaml", spec("ledgerly_one"))
    alone.run("generate")
    done = alone.run("generate", "--fail-on-change")

    assert (done.status, done.stdout) == (0, "")
    assert re.fullmatch(
        "1 package up to date\nnot held against git: .* is in no git repository, .*\n", done.stderr
    ), done.stderr
