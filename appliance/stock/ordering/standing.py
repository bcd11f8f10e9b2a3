"""What stands around a product beside its shelf: its settings, what is on order, lent and borrowed, and promised.

All of it is read once for every product of a snapshot, so that a list of three hundred asks a handful of questions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from appliance.records.care.prescriptions import OPEN_DAYS
from appliance.records.facility.services import facility
from appliance.stock.catalogue.repository import Product
from appliance.stock.loans.repository import owed_by_product
from appliance.stock.ordering.awaited import Awaited
from appliance.stock.ordering.expiry import DAYS_A_MONTH
from appliance.stock.ordering.levels import LeadTimes, Levels, computed_levels
from appliance.stock.ordering.parameters import Parameters, of_supplier, parameters_of
from appliance.stock.ordering.repository import about, supplier_of_facility, typed
from appliance.stock.ordering.season import Profile, profile_for
from appliance.stock.orders import repository as orders
from appliance.stock.orders.model import OrderKind
from appliance.storage import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Around one product. Quantities in base units; `profile` is the season's where the product has one."""

    parameters: Parameters
    lead_times: LeadTimes
    awaited: tuple[Awaited, ...] = ()
    loans_due_in: int = 0
    loans_due_out: int = 0
    reserved: int = 0
    profile: Profile | None = None

    @property
    def levels(self) -> Levels:
        """Minimum, maximum and emergency point: as typed, or by rule E."""
        held = self.parameters
        if held.text("levels") == "computed":
            return computed_levels(self.lead_times, held.number("safety_months"), held.number("review_months"))
        return Levels(
            minimum=held.number("minimum_months"), maximum=held.number("maximum_months"),
            emergency=held.number("emergency_months"),
        )  # fmt: skip


class Standings:
    """Around every product, at one snapshot and day."""

    def __init__(self, db: Database, as_of: date) -> None:
        self._typed = typed(db)
        self._facility_supplier = supplier_of_facility(db)
        held = facility(db)
        self._profile = profile_for(held.district if held else "")
        self._reserved = _reserved(db, as_of)
        self._awaited = _awaited(db, as_of)
        self._due_in, self._due_out = owed_by_product(db)
        self._lead_times = {
            (supplier, kind): tuple(orders.lead_times_days(db, supplier, kind))
            for supplier in orders.suppliers(db)
            for kind in OrderKind
        }
        self._made: dict[int, tuple[Product, Standing]] = {}

    def of(self, product: Product) -> Standing:
        """Around one product."""
        known = self._made.get(product.id)
        if known is None or known[0] != product:
            known = self._made[product.id] = (product, self._of(product))
        return known[1]

    def _of(self, product: Product) -> Standing:
        held = parameters_of(about(product), self._typed, self._facility_supplier)
        supplier = held.text("supplier")
        return Standing(
            parameters=held,
            lead_times=LeadTimes(
                default_days=held.number("lead_time_days"),
                emergency_default_days=held.number("emergency_lead_time_days"),
                observed=self._lead_times.get((supplier, OrderKind.NORMAL), ()),
                emergency_observed=self._lead_times.get((supplier, OrderKind.EMERGENCY), ()),
            ),
            awaited=self._awaited.get(product.id, ()),
            loans_due_in=self._due_in.get(product.id, 0), loans_due_out=self._due_out.get(product.id, 0),
            reserved=self._reserved.get(product.code, 0),
            profile=self._profile if held.text("season") == "yes" else None,
        )  # fmt: skip


def standings(db: Database, as_of: date) -> Standings:
    """Around every product; kept while nothing is written."""
    return db.kept(f"order-standings/{as_of}", lambda: Standings(db, as_of))


def lead_time_of(db: Database, supplier: str, programme: str | None = None) -> Fraction:
    """Days from an order's confirmation to its receipt: learned from our own orders of a supplier, else as set for it."""

    def default(name: str) -> Fraction:
        return Fraction(of_supplier(name, supplier, (programme,) if programme else (), typed(db)).text or "0")

    observed = tuple(orders.lead_times_days(db, supplier))
    return LeadTimes(
        default_days=default("lead_time_days"), emergency_default_days=default("emergency_lead_time_days"),
        observed=observed,
    ).days  # fmt: skip


def pack_of(product: Product, parameters: Parameters) -> int:
    """The order multiple in base units: as set, or the catalogue's pack."""
    return parameters.count("order_multiple") or product.pack_units


def _awaited(db: Database, as_of: date) -> Mapping[int, tuple[Awaited, ...]]:
    """By product, the orders confirmed and not received; how old each is decides whether it still counts (rule Q)."""
    found: dict[int, list[Awaited]] = defaultdict(list)
    for order in orders.awaited(db):
        found[order.product].append(
            Awaited(
                quantity=Fraction(order.quantity), age_days=max((as_of - order.ordered_on).days, 0),
                reference=order.number, order=order.order, expected_on=order.expected_on,
            )
        )  # fmt: skip
    return {product: tuple(held) for product, held in found.items()}


def _reserved(db: Database, as_of: date) -> Mapping[str, int]:
    """By product code, what open prescriptions of the last days still wait for: neither handed over nor noted as unmet."""
    since = (as_of - timedelta(days=OPEN_DAYS)).isoformat()
    return dict(
        db.all(
            "SELECT product, sum(left_over) FROM (SELECT l.product, max(l.quantity"
            " + coalesce((SELECT sum(m.quantity) FROM movement m WHERE m.prescription_line = l.id), 0)"
            " - coalesce((SELECT sum(u.quantity) FROM unmet_demand u WHERE u.prescription_line = l.id), 0), 0) left_over"
            " FROM prescription p JOIN prescription_line l ON l.prescription = p.id"
            " WHERE p.state IN ('issued', 'part_served') AND p.occurred_on BETWEEN ? AND ?)"
            " GROUP BY product HAVING sum(left_over) > 0",
            (since, as_of.isoformat()),
        )
    )


def shelf_life_months(learned_days: Sequence[int], parameters: Parameters) -> Fraction:
    """Months of life that a delivery brings: the middle one of the product's own last deliveries, else the setting."""
    if learned_days:
        return Fraction(sorted(learned_days)[len(learned_days) // 2], DAYS_A_MONTH)
    return parameters.number("shelf_life_months")


def least_life_months(learned_days: Sequence[int]) -> Fraction | None:
    """The shortest life that the product's own last deliveries brought; None while there was none."""
    return Fraction(min(learned_days), DAYS_A_MONTH) if learned_days else None
