"""Where the packages of all cases stand together."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import generator.runtime
from generator.plan.code import RUNTIME
from tests.golden.building import CASES, made

# What is expected of the cases holds tests, which are compared here and run with their packages.
collect_ignore = ["cases"]

_SHARED = "ledgerly_runtime"


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the packages of all cases.

    They share one copy of the runtime: it is the same in each, and importing or checking it once is enough.
    """
    folder = tmp_path_factory.mktemp("packages")
    shutil.copytree(
        Path(generator.runtime.__file__).parent, folder / _SHARED, ignore=shutil.ignore_patterns("__pycache__")
    )
    for case in CASES:
        package = made(case)
        for path, text in package.tree.items():
            file = folder / package.plan.package / path
            file.parent.mkdir(parents=True, exist_ok=True)
            is_shared = path.parts[0] == RUNTIME and path.stem != "__init__"
            file.write_text(f"from {_SHARED}.{path.stem} import *\n" if is_shared else text, encoding="utf-8")
    return folder
