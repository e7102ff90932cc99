"""A project that was generated once, and a copy of it for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline.projects import PROJECT_FILE, Project, spec


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Give a project with two packages; nobody changes it."""
    made = Project(tmp_path_factory.mktemp("generated") / "books")
    made.write("pyproject.toml", PROJECT_FILE)
    made.write("specs/one.yaml", spec("ledgerly_one"))
    made.write("specs/deeper/two.yaml", spec("ledgerly_two"))
    run = made.run("generate")
    assert run.status == 0, run.stderr
    return made


@pytest.fixture
def project(generated: Project, tmp_path: Path) -> Project:
    """Give a copy of the generated project."""
    return generated.copy(tmp_path / "books")
