"""`clientmill adopt`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.adding import difference, opened, written
from generator.cli.exits import DIFFERENT, UsageMistake
from generator.cli.options import complain, counted, folders, quietly, spelled
from generator.cli.settings import load_settings
from generator.pipeline import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.cli.complaints import Style
    from generator.editing.draft import Proposal
    from generator.runtime.drift import Drift


@click.command(short_help="Propose to the specs what clients saw in answers.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--value", "values", multiple=True, metavar="MEMBER=WORD", help="A new word of a field; may be repeated.")
@click.option("--date", "date", type=click.DateTime(("%Y-%m-%d",)), help="Day of the changelog entry [today, in UTC].")
@click.option("--yes", "-y", is_flag=True, help="Write without asking.")
@click.option("--dry-run", is_flag=True, help="Show the diff, and write nothing.")
@quietly
@spelled
@folders
def adopt(
    *,
    file: Path,
    values: tuple[str, ...],
    date: object,
    yes: bool,
    dry_run: bool,
    quiet: bool,
    style: Style,
    specs: Path | None,
    output: Path | None,
    line_length: int | None,
) -> None:
    """Propose to the specs what clients saw in answers, from the FILE of a DriftFile.

    New fields are added with 'source: observed', optional and of the types that
    were seen. The file has no values: a new word is added where --value says it.
    The diff is shown, and written when you agree.

    \b
    clientmill adopt drift.json
    clientmill adopt drift.json --value Order.state=returned
    clientmill adopt drift.json --yes --date 2026-12-01
    """
    import datetime  # noqa: PLC0415 - see nothing_to_do

    from generator.editing.additions import Announcement  # noqa: PLC0415 - see nothing_to_do
    from generator.editing.adoption import adopt as adopted  # noqa: PLC0415 - see nothing_to_do
    from generator.editing.draft import Refused  # noqa: PLC0415 - see nothing_to_do

    settings = load_settings(Path.cwd(), specs, output, line_length)
    words = _words(values)
    day = date.date() if isinstance(date, datetime.datetime) else datetime.datetime.now(datetime.UTC).date()
    announcement = Announcement(date=day, source="observed", doc="Seen in real answers.", late=True)
    proposals: list[Proposal] = []
    for spec, findings in _by_spec(_read(file), settings).items():
        draft = opened(spec, settings, style)
        try:
            result = adopted(draft, findings, announcement, words)
            if result.added:
                proposals.append(draft.proposal())
        except Refused as refusal:
            complain(refusal.diagnostics, style)
            click.echo(f"{settings.name_of(spec)} stays as it is: with this it would have these mistakes", err=True)
            sys.exit(DIFFERENT)
        for reason in () if quiet else result.left:
            click.echo(f"left: {reason}", err=True)
    for proposal in proposals:
        click.echo(difference(proposal), nl=False)
    if not proposals:
        click.echo("there is nothing to adopt", err=True)
        return
    if dry_run:
        return
    names = ", ".join(proposal.name for proposal in proposals)
    if not yes:
        if not sys.stdin.isatty():
            raise UsageMistake("nobody can be asked here: say --yes to write this, or --dry-run to look at it only")
        if not _agreed(names):
            click.echo("nothing was written", err=True)
            return
    for proposal in proposals:
        written(proposal)
    if not quiet:
        click.echo(f"{counted(len(proposals), 'spec')} changed; next: clientmill generate", err=True)


def _agreed(names: str) -> bool:
    try:
        return click.confirm(f"Write this to {names}?", err=True)
    except click.Abort as ended:
        # An interrupt comes as the same, and ends the run like any other.
        if not isinstance(ended.__context__, EOFError):
            raise
        click.echo("", err=True)
        return False


def _words(values: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in values:
        member, equals, word = value.partition("=")
        if not (member and equals and word):
            raise UsageMistake(f"--value {value}: say MEMBER=WORD, such as Order.state=returned")
        found[member] = f"{found[member]},{word}" if member in found else word
    return found


def _read(file: Path) -> Mapping[Drift, int]:
    from generator.runtime.drift_file import read_drift  # noqa: PLC0415 - see nothing_to_do

    if not file.is_file():
        raise UsageMistake(f"there is no file {file}")
    try:
        return read_drift(file)
    except (OSError, ValueError) as mistake:
        raise UsageMistake(str(mistake)) from None


def _by_spec(findings: Mapping[Drift, int], settings: Settings) -> dict[Path, list[Drift]]:
    """Return the findings by the specs of their packages."""
    from generator.inputs import glance  # noqa: PLC0415 - see nothing_to_do
    from generator.naming import hint  # noqa: PLC0415 - see nothing_to_do
    from generator.pipeline import spec_paths  # noqa: PLC0415 - see nothing_to_do

    packages = {glance(path.name, path.read_bytes()).package: path for path in spec_paths(settings)}
    found: dict[Path, list[Drift]] = {}
    for each in findings:
        if each.package not in packages:
            near = hint(each.package, packages, what="specs are here for")
            raise UsageMistake(f"no spec makes the package '{each.package}'; {near}")
        found.setdefault(packages[each.package], []).append(each)
    return found
