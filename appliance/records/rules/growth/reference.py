"""The WHO child growth standards as tables of L, M and S, read when first asked for and kept as plain numbers."""

from __future__ import annotations

import csv
from array import array
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "vendor"
DAYS_TO_STANDING = 731
"""From this age on (24 months) a child is measured standing; below lying."""
LENGTHS = ("wfl", "wfh")
"""The tables by 0.1 cm; all others go by the day of age."""


@dataclass(frozen=True, slots=True)
class Lms:
    """The skewness, median and coefficient of variation at one place of a table."""

    power: float
    median: float
    spread: float

    def at(self, z: float) -> float:
        """The measure that stands at a z-score."""
        return float(self.median * (1 + self.power * self.spread * z) ** (1 / self.power))

    def z(self, value: float) -> float:
        """The z-score of a measure."""
        return float(((value / self.median) ** self.power - 1) / (self.power * self.spread))


class Table:
    """One indicator for one sex: places in even steps from the first."""

    def __init__(self, first: float, step: float) -> None:
        self._first, self._step = first, step
        self._numbers = array("d")

    def add(self, power: float, median: float, spread: float) -> None:
        """Append the next place."""
        self._numbers.extend((power, median, spread))

    def find(self, at: float) -> Lms | None:
        """The values at a place, between two places in a straight line; None outside of the table."""
        steps = round((at - self._first) / self._step, 6)
        low = int(steps // 1)
        if steps < 0 or 3 * low >= len(self._numbers):
            return None
        here, part = self._at(low), steps - low
        if part == 0:
            return here
        if 3 * (low + 1) >= len(self._numbers):
            return None
        after = self._at(low + 1)
        return Lms(
            here.power + part * (after.power - here.power), here.median + part * (after.median - here.median),
            here.spread + part * (after.spread - here.spread),
        )  # fmt: skip

    def _at(self, index: int) -> Lms:
        return Lms(*self._numbers[3 * index : 3 * index + 3])


@cache
def table(indicator: str, sex: str) -> Table:
    """A table by indicator (`wfa`, `lhfa`, `wfl`, `wfh`, `bmifa`, `mfa`) and sex (`F`, `M`)."""
    found: Table | None = None
    with (FOLDER / f"{indicator}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["sex"] == sex:
                found = found or Table(float(row["at"]), 0.1 if indicator in LENGTHS else 1.0)
                found.add(float(row["l"]), float(row["m"]), float(row["s"]))
    if found is None:
        raise ValueError(f"{indicator} has no rows for {sex}")
    return found
