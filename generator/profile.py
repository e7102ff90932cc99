"""Where the time of a run goes: seconds by stage and spec, told when somebody asks for them."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager

Entry = tuple[str, str, float]


class Profile:
    """Seconds by stage and spec, in the order in which they were first met."""

    def __init__(self) -> None:
        self._seconds: dict[tuple[str, str], float] = {}

    @contextmanager
    def stage(self, stage: str, spec: str) -> Generator[None]:
        """Count the time of a block; that of a block inside it is counted there as well."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.take(((stage, spec, time.perf_counter() - started),))

    def take(self, entries: Iterable[Entry]) -> None:
        """Add what was counted elsewhere."""
        for stage, spec, seconds in entries:
            self._seconds[stage, spec] = self._seconds.get((stage, spec), 0.0) + seconds

    def entries(self) -> tuple[Entry, ...]:
        """Return what was counted."""
        return tuple((stage, spec, seconds) for (stage, spec), seconds in self._seconds.items())

    def clear(self) -> None:
        """Forget what was counted."""
        self._seconds.clear()

    def table(self) -> str:
        """Return stages with their sums, the specs of each below it, the longest first."""
        lines: list[str] = []
        for stage in dict.fromkeys(stage for stage, _ in self._seconds):
            specs = {spec: seconds for (found, spec), seconds in self._seconds.items() if found == stage}
            lines.append(f"{stage:10} {sum(specs.values()):8.3f} s")
            lines += [
                f"  {spec:40} {seconds:8.3f} s"
                for spec, seconds in sorted(specs.items(), key=lambda each: -each[1])
                if len(specs) > 1
            ]
        return "\n".join(lines)


PROFILE = Profile()
"""That of this process."""
