"""Since when something is there, as the changelog of a spec announces it."""

from __future__ import annotations

from generator.plan import literals
from generator.spec.changelog import version
from generator.spec.document import Spec


def since(spec: Spec, name: str) -> str:
    """Say since which version and day a member is there; nothing where no entry adds it.

    Args:
        spec: The spec.
        name: The member, as a changelog names it.
    """
    for number, entry in enumerate(spec.changelog):
        if name in entry.adds or name in entry.renames.values():
            page = spec.sources.get(entry.source)
            where = "" if page is None else f", {literals.prose(page.title)}"
            return f"Since {version(spec.changelog[number:])} ({entry.date.isoformat()}{where})."
    return ""
