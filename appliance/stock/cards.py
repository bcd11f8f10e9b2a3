"""The stock card of a product: what lies where, its consumption with the working, how long it lasts, what to order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from appliance.core.errors import Refused
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.catalogue.repository import Product
from appliance.stock.consumption.average import average_monthly_consumption
from appliance.stock.consumption.history import history, started
from appliance.stock.consumption.model import Consumption
from appliance.stock.ledger import repository as ledger
from appliance.stock.ledger.fefo import LotOnShelf
from appliance.stock.ordering.bands import Band, Thresholds, band, months_of_stock
from appliance.stock.ordering.expiry import LotAhead
from appliance.stock.ordering.quantity import Proposal, Situation, propose
from appliance.storage import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class StockCard:
    """Everything a gérant asks of a product. `usable` is over all places; `lots` includes expired and frozen ones."""

    product: Product
    as_of: date
    lots: tuple[LotOnShelf, ...]
    usable: int
    consumption: Consumption
    months: Fraction | None
    band: Band
    limits: Thresholds
    proposal: Proposal

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
    drawn = db.lasting("stock-cards", _Drawn)
    db.kept("stock-cards", lambda: drawn.follow(db))
    return drawn.card(db, product, as_of)


_TOUCHED = {
    "movement": "SELECT product FROM movement WHERE id > ?",
    "unmet_demand": "SELECT product FROM unmet_demand WHERE id > ?",
    "paper_consumption": "SELECT product FROM paper_consumption WHERE id > ?",
    "lot_status": "SELECT l.product FROM lot_status s JOIN lot l ON l.id = s.lot WHERE s.id > ?",
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
    cards: dict[int, StockCard] = field(default_factory=dict)

    def follow(self, db: Database) -> None:
        """Forget the cards that rows newer than the last seen touch."""
        for table, touched in _TOUCHED.items():
            if (since := self._news(db, table)) is not None:
                for (product,) in db.all(touched, (since,)):
                    self.cards.pop(product, None)
        if (began := started(db)) != self.began:  # the first day of the ledger is the first day of every card
            self.cards.clear()
            self.began = began
        if (since := self._news(db, "prescription")) is not None:
            days = {row[0] for row in db.all("SELECT DISTINCT occurred_on FROM prescription WHERE id > ?", (since,))}
            if days - self.captured:
                self.cards.clear()
                self.captured |= days

    def card(self, db: Database, product: Product, as_of: date) -> StockCard:
        """A card, drawn anew when it must be."""
        if as_of != self.as_of:
            self.cards.clear()
            self.as_of = as_of
        card = self.cards.get(product.id)
        if card is None or card.product != product:
            card = self.cards[product.id] = _draw(db, product, as_of)
        return card

    def _news(self, db: Database, table: str) -> int | None:
        """The last row seen before, when there are newer ones; the first look has no card to forget."""
        last = db.value(f"SELECT max(id) FROM {table}") or 0
        since = self.seen.get(table, last)
        self.seen[table] = last
        return since if since < last else None


def _draw(db: Database, product: Product, as_of: date) -> StockCard:
    lots = tuple(sorted(ledger.on_shelf(db, product.id), key=lambda lot: lot.expires_on))
    usable = sum(lot.quantity for lot in lots if lot.is_usable and lot.expires_on >= as_of)
    consumption = average_monthly_consumption(history(db, product.id, as_of))
    limits = limits_of(product)
    ahead = [
        LotAhead(quantity=lot.quantity, days_left=(lot.expires_on - as_of + timedelta(days=1)).days)
        for lot in lots
        if lot.is_usable
    ]
    proposal = propose(Situation(cmm=consumption.cmm, max_months=limits.maximum, lots=ahead, pack=product.pack_units))
    return StockCard(
        product=product, as_of=as_of, lots=lots, usable=usable, consumption=consumption,
        months=months_of_stock(usable, consumption.cmm), band=band(usable, consumption.cmm, limits), limits=limits,
        proposal=proposal,
    )  # fmt: skip


def limits_of(product: Product) -> Thresholds:
    """A product's own minimum and maximum in months, where it has them."""
    default = Thresholds()
    return Thresholds(
        emergency=default.emergency,
        minimum=Fraction(product.min_months) if product.min_months else default.minimum,
        maximum=Fraction(product.max_months) if product.max_months else default.maximum,
    )
