"""What a command loads: only what it needs, so that a run with nothing to do is over at once."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.pipeline.projects import Project

_LIST = """
import json, sys

from generator.__main__ import main

try:
    main()
except SystemExit as end:
    status = end.code
print(json.dumps({"status": status, "modules": sorted(sys.modules)}), file=open(2, "w", closefd=False))
"""

HEAVY = frozenset(
    {"yaml", "jinja2", "black", "pydantic", "httpx2", "datamodel_code_generator", "jsonschema", "rich", "asyncio"}
)


def loaded(project: Project, *arguments: str) -> set[str]:
    """Return which of the heavy modules a run loads."""
    child = subprocess.run(
        [sys.executable, "-c", _LIST, *arguments], cwd=project.root, capture_output=True, text=True, check=False
    )
    told = json.loads(child.stderr.splitlines()[-1])

    assert not told["status"], child.stderr
    return set(told["modules"]) & HEAVY


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (("--help",), set[str]()),
        (("--version",), set[str]()),
        (("generate", "--help"), set[str]()),
        (("generate",), set[str]()),
        (("generate", "--check"), set[str]()),
        (("check",), {"yaml"}),
        (("fmt", "--check"), {"yaml"}),
        (("add", "--help"), set[str]()),
        (("adopt", "--help"), set[str]()),
    ],
)
def test_command_loads_only_what_it_needs(project: Project, arguments: tuple[str, ...], allowed: set[str]) -> None:
    assert loaded(project, *arguments) <= allowed
