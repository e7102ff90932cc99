"""Bringing packages to disk: each folder changes in one step, from the old package to the new one."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from generator.output.compare import Comparison, Planned, compare_package, plan_packages
from generator.output.errors import OutputError
from generator.output.exchange import Exchange, ExchangeUnsupportedError, exchange_folders
from generator.output.folder import PRIVATE_MODE, Folder, discard, explain, open_root
from generator.output.journal import ASIDE, STAGE, exchange_in_two_steps, pending, settle
from generator.output.lock import hold
from generator.output.manifest import Provenance
from generator.output.stage import kept_state, stage_package
from generator.tree import FileTree

Inspect = Callable[[Path, tuple[str, ...]], None]
"""Looks at staged packages: the folder they stand in, and their names. An exception means that none is published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one package.

    Attributes:
        package: Its name.
        state: `refused` means that its folder is as it was.
        reason: Why it was refused.
        diff: Where somebody's work would have been lost: the way from it to what was generated.
        kept: Files and folders in it that are not ours; they were kept.
    """

    package: str
    state: Literal["unchanged", "published", "removed", "refused"]
    reason: str = ""
    diff: str = ""
    kept: tuple[PurePosixPath, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What became of a run.

    Attributes:
        outcomes: Of every package of the run, by name.
        notes: What somebody should know besides, such as a folder that could not be cleared away.
    """

    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...] = ()


def publish(
    root: Path,
    trees: Mapping[str, FileTree],
    provenances: Mapping[str, Provenance],
    *,
    removed: Collection[str] = (),
    force: bool = False,
    project: Path | None = None,
    inspect: Inspect | None = None,
    waiting: Callable[[str], None] | None = None,
    patience: float = 60.0,
    exchange: Exchange = exchange_folders,
) -> Publication:
    """Make the root hold these packages; what one package cannot have does not stop the others.

    Whatever stops this run, each package folder is the old one or the new one, whole, and the next run clears up.

    Args:
        root: The folder that holds the packages, made if it is not there.
        trees: Package name -> its files.
        provenances: Package name -> what it was made from.
        removed: Packages of ours whose spec is gone.
        force: Overwrite files edited by hand, and packages of a newer generator.
        project: See `open_root`.
        inspect: Looks at the changed packages, together, before any of them is published.
        waiting: Told when another run has to finish first.
        patience: How many seconds to wait for it.
        exchange: Exchanges two folders in one step.

    Raises:
        OutputError: Nothing could be done in this root.
    """
    planned = plan_packages(trees, provenances, removed)
    try:
        top = open_root(root, project, create=True)
        if top is None:
            raise OutputError(f"{root} disappeared")
        with top, hold(top, patience=patience, waiting=waiting or _say_nothing) as private:
            return _Run(top=top, private=private, force=force, exchange=exchange).publish(planned, inspect)
    except OSError as error:
        raise OutputError(f"{root} cannot be published into: {explain(error)}") from error


@dataclass(frozen=True, slots=True)
class _Change:
    """A package that is staged: what was seen of it, and of what in its folder is not ours."""

    plan: Planned
    seen: Comparison
    kept: Mapping[PurePosixPath, tuple[int, int, int]]

    @property
    def vanishes(self) -> bool:
        """Whether nothing of the folder stays."""
        return not self.seen.planned and not self.kept

    def is_as_seen(self, top: Folder) -> bool:
        """Tell whether nobody has touched the folder since."""
        return compare_package(top, self.plan).is_same(self.seen) and kept_state(top, self.seen) == self.kept


