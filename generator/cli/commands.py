"""The group of all commands, and `clientmill generate`, `check`, `fmt` and `schema`."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.adding import add
from generator.cli.adopting import adopt
from generator.cli.complaints import Style, render
from generator.cli.diff import diff
from generator.cli.exits import CLEAN, DIFFERENT, UsageMistake
from generator.cli.options import complain, counted, folders, quietly, replace_file, spelled
from generator.cli.progress import shown_progress
from generator.cli.settings import load_settings
from generator.inputs import VERSION
from generator.pipeline import Selection, Settings, note_of_types, nothing_to_do, read_specs, spec_paths
from generator.profile import PROFILE

if TYPE_CHECKING:
    from generator.output.compare import Comparison
    from generator.output.inspection import Inspector
    from generator.output.publish import Publication
    from generator.plan.declarations import Declarer


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog='Completion: eval "$(_CLIENTMILL_COMPLETE=bash_source clientmill)", or zsh_source, or fish_source.',
)
@click.version_option(VERSION, "--version", "-V", message="%(prog)s %(version)s")
def clientmill() -> None:
    """Turn YAML specs of vendors' HTTP APIs into typed Python clients and their tests.

    \b
    clientmill check               say what is wrong with the specs
    clientmill generate            write the packages of all specs
    clientmill generate --check    exit 1 with a diff if that would change any
    clientmill diff main           say what changed in the APIs since main
    """


def run() -> int:
    """Run the command with the arguments of the process; return its status, and let an interrupt through."""
    try:
        status: object = clientmill.main(prog_name="clientmill", standalone_mode=False)
    except click.ClickException as mistake:
        mistake.show()
        return mistake.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    return status if isinstance(status, int) else CLEAN


@clientmill.command()
@click.argument("spec", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--check", "only_compare", is_flag=True, help="Write nothing; exit 1 with a diff if something would change."
)
@click.option(
    "--jobs", "-j", type=click.IntRange(1, 256), help="How many packages to make at a time [one a processor]."
)
@click.option(
    "--verify", "verifies", is_flag=True, help="Make all anew, and check types and text with mypy, pyright and a twin."
)
@click.option(
    "--fail-on-change",
    "fails_on_change",
    is_flag=True,
    help="Exit 1 if a package was written, or has files that git does not track; for hooks before a commit.",
)
@quietly
@click.option("--no-cache", is_flag=True, help="Work everything out anew, without what earlier runs remember.")
@click.option("--profile", is_flag=True, help="Tell where the time went, by stage and spec.")
@click.option("--watch", is_flag=True, help="Go on, and run again whenever a spec changes.")
@click.option(
    "--force", is_flag=True, help="Overwrite files that were edited by hand, and those of a newer clientmill."
)
@spelled
@folders
def generate(
    *,
    spec: tuple[Path, ...],
    only_compare: bool,
    jobs: int | None,
    verifies: bool,
    fails_on_change: bool,
    quiet: bool,
    no_cache: bool,
    profile: bool,
    watch: bool,
    force: bool,
    style: Style,
    specs: Path | None,
    output: Path | None,
    line_length: int | None,
) -> None:
    """Write the packages of all specs, or of those named.

    A package whose spec is gone is removed. Files that clientmill did not make stay; a file of its own that somebody
    edited stops the package with a diff. A spec with a mistake does not stop the others.

    \b
    clientmill generate
    clientmill generate specs/m360/v2.yaml
    clientmill generate --check --format github

    With --verify, which needs the extra clientmill[verify] and some seconds, nothing is written unless mypy and pyright
    have nothing to say in their strict modes, black leaves every file as it is, and a twin of each package, made with
    plain words for all prose of its spec, differs from it in texts only.
    """
    # A comparison writes nothing, and what it says depends on nothing that a machine remembers.
    remembers = not (no_cache or only_compare)
    settings = replace(load_settings(Path.cwd(), specs, output, line_length), remembers=remembers)
    wish = _Wish(
        spec=spec,
        only_compare=only_compare,
        jobs=jobs or os.cpu_count() or 1,
        verifies=verifies,
        fails_on_change=fails_on_change,
        quiet=quiet,
        force=force,
        style=style,
    )
    if not watch:
        with PROFILE.stage("run", "all"):
            status = _generate(settings, wish)
        if fails_on_change:
            status = max(status, _hold_against_git(settings))
        if profile:
            click.echo(PROFILE.table(), err=True)
        sys.exit(status)
    from generator.cli.watching import changes  # noqa: PLC0415 - see nothing_to_do

    for _ in changes(settings):
        _generate(settings, wish)
        wish.tell("watching; end with Ctrl-C")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What a run of generate is asked for."""

    spec: tuple[Path, ...]
    only_compare: bool
    jobs: int
    verifies: bool
    fails_on_change: bool
    quiet: bool
    force: bool
    style: Style

    def tell(self, message: str) -> None:
        """Say something that is not wrong."""
        if not self.quiet:
            click.echo(message, err=True)


