"""What the depot should look at today, from balances and the consumption of closed months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from appliance.stock.cards import card_of
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.ordering.bands import Band
from appliance.storage import Database

SOON_DAYS = 60
VITAL_READ_MAX = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One product to look at: its band or its expiry."""

    code: str
    label: str
    kind: str
    text: str


def depot_alerts(db: Database, today: date) -> list[Alert]:
    """Tracer and vital products that are out or short, then lots that expire within sixty days."""
    found = []
    for product in [p for p in catalogue.listed(db, limit=400) if p.tracer in ("oui", "probable") and p.ven == "V"][
        :VITAL_READ_MAX
    ]:
        if not db.value("SELECT 1 FROM stock_day WHERE product = ? LIMIT 1", (product.id,)):
            continue
        card = card_of(db, product, today)
        if card.band is Band.STOCKED_OUT:
            found.append(Alert(code=product.code, label=product.label, kind="danger", text="rupture"))
        elif card.band in (Band.EMERGENCY, Band.UNDERSTOCKED) and card.months is not None:
            days = round(card.months * 30)
            text = f"{days} jours" if card.months < 1 else f"{float(card.months):.1f} mois".replace(".", ",")
            found.append(Alert(code=product.code, label=product.label, kind="warn", text=text))
    for code, label, number, expires, quantity in db.all(
        "SELECT p.code, p.name || ' ' || p.strength, l.number, l.expires_on, sum(b.quantity) FROM balance b"
        " JOIN lot l ON l.id = b.lot JOIN product p ON p.id = b.product WHERE b.quantity > 0 AND l.expires_on BETWEEN ? AND ?"
        " GROUP BY l.id ORDER BY l.expires_on LIMIT 5",
        (today.isoformat(), (today + timedelta(days=SOON_DAYS)).isoformat()),
    ):
        day = date.fromisoformat(expires)
        found.append(
            Alert(code=code, label=f"{label} · lot {number}", kind="warn", text=f"{quantity} périment le {day:%d/%m}")
        )
    return found
