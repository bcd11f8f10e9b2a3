"""The figures of the dashboard, from what its reads found. Pure, exact; who shows a figure rounds it.

Figures as the national stock dashboard names them: months of stock by band, stock-out rate and availability of tracer
products, value that expires, order fill rate, lead time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from statistics import median

from appliance.core.periods import Month
from appliance.stock.cards import StockCard
from appliance.stock.catalogue.repository import Product
from appliance.stock.ledger.fefo import LotOnShelf
from appliance.stock.ordering.bands import Band
from appliance.stock.ordering.expiry import LotAhead, usable_before_expiry
from appliance.stock.orders.model import OrderFill, OrderKind

TRACER = ("oui", "probable")
"""How the catalogue marks a tracer product; `probable` waits for a pharmacist's word and counts until then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeBands:
    """How many products of a programme lie in each band, the emptiest first. A product of two programmes is in both."""

    programme: str
    counts: tuple[tuple[Band, int], ...]

    @property
    def products(self) -> int:
        """How many products are followed here."""
        return sum(count for _, count in self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class TracerMonth:
    """A tracer over a month: calendar days on which it was followed here, and those without usable stock (rule D)."""

    product: Product
    usable: int
    days: int
    days_out: int

    @property
    def rate(self) -> Fraction | None:
        """Part of its days without usable stock; None when it was not followed yet."""
        return Fraction(self.days_out, self.days) if self.days else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracers:
    """The tracers that ever lay here; `never_here` counts those of the catalogue that did not, which no figure takes in."""

    lines: tuple[TracerMonth, ...]
    never_here: int

    @property
    def available(self) -> int:
        """How many have usable stock today."""
        return sum(1 for line in self.lines if line.usable > 0)

    @property
    def available_share(self) -> Fraction | None:
        """Part of the tracers with usable stock today; None without any tracer."""
        return Fraction(self.available, len(self.lines)) if self.lines else None

    @property
    def days(self) -> int:
        """Product-days of the month."""
        return sum(line.days for line in self.lines)

    @property
    def days_out(self) -> int:
        """Product-days without usable stock."""
        return sum(line.days_out for line in self.lines)

    @property
    def stockout_rate(self) -> Fraction | None:
        """Product-days without usable stock over product-days; None while nothing was followed."""
        return Fraction(self.days_out, self.days) if self.days else None

    @property
    def month_share(self) -> Fraction | None:
        """Part of the product-days of the month with usable stock."""
        return None if self.stockout_rate is None else 1 - self.stockout_rate

    @property
    def troubled(self) -> tuple[TracerMonth, ...]:
        """Those out today or on any day of the month, the worst first."""
        found = [line for line in self.lines if line.usable <= 0 or line.days_out]
        return tuple(sorted(found, key=lambda line: (line.usable > 0, -(line.rate or 0), line.product.label)))


@dataclass(frozen=True, slots=True, kw_only=True)
class LotValue:
    """Base units of a lot that will be, or were, lost to expiry; `unit_cost_fcfa` None when no delivery says it."""

    product: Product
    number: str
    expires_on: date
    quantity: Fraction
    unit_cost_fcfa: int | None

    @property
    def value_fcfa(self) -> Fraction | None:
        """At cost."""
        return None if self.unit_cost_fcfa is None else self.quantity * self.unit_cost_fcfa


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierTimes:
    """Days from the confirmation of each order to its first reception, oldest first.

    `used_days` is what the orders of today reckon with; `is_learned` says that it is the mean of five orders or more.
    """

    supplier: str
    kind: OrderKind
    days: tuple[int, ...]
    used_days: Fraction | None
    is_learned: bool

    @property
    def middle(self) -> Fraction:
        """The median."""
        return Fraction(median(self.days))


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The dashboard on a day, of the whole depot or of a programme. Lots worth most first, orders newest first."""

    as_of: date
    month: Month
    programme: str
    cards: tuple[StockCard, ...]
    tracers: Tracers
    at_risk: tuple[LotValue, ...]
    on_shelf_expired: tuple[LotValue, ...]
    expired: tuple[LotValue, ...]
    fills: tuple[OrderFill, ...]
    times: tuple[SupplierTimes, ...]

    @property
    def counts(self) -> tuple[tuple[Band, int], ...]:
        """How many products lie in each band."""
        return band_counts(self.cards)

    @property
    def unknown(self) -> int:
        """Products with stock whose consumption is not known: what of them will expire can't be said."""
        return sum(1 for card in self.cards if card.usable > 0 and card.consumption.unknown)

    @property
    def fill_rate(self) -> Fraction | None:
        """What came over what was asked, over all the orders shown; None without any."""
        asked = sum(fill.asked for fill in self.fills)
        return Fraction(sum(fill.came for fill in self.fills), asked) if asked else None

    @property
    def normal_days(self) -> Fraction | None:
        """The median lead time of all normal orders."""
        days = [day for times in self.times if times.kind is OrderKind.NORMAL for day in times.days]
        return Fraction(median(days)) if days else None


def band_counts(cards: Iterable[StockCard]) -> tuple[tuple[Band, int], ...]:
    """How many products lie in each band that has any, the emptiest first."""
    found = [card.band for card in cards]
    return tuple((band, found.count(band)) for band in Band if band in found)


def by_programme(cards: Sequence[StockCard]) -> list[ProgrammeBands]:
    """The bands of every programme, by name."""
    names = sorted({name for card in cards for name in card.product.programmes if name})
    return [
        ProgrammeBands(programme=name, counts=band_counts(c for c in cards if name in c.product.programmes))
        for name in names
    ]


def grouped(cards: Sequence[StockCard], programme: str = "") -> list[tuple[str, list[StockCard]]]:
    """Products under the programme asked for, or each under the first of its programmes; those that run out first lead."""
    groups: dict[str, list[StockCard]] = {}
    for card in sorted(cards, key=_emptiest):
        groups.setdefault(programme or card.product.programme.split("/")[0], []).append(card)
    return sorted(groups.items())


def units_at_risk(card: StockCard) -> list[tuple[LotOnShelf, Fraction]]:
    """Of each usable lot, the base units that consumption does not reach before its last day (rule X).

    Nothing while the consumption is unknown; everything of a product that nobody uses.
    """
    cmm = card.consumption.cmm
    if cmm is None:
        return []
    ahead: list[LotAhead] = []
    found, before = [], Fraction(0)
    for lot in card.lots:
        days_left = (lot.expires_on - card.as_of).days + 1
        if not lot.is_usable or days_left <= 0:
            continue
        ahead.append(LotAhead(quantity=lot.quantity, days_left=days_left))
        risk = usable_before_expiry(ahead, cmm).at_risk
        if risk > before:
            found.append((lot, risk - before))
        before = risk
    return found


def total_fcfa(lots: Iterable[LotValue]) -> int:
    """What lots are worth together, half a franc up; those without a known cost add nothing."""
    return int(sum((lot.value_fcfa or Fraction(0) for lot in lots), Fraction(0)) + Fraction(1, 2))


def unpriced(lots: Iterable[LotValue]) -> int:
    """How many lots have no known cost."""
    return sum(1 for lot in lots if lot.unit_cost_fcfa is None)


def most_value_first(lots: Iterable[LotValue]) -> tuple[LotValue, ...]:
    """Lots by value, then by quantity."""
    return tuple(sorted(lots, key=lambda lot: (-(lot.value_fcfa or 0), -lot.quantity, lot.product.label)))


def _emptiest(card: StockCard) -> tuple[int, Fraction, str]:
    return list(Band).index(card.band), card.months or Fraction(0), card.product.label
