"""The papers of a count: the fiche d'inventaire (blank, or with what was counted) and the PV d'écarts.

Columns after the usual papers, the national template to be confirmed. The fiche never bears a figure of the ledger.
"""

from __future__ import annotations

from typing import Any

from appliance.core.french import date_short, fcfa, number_fr
from appliance.records.facility.services import facility
from appliance.stock.counting import repository
from appliance.stock.counting.model import Comparison, CountHead, CountStatus, Scope, SheetLine
from appliance.stock.counting.rules import counting_rules
from appliance.storage import Database

SHEET = (
    "Rayon",
    "Produit",
    "Unité",
    "Lot",
    "Péremption",
    "Boîtes",
    "Unités",
    "Comptage 1",
    "Comptage 2",
    "Observations",
)
VARIANCES = (
    "Produit", "Lot", "Péremption", "Comptage 1", "Comptage 2", "Stock écrit", "Écart", "Valeur (F CFA)", "Motif", "Décision",
)  # fmt: skip
SPARE_ROWS = 6


def sheet_paper(db: Database, key: int) -> dict[str, Any]:
    """The fiche d'inventaire: lots to count, and what was counted once the first count is closed."""
    count = repository.head(db, key)
    is_blank = count.status is CountStatus.COUNTING and count.round == 1
    if count.status is CountStatus.COUNTING:
        rows = [_blank(line) for line in repository.sheet(db, count)] + [[""] * len(SHEET)] * SPARE_ROWS
    else:
        rows = [_filled(found) for found in repository.comparisons(db, count)]
        rows += [[*_blank(line)[:-1], "non compté"] for line in repository.left_uncounted(db, count)]
    return {
        "title": "Fiche d'inventaire", "number": str(count.number), "masthead": _masthead(db, count),
        "heads": list(SHEET), "rows": rows, "total": "",
        "notes": [
            "Comptez ce qui est sur le rayon, sans regarder la fiche de stock. Rien sur le rayon : écrivez 0. Ce qui n'est pas écrit n'est pas compté.",
            "Lignes vides : lots trouvés qui ne sont pas dans la liste." if is_blank else "",
            "Modèle national à confirmer.",
        ],
        "signatures": ["Compté par (1)", "Compté par (2, une autre personne)", "Le gérant du dépôt"],
        "foot": f"{_centre(db)} · fiche d'inventaire {count.number} · {count.place_name}",
    }  # fmt: skip


def variances_paper(db: Database, key: int) -> dict[str, Any]:
    """The PV d'écarts: every line that differs, its value and reason, what was decided, who signs."""
    count = repository.head(db, key)
    found = repository.comparisons(db, count)
    differ = [c for c in found if c.variance]
    left = repository.left_uncounted(db, count)
    values = [c.value_fcfa for c in differ]
    known = [v for v in values if v is not None]
    is_final = count.status is CountStatus.FINALISED
    return {
        "title": "Procès-verbal d'écarts d'inventaire", "number": str(count.number), "masthead": _masthead(db, count),
        "heads": list(VARIANCES), "rows": [_variance(c, count) for c in differ], "total": "",
        "notes": [
            f"{len(found)} lots comptés, {len(differ)} écarts, {len(left)} lots non comptés (laissés comme écrits).",
            f"En moins : {fcfa(sum(v for v in known if v < 0))} · en plus : {fcfa(sum(v for v in known if v > 0))} · net : {fcfa(sum(known))}, au coût d'achat."
            + (f" {len(values) - len(known)} écarts sans coût connu." if len(known) < len(values) else ""),
            f"Décision : {count.note}" if is_final else "BROUILLON : pas encore décidé.",
            "Chaque écart est contre le stock écrit à l'heure où la ligne a été comptée. Tolérances et modèle à confirmer.",
        ],
        "signatures": ["Le gérant du dépôt", "Le second compteur", "Le DTC", "L'ASACO"],
        "foot": f"{_centre(db)} · PV d'écarts {count.number} · {count.place_name}",
    }  # fmt: skip


def _masthead(db: Database, count: CountHead) -> list[list[tuple[str, str]]]:
    held = facility(db)
    scope = {Scope.FULL: "complet", Scope.SHELF: f"rayon {count.shelf}", Scope.PRODUCTS: "par produit"}[count.scope]
    return [
        [("Centre", held.name if held else ""), ("Code", held.code if held else ""), ("District", held.district if held else "")],
        [("Lieu", count.place_name), ("Inventaire", scope), ("Comptage", "aveugle" if count.is_blind else "non aveugle")],
        [("N°", str(count.number)), ("Ouvert le", date_short(count.opened_on)), ("Ouvert par", count.opened_by or "—")],
    ]  # fmt: skip


def _blank(line: SheetLine) -> list[str]:
    expires = date_short(line.expires_on)
    return [line.shelf, line.label, f"{line.unit}, {line.pack_label}", line.number, expires, "", "", "", "", ""]


def _filled(found: Comparison) -> list[str]:
    first, *later = found.rounds
    sheet = found.sheet
    who = ", ".join(dict.fromkeys(r.counter for r in found.rounds))
    return [
        sheet.shelf, sheet.label, sheet.unit, sheet.number, date_short(sheet.expires_on),
        str(sheet.packs), str(sheet.loose), number_fr(first.quantity), number_fr(later[-1].quantity) if later else "", who,
    ]  # fmt: skip


def _variance(found: Comparison, count: CountHead) -> list[str]:
    rules = counting_rules()
    first, *later = found.rounds
    reason = rules.reasons[found.reason].label if found.reason in rules.reasons else ""
    if not reason and found.is_within:
        reason = rules.within_label
    return [
        found.sheet.label, found.sheet.number, date_short(found.sheet.expires_on), number_fr(first.quantity),
        number_fr(later[-1].quantity) if later else "", number_fr(found.ledger), f"{found.variance:+d}",
        "inconnue" if found.value_fcfa is None else number_fr(found.value_fcfa),
        ": ".join(part for part in (reason, found.note) if part),
        "écart écrit" if count.status is CountStatus.FINALISED else "",
    ]  # fmt: skip


def _centre(db: Database) -> str:
    held = facility(db)
    return held.name if held else ""
