"""Exchanging two folders in two steps, where the system has no single one.

The old folder is renamed aside, then the new one into its place. Between the two the package is missing, so before the
first step the journal says which package it is, and whoever finds a journal brings that exchange to its end before
anything else: with the new folder, which was whole on the disk before the journal was written.
"""

import json
from contextlib import suppress
from typing import cast

from generator.output.errors import OutputError
from generator.output.folder import PRIVATE_MODE, Folder

STAGE = "stage"
ASIDE = "aside"
RESCUED = "rescued"
_JOURNAL = "journal.json"
_UNFINISHED = "journal.new"


def exchange_in_two_steps(private: Folder, stage: Folder, top: Folder, name: str) -> None:
    """Exchange `stage/name` and `top/name`; an error or interrupt between the steps puts the old one back.

    The old folder ends up in the private folder's `aside`.
    """
    if (unfinished := pending(private)) is not None:
        raise OutputError(f"the exchange of {unfinished} could not be finished; the next run begins with it")
    with private.ensure(ASIDE, PRIVATE_MODE) as aside:
        private.sync()
        _begin(private, name)
        try:
            top.rename(name, aside, name)
            aside.sync()
            top.sync()
            stage.rename(name, top, name)
            top.sync()
            stage.sync()
        except BaseException as error:
            try:
                _take_back(private, stage, aside, top, name)
            except OSError:
                if isinstance(error, OSError) and top.kind(name) is not None and aside.kind(name) is not None:
                    return  # The new folder stands; the journal keeps the old one until the next run.
                raise
            raise
        # A journal that cannot be removed stops no package that is in its place: the next run finds nothing to do.
        with suppress(OSError):
            _end(private)


def _take_back(private: Folder, stage: Folder, aside: Folder, top: Folder, name: str) -> None:
    if aside.kind(name) is not None:
        if top.kind(name) is not None:
            top.rename(name, stage, name)
        aside.rename(name, top, name)
        top.sync()
    _end(private)


def settle(private: Folder, top: Folder) -> str:
    """Bring the exchange of a run that was stopped to its end, with the new folder in place.

    Returns:
        What somebody should know about it; empty when there was nothing, or nothing odd.
    """
    name = pending(private)
    if name is None:
        return ""
    note = ""
    with private.ensure(STAGE, PRIVATE_MODE) as stage, private.ensure(ASIDE, PRIVATE_MODE) as aside:
        if top.kind(name) is None:
            # The old one only if somebody removed the new one: two steps never leave neither.
            for source in (stage, aside):
                if source.kind(name) is not None:
                    source.rename(name, top, name)
                    break
        elif stage.kind(name) is not None and aside.kind(name) is not None:
            note = _rescue(private, aside, name)
        top.sync()
        stage.sync()
    _end(private)
    return note


def _rescue(private: Folder, aside: Folder, name: str) -> str:
    """Keep the old folder: somebody has put another into its place since, perhaps without the files that are not ours."""
    with private.ensure(RESCUED, PRIVATE_MODE) as rescued:
        number = 1
        while rescued.kind(f"{name}-{number}") is not None:
            number += 1
        aside.rename(name, rescued, f"{name}-{number}")
        rescued.sync()
        return f"an interrupted run had moved {name} aside; that folder is kept as {rescued.path}/{name}-{number}"


def _begin(private: Folder, name: str) -> None:
    if private.kind(_UNFINISHED) is not None:
        private.remove(_UNFINISHED)
    private.write(_UNFINISHED, json.dumps({"package": name}).encode())
    private.sync_file(_UNFINISHED)
    private.rename(_UNFINISHED, private, _JOURNAL)
    private.sync()


def _end(private: Folder) -> None:
    private.remove(_JOURNAL)
    private.sync()


def pending(private: Folder) -> str | None:
    """Return the package whose exchange is not finished."""
    if private.kind(_JOURNAL) is None:
        return None
    try:
        document: object = json.loads(private.read(_JOURNAL).data)
    except ValueError:
        document = None
    name = cast("dict[str, object]", document).get("package") if isinstance(document, dict) else None
    if not isinstance(name, str) or "/" in name or name.startswith(".") or not name:
        raise OutputError(
            f"{private.path}/{_JOURNAL} cannot be read; see whether a package is missing beside {private.path}, move it "
            f"back from {private.path}/{ASIDE}, then remove {private.path}"
        )
    return name
