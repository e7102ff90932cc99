"""The workflow for specs from strangers gives them nothing: no secret, no network, no token that writes."""

from __future__ import annotations

import re
from typing import Any, cast

import yaml

from tests.facts.repository import ROOT

TEXT = (ROOT / ".github" / "workflows" / "specs.yml").read_text(encoding="utf-8")
WORKFLOW = cast("dict[Any, Any]", yaml.safe_load(TEXT))
STEPS = cast("list[dict[str, Any]]", WORKFLOW["jobs"]["specs"]["steps"])


def test_every_workflow_has_a_token_that_only_reads() -> None:
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        workflow = cast("dict[Any, Any]", yaml.safe_load(path.read_text(encoding="utf-8")))

        assert workflow["permissions"] == {"contents": "read"}, path
        assert all("permissions" not in job for job in workflow["jobs"].values()), path
        # YAML takes the word `on` for true.
        assert "pull_request_target" not in workflow[True], path


def test_no_secret_is_named() -> None:
    assert "secrets." not in TEXT.replace("secrets.token_hex", "")
    assert "GITHUB_TOKEN" not in TEXT
    assert "github.token" not in TEXT


def test_checkouts_leave_no_token_behind() -> None:
    checkouts = [step for step in STEPS if str(step.get("uses", "")).startswith("actions/checkout@")]

    assert len(checkouts) == 2
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
    assert checkouts[0]["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"
    assert checkouts[1]["with"]["sparse-checkout"] == "specs"


def test_what_a_stranger_chose_is_in_no_command() -> None:
    for step in STEPS:
        assert "${{" not in str(step.get("run", "")), step


def test_specs_are_looked_at_without_a_network() -> None:
    runs = [str(step["run"]) for step in STEPS if "run" in step]
    commands = [line for run in runs for line in run.splitlines() if re.search(r"bin/clientmill\b", line)]

    assert len(commands) == 2
    assert all("sudo unshare --net sudo --user" in line for line in commands)
    # The only thing that needs a network comes before anything of the change is taken.
    assert [number for number, run in enumerate(runs) if "pip install" in run] == [0]
    assert "proposed/specs" in runs[1]


def test_difference_cannot_speak_to_the_runner() -> None:
    [run] = [str(step["run"]) for step in STEPS if "--check ||" in str(step.get("run", ""))]

    assert run.index("::stop-commands::") < run.index("clientmill generate --check")
