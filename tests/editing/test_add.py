"""`clientmill add`: what it writes, what it shows, what it refuses, what a shell offers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.shell_completion import BashComplete

from generator.cli.commands import clientmill
from tests.editing.projects import LEDGERLY
from tests.pipeline.projects import PROJECT_FILE, Project

SAID = ("--date", "2031-05-06", "--source", "pages", "--quote", "New.")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Give a project with one spec."""
    made = Project(tmp_path / "books")
    made.write("pyproject.toml", PROJECT_FILE)
    made.write("specs/ledgerly.yaml", LEDGERLY)
    return made


def text(project: Project) -> str:
    """Return the spec as it is now."""
    return (project.root / "specs" / "ledgerly.yaml").read_text()


def test_what_is_added_passes_the_check_and_is_told(project: Project) -> None:
    run = project.run("add", "specs/ledgerly.yaml", "Invoice.paidOn", "date?", *SAID)

    assert (run.status, run.stdout) == (0, "")
    assert run.stderr == "specs/ledgerly.yaml: added Invoice.paidOn (7 lines); next: clientmill generate\n"
    assert "      paidOn?: date?\n" in text(project)
    assert project.run("check").status == 0
    assert project.run("fmt", "--check").status == 0


def test_a_dry_run_shows_the_diff_and_writes_nothing(project: Project) -> None:
    run = project.run("add", "specs/ledgerly.yaml", "Invoice.paidOn", "date?", *SAID, "--dry-run")

    assert run.status == 0
    assert run.stdout.startswith("--- a/specs/ledgerly.yaml\n+++ b/specs/ledgerly.yaml\n")
    assert {line for line in run.stdout.splitlines() if line.startswith("+")} >= {"+      paidOn?: date?"}
    assert text(project) == LEDGERLY


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("specs/ledgerly.yaml", "Invoic.x", "string", *SAID), 2, "did you mean 'Invoice.x'?"),
        (("specs/ledgerly.yaml", "Invoice.x", "string", *SAID[:2], "--source", "page"), 1, "did you mean 'pages'?"),
        (("specs/ledgrly.yaml", "Invoice.x", "string", *SAID), 2, "did you mean 'specs/ledgerly.yaml'?"),
        (("specs/ledgerly.yaml", "Invoice.x", "string", *SAID, "--kind", "adittive"), 2, "did you mean 'additive'?"),
        (("specs/ledgerly.yaml", "Invoice.x", "string", "--date", "6.5.31", "--source", "pages"), 2, "'%Y-%m-%d'"),
    ],
    ids=["member", "source", "spec", "kind", "date"],
)
def test_a_mistake_leaves_the_file_as_it_was(
    project: Project, arguments: tuple[str, ...], status: int, told: str
) -> None:
    run = project.run("add", *arguments)

    assert run.status == status
    assert told in run.stderr
    assert text(project) == LEDGERLY


def test_a_spec_with_mistakes_is_not_touched(project: Project) -> None:
    project.write("specs/ledgerly.yaml", LEDGERLY.replace("effect: read", "efect: read", 1))
    run = project.run("add", "specs/ledgerly.yaml", "Invoice.x", "string", *SAID)

    assert run.status == 1
    assert run.stderr.endswith("specs/ledgerly.yaml has mistakes; mend them first\n")


def test_the_file_keeps_its_permissions_and_its_link(project: Project) -> None:
    file = project.root / "specs" / "ledgerly.yaml"
    home = project.write("home/ledgerly.yaml", LEDGERLY)
    home.chmod(0o640)
    file.unlink()
    file.symlink_to(home)
    project.run("add", "specs/ledgerly.yaml", "Invoice.x", "string", *SAID)

    assert file.is_symlink()
    assert "x?: string" in home.read_text()
    assert home.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in home.parent.iterdir()] == ["ledgerly.yaml"]


@pytest.mark.parametrize(
    ("words", "incomplete", "offered"),
    [
        (["add"], "spe", ["specs/ledgerly.yaml"]),
        (["add", "specs/ledgerly.yaml"], "In", ["Invoice", "InvoiceLine", "InvoiceState"]),
        (["add", "specs/ledgerly.yaml"], "Invoice.", ["Invoice.id", "Invoice.kind", "Invoice.lines", "Invoice.state"]),
        (["add", "specs/ledgerly.yaml"], "findInvoices.", ["findInvoices.state"]),
        (["add", "specs/ledgerly.yaml", "Invoice.x", "string", "--source"], "", ["pages", "observed", "third-party"]),
        (["add", "specs/ledgerly.yaml", "Invoice.x", "string", "--kind"], "de", ["deprecation"]),
        (["add", "specs/nothing.yaml"], "In", []),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_shell_offers_specs_and_names(
    project: Project, words: list[str], incomplete: str, offered: list[str]
) -> None:
    before = Path.cwd()
    os.chdir(project.root)
    try:
        found = BashComplete(clientmill, {}, "clientmill", "_CLIENTMILL_COMPLETE").get_completions(words, incomplete)
    finally:
        os.chdir(before)

    assert [item.value for item in found] == offered
