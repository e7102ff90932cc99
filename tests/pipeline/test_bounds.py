"""What a run needs, and what it leaves when a tool that it leans on fails."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import black
import pytest

from tests.pipeline.projects import PROJECT_FILE, Project, spec

ROOT = Path(__file__).resolve().parents[2]

# What the system counts for a child that has ended begins with what its parent held; its own word for itself does not.
_PEAK = """
import re, sys
from pathlib import Path
from generator.__main__ import main
sys.argv = ["clientmill", "generate", "--quiet"]
try:
    main()
except SystemExit as end:
    assert not end.code
print(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in KiB on Linux")
def test_largest_spec_is_generated_within_512_mib(tmp_path: Path) -> None:
    largest = max((ROOT / "specs").rglob("*.yaml"), key=lambda path: path.stat().st_size)
    (tmp_path / "specs").mkdir()
    shutil.copy(largest, tmp_path / "specs")
    (tmp_path / "pyproject.toml").write_text(PROJECT_FILE, encoding="utf-8")
    child = subprocess.run(
        [sys.executable, "-B", "-c", _PEAK], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120
    )

    assert 30 * 1024 < int(child.stdout) < 512 * 1024
    assert len(list((tmp_path / "generated").glob("*/manifest.json"))) == 1


def _unspelled(*_: object) -> None:
    """Leave everything to black."""


def test_formatter_that_crashes_leaves_the_packages_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path)
    project.write("pyproject.toml", PROJECT_FILE)
    project.write("specs/ledgerly.yaml", spec("ledgerly"))
    assert project.run("generate").status == 0
    before = project.files()

    def crash(*_: object, **__: object) -> NoReturn:
        raise RuntimeError("the formatter is not what it was")

    monkeypatch.setattr(black, "format_str", crash)
    monkeypatch.setattr("generator.render.formatting.spelled", _unspelled)
    path = project.write("specs/ledgerly.yaml", spec("ledgerly", doc="Reads another invoice."))
    with pytest.raises(RuntimeError, match="not what it was"):
        project.run("generate")
    now = project.files()

    assert {name: data for name, data in now.items() if name != path.relative_to(tmp_path).as_posix()} == {
        name: data for name, data in before.items() if name != path.relative_to(tmp_path).as_posix()
    }
