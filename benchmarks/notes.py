"""What was measured: kept as JSON and as pictures, and printed into the page between its marks."""

from __future__ import annotations

import datetime
import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from benchmarks.places import ROOT
from benchmarks.plots import spell

Json = dict[str, Any]

FIGURES = ROOT / "docs" / "benchmarks" / "figures.json"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures: printed by make bench -->", "<!-- end of the figures -->"


def note(name: str, found: Json, plots: Mapping[str, str], order: Sequence[str]) -> None:
    """Keep what a row has found in place of what was known of it, and print the page anew."""
    rows = known()
    rows[name] = {"seen": seen(), **found, "plots": sorted(plots)}
    rows = {each: rows[each] for each in order if each in rows}
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    for file, drawing in plots.items():
        (FIGURES.parent / file).write_text(drawing, encoding="utf-8")
    FIGURES.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), rows), encoding="utf-8")


def known() -> dict[str, Json]:
    """Return what was noted, by row."""
    return cast("dict[str, Json]", json.loads(FIGURES.read_text(encoding="utf-8"))) if FIGURES.is_file() else {}


def seen() -> Json:
    """Return when and where something is measured."""
    return {
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "processor": _processor(),
        "load": round(os.getloadavg()[1], 1),
    }


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.is_file() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def filled(page: str, rows: Mapping[str, Json]) -> str:
    """Return the page with these figures between its marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name} has no place for the figures: {BEGIN} and {END}")
    return f"{before}{begin}\n{printed(rows)}{end}{after}"


def printed(rows: Mapping[str, Json]) -> str:
    """Print all figures as Markdown."""
    lines: list[str] = []
    measured = {name: row for name, row in rows.items() if "sides" in row}
    places = [_place(row["seen"]) for row in rows.values()]
    # What most rows were measured on is told once, and the others by themselves.
    common = max(sorted(set(places)), key=places.count) if places else ""
    loads = [row["seen"]["load"] for row in rows.values()]
    if loads:
        lines.append(f"{common} The load, our own runs included, was {min(loads)} to {max(loads)}.")
    lines += [
        "",
        "| row | what | to be | seen | of it, processor time | reached |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in measured.items():
        elsewhere = "" if _place(row["seen"]) == common else f" ({_place(row['seen'])})"
        for goal in row["goals"]:
            figure = spell(goal["figure"], goal["measure"])
            ratio = "" if goal["ratio"] is None else f", {goal['ratio']:.2f}"
            cpu = "" if goal["cpu_ratio"] is None else f"{goal['cpu_ratio']:.2f}"
            reached = "yes" if goal["reached"] else "**no**"
            lines.append(
                f"| `{name}` | {row['what']}{elsewhere} | {goal['goal']} | {figure}{ratio} | {cpu} | {reached} |"
            )
    lines += ["", "All sides, medians:", "", "| row | side | time | processor | memory at the peak | runs |"]
    lines.append("|---|---|---|---|---|---|")
    for name, row in measured.items():
        lines += [f"| `{name}` | {side} | {_sides(taken)} |" for side, taken in row["sides"].items()]
    for name, row in rows.items():
        for plot in row.get("plots", ()):
            lines += ["", f"![{name}: {row['what']}](benchmarks/{plot})"]
    for row in rows.values():
        if "parts" in row:
            lines += ["", f"{row['what']}, each part above 5 %:", "", "| part | share | what it is |", "|---|---|---|"]
            lines += [
                f"| {part['name']} | {part['share']:.0%} | {part['why']} |"
                for part in row["parts"]
                if part["share"] > 0.05
            ]
            rest = sum(part["share"] for part in row["parts"] if part["share"] <= 0.05)
            lines.append(f"| all others together | {rest:.0%} | each of them 5 % or less |")
    return "\n".join([*lines, "", ""])


def _place(place: Json) -> str:
    processors = f"{place['processors']} processors ({place['processor']})"
    return f"Seen on {place['date']}: {place['system']}, {processors}, Python {place['python']}."


def _sides(taken: Json) -> str:
    memory = taken["memory"]["median"]
    wall, cpu = taken["wall"], taken["cpu"]["median"]
    spread = f" ({spell(wall['least'], 'wall')} to {spell(wall['most'], 'wall')})" if taken["runs"] > 1 else ""
    told = spell(memory, "memory") if memory else ""
    return f"{spell(wall['median'], 'wall')}{spread} | {spell(cpu, 'cpu')} | {told} | {taken['runs']}"
