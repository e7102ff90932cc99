"""Making another client of the same kind, after the first has paid for what all of them share."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

from benchmarks.inside.alternating import in_turns, tell


def main(folder: Path) -> None:
    """Time the constructor, and the pool with its TLS context that the first call makes."""
    sys.path.insert(0, str(folder / "generated"))
    small: Any = importlib.import_module("small")
    transport: Any = importlib.import_module("small._runtime.transport")
    transport.tls_context(trust_env=False)

    def make() -> None:
        client = small.Client(api_key="key")
        client._sender._current()  # noqa: SLF001 - the pool of a host that cannot be reached from here
        client.close()

    tell(in_turns({"clientmill": make}, rounds=40))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
