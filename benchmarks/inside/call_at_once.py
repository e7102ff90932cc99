"""Asynchronous calls over loopback, several at once; the figures are for one call."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.inside.alternating import in_turns_async, tell
from benchmarks.inside.server import serving

ROUNDS = 15


async def main(folder: Path, count: int) -> None:
    """Time so many calls at once of ours, of bare httpx2 and of a peer's client in turn."""
    sys.path.insert(0, str(folder / "generated"))
    with serving() as address:
        ours: Any = importlib.import_module("small").AsyncClient(api_key="key", base_url=address)
        peer: Any = importlib.import_module("openai").AsyncOpenAI(api_key="key", base_url=address)
        bare = httpx2.AsyncClient()
        headers = {"Authorization": "Bearer key"}

        def several(call: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[object]]:
            async def run() -> None:
                await asyncio.gather(*(call() for _ in range(count)))

            return run

        taken = await in_turns_async(
            {
                "httpx2": several(lambda: bare.get(f"{address}/things0/1", headers=headers)),
                "clientmill": several(lambda: ours.things0.get("1")),
                "openai": several(lambda: peer.models.retrieve("1")),
            },
            rounds=ROUNDS,
        )
        tell({side: [(wall / count, cpu / count) for wall, cpu in samples] for side, samples in taken.items()})


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
