"""The PV de péremption et de destruction: lot, expiry, quantity, value, cause, committee, destination."""

from __future__ import annotations

from typing import Any

from appliance.core.french import date_short, fcfa, number_fr
from appliance.records.facility.services import facility
from appliance.stock.expiry import repository
from appliance.stock.expiry.rules import destruction_rules
from appliance.storage import Database

HEADS = ("Produit", "Unité", "Lot", "Péremption", "Lieu", "Quantité", "Valeur (F CFA)", "Cause")


def destruction_paper(db: Database, key: int) -> dict[str, Any]:
    """The description of a destruction's paper; a line undone since is told as such."""
    held, rules, found = facility(db), destruction_rules(), repository.destruction(db, key)
    rows = [
        [
            line.label, line.unit, line.number, date_short(line.expires_on), line.place_name, number_fr(line.quantity),
            "inconnue" if line.value_fcfa is None else number_fr(line.value_fcfa),
            rules.causes.get(line.cause, line.cause) + (" (ANNULÉ depuis)" if line.is_undone else ""),
        ]
        for line in found.lines
    ]  # fmt: skip
    return {
        "title": "Procès-verbal de péremption et de destruction", "number": str(found.number),
        "masthead": [
            [("Centre", held.name if held else ""), ("Code", held.code if held else ""), ("District", held.district if held else "")],
            [
                ("Date", date_short(found.occurred_on)), ("Destination", rules.destinations.get(found.destination, found.destination)),
                ("Valeur connue", fcfa(found.value_fcfa)),
            ],
        ],
        "heads": list(HEADS), "rows": rows, "total": "",
        "notes": [
            "Commission : " + " ; ".join(f"{name} ({title})" for name, title in found.members),
            f"Observations : {found.note}" if found.note else "",
            "Circuit de destruction et modèle national à confirmer.",
        ],
        "signatures": [f"{title} : {name}" for name, title in found.members],
        "foot": f"{held.name if held else ''} · PV de destruction {found.number} · {date_short(found.occurred_on)}",
    }  # fmt: skip
