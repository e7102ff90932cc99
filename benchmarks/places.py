"""Where benchmarks work, which programs they run, and what a run took."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import inputs
from benchmarks.measuring import Sample, Samples, together

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".benchmarks"

OUR_PYTHON = sys.executable
CLIENTMILL = Path(sys.executable).with_name("clientmill")
PEERS = ROOT / ".venv-peers" / "bin"
CLIENT_PYTHON = ROOT / ".venv-client" / "bin" / "python"


LONGEST = 400.0
"""Seconds after which a run is ended: no row may take all the time of the others."""


def timed(command: Sequence[str | Path], folder: Path) -> Sample:
    """Run *command* in *folder*; anything but a good end is an error here.

    The memory is that of the largest process of the run.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        started = time.perf_counter()
        child = subprocess.Popen(
            [os.fspath(part) for part in command], cwd=folder, env=_environment(), stdout=said, stderr=said
        )
        clock = threading.Timer(LONGEST, child.kill)
        clock.start()
        try:
            _, status, used = os.wait4(child.pid, 0)
        finally:
            clock.cancel()
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            raise RuntimeError(f"{command[0]} ended with {child.returncode}: {said.read()[-3000:]}")
    kilobytes = 1 if sys.platform == "darwin" else 1024
    return Sample(wall, used.ru_utime + used.ru_stime, float(used.ru_maxrss * kilobytes))


def measured_inside(script: str, python: Path, *arguments: str | Path) -> Samples:
    """Run a script of `inside/`, which alternates its sides by itself, and return their samples."""
    told: dict[str, list[list[float]]] = json.loads(told_inside(script, python, *arguments))
    return {side: [Sample(*taken) for taken in samples] for side, samples in told.items()}


def told_inside(script: str, python: Path, *arguments: str | Path) -> str:
    """Run a script of `inside/` and return what it tells."""
    command = [os.fspath(part) for part in (python, "-m", f"benchmarks.inside.{script}", *arguments)]
    environment = _environment() | {"PYTHONPATH": os.fspath(ROOT)}
    done = subprocess.run(
        command, cwd=WORK, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST
    )
    if done.returncode:
        raise RuntimeError(f"{script} ended with {done.returncode}: {done.stderr[-4000:]}")
    return done.stdout


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {"PATH": f"{PEERS}:{os.environ.get('PATH', '')}", "PYTHONPYCACHEPREFIX": os.fspath(WORK / "bytecode")}


class Project:
    """A folder with specs and their packages, as a team has it."""

    def __init__(self, name: str, specs: Mapping[str, str]) -> None:
        self.folder = WORK / name
        self.specs = self.folder / "specs"
        (self.folder / "pyproject.toml").parent.mkdir(parents=True, exist_ok=True)
        (self.folder / "pyproject.toml").write_text("[tool.clientmill]\n", encoding="utf-8")
        shutil.rmtree(self.specs, ignore_errors=True)
        for path, text in specs.items():
            file = self.specs / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")

    def forget(self) -> None:
        """Throw away what was made and what is remembered: the next run is a cold one."""
        for folder in ("generated", ".clientmill"):
            shutil.rmtree(self.folder / folder, ignore_errors=True)

    def generate(self) -> Sample:
        """Run the main job."""
        return timed((CLIENTMILL, "generate", "--quiet"), self.folder)

    def check(self) -> Sample:
        """Check the specs, and make nothing."""
        return timed((CLIENTMILL, "check"), self.folder)

    def add(self, spec: str, member: str, kind: str, source: str) -> Sample:
        """Add a member to a spec, with its entry in the changelog."""
        entry = ("--date", "2026-11-22", "--source", source, "--quote", "a field of a benchmark")
        return timed((CLIENTMILL, "add", spec, member, kind, *entry), self.folder)

    def generate_cold(self) -> Sample:
        """Run the main job with nothing there."""
        self.forget()
        return self.generate()

    def write_documents(self) -> list[Path]:
        """Write an OpenAPI document of each spec."""
        paths: list[Path] = []
        for name, spec in inputs.read_spec_files(self.specs).items():
            path = self.folder / "documents" / f"{name.replace('/', '_').removesuffix('.yaml')}.json"
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(inputs.openapi(spec)), encoding="utf-8")
            paths.append(path)
        return paths

    def generate_elsewhere(self) -> Sample:
        """Run openapi-python-client once for each document, as its users do."""
        runs: list[Sample] = []
        for path in self.write_documents():
            target = self.folder / "elsewhere" / path.stem
            shutil.rmtree(target, ignore_errors=True)
            command = (PEERS / "openapi-python-client", "generate", "--path", path, "--output-path", target)
            runs.append(timed(command, self.folder))
        return together(*runs)


def committed_specs() -> dict[str, str]:
    """Return the specs of this repository by their paths."""
    return {
        path.relative_to(ROOT / "specs").as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "specs").rglob("*.yaml"))
    }
