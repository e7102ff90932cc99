"""`clientmill add`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.completion import complete_kind, complete_member, complete_source, complete_spec
from generator.cli.exits import DIFFERENT, UsageMistake
from generator.cli.options import complain, counted, folders, quietly, replace_file, spelled
from generator.cli.settings import load_settings
from generator.pipeline import Settings, spec_paths

if TYPE_CHECKING:
    from generator.cli.complaints import Style
    from generator.editing.draft import Draft, Proposal

_PLACES = click.Choice(("path", "query", "header", "body", "form"))
_EFFECTS = click.Choice(("read", "idempotent", "unsafe", "money"))


@click.command()
@click.argument("spec", type=click.Path(path_type=Path), shell_complete=complete_spec)
@click.argument("member", shell_complete=complete_member)
@click.argument("type_", metavar="[TYPE]", default="")
@click.option(
    "--date", "date", type=click.DateTime(("%Y-%m-%d",)), required=True, help="Day of the vendor's announcement."
)
@click.option("--source", required=True, shell_complete=complete_source, help="Page that tells of it, or 'observed'.")
@click.option("--quote", default="", help="The vendor's own words.")
@click.option(
    "--kind", default="additive", show_default=True, shell_complete=complete_kind, help="What it means for callers."
)
@click.option("--doc", default="", help="A sentence for people, at the member.")
@click.option("--in", "place", type=_PLACES, help="Where a parameter is sent, if that is not plain.")
@click.option("--required", is_flag=True, help="The member is always there; else its name gets a '?'.")
@click.option("--value", "values", multiple=True, help="A further word of a 'one of'; may be repeated.")
@click.option("--call", default="", help="Method and path of a new endpoint, such as 'GET reports'.")
@click.option("--effect", type=_EFFECTS, help="What a call of a new endpoint does [read, of a GET].")
@click.option("--late", is_flag=True, help="It was noticed only after something newer was released.")
@click.option("--dry-run", is_flag=True, help="Show the diff, and write nothing.")
@quietly
@spelled
@folders
def add(
    *,
    spec: Path,
    member: str,
    type_: str,
    date: object,
    source: str,
    quote: str,
    kind: str,
    doc: str,
    place: str | None,
    required: bool,
    values: tuple[str, ...],
    call: str,
    effect: str | None,
    late: bool,
    dry_run: bool,
    quiet: bool,
    style: Style,
    specs: Path | None,
    output: Path | None,
    line_length: int | None,
) -> None:
    """Add a MEMBER to a SPEC, and to its changelog, in one go.

    A member is a field (User.hidden), a parameter (getHistory.imei), an endpoint
    (reports.list, with --call; TYPE is what it returns), or further words of a
    'one of' (InvoiceState, with --value). Lines are added, nothing else moves;
    an entry of the same day, source and words is joined. The result is checked
    before it is written.

    \b
    clientmill add specs/kolmisoft/m4.yaml User.hidden "boolean?" \\
        --date 2025-10-06 --source users_get --quote hidden
    clientmill add specs/m360/v2.yaml getHistory.wiped boolean --in body \\
        --date 2026-12-01 --source integration
    clientmill add specs/shop.yaml OrderState --value returned \\
        --date 2026-12-01 --source observed
    """
    import datetime  # noqa: PLC0415 - see nothing_to_do

    from generator.editing.additions import Announcement, Mistake, Wish  # noqa: PLC0415 - see nothing_to_do
    from generator.editing.draft import Refused  # noqa: PLC0415 - see nothing_to_do

    settings = load_settings(Path.cwd(), specs, output, line_length)
    if not isinstance(date, datetime.datetime):
        raise UsageMistake("--date is a day, such as 2025-10-06")
    draft = opened(spec, settings, style)
    wish = Wish(
        member=member,
        type=type_,
        values=values,
        place=place or "",
        call=call,
        effect=effect or "",
        required=required,
        doc=doc,
    )
    try:
        draft.wish(wish, Announcement(date=date.date(), source=source, quote=quote, kind=kind, late=late))
        proposal = draft.proposal()
    except Mistake as mistake:
        raise UsageMistake(f"{settings.name_of(spec)} stays as it is: {mistake}") from None
    except Refused as refusal:
        complain(refusal.diagnostics, style)
        click.echo(f"{settings.name_of(spec)} stays as it is: with the addition it would have these mistakes", err=True)
        sys.exit(DIFFERENT)
    if dry_run:
        click.echo(difference(proposal), nl=False)
        return
    written(proposal)
    if not quiet:
        told(proposal, member.removesuffix("?"))


def opened(spec: Path, settings: Settings, style: Style) -> Draft:
    """Return the draft of a spec of the project; one with mistakes ends the command."""
    from generator.diagnostics import Complaints  # noqa: PLC0415 - see nothing_to_do
    from generator.editing.draft import Draft, Refused  # noqa: PLC0415 - see nothing_to_do
    from generator.spec.source import read_source  # noqa: PLC0415 - see nothing_to_do

    name = settings.name_of(spec)
    complaints = Complaints()
    read = [read_source(path, settings.name_of(path), complaints) for path in spec_paths(settings)]
    if name not in {settings.name_of(path) for path in spec_paths(settings)}:
        from generator.naming import hint  # noqa: PLC0415 - only a mistake needs it

        near = hint(name, [settings.name_of(path) for path in spec_paths(settings)], what="there are")
        raise UsageMistake(f"{name} is not among the specs in {settings.name_of(settings.specs)}; {near}")
    own = tuple(each for each in complaints.sorted() if each.position.file == name)
    if not own:
        try:
            return Draft(tuple(source for source in read if source is not None), name, settings.output)
        except Refused as refusal:
            own = refusal.diagnostics
    complain(own, style)
    click.echo(f"{name} has mistakes; mend them first", err=True)
    sys.exit(DIFFERENT)


def difference(proposal: Proposal) -> str:
    """Return a proposal as a unified diff."""
    import difflib  # noqa: PLC0415 - only who looks at a diff needs it

    before, after = (text.decode().splitlines(keepends=True) for text in (proposal.before, proposal.after))
    lines = difflib.unified_diff(before, after, f"a/{proposal.name}", f"b/{proposal.name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def written(proposal: Proposal) -> None:
    """Write a proposal, unless somebody else has changed the file meanwhile."""
    if proposal.path.read_bytes() != proposal.before:
        raise UsageMistake(f"{proposal.name} was changed meanwhile; nothing was written, try again")
    replace_file(proposal.path, proposal.after)


def told(proposal: Proposal, what: str) -> None:
    """Say what was written, and what comes next."""
    lines = proposal.after.count(b"\n") - proposal.before.count(b"\n")
    click.echo(f"{proposal.name}: added {what} ({counted(lines, 'line')}); next: clientmill generate", err=True)
    for heir in proposal.heirs:
        click.echo(f"{heir} is like it: add an entry to its changelog, or list {what} under 'without'", err=True)
