"""Help, formats, completion, and what is said of a wrong command line."""

from __future__ import annotations

import json

import pytest

from generator.spec.editor import editor_schema
from tests.cli.terminal import away_from_a_terminal, on_a_terminal
from tests.pipeline.projects import Project, spec

HELP = [
    ("--help",),
    ("generate", "--help"),
    ("check", "--help"),
    ("fmt", "--help"),
    ("schema", "--help"),
    ("add", "--help"),
    ("adopt", "--help"),
]

MISTAKES = {("S020", 18)}


@pytest.mark.parametrize("arguments", HELP, ids=" ".join)
def test_help_has_examples_and_fits_80_columns(project: Project, arguments: tuple[str, ...]) -> None:
    run = project.run(*arguments)

    assert run.status == 0
    assert "\n  clientmill " in run.stdout
    assert max(map(len, run.stdout.splitlines())) <= 80


def test_text_is_a_line_each_with_its_position(project: Project) -> None:
    run = project.run("check")

    assert (run.status, run.stdout) == (1, "")
    assert "specs/two.yaml:18:5: S020: endpoints.getInvoice.efect: unknown key; did you mean 'effect'?\n" in run.stderr
    assert run.stderr.endswith("1 mistake in 1 file\n")


def test_json_has_the_same_keys_whatever_is_found(project: Project) -> None:
    run = project.run("check", "--format", "json")
    clean = project.run("check", "--format", "json", "--specs", "good") if _good(project) else None

    found = json.loads(run.stdout)
    assert run.status == 1
    assert {(each["code"], each["line"]) for each in found} == MISTAKES
    assert {tuple(each) for each in found} == {("file", "line", "column", "code", "place", "message")}
    assert clean is not None
    assert (clean.status, json.loads(clean.stdout)) == (0, [])


def _good(project: Project) -> bool:
    return project.write("good/one.yaml", spec("ledgerly_one")).is_file()


def test_github_gets_annotations_where_it_reads_them(project: Project) -> None:
    run = project.run("check", "--format", "github")

    assert run.status == 1
    assert run.stdout.startswith("::error file=specs/two.yaml,line=")
    assert len(run.stdout.splitlines()) == len(MISTAKES)


def test_format_of_a_run_that_generates_is_the_same(project: Project) -> None:
    run = project.run("generate", "--check", "--format", "github")

    assert run.status == 1
    assert "::error file=specs/two.yaml,line=18,col=5,title=S020::" in run.stdout


def test_fmt_puts_specs_in_order_and_says_which(project: Project) -> None:
    wanted = spec("ledgerly_one")
    lines = wanted.split("\n")
    project.write("specs/two.yaml", spec("ledgerly_two"))
    project.write("specs/one.yaml", "\n".join([lines[3], *lines[:3], *lines[4:]]))

    checked = project.run("fmt", "--check")
    kept = (project.root / "specs/one.yaml").read_text(encoding="utf-8")
    changed = project.run("fmt", "specs/one.yaml")
    again = project.run("fmt", "--check")

    assert (checked.status, checked.stdout, checked.stderr) == (1, "specs/one.yaml\n", "1 spec would change\n")
    assert kept != wanted
    assert (changed.status, changed.stdout, changed.stderr) == (0, "specs/one.yaml\n", "1 spec changed\n")
    assert (project.root / "specs/one.yaml").read_text(encoding="utf-8") == wanted
    assert (again.status, again.stdout) == (0, "")


def test_fmt_of_what_is_no_yaml_tells_where_and_leaves_it(project: Project) -> None:
    broken = project.write("specs/two.yaml", "vendor: [\n")

    run = project.run("fmt")

    assert run.status == 1
    assert "specs/two.yaml:" in run.stderr
    assert broken.read_text(encoding="utf-8") == "vendor: [\n"


def test_schema_is_printed(project: Project) -> None:
    run = project.run("schema")

    assert (run.status, run.stdout) == (0, editor_schema())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("generat",), "No such command 'generat'"),
        (("generate", "--chek"), "No such option: --chek"),
        (("check", "--format", "yaml"), "'yaml' is not one of 'text', 'json', 'github'"),
        (("check", "specs/one.yaml"), "Got unexpected extra argument (specs/one.yaml)"),
    ],
)
def test_wrong_command_line_is_told(project: Project, arguments: tuple[str, ...], message: str) -> None:
    ended = away_from_a_terminal(project.root, *arguments)

    assert ended.status == 2
    assert message in ended.said.replace("option '--chek'", "option: --chek")
    assert "Traceback" not in ended.said


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed(project: Project, shell: str) -> None:
    ended = away_from_a_terminal(project.root, variables={"_CLIENTMILL_COMPLETE": f"{shell}_source"})

    assert ended.status == 0
    assert "_CLIENTMILL_COMPLETE" in ended.said
    assert "clientmill" in ended.said


def test_colours_are_for_terminals(project: Project) -> None:
    assert "\x1b[31mS020\x1b[0m" in on_a_terminal(project.root, "check").said
    assert "\x1b" not in away_from_a_terminal(project.root, "check").said


def test_no_color_is_obeyed(project: Project) -> None:
    assert "\x1b[31m" not in on_a_terminal(project.root, "check", variables={"NO_COLOR": "1"}).said


def test_progress_is_for_terminals(project: Project) -> None:
    shown = on_a_terminal(project.root, "generate").said
    away = away_from_a_terminal(project.root, "generate", "--force").said

    assert "generating specs/one.yaml" in shown
    assert "generating" not in away


def test_quiet_says_only_what_is_wrong(project: Project) -> None:
    generated = project.run("generate", "--quiet")
    checked = project.run("check", "--quiet")

    assert generated.stderr == checked.stderr
    assert len(checked.stderr.splitlines()) == len(MISTAKES)


@pytest.mark.parametrize("jobs", ["1", "2", "7"])
def test_packages_are_the_same_however_many_are_made_at_a_time(project: Project, jobs: str) -> None:
    (project.root / "specs/two.yaml").unlink()
    for name in ("three", "four"):
        project.write(f"specs/{name}.yaml", spec(f"ledgerly_{name}"))
    made = project.run("generate", "--jobs", jobs)

    assert made.status == 0
    assert project.run("generate", "--check", "--jobs", "1").status == 0
