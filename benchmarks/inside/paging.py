"""Going through all records of a list: what is held at the peak, page after page."""

from __future__ import annotations

import importlib
import json
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.inside.alternating import tell

PAGES = 1000


def main(folder: Path) -> None:
    """Page through a short list and a long one, and tell the peaks."""
    sys.path.insert(0, str(folder / "generated"))
    small: Any = importlib.import_module("small")
    record = {"reference": "R-1", "amount": "19.90", "currency": "EUR", "createdAt": "2026-11-21T08:30:00Z"}

    def run(pages: int) -> tuple[float, float, float]:
        def answer(request: httpx2.Request) -> httpx2.Response:
            offset = int(request.url.params.get("offset", 0))
            records = [{"id": f"{offset + index:036d}", **record} for index in range(100)]
            page = {"records": records, "hasMore": offset + 100 < 100 * pages}
            return httpx2.Response(200, content=json.dumps({"ok": True, "data": page}).encode())

        borrowed = httpx2.Client(transport=httpx2.MockTransport(answer))
        with small.Client(api_key="key", http_client=borrowed) as client:
            tracemalloc.start()
            before, cpu, wall = tracemalloc.get_traced_memory()[0], time.process_time(), time.perf_counter()
            records = sum(1 for _ in client.things0.list())
            taken = (time.perf_counter() - wall, time.process_time() - cpu)
            peak = tracemalloc.get_traced_memory()[1] - before
            tracemalloc.stop()
        if records != 100 * pages:
            raise ValueError(f"{records} records where {100 * pages} were")
        return (*taken, peak)

    run(2)
    tell({"two pages": [run(2)], "clientmill": [run(PAGES)]})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
