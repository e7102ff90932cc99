"""Measures figures in processes of their own, side by side, and keeps each as soon as it is there."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import platform
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.torture.figures import FIGURES, ROOT, Figure, Scale

LONGEST_SLICE = 1200.0
"""Seconds after which a figure of a slice is given up."""

Row = dict[str, Any]
"""A figure as it is noted: what was promised, tried and seen, in which run, and how long it took."""


@dataclass(frozen=True, slots=True)
class Job:
    """Figures that one process measures, since they come of the same tries."""

    figures: tuple[Figure, ...]

    @property
    def name(self) -> str:
        """The numbers of its figures."""
        return ", ".join(str(figure.number) for figure in self.figures)

    @property
    def is_alone(self) -> bool:
        """Whether it has to have the machine for itself."""
        return any(figure.is_alone for figure in self.figures)


def jobs(numbers: Sequence[int], seconds: dict[int, float]) -> tuple[list[Job], list[Job]]:
    """Return what can run side by side, the longest first, and what has to run alone after it.

    Args:
        numbers: The figures that are asked for; none for all.
        seconds: How long each took the last time.
    """
    found: dict[str, list[Figure]] = {}
    for figure in FIGURES:
        if not numbers or figure.number in numbers:
            found.setdefault(figure.together or str(figure.number), []).append(figure)
    made = [Job(tuple(figures)) for figures in found.values()]
    made.sort(key=lambda job: -sum(seconds.get(figure.number, 60.0) for figure in job.figures))
    return [job for job in made if not job.is_alone], [job for job in made if job.is_alone]


def measure(scale: Scale, numbers: Sequence[int]) -> Iterator[Row]:
    """Measure figures in this process, one after the other."""
    for figure in FIGURES:
        if figure.number in numbers:
            begun = time.monotonic()
            measured = figure.measure(scale)
            yield {
                "number": figure.number,
                "goal": figure.goal,
                "tried": measured.tried,
                "what": measured.what,
                "failed": len(measured.faults),
                "faults": measured.faults[:10],
                "short": figure.short,
                "seconds": round(time.monotonic() - begun, 1),
                "run": "full" if scale.is_full or figure.has_one_size else "slice",
                "seed": scale.seed,
                "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
                "python": platform.python_version(),
            }


def run(scale: Scale, numbers: Sequence[int], seconds: dict[int, float], workers: int) -> Iterator[Row | str]:
    """Measure figures in processes of their own.

    Yields:
        Each figure as it is there, and a line wherever a process begins, or ends without its figures.
    """
    beside, alone = jobs(numbers, seconds)
    yield from _side_by_side(scale, beside, workers)
    yield from _side_by_side(scale, alone, 1)


def _side_by_side(scale: Scale, given: list[Job], workers: int) -> Iterator[Row | str]:
    waiting = queue.SimpleQueue[Job]()
    told = queue.SimpleQueue[Row | str | None]()
    running: set[subprocess.Popen[str]] = set()
    for job in given:
        waiting.put(job)

    def work() -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                job = waiting.get_nowait()
                told.put(f"    figure {job.name} begins")
                _play(job, scale, told, running)
        told.put(None)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    try:
        left = workers
        while left:
            each = told.get()
            if each is None:
                left -= 1
            else:
                yield each
    finally:
        for process in [*running]:
            _end(process)


def _play(
    job: Job, scale: Scale, told: queue.SimpleQueue[Row | str | None], running: set[subprocess.Popen[str]]
) -> None:
    command = [sys.executable, "-m", "tests.torture", "--seed", str(scale.seed)]
    command += ["--measure", *(str(figure.number) for figure in job.figures)]
    command += ["--full"] if scale.is_full else []
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    running.add(process)
    limit = None if scale.is_full else LONGEST_SLICE
    try:
        said, complaints = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        _end(process)
        said, complaints = process.communicate()
        complaints += f"\ngiven up after {limit} seconds"
    running.discard(process)
    rows = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    for row in rows:
        told.put(row)
    if len(rows) < len(job.figures):
        last = (complaints.strip().splitlines() or ["nothing was said"])[-1]
        told.put(f"    figure {job.name} was NOT measured: {last}")


def _end(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def keep(path: Path, row: Row) -> None:
    """Put a figure among those that are noted, in the place of the one that was there."""
    noted: dict[int, Row] = {each["number"]: each for each in noted_rows(path)}
    noted[row["number"]] = {name: value for name, value in row.items() if name != "faults"}
    path.write_text(json.dumps([noted[number] for number in sorted(noted)], indent=1) + "\n", encoding="utf-8")


def noted_rows(path: Path) -> list[Row]:
    """Return the figures that are noted."""
    rows: list[Row] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return rows
