"""One call over loopback, with the connection kept alive."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.inside.alternating import in_turns, tell
from benchmarks.inside.server import serving


def main(folder: Path) -> None:
    """Time a call of ours, of bare httpx2 and of a peer's client in turn."""
    sys.path.insert(0, str(folder / "generated"))
    with serving() as address:
        ours: Any = importlib.import_module("small").Client(api_key="key", base_url=address)
        peer: Any = importlib.import_module("openai").OpenAI(api_key="key", base_url=address)
        bare = httpx2.Client()
        headers = {"Authorization": "Bearer key"}
        if ours.things0.get("1").reference != "R-1":
            raise ValueError("what was read is not what was sent")
        tell(
            in_turns(
                {
                    "httpx2": lambda: bare.get(f"{address}/things0/1", headers=headers).content,
                    "clientmill": lambda: ours.things0.get("1"),
                    "openai": lambda: peer.models.retrieve("1"),
                },
                rounds=60,
            )
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
