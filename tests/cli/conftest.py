"""Projects that the command is run in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline.projects import Project, spec


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Give a project with two specs, one of them with a mistake."""
    made = Project(tmp_path / "books")
    made.write("specs/one.yaml", spec("ledgerly_one"))
    made.write("specs/two.yaml", spec("ledgerly_two").replace("effect: read", "efect: read"))
    return made
