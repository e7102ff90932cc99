"""Prints the page about reliability from the list of cases: `python -m tests.torture.page`."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path

from tests.torture.cases import DOES_NOT_APPLY, OPEN, Case, read_cases

NOTED = Path(__file__).with_name("measured.json")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"

_HEAD = """\
# Reliability

What may go wrong around a generator and its clients, and what holds when it does. The page is printed by
`make reliability` from what `make torture NOTE=1` noted and from `tests/torture/cases.txt`; a test checks that every test
it names exists.
"""

_CASES = """\
## The cases

{total} cases: {held} are held by tests, {partly} in part, {open} by none yet, {inapplicable} do not apply to what
clientmill is today. Tests are named from `tests/`; a file of a case is a mistake beside what its author is told.
"""


_FIGURES = """\
## The figures

Measured by `make torture NOTE=1`, a slice that takes at most 20 minutes on two cores; `make torture FULL=1 NOTE=1` does all
of it and takes about two hours, `make torture FULL=1 FIGURE=13 NOTE=1` all of one figure. The last column says which it
was. The same seed, by `SEED=`, tries the same again.
"""


def page() -> str:
    """Return the page."""
    cases = read_cases()
    return "\n".join([_HEAD, *_table_of_figures(), *_list_of(cases)])


def _table_of_figures() -> list[str]:
    if not NOTED.exists():
        return []
    rows = json.loads(NOTED.read_text(encoding="utf-8"))
    lines = [_FIGURES, "| | what holds | what was tried | what happened | measured |", "|---|---|---|---|---|"]
    for each in rows:
        happened = "none failed" if not each["failed"] else f"**{each['failed']} failed**"
        short = f"; {each['short']}" if each["short"] else ""
        when = f"{each['run']}, seed {each['seed']}, {each['date']}, Python {each['python']}"
        tried = f"{each['tried']:,} {each['what']}"
        lines.append(f"| {each['number']} | {each['goal']} | {tried} | {happened}{short} | {when} |")
    return [*lines, ""]


def _list_of(cases: tuple[Case, ...]) -> list[str]:
    partly = [case for case in cases if case.is_open and case.tests]
    without = [case for case in cases if case.is_open and not case.tests]
    inapplicable = [case for case in cases if not case.applies]
    held = len(cases) - len(partly) - len(without) - len(inapplicable)
    counts = {"held": held, "partly": len(partly), "open": len(without), "inapplicable": len(inapplicable)}
    lines = [_CASES.format(total=len(cases), **counts)]
    for group, members in groupby(cases, key=lambda case: case.group):
        lines += [f"### {group}", "", "| case | what happens | held by |", "|---|---|---|"]
        lines += [f"| {case.name} | {case.words} | {_held_by(case)} |" for case in members]
        lines.append("")
    return lines


def _held_by(case: Case) -> str:
    remark = case.remark.replace(OPEN, "**open:**").replace(DOES_NOT_APPLY, "does not apply:")
    return "<br>".join([*(f"`{test}`" for test in case.tests), *([remark] if remark else [])])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
