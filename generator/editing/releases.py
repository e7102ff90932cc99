"""What was announced in a release already: such entries stay as they are, and newer ones are told from late ones."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from generator.editing.additions import Announcement, Mistake

if TYPE_CHECKING:
    from generator.spec.changelog import ChangelogEntry
    from generator.spec.document import Spec


class Releases:
    """The entries of a changelog that a package was released with."""

    def __init__(self, spec: Spec, output: Path | None) -> None:
        """Look at the changelog of *spec*; without *output* nothing was released."""
        self._spec, self._output = spec, output

    def alike(self, date: str, announcement: Announcement) -> int:
        """Count the released entries of an announcement's day, source, kind and words."""
        return sum(
            (each.date.isoformat(), each.source, each.kind) == (date, announcement.source, announcement.kind)
            and announcement.quote in ("", each.quote)
            for each in self._entries
        )

    def is_late(self, date: str, announcement: Announcement) -> bool:
        """Tell whether an announcement is older than one that was released.

        Raises:
            Mistake: It is, and nobody said that it was noticed only now.
        """
        newest = max((each.date.isoformat() for each in self._entries), default="")
        if date >= newest:
            return False
        if not announcement.late:
            raise Mistake(
                f"an entry of {newest} was released already, and {date} is older; say --late if it was noticed only now"
            )
        return True

    @cached_property
    def _entries(self) -> tuple[ChangelogEntry, ...]:
        if self._output is None or not self._spec.changelog:
            return ()
        # Imported here: a changelog without entries needs none of it.
        from generator.changes.announcements import released_entries  # noqa: PLC0415 - see above
        from generator.changes.released import released_surface  # noqa: PLC0415 - see above

        surface = released_surface(self._output, self._spec.package)
        return () if surface is None else released_entries(self._spec, surface)
