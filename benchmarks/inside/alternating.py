"""Timing things in turns inside one process, and telling the samples to whoever started it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Awaitable, Callable, Mapping

Taken = tuple[float, float]

BATCH = 0.05
"""Seconds that a sample lasts at least: long beside the clock's own resolution."""


def tell(samples: Mapping[str, object]) -> None:
    """Answer with the samples of all sides."""
    json.dump(samples, sys.stdout)


def in_turns(sides: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[Taken]]:
    """Run each side in batches, one side after the other; the samples are seconds a run."""
    sizes = {side: _size(run) for side, run in sides.items()}
    samples: dict[str, list[Taken]] = {side: [] for side in sides}
    for _ in range(rounds):
        for side, run in sides.items():
            samples[side].append(_batch(run, sizes[side]))
    return samples


async def in_turns_async(sides: Mapping[str, Callable[[], Awaitable[object]]], rounds: int) -> dict[str, list[Taken]]:
    """Do the same with what is awaited."""
    samples: dict[str, list[Taken]] = {side: [] for side in sides}
    sizes: dict[str, int] = {}
    for side, run in sides.items():
        await _batch_async(run, 20)
        seconds, _ = await _batch_async(run, 20)
        sizes[side] = max(1, int(BATCH / seconds))
    for _ in range(rounds):
        for side, run in sides.items():
            samples[side].append(await _batch_async(run, sizes[side]))
    return samples


def _size(run: Callable[[], object]) -> int:
    _batch(run, 3)
    seconds, _ = _batch(run, 3)
    return max(1, int(BATCH / seconds))


def _batch(run: Callable[[], object], size: int) -> Taken:
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(size):
        run()
    return (time.perf_counter() - wall) / size, (time.process_time() - cpu) / size


async def _batch_async(run: Callable[[], Awaitable[object]], size: int) -> Taken:
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(size):
        await run()
    return (time.perf_counter() - wall) / size, (time.process_time() - cpu) / size
