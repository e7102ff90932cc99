"""What several commands share: options, how mistakes are said, how a file is replaced."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from generator.cli.complaints import Style, render
from generator.cli.settings import LINE_LENGTHS
from generator.diagnostics import Diagnostic

F = TypeVar("F", bound=Callable[..., None])

_FORMATS = click.Choice(("text", "json", "github"))


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


def spelled(command: F) -> F:
    """Add the option that tells how mistakes are printed."""
    help_text = "How mistakes are printed: for people, for programs, or as annotations of a GitHub job."
    return click.option("--format", "style", type=_FORMATS, default="text", show_default=True, help=help_text)(command)


def quietly(command: F) -> F:
    """Add the option that leaves only mistakes to be said."""
    return click.option("--quiet", "-q", is_flag=True, help="Say only what is wrong.")(command)


def complain(diagnostics: tuple[Diagnostic, ...], style: Style) -> None:
    """Say what is wrong with specs, where whoever reads it looks."""
    if not diagnostics:
        return
    # GitHub reads annotations from the standard output; people and programs get mistakes where mistakes go.
    to_stderr = style != "github"
    color = style == "text" and _has_colors()
    click.echo(render(diagnostics, style=style, color=color), nl=False, err=to_stderr, color=color)


def _has_colors() -> bool:
    import os  # noqa: PLC0415 - only a run with mistakes asks

    return sys.stderr.isatty() and "NO_COLOR" not in os.environ


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; a link to it stays one, and so do its permissions."""
    import os  # noqa: PLC0415 - only a file that changes needs it
    import tempfile  # noqa: PLC0415 - the same

    target = path.resolve()
    with tempfile.NamedTemporaryFile("wb", dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        beside = Path(file.name)
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            beside.chmod(target.stat().st_mode & 0o777)
            beside.replace(target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


def counted(number: int, noun: str) -> str:
    """Spell a number of things."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
