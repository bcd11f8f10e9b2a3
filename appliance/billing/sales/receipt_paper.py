"""A receipt as a description, to be drawn on A5 or on a roll of 58 or 80 mm. No diagnosis stands on it."""

from __future__ import annotations

from typing import Any

from appliance.billing.till import repository as till
from appliance.core.errors import Refused
from appliance.core.french import date_short, fcfa, number_fr, time_fr
from appliance.storage import Database, settings

PAPERS = ("a5", "80", "58")


def receipt_of(db: Database, key: int, paper: str, parts: list[tuple[str, int]], foot: list[str]) -> dict[str, Any]:
    """The receipt of a sale. `parts`: its sums in the words of the screen; `foot`: whose it is, who served.

    Raises `Refused`: "no-such-sale", "receipt-paper".
    """
    held = till.sale(db, key)
    if held is None:
        raise Refused("no-such-sale", sale=key)
    if paper not in PAPERS:
        raise Refused("receipt-paper", paper=paper[:20])
    facility = settings.get(db, "facility") or {}
    is_wide = paper != "58"
    rows = []
    for line in till.lines(db, key):
        cells = [line.label, number_fr(line.quantity), number_fr(line.unit_price_fcfa), number_fr(line.amount_fcfa)]
        rows.append(cells if is_wide else [f"{line.label} × {cells[1]}", cells[3]])
    heads = ["Désignation", "Qté", "Prix", "Montant"] if is_wide else ["Désignation", "F"]
    return {
        "paper": paper, "title": f"Reçu n° {held.number}",
        "lines": [
            f"{facility.get('name', '')} · {facility.get('code', '')}",
            f"{date_short(held.occurred_on)}, {time_fr(held.at)}",
            *foot,
        ],
        "tables": [
            {
                "heads": heads, "rows": rows, "widths": [50, 12, 18, 20] if is_wide else [68, 32],
                "numbers": [1, 2, 3] if is_wide else [1], "bold": [],
            },
            {
                "heads": [], "rows": [[name, fcfa(amount)] for name, amount in parts], "widths": [65, 35], "numbers": [1],
                "bold": [len(parts) - 1],
            },
        ],
        "notes": [], "signatures": [], "foot": f"{facility.get('name', '')} · reçu {held.number}",
    }  # fmt: skip
