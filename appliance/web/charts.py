"""Curves and bars as points for an SVG drawn by the server: no script, and the same points can go to paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

WIDTH, HEIGHT, LEFT, TOP = 700, 190, 46, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A path in a box of 700 x 190, ticks as (y, text), the two dates, and the minimum's height if it is shown."""

    path: str
    ticks: tuple[tuple[float, str], ...]
    first: date
    last: date
    minimum_y: float | None
    is_empty: bool


def line_chart(points: Sequence[tuple[date, int]], minimum: int | None) -> Chart:
    """A stock over time: it stays until the day it changes, so the line goes in steps."""
    first, last = points[0][0], points[-1][0]
    top = max(max((q for _, q in points), default=0), minimum or 0, 1)
    span = max((last - first).days, 1)

    def x(day: date) -> float:
        return round(LEFT + (day - first).days / span * (WIDTH - LEFT - 6), 1)

    def y(quantity: float) -> float:
        return round(TOP + (1 - quantity / top) * (HEIGHT - TOP - 24), 1)

    path, before = f"M{x(first)} {y(points[0][1])}", points[0][1]
    for day, quantity in points[1:]:
        path += f"L{x(day)} {y(before)}L{x(day)} {y(quantity)}"
        before = quantity
    ticks = tuple((y(v), str(v)) for v in (0, top // 2, top))
    return Chart(
        path=path, ticks=ticks, first=first, last=last, minimum_y=None if minimum is None else y(minimum),
        is_empty=all(q == 0 for _, q in points),
    )  # fmt: skip


BAR_WIDTH = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar from the left of a box 240 wide, with two marks; `is_cut` when it goes on beyond the box."""

    length: float
    low: float
    high: float
    is_cut: bool


def bar(value: Fraction, low: Fraction, high: Fraction, span: Fraction) -> Bar:
    """A value between two marks, on an axis from 0 to `span` that several bars share."""

    def x(figure: Fraction) -> float:
        return round(float(min(max(figure, Fraction(0)), span) / span) * BAR_WIDTH, 1)

    return Bar(length=x(value), low=x(low), high=x(high), is_cut=value > span)


def stacked(counts: Sequence[int]) -> list[tuple[float, float]]:
    """Where each part of a whole begins and how wide it is, side by side over the same box."""
    whole, begun, found = sum(counts) or 1, 0, []
    for count in counts:
        found.append((round(begun * BAR_WIDTH / whole, 1), round(count * BAR_WIDTH / whole, 1)))
        begun += count
    return found
