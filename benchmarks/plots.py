"""Pictures of how things grow: a small SVG, the same bytes for the same figures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal
from xml.sax.saxutils import escape

Measure = Literal["wall", "cpu", "memory"]

Line = Sequence[tuple[float, float]]
"""Points: how much there was, and what it took."""

_WIDTH, _HEIGHT = 640, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 20, 44, 330
_LETTER, _BETWEEN = 7, 20
_COLOURS = ("#1f5fa8", "#c4541a", "#3b7d3b", "#7a4b9a", "#8a6d1c")


def drawn(title: str, of: str, measure: Measure, lines: Mapping[str, Line]) -> str:
    """Draw lines over two axes by powers of ten.

    Args:
        title: What stands above.
        of: What grows, below.
        measure: What the figures are.
        lines: Points by the name of their line; all above zero.
    """
    across = _Axis([x for line in lines.values() for x, _ in line], _LEFT, _WIDTH - _RIGHT)
    up = _Axis([y for line in lines.values() for _, y in line], _BOTTOM, _TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="16" y="24">{escape(title)}</text>',
        *(
            f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{up.at(tick):.1f}" y2="{up.at(tick):.1f}" stroke="#dddddd"/>'
            f'<text x="{_LEFT - 8}" y="{up.at(tick) + 4:.1f}" text-anchor="end">{_short(tick, measure)}</text>'
            for tick in up.ticks()
        ),
        *(
            f'<line x1="{across.at(tick):.1f}" x2="{across.at(tick):.1f}" y1="{_TOP}" y2="{_BOTTOM}" stroke="#eeeeee"/>'
            f'<text x="{across.at(tick):.1f}" y="{_BOTTOM + 18}" text-anchor="middle">{tick:,.0f}</text>'
            for tick in across.ticks()
        ),
        f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2:.0f}" y="{_BOTTOM + 38}" text-anchor="middle">{escape(of)}</text>',
    ]
    place = _LEFT
    for number, (name, line) in enumerate(lines.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        points = " ".join(f"{across.at(x):.1f},{up.at(y):.1f}" for x, y in line)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{across.at(x):.1f}" cy="{up.at(y):.1f}" r="3" fill="{colour}">'
            f"<title>{escape(name)}, {x:,.0f}: {spell(y, measure)}</title></circle>"
            for x, y in line
        ]
        parts.append(
            f'<rect x="{place}" y="{_HEIGHT - 20}" width="10" height="10" fill="{colour}"/>'
            f'<text x="{place + 14}" y="{_HEIGHT - 11}">{escape(name)}</text>'
        )
        place += 14 + _LETTER * len(name) + _BETWEEN
    return "\n".join([*parts, "</svg>", ""])


class _Axis:
    """Where a figure stands between two edges, by its power of ten."""

    def __init__(self, figures: Sequence[float], begin: float, end: float) -> None:
        self._low = math.floor(math.log10(min(figures)) + 1e-9)
        self._high = max(self._low + 1, math.ceil(math.log10(max(figures)) - 1e-9))
        self._begin, self._end = begin, end

    def at(self, figure: float) -> float:
        """Return the place of a figure."""
        share = (math.log10(figure) - self._low) / (self._high - self._low)
        return self._begin + share * (self._end - self._begin)

    def ticks(self) -> Iterator[float]:
        """Yield the powers of ten."""
        yield from (10.0**power for power in range(self._low, self._high + 1))


def _short(value: float, measure: Measure) -> str:
    if measure == "memory":
        return f"{value / 1e6:g} MB"
    if value < 0.9e-3:
        return f"{value * 1e6:g} us"
    return f"{value * 1e3:g} ms" if value < 0.9 else f"{value:g} s"


def spell(value: float, measure: Measure) -> str:
    """Return a figure with its unit."""
    if measure == "memory":
        return f"{value / 1e6:.2f} MB"
    if value < 1e-3:
        return f"{value * 1e6:.1f} us"
    return f"{value * 1e3:.1f} ms" if value < 1 else f"{value:.2f} s"
