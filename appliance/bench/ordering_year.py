"""A depot living months of invented demand, ordering by one rule or another. Every decision is the appliance's own.

Used by `bench replenishment`: the shelf is simulated; consumption, season and proposal are the functions that the stock
card calls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cache

from appliance.bench.demand import FIRST, MONTHS_BEFORE, Item, Year, begins_on
from appliance.core.periods import Month
from appliance.stock.catalogue.repository import Product
from appliance.stock.consumption.average import average_monthly_consumption
from appliance.stock.consumption.history import whole_month
from appliance.stock.consumption.model import History, MonthOfUse
from appliance.stock.consumption.stockout import stockout_days
from appliance.stock.ledger.fefo import LotOnShelf, allocate
from appliance.stock.ordering.awaited import Awaited
from appliance.stock.ordering.levels import LeadTimes
from appliance.stock.ordering.parameters import About, parameters_of
from appliance.stock.ordering.reading import ProductReading, case_of
from appliance.stock.ordering.season import profile_for
from appliance.stock.ordering.standing import Standing
from appliance.stock.ordering.working import Working, work_out
from appliance.stock.orders.model import OrderKind

MEASURED_FROM = FIRST.plus(MONTHS_BEFORE).first
OPENING_MONTHS = 3
SUPPLIER = "DRC"


@dataclass(slots=True, kw_only=True)
class Order:
    """An order on its way: what was asked, what will come, and when."""

    placed_on: date
    asked: int
    comes: int
    arrives_on: date
    shelf_days: int


@dataclass(slots=True, kw_only=True)
class Shelf:
    """One product's life: lots, flows by day as rule D reads them, use and unmet demand by month, and what it cost."""

    lots: list[LotOnShelf] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    flows: dict[date, tuple[int, int]] = field(default_factory=dict)
    opening: dict[Month, int] = field(default_factory=dict)
    used: dict[Month, int] = field(default_factory=dict)
    unmet: dict[Month, int] = field(default_factory=dict)
    shelf_lives: list[int] = field(default_factory=list)
    received: int = 0
    given: int = 0
    expired: int = 0
    ordered_measured: int = 0
    expired_measured: int = 0
    first_receipt: date | None = None

    @property
    def held(self) -> int:
        """Base units on the shelf."""
        return sum(lot.quantity for lot in self.lots)

    def flow(self, day: date, came: int, went: int) -> None:
        """Note what came and went on a day."""
        before = self.flows.get(day, (0, 0))
        self.flows[day] = (before[0] + came, before[1] + went)

    def out(self, month: Month) -> int:
        """Stock-out days of a month, by the appliance's own rule."""
        return stockout_days(month, self.opening.get(month, 0), self.flows)


Rule = Callable[[Working], int]


def ours(working: Working) -> int:
    """What our proposal asks for; where the CMM is unknown the person types what the plain mean says."""
    return working.quantity if working.quantity is not None else plain(working)


def plain(working: Working) -> int:
    """The plain mean times the maximum, less usable stock."""
    return working.plain.quantity if working.plain else 0


