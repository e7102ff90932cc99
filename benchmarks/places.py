"""Where benchmarks work, which programs they run, and what a run took."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import inputs
from benchmarks.measuring import Sample, Samples

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".benchmarks"

OUR_PYTHON = sys.executable
CLIENTMILL = Path(sys.executable).with_name("clientmill")
PEERS = ROOT / ".venv-peers" / "bin"
CLIENT_PYTHON = ROOT / ".venv-client" / "bin" / "python"


def timed(command: Sequence[str | Path], folder: Path) -> Sample:
    """Run *command* in *folder*; anything but a good end is an error here."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(
        [os.fspath(part) for part in command],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return Sample(wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def measured_inside(script: str, python: Path, *arguments: str | Path) -> Samples:
    """Run a script of `inside/`, which alternates its sides by itself, and return their samples."""
    command = [os.fspath(part) for part in (python, "-m", f"benchmarks.inside.{script}", *arguments)]
    environment = _environment() | {"PYTHONPATH": os.fspath(ROOT)}
    done = subprocess.run(command, cwd=WORK, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{script} ended with {done.returncode}: {done.stderr[-4000:]}")
    told: dict[str, list[list[float]]] = json.loads(done.stdout)
    return {side: [Sample(*taken) for taken in samples] for side, samples in told.items()}


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
        whole = Sample(0.0, 0.0)
        for path in self.write_documents():
            target = self.folder / "elsewhere" / path.stem
            shutil.rmtree(target, ignore_errors=True)
            command = (PEERS / "openapi-python-client", "generate", "--path", path, "--output-path", target)
            run = timed(command, self.folder)
            whole = Sample(whole.wall + run.wall, whole.cpu + run.cpu)
        return whole


def committed_specs() -> dict[str, str]:
    """Return the specs of this repository by their paths."""
    return {
        path.relative_to(ROOT / "specs").as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "specs").rglob("*.yaml"))
    }
