"""One asynchronous call over loopback, with the connection kept alive."""

from __future__ import annotations

import asyncio
import importlib
import sys
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.inside.alternating import in_turns_async, tell
from benchmarks.inside.server import serving


async def main(folder: Path) -> None:
    """Time a call of ours, of bare httpx2 and of a peer's client in turn."""
    sys.path.insert(0, str(folder / "generated"))
    with serving() as address:
        ours: Any = importlib.import_module("small").AsyncClient(api_key="key", base_url=address)
        peer: Any = importlib.import_module("openai").AsyncOpenAI(api_key="key", base_url=address)
        bare = httpx2.AsyncClient()
        headers = {"Authorization": "Bearer key"}
        sides = {
            "httpx2": lambda: bare.get(f"{address}/things0/1", headers=headers),
            "clientmill": lambda: ours.things0.get("1"),
            "openai": lambda: peer.models.retrieve("1"),
        }
        tell(await in_turns_async(sides, rounds=60))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