def _generate(settings: Settings, wish: _Wish) -> int:
    """Make one run and return its exit code."""
    if not (wish.spec or wish.force or wish.verifies) and nothing_to_do(settings):
        wish.tell(f"{counted(len(spec_paths(settings)), 'package')} up to date")
        return CLEAN
    _need_specs(settings)
    if wish.jobs == 1:
        return _made(settings, wish)
    with ExitStack() as beside:
        return _made(settings, wish, *_started(settings, wish, beside))


def _need_specs(settings: Settings) -> None:
    """Refuse a folder without specs: most likely the wrong one; taken by its word, all is well and no package is left."""
    if not spec_paths(settings):
        raise UsageMistake(f"there is no spec in {settings.name_of(settings.specs)}: a spec is a file *.yaml")


def _started(settings: Settings, wish: _Wish, beside: ExitStack) -> tuple[Inspector | None, Declarer | None]:
    """Start the processes that get ready while this one reads, and end with the run."""
    from generator.plan.declarations import Declarer, is_loaded  # noqa: PLC0415 - see nothing_to_do

    declarer = None
    note = note_of_types(settings)
    if note is not None and not is_loaded() and settings.cache.read(note) is None:
        declarer = beside.enter_context(Declarer())
    if wish.only_compare:
        return None, declarer
    from generator.output.inspection import Inspector  # noqa: PLC0415 - see nothing_to_do

    return beside.enter_context(Inspector()), declarer


def _made(settings: Settings, wish: _Wish, inspector: Inspector | None = None, declarer: Declarer | None = None) -> int:
    """Make what is not up to date, and return the exit code of the run."""
    from generator.output.errors import OutputError  # noqa: PLC0415 - see nothing_to_do
    from generator.pipeline import (  # noqa: PLC0415 - see nothing_to_do
        build,
        differences,
        orphans,
        outdated,
        verify,
        write,
    )

    selection = read_specs(settings)
    complain(selection.diagnostics, wish.style)
    for note in selection.notes:
        wish.tell(note)
    names = _chosen(selection, wish.spec, settings)
    stale = names if wish.force or wish.only_compare or wish.verifies else outdated(selection, names, settings)
    try:
        removed = () if wish.spec else orphans(selection, settings)
        with shown_progress() as progress:
            built = build(selection, stale, settings, progress, jobs=wish.jobs, declarer=declarer)
            if wish.verifies:
                verify(built, selection, settings, progress)
        if wish.only_compare:
            different = [each for each in differences(built, removed, settings) if not each.is_clean]
            for comparison in different:
                _tell(comparison)
            return DIFFERENT if different or selection.diagnostics else CLEAN
        with PROFILE.stage("publish", "all"):
            publication = write(built, removed, settings, force=wish.force, waiting=wish.tell, inspector=inspector)
        if stale:
            if (remembered := note_of_types(settings)) is not None:
                settings.cache.write(remembered, b"")
            settings.cache.trim()
    except OutputError as error:
        raise UsageMistake(str(error)) from error
    refused = _report(publication, len(names) - len(stale), wish.tell)
    changed = any(outcome.state in ("published", "removed") for outcome in publication.outcomes)
    return DIFFERENT if refused or selection.diagnostics or (changed and wish.fails_on_change) else CLEAN


@clientmill.command(short_help="Say what is wrong with the specs: all mistakes of all files.")
@quietly
@spelled
@folders
def check(*, quiet: bool, style: Style, specs: Path | None, output: Path | None, line_length: int | None) -> None:
    """Say what is wrong with the specs: all mistakes of all files, and exit 1 if there is one.

    \b
    clientmill check
    clientmill check --format json
    """
    settings = load_settings(Path.cwd(), specs, output, line_length)
    _need_specs(settings)
    selection = read_specs(settings)
    if style == "json":
        click.echo(render(selection.diagnostics, style="json"), nl=False)
    else:
        complain(selection.diagnostics, style)
    if selection.diagnostics:
        files = len({diagnostic.position.file for diagnostic in selection.diagnostics})
        found = counted(len(selection.diagnostics), "mistake")
        if not quiet:
            click.echo(f"{found} in {counted(files, 'file')}", err=True)
        sys.exit(DIFFERENT)
    if not quiet:
        for note in selection.notes:
            click.echo(note, err=True)
        click.echo(f"{counted(len(selection.specs), 'spec')} checked, no mistakes", err=True)