@dataclass(slots=True, kw_only=True)
class Run:
    """One centre lived by one rule from some day on."""

    drawn: Year
    items: list[Item]
    shelves: dict[str, Shelf]

    def live(self, first: Month, last: Month, rule: Rule) -> None:
        """Live whole months; the order of a month is placed on its first morning, by the months closed before it."""
        for month in first.until(last):
            for item in self.items:
                shelf = self.shelves[item.code]
                shelf.opening[month] = shelf.held
                self._open(item, shelf, month)
                if month > FIRST and begins_on(item) < month.first:
                    self._order(item, shelf, month, rule)
                self._days(item, shelf, month)

    def _open(self, item: Item, shelf: Shelf, month: Month) -> None:
        """The first stock: three months of it at the start, or what a new product is introduced with."""
        if month.first != begins_on(item):
            return
        units = item.first_units or item.pack * max(round(_mean(self.drawn, item) * OPENING_MONTHS / item.pack), 1)
        _receive(shelf, month.first, units, item.shelf_days[1], f"O{month}")
        if item.kind == "new":
            shelf.first_receipt = month.first

    def _order(self, item: Item, shelf: Shelf, month: Month, rule: Rule) -> None:
        asked = rule(self.working(item, shelf, month.plus(-1).last))
        if not asked:
            return
        fate = self.drawn.deliveries[item.code][_index(month)]
        comes = int(asked * fate.share) // item.pack * item.pack
        shelf.orders.append(
            Order(
                placed_on=month.first, asked=asked, comes=comes, shelf_days=fate.shelf_days,
                arrives_on=_after_drought(item, month.first + timedelta(days=fate.lead_days)),
            )
        )  # fmt: skip
        if month.first >= MEASURED_FROM:
            shelf.ordered_measured += asked

    def working(self, item: Item, shelf: Shelf, as_of: date) -> Working:
        """The line as the appliance works it out at a month's end."""
        closed = list(FIRST.until(Month.of(as_of)))
        months = tuple(
            MonthOfUse(
                month=m, consumed=shelf.used.get(m, 0), stockout_days=shelf.out(m), unmet=shelf.unmet.get(m, 0),
                unmet_captured=Fraction(1 if item.kind == "short" else 0),
            )
            for m in closed[-15:]
            if m.last >= begins_on(item)
        )  # fmt: skip
        is_seasonal = item.kind == "seasonal"
        about = About(code=item.code, programmes=("PALU",) if is_seasonal else ("PANIER",))
        parameters = parameters_of(about, {}, SUPPLIER)
        standing = Standing(
            parameters=parameters, awaited=_awaited(shelf, as_of), profile=profile_for("") if is_seasonal else None,
            lead_times=LeadTimes(
                default_days=parameters.number("lead_time_days"),
                emergency_default_days=parameters.number("emergency_lead_time_days"), observed=self._observed(as_of),
            ),
        )  # fmt: skip
        lots = tuple(sorted(shelf.lots, key=lambda lot: lot.expires_on))
        history = History(as_of=as_of, months=months, first_receipt=shelf.first_receipt)
        reading = ProductReading(
            as_of=as_of, asked=(3, is_seasonal), lots=lots, usable=shelf.held,
            consumption=average_monthly_consumption(history), shelf_days=tuple(shelf.shelf_lives[-5:]),
            seasonal={
                m.month: whole
                for m in months
                if (whole := whole_month(int(m.consumed), m.month, m.stockout_days)) is not None
            } if is_seasonal else {},
        )  # fmt: skip
        return work_out(case_of(_product(item), reading, standing, OrderKind.NORMAL))

    def _days(self, item: Item, shelf: Shelf, month: Month) -> None:
        for offset in range(month.days):
            day = month.first + timedelta(days=offset)
            for order in [o for o in shelf.orders if o.arrives_on == day]:
                shelf.orders.remove(order)
                if order.comes:
                    _receive(shelf, day, order.comes, order.shelf_days, f"{order.placed_on}")
            self._expire(shelf, day)
            asked = self.drawn.asked[item.code][(day - self.drawn.days[0]).days]
            if not asked:
                continue
            found = allocate(shelf.lots, asked, day)
            given = asked - found.missing
            taken = {take.lot: take.quantity for take in found.takes}
            shelf.lots = [
                _less(lot, taken.get(lot.lot, 0)) for lot in shelf.lots if lot.quantity > taken.get(lot.lot, 0)
            ]
            shelf.used[month] = shelf.used.get(month, 0) + given
            shelf.unmet[month] = shelf.unmet.get(month, 0) + found.missing
            shelf.given += given
            if given:
                shelf.flow(day, 0, given)

    def _expire(self, shelf: Shelf, day: date) -> None:
        gone = sum(lot.quantity for lot in shelf.lots if lot.expires_on < day)
        if gone:
            shelf.lots = [lot for lot in shelf.lots if lot.expires_on >= day]
            shelf.expired += gone
            shelf.flow(day, 0, gone)
            if day >= MEASURED_FROM:
                shelf.expired_measured += gone

    def _observed(self, as_of: date) -> tuple[int, ...]:
        """The lead times of the lorries that have come: one a month, the same for every product."""
        fates = self.drawn.deliveries[self.items[0].code]
        return tuple(
            fate.lead_days
            for index, fate in enumerate(fates)
            if index and FIRST.plus(index).first + timedelta(days=fate.lead_days) <= as_of
        )


def _receive(shelf: Shelf, day: date, units: int, shelf_days: int, number: str) -> None:
    shelf.received += units
    shelf.shelf_lives.append(shelf_days)
    shelf.flow(day, units, 0)
    lot = LotOnShelf(
        lot=len(shelf.shelf_lives), number=number, expires_on=day + timedelta(days=shelf_days), quantity=units
    )
    shelf.lots.append(lot)


def _after_drought(item: Item, day: date) -> date:
    """The day on which a lorry of that day brings the product: while the supplier has none, the day he has it again."""
    for index in item.dry_months:
        first = FIRST.plus(index).first
        if first <= day < first + timedelta(days=item.dry_days):
            return first + timedelta(days=item.dry_days)
    return day


def _less(lot: LotOnShelf, taken: int) -> LotOnShelf:
    return replace(lot, quantity=lot.quantity - taken) if taken else lot


def _awaited(shelf: Shelf, as_of: date) -> tuple[Awaited, ...]:
    return tuple(
        Awaited(quantity=Fraction(order.asked), age_days=(as_of - order.placed_on).days) for order in shelf.orders
    )


def _mean(drawn: Year, item: Item) -> float:
    """Units a month in the product's first three months: what its opening stock was made from."""
    start = (begins_on(item) - drawn.days[0]).days
    return sum(drawn.asked[item.code][start : start + 90]) / 3


@cache
def _product(item: Item) -> Product:
    return Product(
        id=0, code=item.code, name=item.label, form="", strength="", base_unit="unité", pack_label="", pack_units=item.pack,
        programme="PALU" if item.kind == "seasonal" else "PANIER", tracer="", ven="", price_regime="", supplier=None,
        min_months=None, max_months=None,
    )  # fmt: skip


def _index(month: Month) -> int:
    return (month.year - FIRST.year) * 12 + month.month - FIRST.month
