"""The month's statement of the ASACO on paper: a neutral description for the child that draws reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from appliance.billing.accounts.plan import label_of, plan
from appliance.billing.accounts.receivables import who_bears
from appliance.billing.accounts.statement import ASSETS, CHANGES, Frozen, Statement
from appliance.core.french import date_fr, date_short, month_fr, number_fr
from appliance.core.periods import Month
from appliance.storage import Database, settings

MODULE = "appliance.reports.drawing"
NAMES = {
    "stock": "Stock au coût d'achat", "patients": "Dû par les patients", "payers": "Dû par les tiers payants",
    "margin": "Marge (ventes et actes moins coût des produits)", "exemptions": "Gratuités non remboursées",
    "cuts": "Coupures des tiers payants", "losses": "Pertes et manquants", "expenses": "Dépenses", "income": "Autres recettes",
    "opening": "Soldes et stocks de départ", "donations": "Dons reçus en produits", "services": "Produits utilisés par les services",
    "cash_variance": "Écarts de caisse", "rounding": "Arrondis de caisse", "loans": "Prêts, emprunts et kits",
}  # fmt: skip
LOSSES = {
    "loss_expiry": "Péremption", "loss_breakage": "Casse", "loss_theft": "Vol", "loss_cold_chain": "Chaîne du froid",
    "count_variance": "Écarts d'inventaire", "adjustment": "Ajustements", "gift_out": "Dons faits",
}  # fmt: skip
SIGNATURES = {"tresorier_asaco": "Le trésorier", "president_asaco": "Le président de l'ASACO", "dtc": "Le DTC"}


def paper_of(
    db: Database, month: Month, held: Frozen | None, live: Statement, names: Mapping[str, str], today: date
) -> dict[str, Any]:
    """The description of a month: as frozen when it is, else as a draft that says so. `names` are the signers by function."""
    made = held.statement if held else live
    facility = settings.get(db, "facility") or {}
    seal = held.hash.hex() if held else "—"
    status = "Arrêté et signé" if held else f"BROUILLON du {date_short(today)}"
    unknown = made.after.unknown_lots

    def borne_by(code: str) -> str:
        return who_bears(db, code, month.last) or "non précisé"

    return {
        "title": "Situation mensuelle de l'ASACO",
        "masthead": [
            [("Centre", str(facility.get("name", ""))), ("Code", str(facility.get("code", ""))), ("Mois", month_fr(month))],
            [("Plan de comptes", f"{plan().edition}, à confirmer"), ("État", status), ("Empreinte", seal[:32])],
        ],
        "tables": [
            _table("Capital (FCFA)", ["", "Au début du mois", "À la fin du mois"], _capital(made)),
            _table("Ce qui l'a fait changer (FCFA)", ["", "Montant"], _changes(made)),
            _table("Gratuités par qui les porte", ["", "Montant"], _by(made.exemptions_by_payer, borne_by) or [["Aucune", ""]]),
            _table("Dû par tiers payant", ["", "Montant"], _by(made.payers_owe, borne_by) or [["Rien", ""]]),
            _table("Pertes par cause (au coût)", ["", "Montant"], _by(made.losses_by_kind, lambda k: LOSSES.get(k, k)) or [["Aucune", ""]]),
            _table("Dépenses par ligne", ["", "Montant"], _by(made.expenses_by_account, label_of) or [["Aucune", ""]]),
        ],
        "notes": [
            f"Reçu du DRC à crédit dans le mois : {number_fr(made.received_on_credit)} F ; payé au DRC : {number_fr(made.paid_to_drc)} F.",
            f"Caisse de solidarité, hors capital : {number_fr(made.solidarity)} F ; avances à rembourser : {number_fr(made.solidarity_loans)} F.",
            *([f"{unknown} lots en rayon n'ont pas de coût connu : leur valeur n'est pas comptée."] if unknown else []),
        ],
        "signatures": [f"{title} : {names[role]}" if role in names else title for role, title in SIGNATURES.items()],
        "foot": f"{facility.get('name', '')} · ASACO · {month_fr(month)} · {status} le {date_fr(today)} · empreinte {seal[:16]}",
    }  # fmt: skip


def _capital(made: Statement) -> list[list[str]]:
    rows = [
        [NAMES.get(key) or label_of(key), number_fr(made.before.assets[key]), number_fr(made.after.assets[key])]
        for key in ASSETS
    ]
    rows.append(["Dû au DRC (à déduire)", number_fr(-made.before.drc), number_fr(-made.after.drc)])
    return [*rows, ["Capital", number_fr(made.before.capital), number_fr(made.after.capital)]]


def _changes(made: Statement) -> list[list[str]]:
    rows = [[NAMES[key], number_fr(made.changes[key])] for key in CHANGES if made.changes[key]]
    return [*rows, ["Variation du capital", number_fr(made.after.capital - made.before.capital)]]


def _by(sums: Mapping[str, int], name: Any) -> list[list[str]]:
    return [[name(key) or "non précisé", number_fr(amount)] for key, amount in sums.items()]


def _table(title: str, heads: list[str], rows: list[list[str]]) -> dict[str, Any]:
    return {
        "title": title, "heads": [heads], "rows": rows, "spans": [], "columns": len(heads) - 1, "has_total": False,
        "greyed": [],
    }  # fmt: skip
