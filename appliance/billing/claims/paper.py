"""The facture and the bordereau of a batch: as a description for the page and the PDF, and as CSV. No name, no diagnosis."""

from __future__ import annotations

import csv
import io
from typing import Any

from appliance.billing.claims.repository import Batch, Sheet, batch, billed_amounts, contents, sheets_of_batch
from appliance.billing.payers.repository import payer_label
from appliance.core.errors import Refused
from appliance.core.french import date_short, number_fr
from appliance.storage import Database, settings

COLUMNS = (
    "feuille", "date", "numero_patient", "actes_et_medicaments", "total_fcfa", "part_assureur_fcfa", "part_patient_fcfa",
)  # fmt: skip
Row = tuple[Sheet, str, tuple[int, int, int]]


def rows_of(db: Database, key: int) -> tuple[Batch, list[Row]]:
    """A batch with each sheet, its acts and medicines on one line, and what was billed; raises "no-such-batch"."""
    held = batch(db, key)
    if held is None:
        raise Refused("no-such-batch", batch=key)
    amounts = billed_amounts(db, key)
    found = []
    for one in sheets_of_batch(db, key):
        parts = ", ".join(f"{label} × {number_fr(quantity)}" for label, quantity, _ in contents(db, one.id))
        found.append((one, parts, amounts[one.id]))
    return held, found


def invoice_of(db: Database, key: int) -> dict[str, Any]:
    """The facture with its bordereau, to be drawn on A4 across."""
    held, rows = rows_of(db, key)
    facility = settings.get(db, "facility") or {}
    label = payer_label(db, held.payer, held.last_day)
    totals = [sum(amounts[i] for _, _, amounts in rows) for i in range(3)]
    listed = [
        [
            one.reference or f"n° {one.number}",
            date_short(one.occurred_on),
            one.patient_number,
            parts,
            *map(number_fr, amounts),
        ]
        for one, parts, amounts in rows
    ]
    return {
        "paper": "a4-landscape", "title": f"Facture n° {held.number} et bordereau",
        "lines": [
            f"{facility.get('name', '')} · {facility.get('code', '')} · {facility.get('district', '')}",
            f"Payeur : {label} ({held.payer})",
            f"Soins du {date_short(held.first_day)} au {date_short(held.last_day)}, facturés le {date_short(held.billed_on)}",
            f"Feuilles : {len(rows)} · à payer par le payeur : {number_fr(totals[1])} F CFA",
        ],
        "tables": [{
            "heads": ["Feuille", "Date", "N° patient", "Actes et médicaments", "Total F", "Part assureur F", "Part patient F"],
            "rows": [*listed, ["Total", "", "", "", *map(number_fr, totals)]], "widths": [12, 10, 14, 48, 10, 12, 12],
            "numbers": [4, 5, 6], "bold": [len(listed)],
        }],
        "notes": ["Modèle à confirmer par le payeur. Les feuilles de soins sont jointes."],
        "signatures": ["Le DTC", "Le trésorier de l'ASACO", "Reçu par le payeur"],
        "foot": f"{facility.get('name', '')} · facture {held.number} · {held.payer}",
    }  # fmt: skip


def csv_of(db: Database, key: int) -> str:
    """The bordereau as CSV, its columns in `COLUMNS`."""
    _, rows = rows_of(db, key)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one, parts, amounts in rows:
        reference = one.reference or str(one.number)
        writer.writerow((reference, one.occurred_on.isoformat(), one.patient_number, parts, *amounts))
    return out.getvalue()
