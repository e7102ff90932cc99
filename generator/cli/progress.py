"""Progress of a run: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager

from generator.pipeline import Progress


@contextmanager
def shown_progress() -> Generator[Progress]:
    """Give what the pipeline tells its progress to; what was shown is gone afterwards."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _whole: None
        return
    # Imported here: only a person at a terminal needs it.
    from rich.console import Console  # noqa: PLC0415 - see above
    from rich.markup import escape  # noqa: PLC0415 - see above
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn  # noqa: PLC0415 - see above
    from rich.progress import Progress as Bar  # noqa: PLC0415 - see above

    columns = (BarColumn(bar_width=24), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(what: str, done: int, whole: int) -> None:
            bar.update(task, description=escape(what), completed=done, total=whole, refresh=True)

        yield show
