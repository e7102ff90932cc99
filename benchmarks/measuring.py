"""Samples in alternating runs, what they come to, and how that is told."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.plots import Measure, drawn, spell

OURS = "clientmill"
"""The side that is ours."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: seconds on the clock, seconds of processor with all children, and bytes at the peak where measured."""

    wall: float
    cpu: float
    memory: float = 0.0


Samples = Mapping[str, Sequence[Sample]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """How far our side may be from another one, or from nothing: `times` that side and `plus` seconds (or bytes)."""

    than: str | None = None
    times: float = 1.0
    plus: float = 0.0
    measure: Measure = "wall"
    side: str = OURS

    def __str__(self) -> str:
        limit = f"{self.times:g} x {self.than}" if self.than else ""
        plus = spell(self.plus, self.measure) if self.plus else ""
        return f"at most {' + '.join(part for part in (limit, plus) if part)}"

    def limit(self, samples: Samples) -> float:
        """Return what our median may be."""
        return (self.times * median(samples[self.than], self.measure) if self.than else 0.0) + self.plus

    def is_reached(self, samples: Samples) -> bool:
        """Tell whether our side is near enough: by neighbouring runs, where the goal is a multiple and nothing more."""
        ratio = self.ratio(samples)
        if ratio is not None and not self.plus:
            return ratio <= self.times
        return median(samples[self.side], self.measure) <= self.limit(samples)

    def ratio(self, samples: Samples, measure: Measure | None = None) -> float | None:
        """Return our figure against the other side's, pair by pair, None where the goal names no other side."""
        if self.than is None:
            return None
        kind = measure or self.measure
        pairs = zip(samples[self.side], samples[self.than], strict=True)
        return statistics.median(figure(one, kind) / max(figure(other, kind), 1e-9) for one, other in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """How a row grows, as a picture.

    Attributes:
        of: What grows, for the axis below.
        points: Side -> the line that it is a point of, and how much there was of what grows.
        measures: What is drawn, a picture each.
    """

    of: str
    points: Mapping[str, tuple[str, float]]
    measures: tuple[Measure, ...] = ("wall",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table: what is measured, how, and where it is to be.

    Attributes:
        name: What `make bench ROW=...` calls it.
        what: The same for people.
        measure: Runs all sides in turn and returns their samples.
        goals: Where our side is to be.
        plot: How it grows, for rows about that.
    """

    name: str
    what: str
    measure: Callable[[], Samples]
    goals: tuple[Goal, ...]
    plot: Plot | None = None

    def as_json(self, samples: Samples) -> dict[str, object]:
        """Return the row with all its figures."""
        return {
            "what": self.what,
            "sides": {
                side: {
                    "runs": len(taken),
                    **{measure: _told(taken, measure) for measure in ("wall", "cpu", "memory")},
                }
                for side, taken in samples.items()
            },
            "goals": [
                {
                    "goal": f"{'' if goal.side == OURS else f'{goal.side}: '}{goal}",
                    "measure": goal.measure,
                    "reached": goal.is_reached(samples),
                    "figure": median(samples[goal.side], goal.measure),
                    "limit": goal.limit(samples),
                    "ratio": goal.ratio(samples),
                    "cpu_ratio": None if goal.measure == "memory" else goal.ratio(samples, "cpu"),
                }
                for goal in self.goals
            ],
        }

    def drawn(self, samples: Samples) -> dict[str, str]:
        """Return the row's pictures by the names of their files."""
        if self.plot is None:
            return {}
        pictures: dict[str, str] = {}
        for measure in self.plot.measures:
            lines: dict[str, list[tuple[float, float]]] = {}
            for side, (line, count) in self.plot.points.items():
                if side in samples:
                    lines.setdefault(line, []).append((count, median(samples[side], measure)))
            title = f"{'Memory' if measure == 'memory' else 'Time'}: {self.what}"
            pictures[f"{self.name}-{measure}.svg"] = drawn(title, self.plot.of, measure, lines)
        return pictures


def figure(sample: Sample, measure: Measure) -> float:
    """Return one figure of a sample."""
    match measure:
        case "wall":
            return sample.wall
        case "cpu":
            return sample.cpu
        case "memory":
            return sample.memory


def median(samples: Sequence[Sample], measure: Measure) -> float:
    """Return the median of one figure."""
    return statistics.median(figure(each, measure) for each in samples)


def together(*samples: Sample) -> Sample:
    """Return runs after each other as one."""
    return Sample(
        sum(each.wall for each in samples),
        sum(each.cpu for each in samples),
        max((each.memory for each in samples), default=0.0),
    )


def alternate(sides: Mapping[str, Callable[[], Sample]], rounds: int) -> dict[str, list[Sample]]:
    """Run every side once, then again, so that whatever else the machine does falls on all of them."""
    samples: dict[str, list[Sample]] = {side: [] for side in sides}
    for _ in range(rounds):
        for side, run in sides.items():
            samples[side].append(run())
    return samples


def _told(samples: Sequence[Sample], measure: Measure) -> dict[str, float]:
    figures = sorted(figure(each, measure) for each in samples)
    return {"median": statistics.median(figures), "least": figures[0], "most": figures[-1]}


def as_table(row: Row, samples: Samples) -> str:
    """Return a row for people: sides, then goals."""
    lines = [f"{row.name}: {row.what}"]
    for side, taken in samples.items():
        wall, memory = _told(taken, "wall"), median(taken, "memory")
        lines.append(
            f"  {side:24} {spell(wall['median'], 'wall'):>10}  ({spell(wall['least'], 'wall')} to "
            f"{spell(wall['most'], 'wall')} in {len(taken)} runs)  processor {spell(median(taken, 'cpu'), 'cpu')}"
            + (f"  memory {spell(memory, 'memory')}" if memory else "")
        )
    for goal in row.goals:
        ours = median(samples[goal.side], goal.measure)
        ratio, cpu = goal.ratio(samples), goal.ratio(samples, "cpu")
        against = "" if ratio is None else f"; ratio {ratio:.2f}"
        if cpu is not None and goal.measure == "wall":
            against += f", of processor time {cpu:.2f}"
        verdict = "reached" if goal.is_reached(samples) else "NOT reached"
        lines.append(f"  {goal.side} {goal} {goal.measure}: {verdict}, {spell(ours, goal.measure)}{against}")
    return "\n".join(lines)
