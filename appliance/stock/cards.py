"""The stock card of a product: what lies where, its consumption with the working, how long it lasts, what to order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from appliance.core.errors import Refused
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.catalogue.repository import Product
from appliance.stock.consumption.history import started
from appliance.stock.consumption.model import Consumption
from appliance.stock.ledger.fefo import LotOnShelf
from appliance.stock.ordering.bands import Band, Thresholds
from appliance.stock.ordering.quantity import Proposal
from appliance.stock.ordering.reading import ProductReading, case_of, read_product, reads_by
from appliance.stock.ordering.standing import Standing, Standings, standings
from appliance.stock.ordering.working import Working, thresholds, work_out
from appliance.stock.orders.model import OrderKind
from appliance.storage import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class StockCard:
    """Everything a gérant asks of a product. `usable` is over all places; `lots` includes expired and frozen ones."""

    product: Product
    as_of: date
    lots: tuple[LotOnShelf, ...]
    usable: int
    consumption: Consumption
    working: Working
    standing: Standing

    @property
    def months(self) -> Fraction | None:
        """Months of stock (rule M)."""
        return self.working.months

    @property
    def band(self) -> Band:
        """How well the product is stocked."""
        return self.working.band

    @property
    def limits(self) -> Thresholds:
        """Emergency point, minimum and maximum in months."""
        return thresholds(self.working.case.levels)

    @property
    def supplier(self) -> str:
        """Who supplies it here."""
        return self.standing.parameters.text("supplier")

    @property
    def proposal(self) -> Proposal:
        """What a normal order would ask for: the very line of `propose_order`."""
        return self.working.proposal

    @property
    def days_left(self) -> int | None:
        """Whole days that the usable stock lasts at the CMM (30 days a month, as rule X counts); None when unknown."""
        cmm = self.consumption.cmm
        return int(Fraction(self.usable) * 30 / cmm) if cmm else None

    @property
    def runs_out_on(self) -> date | None:
        """The day on which nothing usable is left at that rate; None when it is unknown or more than two years away."""
        return (
            self.as_of + timedelta(days=self.days_left) if self.days_left is not None and self.days_left < 731 else None
        )

    def expiring(self, days: int) -> int:
        """Base units in usable lots that expire within so many days."""
        last = self.as_of + timedelta(days=days)
        return sum(lot.quantity for lot in self.lots if lot.is_usable and self.as_of <= lot.expires_on <= last)


def stock_card(db: Database, code: str, as_of: date) -> StockCard:
    """The card of a product at a date; raises `Refused("no-such-product")`."""
    product = catalogue.by_code(db, code)
    if product is None:
        raise Refused("no-such-product", product=code)
    return card_of(db, product, as_of)


def card_of(db: Database, product: Product, as_of: date) -> StockCard:
    """As `stock_card`, for a product already read."""
    return cards_of(db, [product], as_of)[0]


def cards_of(db: Database, products: Iterable[Product], as_of: date) -> list[StockCard]:
    """The cards of many products, in their order."""
    drawn = db.lasting("stock-cards", _Drawn)
    db.kept("stock-cards", lambda: drawn.follow(db))
    around = standings(db, as_of)
    return [drawn.card(db, product, as_of, around) for product in products]


_TOUCHED = {
    "movement": "SELECT product FROM movement WHERE id > ?",
    "unmet_demand": "SELECT product FROM unmet_demand WHERE id > ?",
    "paper_consumption": "SELECT product FROM paper_consumption WHERE id > ?",
    "lot_status": "SELECT l.product FROM lot_status s JOIN lot l ON l.id = s.lot WHERE s.id > ?",
    "month_exclusion": "SELECT product FROM month_exclusion WHERE id > ?",
}
"""Everything that a card is made of is insert-only or told of by an insert-only row: new rows name the cards to redraw."""


@dataclass(slots=True)
class _Drawn:
    """The cards of one reader: a list of three hundred products redraws only those that something touched.

    A prescription tells that its day captured them: only the first of a day says anything new, and that to every card.
    """

    seen: dict[str, int] = field(default_factory=dict)
    captured: set[str] = field(default_factory=set)
    began: date | None = None
    as_of: date | None = None
    readings: dict[int, ProductReading] = field(default_factory=dict)
    cards: dict[int, tuple[ProductReading, StockCard]] = field(default_factory=dict)

    def follow(self, db: Database) -> None:
        """Forget the cards that rows newer than the last seen touch."""
        for table, touched in _TOUCHED.items():
            if (since := self._news(db, table)) is not None:
                for (product,) in db.all(touched, (since,)):
                    self.readings.pop(product, None)
        if (began := started(db)) != self.began:  # the first day of the ledger is the first day of every card
            self.readings.clear()
            self.began = began
        if (since := self._news(db, "prescription")) is not None:
            days = {row[0] for row in db.all("SELECT DISTINCT occurred_on FROM prescription WHERE id > ?", (since,))}
            if days - self.captured:
                self.readings.clear()
                self.captured |= days

    def card(self, db: Database, product: Product, as_of: date, around: Standings) -> StockCard:
        """A card, drawn anew when it must be."""
        if as_of != self.as_of:
            self.readings.clear()
            self.as_of = as_of
        standing = around.of(product)
        reading = self.readings.get(product.id)
        if reading is None or reading.asked != reads_by(standing):
            reading = self.readings[product.id] = read_product(db, product, as_of, standing)
        held, card = self.cards.get(product.id, (None, None))
        if card is None or held is not reading or (card.product, card.standing) != (product, standing):
            card = _made(product, reading, standing)
            self.cards[product.id] = (reading, card)
        return card

    def _news(self, db: Database, table: str) -> int | None:
        """The last row seen before, when there are newer ones; the first look has no card to forget."""
        last = db.value(f"SELECT max(id) FROM {table}") or 0
        since = self.seen.get(table, last)
        self.seen[table] = last
        return since if since < last else None


def _made(product: Product, reading: ProductReading, standing: Standing) -> StockCard:
    return StockCard(
        product=product, as_of=reading.as_of, lots=reading.lots, usable=reading.usable, consumption=reading.consumption,
        working=work_out(case_of(product, reading, standing, OrderKind.NORMAL)), standing=standing,
    )  # fmt: skip
