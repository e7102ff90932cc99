"""Rows about how time and memory grow: with operations, specs, models, records and calls at once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

from benchmarks import inputs
from benchmarks.generating import PEER
from benchmarks.measuring import OURS, Goal, Plot, Row, Sample, Samples, alternate
from benchmarks.places import CLIENT_PYTHON, PEERS, Project, measured_inside, timed

OPERATIONS = (10, 100, 1000)
SPECS = (10, 100, 1000)
MODELS = (10, 100, 1000)
RECORDS = (1, 10, 100, 1000)
AT_ONCE = (1, 10, 50)


def _side(line: str, count: int) -> str:
    return f"{line}, {count:,}"


def _points(lines: tuple[str, ...], counts: tuple[int, ...]) -> Mapping[str, tuple[str, float]]:
    return {_side(line, count): (line, float(count)) for count in counts for line in lines}


def _operations() -> Samples:
    sides: dict[str, Callable[[], Sample]] = {}
    for count in OPERATIONS:
        project = Project(f"operations_{count}", {"things.yaml": inputs.spec("things", count)})
        sides[_side(OURS, count)] = project.generate_cold
        sides[_side(PEER, count)] = project.generate_elsewhere
    return alternate(sides, 1)


def _specs() -> Samples:
    sides: dict[str, Callable[[], Sample]] = {}
    for count in SPECS:
        names = [f"vendor{number:03}" for number in range(count)]
        project = Project(f"specs_{count}", {f"{name}.yaml": inputs.spec(name, 1) for name in names})
        sides[_side("clientmill check", count)] = project.check
        if count < max(SPECS):
            sides[_side(OURS, count)] = project.generate_cold
    return alternate(sides, 1)


def _models() -> Samples:
    sides: dict[str, Callable[[], Sample]] = {}
    for count in MODELS:
        project = Project(f"models_{count}", {"typed.yaml": inputs.many_types_spec("typed", count)})
        project.generate()
        code = "from typed import Client; from typed.models import Thing0; Thing0.model_validate({'id': '1'})"
        sides[_side("first model used", count)] = functools.partial(
            timed, (CLIENT_PYTHON, "-c", code), project.folder / "generated"
        )
        sides[_side("generated", count)] = project.generate_cold
    # The first round writes the bytecode.
    return alternate(sides, 3)


def _records() -> Samples:
    samples: dict[str, list[Sample]] = {}
    for count in RECORDS:
        project = Project(f"records_{count}", {"wide.yaml": inputs.wide_spec()})
        project.generate()
        if not (project.folder / "elsewhere" / "wide").is_dir():
            project.generate_elsewhere()
        (project.folder / "wide.json").write_bytes(inputs.wide_answer(count))
        taken = measured_inside("decode", PEERS / "python", project.folder, "wide", "7")
        samples |= {_side(side, count): list(each) for side, each in taken.items()}
    return samples


def _at_once() -> Samples:
    project = Project("at_once", {"small.yaml": inputs.spec("small", 20)})
    project.generate()
    samples: dict[str, list[Sample]] = {}
    for count in AT_ONCE:
        taken = measured_inside("call_at_once", PEERS / "python", project.folder, str(count))
        samples |= {_side(side, count): list(each) for side, each in taken.items()}
    return samples


ROWS = (
    Row(
        name="cold-1000",
        what="one spec of 10, 100 and 1,000 operations, cold",
        measure=_operations,
        goals=(
            Goal(than=_side(PEER, 1000), times=0.45, side=_side(OURS, 1000)),
            Goal(than=_side(OURS, 100), times=11.0, side=_side(OURS, 1000)),
        ),
        plot=Plot(of="operations", points=_points((OURS, PEER), OPERATIONS), measures=("wall", "memory")),
    ),
    Row(
        name="specs",
        what="10, 100 and 1,000 specs of one operation, checked; 10 and 100 of them generated cold",
        measure=_specs,
        goals=(
            Goal(than=_side("clientmill check", 100), times=11.0, side=_side("clientmill check", 1000)),
            Goal(than=_side(OURS, 10), times=11.0, side=_side(OURS, 100)),
        ),
        plot=Plot(of="specs", points=_points(("clientmill check", OURS), SPECS), measures=("wall", "memory")),
    ),
    Row(
        name="models",
        what="a client with 10, 100 and 1,000 models: generated cold, and imported with its first model used",
        measure=_models,
        goals=(),
        plot=Plot(of="models", points=_points(("generated", "first model used"), MODELS), measures=("wall", "memory")),
    ),
    Row(
        name="records",
        what="decoding 1 to 1,000 records",
        measure=_records,
        goals=tuple(
            Goal(than=_side("validate_json", count), times=1.2, side=_side(OURS, count)) for count in RECORDS[-2:]
        ),
        plot=Plot(of="records", points=_points((OURS, "validate_json", PEER, "openai"), RECORDS)),
    ),
    Row(
        name="at-once",
        what="asynchronous calls, 1, 10 and 50 at once, for each call",
        measure=_at_once,
        goals=(Goal(than=_side("httpx2", 50), times=1.1, side=_side(OURS, 50)),),
        plot=Plot(of="calls at once", points=_points((OURS, "httpx2", "openai"), AT_ONCE)),
    ),
)