@clientmill.command(short_help="Put specs into their canonical order.")
@click.argument("spec", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--check", "only_compare", is_flag=True, help="Write nothing; exit 1 and name the files that would change."
)
@quietly
@spelled
@folders
def fmt(
    *,
    spec: tuple[Path, ...],
    only_compare: bool,
    quiet: bool,
    style: Style,
    specs: Path | None,
    output: Path | None,
    line_length: int | None,
) -> None:
    """Put specs, all of them or those named, into their canonical order.

    Comments, quotes and blocks stay as the author wrote them.

    \b
    clientmill fmt
    clientmill fmt --check specs/m360/v2.yaml
    """
    from generator.diagnostics import Complaints  # noqa: PLC0415 - see nothing_to_do
    from generator.spec.document import SPEC  # noqa: PLC0415 - see nothing_to_do
    from generator.spec.formatting import format_spec  # noqa: PLC0415 - see nothing_to_do
    from generator.spec.source import read_source  # noqa: PLC0415 - see nothing_to_do

    settings = load_settings(Path.cwd(), specs, output, line_length)
    complaints = Complaints()
    changed = 0
    for path in spec or spec_paths(settings):
        source = read_source(path, settings.name_of(path), complaints)
        if source is None:
            continue
        text = format_spec(source, SPEC.order)
        if text.encode() != path.read_bytes():
            changed += 1
            click.echo(source.name)
            if not only_compare:
                replace_file(path, text.encode())
    complain(complaints.sorted(), style)
    if not quiet:
        click.echo(f"{counted(changed, 'spec')} {'would change' if only_compare else 'changed'}", err=True)
    sys.exit(DIFFERENT if complaints or (only_compare and changed) else CLEAN)


clientmill.add_command(add)
clientmill.add_command(adopt)
clientmill.add_command(diff)


@clientmill.command(short_help="Print the JSON Schema by which editors check specs.")
def schema() -> None:
    """Print the JSON Schema by which an editor with a YAML language server completes and checks specs.

    \b
    clientmill schema > specs/schema.json
    """
    from generator.spec.editor import editor_schema  # noqa: PLC0415 - see nothing_to_do

    click.echo(editor_schema(), nl=False)


def _hold_against_git(settings: Settings) -> int:
    """Say which packages a commit would leave behind, and return the exit code."""
    from generator.cli.untracked import left_behind  # noqa: PLC0415 - see nothing_to_do
    from generator.repository import RepositoryError  # noqa: PLC0415 - see nothing_to_do

    try:
        left = left_behind(settings)
    except RepositoryError as error:
        click.echo(f"not held against git: {error}", err=True)
        return CLEAN
    for package in left:
        click.echo(f"git does not track all of {package}; run: git add {shlex.quote(package)}", err=True)
    return DIFFERENT if left else CLEAN


def _chosen(selection: Selection, spec: Iterable[Path], settings: Settings) -> tuple[str, ...]:
    wanted = [settings.name_of(path) for path in spec]
    if not wanted:
        return tuple(selection.specs)
    known = {settings.name_of(path) for path in spec_paths(settings)}
    for name in wanted:
        if name not in known:
            raise UsageMistake(f"{name} is not among the specs in {settings.name_of(settings.specs)}")
    return tuple(name for name in selection.specs if name in wanted)


def _tell(comparison: Comparison) -> None:
    """Say how a package differs from its spec; a folder that comes or goes whole is told in a line."""
    package = comparison.package
    if not comparison.exists:
        click.echo(f"{package} is missing; run: clientmill generate", err=True)
        return
    if not comparison.planned:
        click.echo(f"{package} has no spec any more; clientmill generate would remove it", err=True)
        return
    click.echo(comparison.diff(), nl=False)
    for obstacle in comparison.obstacles:
        click.echo(f"{package}: {obstacle}", err=True)
    if comparison.refusal:
        click.echo(f"{package}: {comparison.refusal}", err=True)
    if comparison.edited:
        click.echo(f"{package}: {comparison.told_of_edits}", err=True)
        return
    click.echo(f"{package} is not what its spec says; run: clientmill generate", err=True)


def _report(publication: Publication, untouched: int, tell: Callable[[str], None]) -> bool:
    """Say what became of each package; tell whether one was refused."""
    refused = False
    unchanged = untouched
    for outcome in publication.outcomes:
        if outcome.state == "unchanged":
            unchanged += 1
            continue
        if outcome.state == "refused":
            refused = True
            click.echo(outcome.diff, nl=False)
            click.echo(f"{outcome.package}: refused: {outcome.reason}", err=True)
            continue
        tell(f"{outcome.package}: {outcome.state}")
        for path in outcome.kept:
            tell(f"{outcome.package}: kept {path}, which clientmill did not make")
    for note in publication.notes:
        click.echo(note, err=True)
    if unchanged:
        tell(f"{counted(unchanged, 'package')} up to date")
    return refused
