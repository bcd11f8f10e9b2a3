"""Rule Q: how much to order. Pure, exact; rounding to packs is the last step.

need = CMM x max x index - usable stock (after rule X) + reserved - on order - loans due in + loans due out.
The quantity is the need rounded up to whole packs, and never below zero. A small consumer is protected twice:
where one pack outlasts the shelf life nothing is proposed (ask the DRC for loose units, or borrow); where the
rounding covers more than the maximum plus a month and more than the shelf life, the nearest pack is taken.

Rule X is applied to the order as well: no more is asked for than can be used before it expires, after what will still
lie there when it comes. Without it a product that lives shorter than the maximum is filled up to the maximum each month
and thrown away each month (`appliance bench replenishment` showed it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from appliance.stock.ordering.expiry import LotAhead, usable_before_expiry


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What an order is computed from; quantities in base units, `cmm` None when unknown.

    `lots` outweigh `usable`. `warnings` are what was noticed while the case was read. `shelf_life_months` is what is left of it when a delivery arrives, None when unknown.
    `least_life_months` is the shortest life that deliveries bring (None: the order is not capped by it),
    `lead_time_months` how long the order takes, during which stock is used, `safety_months` how much earlier than its
    last day the order must be used up, since use is uneven.
    """

    cmm: Fraction | None
    max_months: Fraction = Fraction(3)
    usable: Fraction | None = None
    lots: Sequence[LotAhead] | None = None
    on_order: Fraction = Fraction(0)
    reserved: Fraction = Fraction(0)
    loans_due_in: Fraction = Fraction(0)
    loans_due_out: Fraction = Fraction(0)
    pack: int = 1
    shelf_life_months: Fraction | None = None
    season_index: Fraction = Fraction(1)
    least_life_months: Fraction | None = None
    lead_time_months: Fraction = Fraction(0)
    safety_months: Fraction = Fraction(0)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The need as computed (it may be negative: surplus), the quantity in whole packs, and what to be warned of.

    Warning codes: `cmm-unknown`, `usable-differs-from-lots`, `at-risk`, `over-max-plus-one`, `rounded-to-nearest`,
    `capped-by-life` (no more can be used before it expires), `small-use` (ask for loose units or borrow), `order-overdue` (ask after it), `cmm-differs-from-months` (the given
    CMM was taken).
    """

    need: Fraction | None
    quantity: int | None
    packs: int | None
    target: Fraction | None
    usable: Fraction
    at_risk: Fraction
    warnings: tuple[str, ...]


def propose(case: Situation) -> Proposal:
    """The order for one product."""
    warnings = list(case.warnings)
    usable, at_risk = _stock(case, warnings)
    if case.cmm is None:
        return Proposal(
            need=None, quantity=None, packs=None, target=None, usable=usable, at_risk=at_risk,
            warnings=("cmm-unknown", *warnings),
        )  # fmt: skip
    target = case.cmm * case.max_months * case.season_index
    coming = case.on_order + case.loans_due_in - case.loans_due_out - case.reserved
    need = target - usable - coming
    packs = _packs(case, need, usable + coming, warnings)
    return Proposal(
        need=need, quantity=packs * case.pack, packs=packs, target=target, usable=usable, at_risk=at_risk,
        warnings=tuple(warnings),
    )  # fmt: skip


def _stock(case: Situation, warnings: list[str]) -> tuple[Fraction, Fraction]:
    if case.lots is None:
        return case.usable or Fraction(0), Fraction(0)
    held = Fraction(sum(lot.quantity for lot in case.lots if lot.days_left > 0))
    if case.usable is not None and case.usable != held:
        warnings.append("usable-differs-from-lots")
    if case.cmm is None:
        return held, Fraction(0)
    split = usable_before_expiry(case.lots, case.cmm)
    if split.at_risk:
        warnings.append("at-risk")
    return split.usable, split.at_risk


def _packs(case: Situation, need: Fraction, held: Fraction, warnings: list[str]) -> int:
    if need <= 0:
        return 0
    life = case.shelf_life_months
    monthly = (case.cmm or Fraction(0)) * case.season_index
    if life is not None and case.pack > monthly * life:
        warnings.append("small-use")
        return 0
    packs = -(-need // case.pack)
    if case.least_life_months is not None:
        left = max(held - monthly * case.lead_time_months, Fraction(0))
        most = -(-max(monthly * (case.least_life_months - case.safety_months) - left, Fraction(0)) // case.pack)
        if most < packs:
            warnings.append("capped-by-life")
            packs = most
    covered = held + packs * case.pack
    if covered > monthly * (case.max_months + 1):
        warnings.append("over-max-plus-one")
        if life is not None and covered > monthly * life:
            warnings.append("rounded-to-nearest")
            packs = (need / case.pack + Fraction(1, 2)) // 1
    return int(packs)
