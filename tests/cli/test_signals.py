"""A run that is interrupted or told to end: its status says so, nobody sees a traceback, the tree is whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.pipeline.projects import Project, spec

_NEVER_INSPECTED = """
import sys
from pathlib import Path

from generator.__main__ import main
from generator.output import inspection

inspection._CHILD = Path(sys.argv.pop(1))
main()
"""
"""The command, with a child that looks at packages until it is ended: so the signal never comes too late."""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"])
def test_signal_ends_a_run_with_its_status_and_a_whole_tree(tmp_path: Path, number: int, status: int) -> None:
    project = Project(tmp_path / "books")
    project.write("specs/one.yaml", spec("ledgerly_one"))
    assert project.run("generate").status == 0
    whole = project.files()
    project.write("specs/one.yaml", spec("ledgerly_one", doc="Reads one."))

    endless = project.write("endless.py", "import time\nwhile True:\n    time.sleep(1)\n")

    process = subprocess.Popen(
        [sys.executable, "-c", _NEVER_INSPECTED, os.fspath(endless), "generate"],
        cwd=project.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    _wait_for_the_stage(project.root / "generated" / ".clientmill", process)
    os.kill(process.pid, number)
    stdout, stderr = process.communicate(timeout=60)

    assert (process.returncode, stdout) == (status, b"")
    assert b"Traceback" not in stderr
    after = {path: text for path, text in project.files().items() if path.startswith("generated/")}
    assert after == {path: text for path, text in whole.items() if path.startswith("generated/")}
    assert project.run("generate").stderr == "ledgerly_one: published\n"


def _wait_for_the_stage(private: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until the run has staged its package and inspects it, which takes longest."""
    deadline = time.monotonic() + 60
    while not any(path.name == "manifest.json" for path in private.rglob("*")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)
