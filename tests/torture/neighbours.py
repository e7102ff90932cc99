"""A broken spec among many good ones: each of the others has to become its package."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.pipeline.projects import Project, spec
from tests.torture.mutation import Findings

ROOT = Path(__file__).resolve().parents[2]


def try_broken(good: int) -> Findings:
    """Generate *good* specs beside one that is broken."""
    findings = Findings()
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder))
        project.write("pyproject.toml", "[tool.clientmill]\n")
        project.write("specs/broken.yaml", spec("ledgerly_broken").replace("effect: read", "efect: read"))
        names = [f"ledgerly_number{number}" for number in range(good)]
        for number, name in enumerate(names, start=1):
            project.write(f"specs/{name}.yaml", spec(name, f"v{number}"))
        run = subprocess.run(
            [sys.executable, "-m", "generator", "generate"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        made = project.packages()
    findings.inert = len(set(names) & set(made))
    findings.faults.extend(f"{name} is not there" for name in sorted(set(names) - set(made)))
    if run.returncode != 1 or "specs/broken.yaml" not in run.stderr or "ledgerly_broken" in made:
        findings.faults.append(f"the broken one: {run.returncode}, {run.stderr[:200]}")
    return findings
