"""The oldest versions that clientmill says it works with, in an environment of their own, made from the package index."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

from generator.plan.package import DEPENDENCIES
from tests.torture.mutation import Findings

ROOT = Path(__file__).resolve().parents[2]


def oldest() -> list[str]:
    """Return each direct dependency of the generator and of the packages, at the oldest version that is allowed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["verify"], *DEPENDENCIES]
    found: dict[str, str] = {}
    for requirement in map(Requirement, asked):
        extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
        [version] = [each.version for each in requirement.specifier if each.operator in (">=", "==")]
        found[requirement.name] = f"{requirement.name}{extras}=={version}"
    return sorted(found.values())


def try_oldest() -> Findings:
    """Generate with them what is committed, and run the packages' own tests."""
    findings = Findings()
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder, "oldest", "bin", "python")
        steps = (
            ("an environment", [sys.executable, "-m", "venv", str(python.parents[1])]),
            ("what is the oldest", [str(python), "-m", "pip", "install", "--quiet", *oldest()]),
            ("the same packages", [str(python), "-m", "generator", "generate", "--check"]),
            ("their own tests", [str(python), "-m", "pytest", "-q", "--import-mode=prepend", "-p", "no:cacheprovider"]),
        )
        for what, command in steps:
            packages = sorted(map(str, (ROOT / "generated").glob("*/"))) if what == "their own tests" else []
            run = subprocess.run(
                [*command, *packages],
                cwd=ROOT,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
                capture_output=True,
                text=True,
                check=False,
            )
            if run.returncode:
                findings.faults.append(f"{what}: {(run.stderr or run.stdout).strip()[-300:]}")
                break
            findings.inert += 1
    return findings
