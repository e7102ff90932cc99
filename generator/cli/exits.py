"""How the command ends."""

from __future__ import annotations

import click

CLEAN = 0
DIFFERENT = 1
"""A spec has a mistake, or what is on disk is not what the specs say."""


class UsageMistake(click.ClickException):
    """The command cannot work with what it was given; nothing was written."""

    exit_code = 2
