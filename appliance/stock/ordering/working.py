"""One line of an order worked out: every figure with what it was made of, and beside it what a plain mean would propose.

Pure and exact. The stock card, the order proposal, `appliance rules order` and the simulation all call `work_out`, so
that they can't differ. A normal order fills up to the maximum. An emergency order proposes only what lies below the
emergency point, and fills it to the same maximum: the next normal delivery may be a whole review period and a lead
time away, which is what the maximum covers; what is on order already is subtracted from both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from appliance.stock.consumption.model import Consumption
from appliance.stock.ordering.awaited import Awaited, still_awaited
from appliance.stock.ordering.bands import Band, Thresholds, band, is_stockout_near, months_of_stock
from appliance.stock.ordering.levels import LEAD_TIME_MONTH_DAYS, Levels
from appliance.stock.ordering.quantity import Proposal, Situation, propose
from appliance.stock.ordering.season import Season
from appliance.stock.orders.model import OrderKind

NO_SEASON = Season()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What one line is worked out from. `situation` carries stock, lots, loans and packs; `awaited` outweighs its `on_order`.

    `consumption` is None where a CMM was given without months. `usable` is what can be given today, expired and frozen
    stock apart. `lead_time_days` is that of this kind of order, `usual_lead_time_days` the one by which what is awaited
    ages (None: the same).
    """

    situation: Situation
    usable: Fraction
    levels: Levels
    lead_time_days: Fraction
    consumption: Consumption | None = None
    season: Season = NO_SEASON
    awaited: Sequence[Awaited] | None = None
    usual_lead_time_days: Fraction | None = None
    kind: OrderKind = OrderKind.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Why our need is another than the plain one, in base units (positive: we ask for more).

    `reason`: stockouts (days without stock), demand (asked for and not given), window (other months), season,
    at-risk, on-order, loans-due-in, loans-due-out, reserved.
    """

    reason: str
    units: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """What the plain mean of the window times the maximum proposes, less usable stock: no correction at all."""

    cmm: Fraction
    need: Fraction
    packs: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """The proposal with its working. `case` is what it was made from, so that every figure opens."""

    case: Case
    proposal: Proposal
    months: Fraction | None
    band: Band
    is_stockout_near: bool
    counted: tuple[Awaited, ...]
    overdue: tuple[Awaited, ...]
    plain: Plain | None
    gaps: tuple[Gap, ...]
    notices: tuple[str, ...] = ()

    @property
    def cmm(self) -> Fraction | None:
        """The CMM that was used."""
        return self.case.situation.cmm

    @property
    def rule(self) -> str:
        """By which rule the CMM was found; empty when it was given."""
        return self.case.consumption.rule if self.case.consumption else ""

    @property
    def on_order(self) -> Fraction:
        """What is on its way and counts."""
        return self.case.situation.on_order

    @property
    def quantity(self) -> int | None:
        """Base units proposed; None when a person must type them."""
        return self.proposal.quantity

    @property
    def packs(self) -> int | None:
        """Packs proposed."""
        return self.proposal.packs

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to be warned of, as codes: of the quantity first, then of the stock."""
        return (*self.proposal.warnings, *self.notices)

    @property
    def is_dormant(self) -> bool:
        """Whether the product is known not to be used (T35)."""
        return self.cmm == 0


def thresholds(levels: Levels) -> Thresholds:
    """The bands of the levels."""
    return Thresholds(emergency=levels.emergency, minimum=levels.minimum, maximum=levels.maximum)


def work_out(case: Case) -> Working:
    """Work one line out.

    Warning codes beside those of `propose`: `not-an-emergency` (an emergency order was asked for a product above its
    emergency point). Notices, about the stock rather than the quantity: `stockout-near` (usable stock ends before an
    order made today can come), `order-comes-late` (there is an order on its way, and the stock may end before it
    comes), `outlier` (a month of the window is unusual), `negative-month`.
    """
    counted = case.situation.on_order
    overdue: tuple[Awaited, ...] = ()
    if case.awaited is not None:
        counted, overdue = still_awaited(case.awaited, case.usual_lead_time_days or case.lead_time_days)
    situation = replace(
        case.situation, on_order=counted, season_index=case.season.index, max_months=case.levels.maximum,
        warnings=(*case.situation.warnings, *(("order-overdue",) if overdue else ())),
    )  # fmt: skip
    case = replace(case, situation=situation)
    cmm = situation.cmm
    held_band = band(case.usable, cmm, thresholds(case.levels))
    near = case.usable > 0 and is_stockout_near(case.usable, cmm, case.lead_time_days / LEAD_TIME_MONTH_DAYS)
    still = tuple(order for order in case.awaited or () if order not in overdue)
    notices = ["stockout-near"] if near else []
    if near and counted:
        notices.append("order-comes-late")
    if case.consumption:
        notices += ["outlier"] if case.consumption.outliers else []
        notices += [code for code in case.consumption.warnings if code == "negative-month"]
    proposal = propose(situation)
    if case.kind is OrderKind.EMERGENCY and proposal.quantity is not None and held_band not in _URGENT:
        proposal = replace(proposal, quantity=0, packs=0, warnings=(*proposal.warnings, "not-an-emergency"))
    plain = _plain(case)
    return Working(
        case=case, proposal=proposal, months=months_of_stock(case.usable, cmm), band=held_band, is_stockout_near=near,
        counted=still, overdue=overdue, plain=plain, gaps=_gaps(case, proposal, plain), notices=tuple(notices),
    )  # fmt: skip


_URGENT = (Band.STOCKED_OUT, Band.EMERGENCY)


def _plain(case: Case) -> Plain | None:
    cmm = case.consumption.naive if case.consumption else case.situation.cmm
    if cmm is None:
        return None
    need = cmm * case.levels.maximum - case.usable
    packs = int(max(-(-need // case.situation.pack), 0))
    return Plain(cmm=cmm, need=need, packs=packs, quantity=packs * case.situation.pack)


def _gaps(case: Case, proposal: Proposal, plain: Plain | None) -> tuple[Gap, ...]:
    """The two needs' difference, reason by reason; together they make it up exactly."""
    held = case.situation
    if plain is None or held.cmm is None:
        return ()
    parts = (
        (_reason(case.consumption), (held.cmm - plain.cmm) * held.max_months),
        ("season", held.cmm * held.max_months * (held.season_index - 1)),
        ("at-risk", case.usable - proposal.usable),
        ("on-order", -held.on_order),
        ("loans-due-in", -held.loans_due_in),
        ("loans-due-out", held.loans_due_out),
        ("reserved", held.reserved),
    )
    return tuple(Gap(reason=reason, units=units) for reason, units in parts if units)


def _reason(consumption: Consumption | None) -> str:
    if consumption is None:
        return "window"
    if consumption.estimator is not None and consumption.estimator.value == "A2":
        return "demand"
    return "stockouts" if consumption.rule in ("A1", "A4") else "window"
