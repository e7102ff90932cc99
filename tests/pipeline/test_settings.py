"""Where a run works: the table of the project, overridden by flags."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline.projects import PROJECT_FILE, Project, spec


@pytest.fixture
def fresh(tmp_path: Path) -> Project:
    """Give a project with a spec, and nothing generated."""
    project = Project(tmp_path / "books")
    project.write("specs/one.yaml", spec("ledgerly_one"))
    return project


def longest_line(project: Project, package: str) -> int:
    text = (project.root / package / "_service.py").read_text(encoding="utf-8")
    return max(len(line) for line in text.split("\n") if not line.startswith("#"))


def test_project_without_a_table_has_the_usual_folders(fresh: Project) -> None:
    assert fresh.run("generate").status == 0
    assert fresh.packages() == ["ledgerly_one"]


def test_table_says_where(fresh: Project) -> None:
    fresh.write("pyproject.toml", PROJECT_FILE + 'specs = "apis"\noutput = "src/clients"\nline-length = 70\n')
    fresh.write("apis/two.yaml", spec("ledgerly_two"))

    assert fresh.run("generate").status == 0
    assert fresh.packages("src/clients") == ["ledgerly_two"]
    assert longest_line(fresh, "src/clients/ledgerly_two") <= 70


def test_flags_override_the_table(fresh: Project) -> None:
    fresh.write("pyproject.toml", PROJECT_FILE + 'specs = "apis"\noutput = "src/clients"\nline-length = 70\n')

    run = fresh.run("generate", "--specs", "specs", "--output", "elsewhere", "--line-length", "200")

    assert run.status == 0
    assert fresh.packages("elsewhere") == ["ledgerly_one"]
    assert longest_line(fresh, "elsewhere/ledgerly_one") > 70


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('spec = "apis"', "[tool.clientmill] has no 'spec'; it takes specs, output, line-length"),
        ("specs = 5", "'specs' in [tool.clientmill] is a text"),
        ('line-length = "80"', "'line-length' in [tool.clientmill] is a number"),
        ("line-length = true", "'line-length' in [tool.clientmill] is a number"),
        ("line-length = 20", "'line-length' in [tool.clientmill] is 60 to 400, not 20"),
        ('specs = "nowhere"', "there is no folder nowhere: put specs there, or tell another one with --specs"),
        ("specs = [", "pyproject.toml: not TOML"),
    ],
)
def test_wrong_table_is_told(fresh: Project, table: str, message: str) -> None:
    fresh.write("pyproject.toml", PROJECT_FILE + table + "\n")

    run = fresh.run("generate")

    assert (run.status, run.stdout) == (2, "")
    assert message in " ".join(run.stderr.split())


def test_table_that_is_no_table_is_told(fresh: Project) -> None:
    fresh.write("pyproject.toml", "[tool]\nclientmill = 3\n")

    run = fresh.run("check")

    assert run.status == 2
    assert "[tool.clientmill] is a table" in run.stderr


def test_missing_folder_of_specs_is_told(tmp_path: Path) -> None:
    run = Project(tmp_path).run("check")

    assert run.status == 2
    assert "there is no folder specs" in run.stderr


@pytest.mark.parametrize("length", ["20", "4000", "long"])
def test_wrong_length_of_lines_is_told(fresh: Project, length: str) -> None:
    run = fresh.run("generate", "--line-length", length)

    assert run.status == 2
    assert "--line-length" in run.stderr
