"""Rows about the generator: whole runs of the command, beside whole runs of a peer's."""

from __future__ import annotations

import itertools

from benchmarks import inputs
from benchmarks.measuring import OURS, Goal, Row, Sample, Samples, alternate, together
from benchmarks.places import OUR_PYTHON, WORK, Project, committed_specs, timed

PEER = "openapi-python-client"


def _cold(name: str, specs: dict[str, str], rounds: int) -> Samples:
    project = Project(name, specs)
    return alternate({OURS: project.generate_cold, PEER: project.generate_elsewhere}, rounds)


def _edited() -> Samples:
    project = Project("edited", committed_specs())
    path = project.specs / "m360" / "v2.yaml"
    text = path.read_text(encoding="utf-8")
    edits = itertools.count()

    def edited() -> Sample:
        line = f"    doc: Lists the device sessions, edit {next(edits)}.\n"
        old = next(each for each in text.splitlines(keepends=True) if each.startswith("    doc: "))
        path.write_text(text.replace(old, line, 1), encoding="utf-8")
        return project.generate()

    return alternate({"cold": project.generate_cold, OURS: edited}, 3)


def _hundred() -> Project:
    names = [f"vendor{number:03}" for number in range(100)]
    return Project("hundred", {f"{name}.yaml": inputs.spec(name, 5) for name in names})


def _nothing() -> Samples:
    five, hundred = Project("nothing", committed_specs()), _hundred()
    for project in (five, hundred):
        project.generate()
    sides = {
        "python -c pass": lambda: timed((OUR_PYTHON, "-c", "pass"), WORK),
        "5 specs": five.generate,
        OURS: hundred.generate,
    }
    return alternate(sides, 15)


def _field() -> Samples:
    names = [f"vendor{number:03}" for number in range(50)]
    project = Project("fifty", {f"{name}.yaml": inputs.spec(name, 5) for name in names})
    project.generate()
    path = project.specs / "vendor025.yaml"
    text = path.read_text(encoding="utf-8")
    fields = itertools.count()

    def add_a_field() -> Sample:
        line = f"  Things0:\n    added{next(fields)}?: string\n"
        path.write_text(text.replace("  Things0:\n", line, 1), encoding="utf-8")
        return project.generate()

    samples = alternate({OURS: add_a_field}, 5)
    path.write_text(text, encoding="utf-8")
    project.generate()
    return samples


def _turn() -> Samples:
    project = Project("turn", committed_specs())
    project.generate()
    path = project.specs / "kolmisoft" / "m4.yaml"
    text = path.read_text(encoding="utf-8")

    def turn() -> Sample:
        path.write_text(text, encoding="utf-8")
        project.generate()
        return together(
            project.add("specs/kolmisoft/m4.yaml", "User.added", "boolean?", "users_get"), project.generate()
        )

    return alternate({OURS: turn}, 5)


ROWS = (
    Row(
        name="cold",
        what="all committed specs, cold",
        measure=lambda: _cold("committed", committed_specs(), 2),
        goals=(Goal(than=PEER, times=0.45),),
    ),
    Row(
        name="cold-16",
        what="one spec of 16 operations, cold",
        measure=lambda: _cold("operations_16", {"things.yaml": inputs.spec("things", 16)}, 5),
        goals=(Goal(than=PEER, times=1.2),),
    ),
    Row(
        name="edited",
        what="one operation edited, of all committed specs",
        measure=_edited,
        goals=(Goal(than="cold", times=0.15),),
    ),
    Row(
        name="nothing",
        what="nothing to do, 100 specs of 5 operations",
        measure=_nothing,
        goals=(
            Goal(than="python -c pass", times=4.0, plus=0.05),
            Goal(than="python -c pass", times=4.0, plus=0.05, side="5 specs"),
        ),
    ),
    Row(
        name="field",
        what="one field added to one of 50 specs of 5 operations",
        measure=_field,
        goals=(Goal(plus=1.5),),
    ),
    Row(
        name="turn",
        what="a vendor's new field: added to the spec of Kolmisoft's M4 by a command, and its package generated",
        measure=_turn,
        goals=(Goal(plus=3.0),),
    ),
)
