"""Values under names that Python and pydantic keep for themselves come and go unharmed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.pipeline.projects import PROJECT_FILE, Project

NAMES = (
    "_id",
    "__init__",
    "__class__",
    "__dict__",
    "_1",
    "__private",
    "_model_config",
    "__pydantic_extra__",
)
"""Names of fields as a vendor may write them."""

SPEC = """\
vendor: ledgerly
version: v1
package: underscores
title: Ledgerly API

servers:
  live: https://api.ledgerly.example/v1

types:
  Thing:
{fields}
endpoints:
  getThing:
    call: GET thing
    effect: read
    returns: Thing
"""

ROUND = """
import json, sys, warnings
warnings.simplefilter("error")
from generated.underscores.models import Thing
given = json.loads(sys.argv[1])
thing = Thing.model_validate(given, by_alias=True, by_name=False)
print(json.dumps([thing.model_dump(by_alias=True), thing.model_extra or {}]))
"""


def test_values_under_names_with_underscores_survive_a_round_trip(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("pyproject.toml", PROJECT_FILE)
    project.write("specs/ledgerly.yaml", SPEC.format(fields="".join(f"    {name}: string\n" for name in NAMES)))
    made = project.run("generate")
    given = {name: f"value of {name}" for name in NAMES}
    child = subprocess.run(
        [sys.executable, "-B", "-c", ROUND, json.dumps(given)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert made.status == 0, made.stderr
    assert child.returncode == 0, child.stderr
    assert json.loads(child.stdout) == [given, {}]
