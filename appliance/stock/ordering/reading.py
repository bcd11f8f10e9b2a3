"""What one product's line of an order is read from: its lots, its months, its season. The costly part, which cards keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from appliance.core.periods import Month
from appliance.stock.catalogue.repository import Product
from appliance.stock.consumption.average import average_monthly_consumption, last_closed
from appliance.stock.consumption.history import history, seasonal_use
from appliance.stock.consumption.model import Consumption, History
from appliance.stock.ledger import repository as ledger
from appliance.stock.ledger.fefo import LotOnShelf
from appliance.stock.ordering.expiry import LotAhead
from appliance.stock.ordering.levels import LEAD_TIME_MONTH_DAYS
from appliance.stock.ordering.quantity import Situation
from appliance.stock.ordering.season import Profile, Season, season_of
from appliance.stock.ordering.standing import Standing, least_life_months, pack_of, shelf_life_months
from appliance.stock.ordering.working import NO_SEASON, Case
from appliance.stock.orders.model import OrderKind
from appliance.storage import Database

SHELF_DAYS_READ = 400
DELIVERIES_READ = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductReading:
    """One product on a day. `lots` are all, by expiry; `usable` is what can be given today over all places.

    `asked` is what of the settings it was read by, `shelf_days` the life that the last deliveries brought, in days.
    """

    as_of: date
    asked: tuple[int, bool]
    lots: tuple[LotOnShelf, ...]
    usable: int
    consumption: Consumption
    seasonal: Mapping[Month, Fraction]
    shelf_days: tuple[int, ...]


def reads_by(standing: Standing) -> tuple[int, bool]:
    """What of the settings decides what is read: the months of the window, and whether there is a season."""
    return standing.parameters.count("window_months"), standing.profile is not None


def read_product(db: Database, product: Product, as_of: date, standing: Standing) -> ProductReading:
    """Read one product from the ledger."""
    window_months, is_seasonal = reads_by(standing)
    lots = tuple(sorted(ledger.on_shelf(db, product.id), key=lambda lot: lot.expires_on))
    return ProductReading(
        as_of=as_of, asked=(window_months, is_seasonal), lots=lots,
        usable=sum(lot.quantity for lot in lots if lot.is_usable and lot.expires_on >= as_of),
        consumption=average_monthly_consumption(history(db, product.id, as_of, window_months)),
        seasonal=seasonal_use(db, product.id, as_of) if is_seasonal else {},
        shelf_days=_shelf_days(db, product.id, as_of),
    )  # fmt: skip


def case_of(product: Product, reading: ProductReading, standing: Standing, kind: OrderKind) -> Case:
    """What the line is worked out from."""
    levels, times = standing.levels, standing.lead_times
    days = times.emergency_days if kind is OrderKind.EMERGENCY else times.days
    situation = Situation(
        cmm=reading.consumption.cmm, lots=lots_ahead(reading.lots, reading.as_of),
        reserved=Fraction(standing.reserved), loans_due_in=Fraction(standing.loans_due_in),
        loans_due_out=Fraction(standing.loans_due_out), pack=pack_of(product, standing.parameters),
        shelf_life_months=shelf_life_months(reading.shelf_days, standing.parameters),
        least_life_months=least_life_months(reading.shelf_days), lead_time_months=days / LEAD_TIME_MONTH_DAYS,
        safety_months=standing.parameters.number("safety_months"),
    )  # fmt: skip
    return Case(
        situation=situation, usable=Fraction(reading.usable), levels=levels, consumption=reading.consumption,
        lead_time_days=days,
        season=season_ahead(reading.seasonal, reading.consumption, reading.as_of, levels.maximum, standing.profile),
        awaited=standing.awaited, usual_lead_time_days=times.days, kind=kind,
    )  # fmt: skip


def lots_ahead(lots: tuple[LotOnShelf, ...], as_of: date) -> list[LotAhead]:
    """The usable lots with the days left until and including their last one."""
    return [
        LotAhead(quantity=lot.quantity, days_left=(lot.expires_on - as_of + timedelta(days=1)).days)
        for lot in lots
        if lot.is_usable
    ]


def season_ahead(
    seasonal: Mapping[Month, Fraction],
    consumption: Consumption,
    as_of: date,
    max_months: Fraction,
    profile: Profile | None,
) -> Season:
    """The season between the months that the CMM was computed from and those that the maximum covers (rule S)."""
    if profile is None:
        return NO_SEASON
    last = last_closed(History(as_of=as_of, months=()))
    ahead = int(max(-(-max_months // 1), 1))
    return season_of(seasonal, last, ahead=ahead, behind=len(consumption.window), profile=profile)


def _shelf_days(db: Database, product: int, as_of: date) -> tuple[int, ...]:
    """The days of life that each of the last lots received brought."""
    rows = db.all(
        "SELECT l.expires_on, d.came FROM (SELECT lot, min(day) came FROM stock_day WHERE product = ? AND day BETWEEN ? AND ?"
        " AND report_column = 'QR' GROUP BY lot ORDER BY came DESC LIMIT ?) d JOIN lot l ON l.id = d.lot",
        (product, (as_of - timedelta(days=SHELF_DAYS_READ)).isoformat(), as_of.isoformat(), DELIVERIES_READ),
    )
    return tuple((date.fromisoformat(expires) - date.fromisoformat(came)).days for expires, came in rows)
