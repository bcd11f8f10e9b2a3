"""The procès-verbal de réception on paper: a neutral description, with the committee's columns and three signatures."""

from __future__ import annotations

from datetime import date
from typing import Any

from appliance.core.french import date_short, number_fr
from appliance.records.facility.services import facility
from appliance.stock.orders import repository as orders
from appliance.stock.reception import repository
from appliance.stock.reception.model import ProofLine
from appliance.stock.reception.reasons import refusals, states
from appliance.storage import Database

HEADS = (
    "Produit", "Lot", "Péremption", "Commandé", "Annoncé", "Compté", "Accepté", "Refusé", "En trop", "État", "Temp. °C", "PCV",
    "Réserves",
)  # fmt: skip


def proof_paper(db: Database, key: int) -> dict[str, Any]:
    """The description of a reception's paper; lines taken back stand struck, with why, below the table."""
    proof = repository.proof(db, key)
    held, lines = facility(db), repository.proof_lines(db, key)
    order = orders.order(db, proof.order) if proof.order is not None else None
    version = f" · version {proof.revision}" if proof.revision > 1 else ""
    return {
        "title": "Procès-verbal de réception", "number": proof.number + version,
        "masthead": [
            [("Centre", held.name if held else ""), ("Code", held.code if held else ""), ("District", held.district if held else "")],
            [("Fournisseur", proof.supplier), ("Bordereau", proof.slip), ("Transporteur", proof.carrier or "—")],
            [
                ("Reçu le", date_short(proof.received_on)),
                ("Commande", (order.reference or order.number) if order else "sans commande"), ("Saisi par", proof.signed_by or "—"),
            ],
        ],
        "heads": list(HEADS), "rows": [_cells(line) for line in lines if not line.is_reversed], "total": "",
        "notes": [
            "Quantités en unités de base.", *([f"Réserves : {proof.reserves}"] if proof.reserves else []),
            *(
                f"Ligne reprise : {line.label}, lot {line.lot_number}, {number_fr(line.counted)} comptés : {line.reversal_reason}"
                for line in lines if line.is_reversed
            ),
            "Modèle national à confirmer.",
        ],
        "signatures": [f"Le DTC : {proof.head_name}", f"Le gérant : {proof.keeper_name}", f"L'ASACO : {proof.asaco_name}"],
        "foot": f"{held.name if held else ''} · procès-verbal {proof.number} · {proof.supplier} · {proof.slip}",
    }  # fmt: skip


def _cells(line: ProofLine) -> list[str]:
    reasons = [refusals().get(line.refusal, line.refusal)] if line.refusal else []
    return [
        line.label, line.lot_number, _expiry(line.expires_on, line.expiry_precision), _count(line.ordered),
        _count(line.announced), _count(line.counted), _count(line.accepted), _count(line.refused), _count(line.surplus),
        states().get(line.state, line.state), _degrees(line.temperature_tenths), str(line.vvm or ""),
        ", ".join([*reasons, *([line.remark] if line.remark else [])]),
    ]  # fmt: skip


def _count(value: int | None) -> str:
    return "—" if value is None else number_fr(value)


def _degrees(tenths: int | None) -> str:
    return "" if tenths is None else f"{tenths / 10:.1f}".replace(".", ",")


def _expiry(day: date | None, precision: str | None) -> str:
    return "—" if day is None else f"{day:%d/%m/%Y}" if precision == "day" else f"{day:%m/%Y}"
