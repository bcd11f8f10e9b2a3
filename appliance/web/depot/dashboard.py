"""Tableau de bord: months of stock, tracers, expiry and orders as the national dashboard names them; each figure opens."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from litestar import Request, Response, get

from appliance.core.errors import Refused
from appliance.core.french import number_fr
from appliance.core.periods import Month
from appliance.stock.cards import StockCard
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.consumption.history import started
from appliance.stock.dashboard import figures
from appliance.stock.dashboard.figures import Board
from appliance.stock.dashboard.repository import board
from appliance.stock.ordering.bands import Band
from appliance.web.charts import Bar, bar, stacked
from appliance.web.pages import page, state_of, today_of
from appliance.web.reading import in_reader
from appliance.web.words import labels

PATH = "/depot/tableau"
SPAN_MIN = Fraction(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductBar:
    """A product's line: its bar, its months as said, and its band with the band's tag."""

    card: StockCard
    bar: Bar
    months: str
    band: str
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A band's part of a programme: how many products, where its part of the bar begins and how wide it is."""

    band: str
    tag: str
    count: int
    x: float
    width: float


@get(PATH, opt={"tab": "depot", "level": "read"})
@in_reader
def dashboard(request: Request[Any, Any, Any], programme: str = "", mois: str = "") -> Response[bytes]:
    """The dashboard of the depot or of a programme; the tracers over a month, this one unless asked."""
    today = today_of(request)
    this = Month.of(today)
    try:
        month = min(Month.parse(mois), this) if mois else this
    except Refused:
        month = this
    with state_of(request).opened.reading() as db:
        names = catalogue.programmes(db)
        chosen = programme if programme in names else ""
        began = started(db)
        held = board(db, today, max(month, Month.of(began)) if began else month, chosen)
        return page(
            request, "depot/dashboard.html", db, b=held, programme_options=[(name, name) for name in names],
            programmes=[(p, _shares(p.counts)) for p in figures.by_programme(held.cards) if chosen in ("", p.programme)],
            whole=_shares(held.counts), groups=_groups(held), span=_span(held),
            before=held.month.plus(-1) if began and held.month > Month.of(began) else None,
            after=held.month.plus(1) if held.month < this else None,
            risk_fcfa=figures.total_fcfa(held.at_risk), lost_fcfa=figures.total_fcfa(held.expired),
            shelf_fcfa=figures.total_fcfa(held.on_shelf_expired), unpriced=figures.unpriced((*held.at_risk, *held.expired)),
        )  # fmt: skip


def _span(held: Board) -> Fraction:
    """The months that the longest bar shows: twice the highest maximum, so that a surplus can be seen."""
    return max((2 * card.limits.maximum for card in held.cards), default=SPAN_MIN)


def _groups(held: Board) -> list[tuple[str, list[ProductBar]]]:
    span = _span(held)
    return [
        (name, [_line(card, span) for card in cards]) for name, cards in figures.grouped(held.cards, held.programme)
    ]


def _line(card: StockCard, span: Fraction) -> ProductBar:
    months = card.months
    return ProductBar(
        card=card, bar=bar(months or Fraction(0), card.limits.minimum, card.limits.maximum, span),
        months="" if months is None else number_fr(months, 1), band=card.band.value, tag=labels.BAND_TAGS[card.band.value],
    )  # fmt: skip


def _shares(counts: tuple[tuple[Band, int], ...]) -> list[Share]:
    return [
        Share(band=band.value, tag=labels.BAND_TAGS[band.value], count=count, x=x, width=width)
        for (band, count), (x, width) in zip(counts, stacked([count for _, count in counts]), strict=True)
    ]


HANDLERS = [dashboard]
