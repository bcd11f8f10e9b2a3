"""`appliance bench replenishment`: a year ordered by our proposal against one by the plain mean, same people, same lorry.

The shelf is simulated; every decision is the appliance's own: `average_monthly_consumption`, `season_of`, `case_of`,
`work_out` and, for the other year, the plain mean that `work_out` shows beside it. The year before is lived by the plain
mean for both, so that they begin with the same shelf, the same history and the same orders on their way.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from appliance.bench.demand import FIRST, MONTHS_BEFORE, MONTHS_MEASURED, Item, begins_on, items, year
from appliance.bench.ordering_year import Run, Shelf, ours, plain
from appliance.core.periods import Month


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one product came to in one measured year. Days are product-days; money is FCFA at cost."""

    code: str
    stockout_days: int
    unmet: int
    expired_fcfa: int
    ordered_fcfa: int
    received: int
    given: int
    expired: int
    held: int
    unmet_ever: int

    @property
    def is_conserved(self) -> bool:
        """Whether no unit was lost or made: all that ever came was given, expired, or lies there."""
        return self.received == self.given + self.expired + self.held


FIGURES = ("stockout_days", "unmet", "expired_fcfa", "ordered_fcfa")


def compare(seeds: Iterable[int]) -> dict[str, Any]:
    """Both rules over several seeds: mean figures of a year, product by product and in all."""
    labels = {item.code: item.label for item in items()}
    sums: dict[str, dict[str, dict[str, int]]] = {
        code: {who: dict.fromkeys(FIGURES, 0) for who in ("ours", "plain")} for code in labels
    }
    lived = list(seeds)
    for seed in lived:
        for who, outcomes in zip(("ours", "plain"), simulate(seed), strict=True):
            for outcome in outcomes:
                for name in FIGURES:
                    sums[outcome.code][who][name] += getattr(outcome, name)
    rows = [
        {"product": labels[code], **{who: _means(figures, len(lived)) for who, figures in both.items()}}
        for code, both in sums.items()
    ]
    total = {
        who: _means({name: sum(both[who][name] for both in sums.values()) for name in FIGURES}, len(lived))
        for who in ("ours", "plain")
    }
    better = {name: total["ours"][name] < total["plain"][name] for name in ("stockout_days", "expired_fcfa")}
    return {"seeds": lived, "rows": rows, "total": total, "better": better}


def _means(figures: dict[str, int], count: int) -> dict[str, float]:
    return {name: round(value / count, 1) for name, value in figures.items()}


def simulate(seed: int) -> tuple[list[Outcome], list[Outcome]]:
    """One seed: the measured year by our proposal, and the same year by the plain mean."""
    drawn, listed = year(seed), items()
    before = Run(drawn=drawn, items=listed, shelves={item.code: Shelf() for item in listed})
    before.live(FIRST, FIRST.plus(MONTHS_BEFORE - 1), plain)
    found = []
    for rule in (ours, plain):
        run = Run(drawn=drawn, items=listed, shelves=copy.deepcopy(before.shelves))
        run.live(FIRST.plus(MONTHS_BEFORE), FIRST.plus(MONTHS_BEFORE + MONTHS_MEASURED - 1), rule)
        found.append([_outcome(item, run.shelves[item.code]) for item in listed])
    return found[0], found[1]


def _outcome(item: Item, shelf: Shelf) -> Outcome:
    months = [m for m in _measured() if m.first >= begins_on(item)]
    return Outcome(
        code=item.code, stockout_days=sum(shelf.out(m) for m in months), unmet=sum(shelf.unmet.get(m, 0) for m in months),
        expired_fcfa=shelf.expired_measured * item.cost_fcfa, ordered_fcfa=shelf.ordered_measured * item.cost_fcfa,
        received=shelf.received, given=shelf.given, expired=shelf.expired, held=shelf.held, unmet_ever=sum(shelf.unmet.values()),
    )  # fmt: skip


def _measured() -> list[Month]:
    return list(FIRST.plus(MONTHS_BEFORE).until(FIRST.plus(MONTHS_BEFORE + MONTHS_MEASURED - 1)))
