"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from generator.cli.settings import LINE_LENGTHS

F = TypeVar("F", bound=Callable[..., None])


def folders(command: F) -> F:
    """Add the options that tell where a run works."""
    folder = click.Path(file_okay=False, path_type=Path)
    for option in (
        click.option(
            "--line-length",
            type=click.IntRange(LINE_LENGTHS.start, LINE_LENGTHS.stop - 1),
            help="Length of lines in rendered code [120].",
        ),
        click.option("--output", type=folder, help="Folder of the packages [generated]."),
        click.option("--specs", type=folder, help="Folder of the specs [specs]."),
    ):
        command = option(command)
    return command
