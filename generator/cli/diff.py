"""`clientmill diff`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from generator.cli.complaints import render, visible
from generator.cli.exits import CLEAN, DIFFERENT, UsageMistake
from generator.cli.options import folders
from generator.cli.settings import load_settings

if TYPE_CHECKING:
    from generator.changes.report import Report
    from generator.history import Moment
    from generator.pipeline import Settings

_Look = Literal["text", "markdown", "json"]
_Limit = Literal["breaking", "unannounced", "any"]


@click.command(short_help="Say what changed in the APIs since a revision of git.")
@click.argument("rev", default="HEAD")
@click.argument("rev2", required=False)
@click.option(
    "--format",
    "look",
    type=click.Choice(("text", "markdown", "json")),
    default="text",
    show_default=True,
    help="For people, for a pull request, or for programs.",
)
@click.option(
    "--fail-on",
    type=click.Choice(("breaking", "unannounced", "any")),
    help="Exit 1 if something breaks, if the changelog leads to no version that fits, or if anything changed.",
)
@click.option(
    "--prove",
    is_flag=True,
    help="Run the packages' tests of REV against the packages as they are generated now, with pytest; exit 1 if one fails.",
)
@folders
def diff(
    *,
    rev: str,
    rev2: str | None,
    look: _Look,
    fail_on: _Limit | None,
    prove: bool,
    specs: Path | None,
    output: Path | None,
    line_length: int | None,
) -> None:
    """Say what changed in the APIs since a revision of git: what is added, changed, deprecated, broken, or only text.

    REV is what was [HEAD]; REV2 is what is [the working tree]. For each change it says which operations reach it, and for
    each package which version comes next. docs/breaking-changes.md explains the rules.

    Exit codes: 0 for whatever changed, unless --fail-on or --prove say otherwise; 1 for what --fail-on names, for a test
    that --prove saw fail, or for a spec with a mistake; 2 if there is no repository or no such revision.

    \b
    clientmill diff                          what is not committed yet
    clientmill diff main                     since the branch main
    clientmill diff v1.2.0 v1.3.0            between two tags
    clientmill diff main --format markdown   for the text of a pull request
    clientmill diff main --fail-on breaking
    clientmill diff HEAD~1 --prove
    """
    from generator.history import at_revision, reports, working_tree  # noqa: PLC0415 - only this command needs it
    from generator.repository import RepositoryError  # noqa: PLC0415 - the same

    settings = load_settings(Path.cwd(), specs, output, line_length)
    if prove and rev2 is not None:
        raise UsageMistake("--prove runs old tests against the packages on disk; leave out the second revision")
    try:
        old = at_revision(settings, rev)
        new = working_tree(settings) if rev2 is None else at_revision(settings, rev2)
        found = reports(old, new)
        _tell(found, look)
        mistaken = _complain(old, new)
        failed = prove and not _prove(settings, rev, found)
    except RepositoryError as error:
        raise UsageMistake(str(error)) from error
    sys.exit(DIFFERENT if mistaken or failed or _is_over(found, fail_on) else CLEAN)


def _tell(found: tuple[Report, ...], look: _Look) -> None:
    from generator.changes.report import as_json, markdown, told  # noqa: PLC0415 - only this command needs it

    match look:
        case "json":
            click.echo(as_json(found), nl=False)
        case "markdown":
            click.echo(markdown(found), nl=False)
        case "text":
            color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
            # What stands in specs may be anything; the colours are ours.
            click.echo(told(found, color=color, spell=visible), nl=False, color=color)


def _complain(old: Moment, new: Moment) -> bool:
    """Say which specs could not be compared; a mistake of long ago is no fault of today's."""
    for diagnostic in old.diagnostics:
        click.echo(f"{visible(old.name)}: {render([diagnostic])}", nl=False, err=True)
    click.echo(render(new.diagnostics), nl=False, err=True)
    return bool(new.diagnostics)


def _prove(settings: Settings, revision: str, found: tuple[Report, ...]) -> bool:
    from generator.history import prove  # noqa: PLC0415 - only this command needs it

    passed = True
    for each in found:
        if each.state != "kept" or not (each.changes or each.old_version != each.new_version):
            continue
        proof = prove(settings, revision, each.package)
        if proof is None:
            click.echo(f"{each.package}: {visible(revision)} has no tests of it", err=True)
            continue
        click.echo(
            f"{each.package}: the tests of {visible(revision)} against the package of today: {proof.command}", err=True
        )
        click.echo(proof.output or proof.summary, err=True)
        passed = passed and proof.passed
    return passed


def _is_over(found: tuple[Report, ...], limit: _Limit | None) -> bool:
    match limit:
        case "breaking":
            return any(each.worst == "breaking" or each.state == "gone" for each in found)
        case "unannounced":
            return not all(each.is_announced for each in found)
        case "any":
            return any(each.changes or each.state != "kept" for each in found)
        case None:
            return False
