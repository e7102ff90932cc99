"""Strict type checks of generated packages, in an environment with nothing but their own dependencies.

Run as: python -m tests.generated.check_types CLIENT_PYTHON PACKAGE...

The packages are checked with their READMEs' Python and our examples beside them as a user's code; their tests are
checked with the environment that runs this, which has pytest.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

_EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

# What is not run, since it needs what a reader has, is called `py`.
_SNIPPET = re.compile(r"^```py(?:thon)?\n(.*?)^```", re.MULTILINE | re.DOTALL)


def main(client_python: str, packages: Sequence[str]) -> int:
    """Check packages; return how many checks failed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        alone, tested = folder / "alone", folder / "tested"
        for package in map(Path, packages):
            skipped = shutil.ignore_patterns("__pycache__", "tests")
            shutil.copytree(package, alone / package.name, ignore=skipped)
            shutil.copytree(package, tested / package.name, ignore=shutil.ignore_patterns("__pycache__"))
            for number, snippet in enumerate(_SNIPPET.findall((package / "README.md").read_text(encoding="utf-8"))):
                (alone / f"user_of_{package.name}_{number}.py").write_text(snippet, encoding="utf-8")
        for example in sorted(_EXAMPLES.glob("*.py")):
            shutil.copy(example, alone / example.name)
        # Not by a resolved path: a virtual environment is known by the link that it was started through.
        return sum(_check(path, python) for path, python in ((alone, client_python), (tested, sys.executable)))


def _check(folder: Path, python: str) -> int:
    python = str(Path(python).absolute())
    (folder / "pyrightconfig.json").write_text(
        json.dumps({"typeCheckingMode": "strict", "pythonVersion": "3.11"}), encoding="utf-8"
    )
    checkers = (
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--python-executable", python, "."],
        [sys.executable, "-m", "pyright", "--pythonpath", python, "--warnings"],
    )
    return sum(subprocess.run(checker, cwd=folder, check=False).returncode != 0 for checker in checkers)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
