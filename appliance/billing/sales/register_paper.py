"""The register of sales of a day as a description, to be drawn on A4 across: its lines, its totals, what was received."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from appliance.billing.sales.repository import SoldLine, day_cash, register
from appliance.billing.tariffs.free_care import bearer_label_of, label_of
from appliance.core.french import date_short, fcfa, number_fr
from appliance.storage import Database, settings


def totals_of(lines: Iterable[SoldLine]) -> list[tuple[str, int, int, int]]:
    """Quantity, amount and free amount of each product or act, by name."""
    found: dict[str, list[int]] = {}
    for line in lines:
        sums = found.setdefault(line.label, [0, 0, 0])
        sums[0] += line.quantity
        sums[1] += line.amount_fcfa
        sums[2] += line.amount_fcfa if line.exemption else 0
    return [(label, sums[0], sums[1], sums[2]) for label, sums in sorted(found.items())]


def register_paper(
    db: Database,
    day: date,
    prescribers: Mapping[int, str],
    means: Mapping[str, str],
    *,
    shows_patients: bool,
    shows_cash: bool,
) -> dict[str, Any]:
    """The register of a day. `prescribers`: names by staff id; `means`: words of the means of payment.

    Patients stand there by their number, and only with `shows_patients`; so does the rule that frees a line, which may say
    what the person has.
    """
    freed = label_of if shows_patients else bearer_label_of
    lines = register(db, day, day)
    facility = settings.get(db, "facility") or {}
    heads = [
        "Reçu",
        "N° patient",
        "Prescripteur",
        "Produit ou acte",
        "Prescrit",
        "Remis",
        "Prix F",
        "Montant F",
        "Gratuité",
    ]
    widths = [7, 14, 18, 36, 9, 8, 9, 11, 22]
    rows = [
        [
            number_fr(line.number), line.patient, prescribers.get(line.prescriber or 0, ""), line.label,
            "" if line.prescribed is None else number_fr(line.prescribed), number_fr(line.quantity),
            number_fr(line.unit_price_fcfa), number_fr(line.amount_fcfa), freed(line.exemption) if line.exemption else "",
        ]
        for line in lines
    ]  # fmt: skip
    numbers = [4, 5, 6, 7]
    if not shows_patients:
        for row in (heads, widths, *rows):
            del row[1]  # type: ignore[attr-defined]
        numbers = [n - 1 for n in numbers]
    totals = totals_of(lines)
    sums = [sum(amount for _, _, amount, _ in totals), sum(free for _, _, _, free in totals)]
    received = "à lire après le comptage de la caisse"
    if shows_cash:
        received = ", ".join(f"{means[code]} {fcfa(amount)}" for code, amount in day_cash(db, day).items()) or fcfa(0)
    return {
        "paper": "a4-landscape", "title": f"Registre de vente du {date_short(day)}",
        "lines": [f"{facility.get('name', '')} · {facility.get('code', '')} · {facility.get('district', '')}"],
        "tables": [
            {"heads": heads, "rows": rows, "widths": widths, "numbers": numbers, "bold": []},
            {
                "heads": ["Totaux du jour", "Quantité", "Montant F", "dont gratuit F"],
                "rows": [
                    *([label, *map(number_fr, figures)] for label, *figures in totals),
                    ["Ensemble", "", *map(number_fr, sums)],
                ],
                "widths": [60, 14, 14, 14], "numbers": [1, 2, 3], "bold": [len(totals)],
            },
        ],
        "notes": [f"Encaissé ce jour : {received}"] if lines else ["Aucune vente ce jour."],
        "signatures": ["Le gérant du dépôt", "Le caissier", "Le DTC"],
        "foot": f"{facility.get('name', '')} · registre de vente du {date_short(day)}",
    }  # fmt: skip
