"""The packages of all cases pass the strictest checks, each file of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def _checked(folder: Path, *command: str) -> tuple[int, str]:
    child = subprocess.run([sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False)
    return child.returncode, (child.stdout + child.stderr) if child.returncode else ""


def test_packages_pass_mypy(packages: Path) -> None:
    names = sorted(path.name for path in packages.glob("ledgerly_*"))

    assert _checked(packages, "mypy", "--strict", "--no-incremental", *names) == (0, "")


def test_packages_pass_pyright(packages: Path) -> None:
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "include": ["ledgerly_*"]}
    (packages / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")

    assert _checked(packages, "pyright", "--warnings", "--pythonpath", sys.executable) == (0, "")


def test_packages_pass_the_linter(packages: Path) -> None:
    command = ("ruff", "check", "--isolated", "--no-cache", "--quiet", "--select", "F,I,E9", "--line-length", "120")

    assert _checked(packages, *command, "--target-version", "py311", "--exclude", "_runtime", ".") == (0, "")
