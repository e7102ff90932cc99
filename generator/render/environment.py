"""The one Jinja environment: templates of ours only, undefined names are errors, nothing global."""

from __future__ import annotations

import functools
from pathlib import Path

import jinja2

_PACKAGE = Path(__file__).resolve().parent.parent


@functools.cache
def templates_folder() -> Path:
    """Return where the templates are: inside the package when it was installed, beside it in a clone."""
    inside = _PACKAGE / "templates"
    return inside if inside.is_dir() else _PACKAGE.parent / "templates"


@functools.cache
def create_environment() -> jinja2.Environment:
    """Return the environment that all templates are printed in, one for a process: it keeps what it has compiled."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_folder()),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - the output is Python; text from specs is spelled by plan/literals.py
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.clear()
    return environment