@dataclass(slots=True, kw_only=True)
class _Run:
    """One run, with the lock held."""

    top: Folder
    private: Folder
    force: bool
    exchange: Exchange
    unsynced: list[str] = field(default_factory=list[str])

    def publish(self, planned: tuple[Planned, ...], inspect: Inspect | None) -> Publication:
        notes = [settle(self.private, self.top)]
        if self.private.kind(STAGE) is not None:
            # The run that left it may have been stopped before its new names were on the disk.
            with self.private.open(STAGE) as stage:
                self.top.sync()
                stage.sync()
        self._clear()
        try:
            with self.private.make(STAGE, PRIVATE_MODE) as stage:
                self.private.sync()
                staged, outcomes = self._stage_all(stage, planned)
                changed = tuple(change.seen.package for change in staged if change.seen.planned)
                if inspect is not None and changed:
                    inspect(Path(stage.path), changed)
                outcomes += [self._put_in_place(stage, change) for change in staged]
        finally:
            notes.append(self._clear_quietly())
        return Publication(
            outcomes=tuple(sorted(outcomes, key=lambda outcome: outcome.package)),
            notes=tuple(note for note in notes if note),
        )

    def _stage_all(self, stage: Folder, planned: tuple[Planned, ...]) -> tuple[list[_Change], list[Outcome]]:
        """Build every package that changes; the rest has its outcome already."""
        staged: list[_Change] = []
        outcomes: list[Outcome] = []
        for package in planned:
            try:
                seen = compare_package(self.top, package)
                outcome = _judge(seen, force=self.force)
                if outcome is not None:
                    outcomes.append(outcome)
                    continue
                change = _Change(package, seen, kept_state(self.top, seen))
                if not change.vanishes:
                    stage_package(stage, self.top, seen)
                staged.append(change)
            except (OSError, OutputError) as error:
                outcomes.append(_failed(package.name, error))
        return staged, outcomes

    def _put_in_place(self, stage: Folder, change: _Change) -> Outcome:
        seen = change.seen
        try:
            # Between the first look and now lies the inspection, long enough for somebody to save a file.
            if not change.is_as_seen(self.top):
                reason = "somebody changed it during this run; run again"
                return Outcome(package=seen.package, state="refused", reason=reason)
            if change.vanishes:
                self._rename(self.top, seen.package, stage, f".{seen.package}")
            elif not seen.exists:
                self._rename(stage, seen.package, self.top, seen.package)
            else:
                self._exchange(stage, seen.package)
        except (OSError, OutputError) as error:
            return _failed(seen.package, error)
        if seen.planned:
            return Outcome(package=seen.package, state="published", kept=seen.unknown)
        return Outcome(package=seen.package, state="removed", kept=tuple(sorted(seen.unknown + seen.build_products)))

    def _rename(self, source: Folder, name: str, target: Folder, new_name: str) -> None:
        source.rename(name, target, new_name)
        self._make_last(source, target, lambda: target.rename(new_name, source, name))

    def _exchange(self, stage: Folder, name: str) -> None:
        try:
            self.exchange(stage, self.top, name)
        except ExchangeUnsupportedError:
            exchange_in_two_steps(self.private, stage, self.top, name)
        else:
            self._make_last(self.top, stage, lambda: self.exchange(stage, self.top, name))

    def _make_last(self, one: Folder, other: Folder, take_back: Callable[[], None]) -> None:
        """Bring new names to the disk, before the old folder is emptied: a power cut may bring the old names back."""
        try:
            one.sync()
            other.sync()
        except OSError as error:
            try:
                take_back()
            except (OSError, ExchangeUnsupportedError):
                # The new state stands, so that is the outcome; the old folder stays until the next run has synced.
                self.unsynced.append(explain(error))
            else:
                raise

    def _clear(self) -> None:
        """Remove what this run or a stopped one has built or moved aside."""
        left = [f"{self.private.path}/{name}" for name in (STAGE, ASIDE) if not discard(self.private, name)]
        if left:
            raise OutputError(f"left of an earlier run, and cannot be removed: {', '.join(left)}")

    def _clear_quietly(self) -> str:
        """Clear up after a run, which has its result already."""
        try:
            # An exchange that could neither be finished nor taken back needs its folders; the next run begins with it.
            if (unfinished := pending(self.private)) is not None:
                return f"the exchange of {unfinished} could not be finished; run again"
            if self.unsynced:
                return f"not known to be on the disk, run again: {'; '.join(self.unsynced)}"
            self._clear()
        except (OSError, OutputError) as error:
            return f"the next run has to clear up: {error}"
        return ""


def _judge(comparison: Comparison, *, force: bool) -> Outcome | None:
    """Return the outcome of a package that needs no publishing or may not have it."""
    package = comparison.package
    kept = comparison.unknown
    if comparison.is_clean:
        return Outcome(package=package, state="unchanged", kept=kept)
    if comparison.obstacles:
        reason = "; ".join(str(obstacle) for obstacle in comparison.obstacles) + "; move it away, nothing was followed"
        return Outcome(package=package, state="refused", reason=reason, kept=kept)
    if comparison.refusal and not (force and comparison.planned):
        return Outcome(package=package, state="refused", reason=comparison.refusal, kept=kept)
    if comparison.edited and not force:
        return Outcome(
            package=package,
            state="refused",
            reason=comparison.told_of_edits,
            diff=comparison.diff(comparison.edited),
            kept=kept,
        )
    return None


def _failed(package: str, error: OSError | OutputError) -> Outcome:
    reason = explain(error) if isinstance(error, OSError) else str(error)
    return Outcome(package=package, state="refused", reason=reason)


def _say_nothing(message: str) -> None:
    del message
