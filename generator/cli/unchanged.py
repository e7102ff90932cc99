"""The one answer that is given before click is loaded, which would take twice as long as finding it: nothing to do."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from generator.cli.settings import load_settings
from generator.pipeline import nothing_to_do, spec_paths

_ASKED = (["generate"], ["generate", "--quiet"], ["generate", "-q"])


def is_answered(arguments: Sequence[str]) -> bool:
    """Tell whether *arguments* ask for packages that are all up to date, and say so; all else is click's."""
    if list(arguments) not in _ASKED:
        return False
    try:
        settings = load_settings(Path.cwd(), None, None, None)
        if not nothing_to_do(settings):
            return False
        count = len(spec_paths(settings))
    except Exception:  # noqa: BLE001 - whatever it is, the command says it in its own way
        return False
    if arguments[1:] == []:
        sys.stderr.write(f"{count} {'package' if count == 1 else 'packages'} up to date\n")
    return True
